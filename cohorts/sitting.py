"""What the committee has before its eyes: the order with its marks and reasons, who is not rated yet, seats and answers.

Codes stand for persons until decisions are announced; nobody's name is read here before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts import seats
from cohorts.committee import candidates_of, staged_in
from cohorts.glance import FEWEST
from cohorts.models import Application, Cohort, Ruling
from cohorts.offering import waiting_in
from cohorts.selection import Candidate, Placed, propose, rank, rated
from cohorts.states import ApplicationStatus as A
from cohorts.states import Criterion, Decision
from partners.panels import Gauge

TONES = {Decision.ADMITTED: "green", Decision.WAITLISTED: "violet", Decision.REFUSED: "grey"}
WORDS = {
    Decision.ADMITTED: lazy("Admettre"),
    Decision.WAITLISTED: lazy("Attente"),
    Decision.REFUSED: lazy("Ne pas retenir"),
}
SHORT = {
    Criterion.TRADE: lazy("Métier"), Criterion.EFFORT: lazy("Effort"), Criterion.PERSISTENCE: lazy("Persév."),
    Criterion.TEAMWORK: lazy("Collectif"), Criterion.AVAILABILITY: lazy("Disponib."),
}  # fmt: skip
VIEWS = {"tous": lazy("Tous"), "ecarts": lazy("Écart entre évaluateurs"), "a-decider": lazy("À décider")}


@dataclass(frozen=True)
class Line:
    """One candidate of the order. `marks`: name of a criterion and its marks; `cut`: the first beyond the seats."""

    pk: int
    code: str
    rank: int
    marks: list[tuple[str, str]]
    median: str
    gap: str
    gap_tone: str
    why: str
    decision: str
    tone: str
    proposed: str
    cut: bool = False


@dataclass(frozen=True)
class Sitting:
    """`lines`: the order; `free`: seats neither promised nor held; `unrated`: those whom two people have not rated; `views`: code, label and how many."""

    lines: list[Line]
    unrated: list[Candidate]
    staged: int
    ready: int
    gauge: Gauge
    views: list[tuple[str, str, int]]
    totals: dict[str, int]
    free: int
    rulings: dict[int, Ruling] = field(default_factory=dict)


def sitting_of(cohort: Cohort, view: str = "tous") -> Sitting:
    """Everything of the committee's page but the promises. Seven queries, whatever the number of candidates."""
    known = candidates_of(cohort)
    placed = rank(known)
    rulings = {one.application_id: one for one in staged_in(cohort)}
    free = seats.free_seats(cohort.pk)
    admitted = sum(1 for one in rulings.values() if one.decision == Decision.ADMITTED)
    proposal = propose(placed, free)
    proposed = {one.candidate.key: _("Admettre") for one in proposal.admitted}
    proposed |= {one.candidate.key: _("Attente") for one in proposal.waiting}
    proposed |= {one.candidate.key: _("À discuter") for one in proposal.talked_over}
    lines = [_line(one, rulings.get(one.candidate.key), proposed[one.candidate.key], free) for one in placed]
    held = seats.held(cohort.pk)
    apart, left = [one for one in lines if one.gap_tone == "amber"], [one for one in lines if not one.decision]
    shown = {"tous": lines, "ecarts": apart, "a-decider": left}
    return Sitting(
        shown.get(view, lines),
        [one for one in known if not rated(one)],
        len(rulings),
        len([one for one in left if one.gap_tone != "amber"]),
        _gauge(cohort, held + admitted),
        [(name, str(VIEWS[name]), len(rows)) for name, rows in shown.items()],
        _totals(cohort, len(placed)),
        free,
        rulings,
    )


def _gauge(cohort: Cohort, taken: int) -> Gauge:
    minimum = FEWEST if cohort.seats > FEWEST else 0
    aim = _("sur %(seats)d") % {"seats": cohort.seats}
    if minimum:
        aim = _("sur %(seats)d, minimum %(least)d") % {"seats": cohort.seats, "least": minimum}
    tone = "green" if taken >= min(FEWEST, cohort.seats) else "teal"
    return Gauge(
        min(taken, cohort.seats), cohort.seats, str(taken), aim, minimum, "red" if taken > cohort.seats else tone
    )


def _totals(cohort: Cohort, rated_: int) -> dict[str, int]:
    states = Application._base_manager.filter(cohort=cohort).values_list("status", flat=True)
    every = list(states)
    return {
        "applied": len(every),
        "eligible": sum(1 for one in every if one not in (A.SUBMITTED, A.INELIGIBLE)),
        "rated": rated_,
    }


def _line(one: Placed, ruling: Ruling | None, proposed: str, free: int) -> Line:
    decision = Decision(ruling.decision) if ruling is not None else None
    return Line(
        one.candidate.key, one.candidate.code, one.rank, [(str(SHORT[name]), _marks(one.candidate, name)) for name in Criterion],
        number(one.key.median), _gap(one), "amber" if one.to_discuss else "grey", why(one),
        str(WORDS[decision]) if decision else "", TONES[decision] if decision else "grey", proposed,
        cut=one.rank == free + 1,
    )  # fmt: skip


def _marks(candidate: Candidate, criterion: str) -> str:
    return " · ".join(str(mark) for mark in candidate.marks[criterion])


def number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _gap(one: Placed) -> str:
    return _("écart de %(n)d") % {"n": one.gap} if one.to_discuss else _("concordant")


def why(one: Placed) -> str:
    """Why they stand there, in a sentence."""
    strong, weak = one.key.strong, one.key.weak
    parts = [ngettext("%(n)d critère à 3 ou plus", "%(n)d critères à 3 ou plus", max(strong, 1)) % {"n": strong}]
    if weak:
        parts.append(ngettext("%(n)d à 1 ou moins", "%(n)d à 1 ou moins", weak) % {"n": weak})
    if one.tied:
        words = {"n": len(one.tied), "day": f"{one.candidate.referred_on:%d/%m/%Y}"}
        parts.append(
            ngettext(
                "à égalité avec %(n)d autre, départagé par la date d’orientation\u00a0: %(day)s",
                "à égalité avec %(n)d autres, départagé par la date d’orientation\u00a0: %(day)s",
                len(one.tied),
            )
            % words
        )
    return _capital(", ".join(parts)) + "."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# --- seats and answers -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """One person to whom something was announced. `late`: the day to answer is past; `steps`: what may be noted for them."""

    application: Application
    ruling: Ruling | None
    tag: str
    tone: str
    about: str
    late: bool
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """By what was announced: seats offered, seats confirmed, who waits in order, who was not kept, who gave up."""

    offered: list[Answer]
    confirmed: list[Answer]
    waiting: list[Answer]
    refused: list[Answer]
    gone: list[Answer]
    free: int


def answers_of(cohort: Cohort, user: Any) -> Answers:
    """Who was told what, named to who sees them; three queries."""
    told = Application.objects.visible_to(user).filter(
        cohort=cohort, status__in=(A.ANNOUNCED, A.CONFIRMED, A.WITHDRAWN, A.LAPSED)
    )
    rows = list(
        told.select_related("learner", "referred_by", "cohort").order_by(
            "waiting_rank", "reply_by", "learner__name_key", "pk"
        )
    )
    rulings = {
        one.application_id: one
        for one in Ruling._base_manager.filter(application__in=rows, replaced=False, released_at__isnull=False)
    }
    places = {pk: n for n, pk in enumerate(waiting_in(cohort).values_list("pk", flat=True), start=1)}
    found = Answers([], [], [], [], [], seats.free_seats(cohort.pk))
    for row in rows:
        _group(found, row).append(_answer(row, rulings.get(row.pk), places.get(row.pk, 0)))
    return found


def _group(found: Answers, row: Application) -> list[Answer]:
    if row.status == A.CONFIRMED:
        return found.confirmed
    if row.status in (A.WITHDRAWN, A.LAPSED):
        return found.gone
    return {Decision.ADMITTED: found.offered, Decision.WAITLISTED: found.waiting}.get(
        Decision(row.decision), found.refused
    )


def _answer(row: Application, ruling: Ruling | None, place: int) -> Answer:
    today = timezone.localdate()
    if row.status == A.ANNOUNCED and row.decision == Decision.ADMITTED:
        return _offer(row, ruling, late=row.reply_by is not None and row.reply_by < today)
    if row.decision == Decision.WAITLISTED and row.status == A.ANNOUNCED:
        return Answer(row, ruling, _("n° %(n)d") % {"n": place}, "violet", "", late=False, steps=("non",))
    if row.status == A.CONFIRMED:
        return Answer(row, ruling, _("confirmée"), "green", "", late=False, steps=("non",))
    if row.decision == Decision.REFUSED and row.status == A.ANNOUNCED:
        about = str(ruling.get_refusal_display()) if ruling else ""
        return Answer(row, ruling, _("non retenue"), "grey", about, late=False, steps=())
    return Answer(row, ruling, str(row.get_status_display()), "grey", "", late=False, steps=())


def _offer(row: Application, ruling: Ruling | None, *, late: bool) -> Answer:
    condition = ruling is not None and bool(ruling.condition) and ruling.condition_met_on is None
    about = ruling.condition if ruling is not None and condition else ""
    if row.replied_on is not None:
        return Answer(row, ruling, _("oui, sous condition"), "amber", about, late=False, steps=("condition", "non"))
    day = f"{row.reply_by:%d/%m/%Y}" if row.reply_by else ""
    tag = _("sans réponse depuis le %(day)s") % {"day": day} if late else _("réponse avant le %(day)s") % {"day": day}
    steps = ("oui", "non", *(("condition",) if condition else ()), *(("silence",) if late else ()))
    return Answer(
        row, ruling, tag if day else _("place proposée"), "red" if late else "teal", about, late=late, steps=steps
    )
