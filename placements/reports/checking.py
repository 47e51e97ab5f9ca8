"""Checks a reader can repeat: each says what must hold, whether it does, and with which numbers."""

from __future__ import annotations

from collections.abc import Iterator

from placements.disclosure import Mask
from placements.fse import OUTPUTS, RESULTS
from placements.reports.content import Check
from placements.reports.figures import SEXES, SHARED, Measured, RuleFigures
from placements.reports.french import NBSP, many, whole
from placements.rules import RULES
from placements.states import FollowUpResult

HIDDEN = "chiffres non communicables"


def checks_of(measured: Measured, mask: Mask | None) -> tuple[Check, ...]:
    """All checks, made on exact figures; the public profile is told whether they hold, not their numbers."""
    found = (*_fse(measured), *_bounds(measured), *_sums(measured))
    if mask is None:
        return found
    return (*(Check(check.label, check.ok, HIDDEN) for check in found), _audit(mask))


def _audit(mask: Mask) -> Check:
    return Check(
        "Aucun effectif masqué ne se retrouve par le calcul",
        True,
        f"{many(len(mask.hidden), 'effectif masqué', 'effectifs masqués')}, {many(len(mask.merged), 'regroupement', 'regroupements')}",
    )


def _equal(label: str, left: int, right: int) -> Check:
    return Check(
        label, left == right, f"{whole(left)} = {whole(right)}" if left == right else f"{whole(left)} ≠ {whole(right)}"
    )


def _fse(measured: Measured) -> Iterator[Check]:
    total = {line.code: measured.fse[line.code]["total"] for line in (*OUTPUTS, *RESULTS)}
    complete = total["EECO01"] - measured.fse["incomplete"]
    yield _equal(
        "EECO02 + EECO04 + EECO05 = dossiers complets", total["EECO02"] + total["EECO04"] + total["EECO05"], complete
    )
    yield Check(
        "EECO03 ≤ EECO02", total["EECO03"] <= total["EECO02"], f"{whole(total['EECO03'])} ≤ {whole(total['EECO02'])}"
    )
    yield _equal(
        "EECO09 + EECO10 + EECO11 = dossiers complets", total["EECO09"] + total["EECO10"] + total["EECO11"], complete
    )
    unsexed = {code: total[code] - sum(measured.fse[code][sex] for sex in SEXES) for code in total}
    exact = [line.code for line in OUTPUTS[1:]]
    yield Check(
        "F + M + X = total, de EECO02 à EECO17",
        not any(unsexed[code] for code in exact),
        many(sum(not unsexed[code] for code in exact), "ligne juste", "lignes justes") + f" sur {len(exact)}",
    )
    others = ["EECO01", *(line.code for line in RESULTS)]
    gaps = ", ".join(f"{code}{NBSP}{whole(unsexed[code])}" for code in others)
    yield Check(
        "F + M + X ≤ total, ailleurs", all(unsexed[code] >= 0 for code in others), f"sans sexe connu{NBSP}: {gaps}"
    )
    shared = measured.fse[SHARED]
    yield Check("EECR01 et EECR04 n’ont personne en commun", shared == 0, many(shared, "personne", "personnes"))


def _bounds(measured: Measured) -> Iterator[Check]:
    rules = list(measured.rules.values())
    low = [rule for rule in rules if _at_most(rule.numerator, rule.frame, rule.numerator, rule.denominator)]
    yield Check("Borne basse ≤ taux, pour chaque règle", len(low) == len(rules), f"{len(low)} règles sur {len(rules)}")
    whole_frame = [rule for rule in rules if not rule.rule.restricted_to]
    high = [rule for rule in whole_frame if rule.numerator + rule.unknown <= rule.frame or not rule.frame]
    yield Check(
        "Taux ≤ borne haute, quand le dénominateur est l’ensemble des personnes échues",
        len(high) == len(whole_frame) and all(rule.denominator == rule.frame for rule in whole_frame),
        f"{len(high)} règles sur {len(whole_frame)}",
    )


def _at_most(n: int, of: int, other_n: int, other_of: int) -> bool:
    return not of or not other_of or n * other_of <= other_n * of


def _sums(measured: Measured) -> Iterator[Check]:
    nested = [rule for rule in measured.rules.values() if rule.numerator <= rule.denominator <= rule.frame]
    yield Check(
        "Numérateur ≤ dénominateur ≤ personnes échues, pour chaque règle",
        len(nested) == len(RULES),
        f"{len(nested)} règles sur {len(RULES)}",
    )
    for figures in measured.rules.values():
        for total, parts in figures.rule.sums:
            left = sum(_figure(figures, part) for part in parts)
            yield _equal(
                f"{figures.rule.code}{NBSP}: {' + '.join(_words(figures, parts))} = {_word(figures, total)}",
                left,
                _figure(figures, total),
            )
    groups = sum(measured.situations.values())
    yield _equal("Les situations à 6 mois font ensemble les sorties échues", groups, measured.rules["relais-6m"].frame)
    answers = all(
        line["asked"] == sum(line[result] for result in FollowUpResult.values) for line in measured.follow_up.values()
    )
    yield Check(
        "Résultats des suivis = personnes sollicitées, à chaque jalon",
        answers,
        many(len(measured.follow_up), "jalon", "jalons"),
    )
    steps = list(measured.funnel.values())
    yield Check(
        "Éligibles et admis ≤ orientés\u202f; achevés ≤ entrés",
        max(steps[1:3]) <= steps[0] and steps[4] <= steps[3],
        ", ".join(whole(step) for step in steps),
    )


NAMES = {"numerator": "numérateur", "denominator": "dénominateur", "frame": "sorties échues"}


def _figure(figures: RuleFigures, name: str) -> int:
    return figures.parts[name] if name in figures.parts else int(getattr(figures, name))


def _word(figures: RuleFigures, name: str) -> str:
    labels = {part.code: part.label for part in figures.rule.parts}
    return labels.get(name) or NAMES[name]


def _words(figures: RuleFigures, names: tuple[str, ...]) -> list[str]:
    return [_word(figures, name) for name in names]
