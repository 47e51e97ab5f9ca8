"""Sentences printed with the figures: whom they are about, what the bounds say, what is missing or hidden."""

from __future__ import annotations

from collections.abc import Iterator

from placements.disclosure import OUTCOME_FLOOR, SENSITIVE_THRESHOLD, THRESHOLD, Mask
from placements.reports.figures import SEXES, Measured
from placements.reports.french import HIDDEN, NARROW, NBSP, day, listed, many, quoted
from placements.reports.masking import View
from placements.rules import RULES


def notes_of(measured: Measured, view: View, mask: Mask | None) -> tuple[str, ...]:
    return (*_frames(measured), *_bounds(), *_fse(measured, view), *_masked(mask))


def _frames(measured: Measured) -> Iterator[str]:
    frame = measured.frame
    period = f"du {day(frame.start)} au {day(frame.end)}"
    yield (
        f"Les règles de sortie portent sur toutes les inscriptions des cohortes de la convention dont la sortie est {period}"
        f"{NARROW}; le profil, les réalisations FSE+ et les règles d’entrée, sur celles dont l’entrée l’est. Personne n’est"
        " retiré parce qu’on n’a pas pu le joindre."
    )
    yield (
        f"Une règle n’est appliquée qu’aux personnes dont la dernière date est échue au {day(frame.as_of)}{NARROW}; les autres"
        " sont comptées à part, comme non échues."
    )


def _bounds() -> Iterator[str]:
    above = [rule.code for rule in RULES.values() if rule.restricted_to]
    yield (
        "Les bornes se rapportent à toutes les personnes échues, abandons compris"
        f"{NBSP}: la borne basse compte les situations inconnues comme non positives, la borne haute comme positives. Pour"
        f" {listed(above)}, dont le dénominateur écarte des personnes, le taux peut dépasser la borne haute"
        f"{NBSP}: c’est cet écart qu’elles montrent."
    )


def _fse(measured: Measured, view: View) -> Iterator[str]:
    incomplete = view.see("fse.incomplete", measured.fse["incomplete"])
    if incomplete:
        plural = incomplete > 1
        yield (
            f"FSE+{NBSP}: {many(incomplete, 'dossier incomplet', 'dossiers incomplets')} (sexe, naissance, statut ou niveau"
            f" inconnu) ne {'comptent' if plural else 'compte'} que dans EECO01."
        )
    lines = measured.fse["EECO01"]
    unsexed = lines["total"] - sum(lines[sex] for sex in SEXES)
    if unsexed and not view.public:
        yield f"FSE+{NBSP}: {many(unsexed, 'participant sans sexe connu', 'participants sans sexe connu')}, en plus de F, M et X dans EECO01."


def _masked(mask: Mask | None) -> Iterator[str]:
    if mask is None:
        return
    yield (
        f"Profil public{NBSP}: {quoted(HIDDEN)} remplace un effectif de moins de {THRESHOLD} personnes"
        f" ({SENSITIVE_THRESHOLD} pour le handicap, la santé, l’origine et le logement), et ceux qui permettraient de le"
        f" retrouver{NARROW}; aucun taux de sortie n’est donné sur moins de {OUTCOME_FLOOR} personnes."
    )
    if mask.merged:
        yield (
            f"Pour qu’aucun effectif masqué ne se déduise des totaux, {many(len(mask.merged), 'catégorie a été réunie', 'catégories ont été réunies')}"
            " à la suivante de son tableau."
        )
