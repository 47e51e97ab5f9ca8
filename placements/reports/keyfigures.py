"""The few figures that a reader takes away, each with what it is counted on and what is not known."""

from __future__ import annotations

from dataclasses import dataclass

from placements.reports.content import Commitment, Content, FollowUpLine, Outcome
from placements.reports.french import (
    HIDDEN,
    NBSP,
    NOTHING,
    PUBLIC,
    many,
    missing,
    percent,
    rounded,
    shortest,
    target,
    whole,
)

CHARGED = "À qui revenaient les jours d’interruption"
NOBODY = "Personne ne tenait le relais"
OUTCOME_FLOOR = 20  # people, under which the public profile gives no outcome rate


@dataclass(frozen=True)
class KeyFigure:
    """`value`: as read in print. The numbers behind it, where there are some; None is hidden or does not apply."""

    label: str
    value: str
    details: tuple[str, ...]
    n: int | None = None
    of: int | None = None
    rate: float | None = None
    unknown: int | None = None
    low: float | None = None
    high: float | None = None
    number: float | None = None  # for a figure that is not a rate
    counted: str = ""  # and what it counts, in full


def shown(value: float | None, profile: str) -> str:
    """A number, or what stands for its absence."""
    return missing(profile) if value is None else shortest(value)


def shown_rate(rate: float | None, profile: str) -> str:
    """A rate, or what stands for its absence."""
    return missing(profile) if rate is None else percent(rate)


def share_rate(n: int | None, of: int | None) -> float | None:
    """n / of to three decimals; None when one of them is hidden or nobody is counted."""
    return None if n is None or of is None else rounded(n, of)


def share_text(n: int | None, of: int | None, profile: str) -> str:
    """n / of as a percentage; a dash, not « n. c. », when nobody is counted."""
    return NOTHING if of == 0 else shown_rate(share_rate(n, of), profile)


def outcome_rate(n: int | None, of: int | None, profile: str) -> float | None:
    """A share of positive exits; the public profile gives none under 20 people."""
    return None if profile == PUBLIC and of is not None and of < OUTCOME_FLOOR else share_rate(n, of)


def promise_rate(promise: Commitment, profile: str) -> float | None:
    """What was reached of a promise, as a rate."""
    return (
        outcome_rate(promise.n, promise.of, profile)
        if "positive" in promise.code
        else share_rate(promise.n, promise.of)
    )


def out_of(n: int | None, of: int | None, profile: str) -> str:
    """72 sur 94; one mark alone when both are absent."""
    if n is None and of is None:
        return missing(profile)
    return f"{shown(n, profile)} sur {shown(of, profile)}"


def own_outcome(content: Content) -> Outcome | None:
    """The rule by which the agreement counts positive exits."""
    return next((outcome for outcome in content.outcomes if outcome.code == content.own_rule), None)


def bounds_text(low: float | None, high: float | None, profile: str) -> str:
    """entre 76,6 % et 83,0 %."""
    if low is None or high is None:
        return missing(profile)
    return f"entre {percent(low)} et {percent(high)}"


def verdict(commitment: Commitment, profile: str = "funder") -> str:
    """Tenu, how many people are missing, or why nothing can be said."""
    if commitment.kept is None:
        return HIDDEN if profile == PUBLIC and commitment.of is None else "pas encore mesurable"
    if commitment.kept:
        return "tenu"
    return f"manque {many(commitment.short_by, 'personne', 'personnes')}" if commitment.short_by else "non tenu"


def _outcome(content: Content) -> KeyFigure | None:
    outcome = own_outcome(content)
    if outcome is None:
        return None
    details = [out_of(outcome.numerator, outcome.denominator, content.profile)]
    if outcome.low is not None and outcome.high is not None:
        details.append(f"sur tous les sortants{NBSP}: {bounds_text(outcome.low, outcome.high, content.profile)}")
    details.append(f"situation inconnue{NBSP}: {shown(outcome.unknown, content.profile)}")
    promise = next((c for c in content.commitments if "positive" in c.code), None)
    if promise is not None:
        details.append(f"objectif{NBSP}: {target(promise.target)}")
    value = NOTHING if outcome.denominator == 0 else shown_rate(outcome.rate, content.profile)
    if outcome.rate is None and outcome.floor and outcome.denominator:
        value = "non publié"
        details.append(f"moins de {whole(outcome.floor)} personnes")
    return KeyFigure(
        outcome.label, value, tuple(details), outcome.numerator, outcome.denominator, outcome.rate,
        outcome.unknown, outcome.low, outcome.high,
    )  # fmt: skip


def _entries(content: Content) -> KeyFigure:
    funnel = content.result.get("funnel", {})
    entered = funnel.get("entered")
    details = (
        f"sur {shown(funnel.get('referred'), content.profile)} candidatures de la période",
        f"admis{NBSP}: {shown(funnel.get('admitted'), content.profile)}",
        f"formation achevée{NBSP}: {shown(funnel.get('completed'), content.profile)}",
    )
    return KeyFigure(
        "Entrés en formation",
        shown(entered, content.profile),
        details,
        n=entered,
        of=funnel.get("referred"),
        number=entered,
        counted="Entrés en formation, sur les candidatures de la période",
    )


def _answers(content: Content) -> KeyFigure | None:
    line: FollowUpLine | None = next((line for line in content.follow_up if line.milestone == 6), None)
    if line is None:
        return None
    parts = (line.answered, line.proxy)
    everyone = (line.asked, line.not_asked)
    n = None if None in parts else sum(part or 0 for part in parts)
    of = None if None in everyone else sum(part or 0 for part in everyone)
    details = (
        out_of(n, of, content.profile),
        f"injoignables{NBSP}: {shown(line.unreachable, content.profile)}",
        f"pas encore sollicités{NBSP}: {shown(line.not_asked, content.profile)}",
    )
    unheard = None if n is None or of is None else of - n
    return KeyFigure(
        "Réponses au suivi à 6 mois", share_text(n, of, content.profile), details, n, of, share_rate(n, of), unheard
    )


def _interruption(content: Content) -> KeyFigure:
    days = content.result.get("continuity", {})
    median, long = days.get("median_gap"), days.get("persons_over_15")
    # Without any exit there is no median, and nothing is hidden.
    empty = median is None and days.get("gap") == 0
    value = NOTHING if empty else shown(median, content.profile)
    details = (
        "médiane par parcours, de l’entrée à 6 mois après la sortie",
        f"plus de 15 jours d’affilée{NBSP}: {shown(long, content.profile)}",
    )
    return KeyFigure(
        "Jours d’interruption", value, details, number=median, counted="Jours d’interruption, médiane par parcours"
    )


def key_figures(content: Content) -> tuple[KeyFigure, ...]:
    """The figures of the cover and of the sheet Synthèse, the agreement's own rule first."""
    found = (_outcome(content), _entries(content), _answers(content), _interruption(content))
    return tuple(figure for figure in found if figure is not None)


def charged_rows(content: Content) -> list[tuple[str, str, str]]:
    """Who held, the days of gap on their account, the persons they are of: as text, none where it was not counted."""
    return [
        (line.holder or NOBODY, whole(line.days), NOTHING if line.people is None else whole(line.people))
        for line in content.charged
    ]
