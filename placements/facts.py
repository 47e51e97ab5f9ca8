"""From the dated facts of a life to the row that rules count: pure, one person at a time.

The columns are those of `EnrolmentFacts`. Nothing depends on the day of a report: an open enrolment covers every
day from its entry, and a report asks only for days up to its own as-of date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from cohorts.states import CertificationResult, EntryStatus, ExitReason
from learners.continuity import NO_DAY, Charge, Days, Hold, Interval, account, classify, window_of
from learners.situations import (
    DAY,
    IS_ACTIVE,
    IS_NEUTRAL,
    PLACE,
    Span,
    add_months,
    age_on,
    known_until,
    laid,
    months_exceeded,
    preference,
    whole_months,
)
from learners.states import (
    ALTERNANCE,
    NEET,
    SALARIED,
    TRAINING,
    WORK,
    Answer,
    DistrictStatus,
    Kind,
)
from placements.states import BEST_FIRST, Milestone

UNKNOWN = "unknown"
FSE_WINDOW = timedelta(days=28)
LONG_UNEMPLOYED = {True: 6, False: 12}  # months, by « under 25 »
YES_NO = {Answer.YES.value: True, Answer.NO.value: False}
INSIDE_OUTSIDE = {DistrictStatus.INSIDE.value: True, DistrictStatus.OUTSIDE.value: False}
# Plain words: a set of them is asked millions of times.
IS_WORK, IS_SALARIED, IS_ALTERNANCE, IS_TRAINING, IS_EVENT = (
    frozenset(kind.value for kind in group) for group in (WORK, SALARIED, ALTERNANCE, TRAINING, WORK | NEET)
)
TRAINED = Kind.TRAINING_QUALIFYING.value
ALWAYS_HIRED = frozenset({Kind.SUBSIDISED.value, Kind.SELF_EMPLOYED.value})


class Stay(NamedTuple):
    """An enrolment with the entry record in force; a blank answer is unknown."""

    enrolment: int
    learner: int
    cohort: int
    entered: date
    exited: date | None = None
    reason: str = ""
    certification: str = ""
    certified: date | None = None
    sex: str = ""
    born: date | None = None
    status: str = ""
    unemployed_since: date | None = None
    in_education: str = ""
    level: str = ""
    district: str = ""
    disability: str = ""
    nationality: str = ""
    foreign_background: str = ""
    housing_exclusion: str = ""
    rural: str = ""


@dataclass(slots=True)
class Life:
    """All that reports and the ledger may know of one person.

    admissions: cohort → day of the decision, for admitted applications with a dated decision.
    announced: accepted handoffs, (accepted on, expected start). answers: (enrolment, milestone) → results.
    begun: days on which somebody asked for them, or held. holds: who held, in the order in which they took the baton.
    """

    stays: list[Stay] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    admissions: dict[int, date] = field(default_factory=dict)
    announced: list[Interval] = field(default_factory=list)
    answers: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    begun: list[date] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    closed: date | None = None


class Seen(NamedTuple):
    """A situation ready to be asked about many days: `until` is its known end, `months` the length of its contract."""

    start: date
    until: date
    kind: str
    months: int
    span: Span | None  # None for an enrolment


def facts_of(life: Life) -> Iterator[dict[str, Any]]:
    """One row per enrolment, column → value, words for codes."""
    seen = _seen(life)
    active = [(one.start, one.until) for one in seen if one.kind in IS_ACTIVE]
    neutral = [(one.start, one.until) for one in seen if one.kind in IS_NEUTRAL]
    bridges = list(_bridges(life))
    work = [one for one in seen if one.kind in IS_WORK]
    for stay in life.stays:
        row = _entry(stay)
        row["kind_e6"], row["months_e6"] = _kind_and_months(seen, row["e6_on"])
        if stay.exited is None:
            row.update(NOT_LEFT)
        else:
            row.update(_exit(stay, stay.exited, seen))
            row.update(_windows(stay, stay.exited, row["m6_on"], row["m12_on"], work))
            row.update(_fse_window(stay, stay.exited, life, seen))
            row.update(_days(classify((stay.entered, row["m6_on"]), active=active, bridged=bridges, neutral=neutral)))
        row.update(_answers(stay, life.answers))
        yield row


def ledger_of(life: Life) -> list[Charge]:
    """Each day since the first referral, in one class and on one account; none when nobody ever held or was asked."""
    window = window_of(life.begun, life.closed)
    if window is None:
        return []
    spans = [(span.kind, span.start, known_until(span)) for span in life.spans]
    stays = [(stay.entered, stay.exited) for stay in life.stays]
    return account(window, laid(spans, stays, _bridges(life)), life.holds)


def _seen(life: Life) -> list[Seen]:
    """Situations and enrolments in the order of preference: the first that covers a day is « the » situation."""
    spans = [
        Seen(span.start, known_until(span), span.kind, whole_months(span) if span.kind in IS_WORK else 0, span)
        for span in _in_order(life.spans)
    ]
    # An open enrolment has no end of its own. Among spans of its kind nothing is asked but the kind: any order will do.
    trainings = [Seen(stay.entered, stay.exited or date.max, TRAINED, 0, None) for stay in life.stays]
    place = next((n for n, one in enumerate(spans) if PLACE[one.kind] >= PLACE[TRAINED]), len(spans))
    return [*spans[:place], *trainings, *spans[place:]]


def _in_order(spans: list[Span]) -> list[Span]:
    if len({span.kind for span in spans}) == len(spans):  # no two of one kind: the rank decides alone
        return sorted(spans, key=lambda span: PLACE[span.kind])
    return sorted(spans, key=preference)


def _bridges(life: Life) -> Iterator[Interval]:
    """Days between a promise and what it announces: an admission that led to an entry, an accepted handoff."""
    for stay in life.stays:
        if decided := life.admissions.get(stay.cohort):
            yield decided, stay.entered - DAY
    for accepted, expected in life.announced:
        yield accepted, expected - DAY


def _at(seen: list[Seen], day: date) -> Seen | None:
    for one in seen:
        if one.start <= day <= one.until:
            return one
    return None


def _kind_at(seen: list[Seen], day: date) -> str:
    one = _at(seen, day)
    return UNKNOWN if one is None else one.kind


def _kind_and_months(seen: list[Seen], day: date) -> tuple[str, int]:
    one = _at(seen, day)
    return (UNKNOWN, 0) if one is None else (one.kind, one.months)


def _entry(stay: Stay) -> dict[str, Any]:
    """Keys, certification and profile at entry."""
    age = None if stay.born is None else age_on(stay.born, stay.entered)
    certified = stay.certification == CertificationResult.OBTAINED
    return {
        "enrolment_id": stay.enrolment,
        "learner_id": stay.learner,
        "cohort_id": stay.cohort,
        "entered_on": stay.entered,
        "e6_on": add_months(stay.entered, 6),
        "certified": certified,
        "certified_on": stay.certified if certified else None,
        "sex": stay.sex or None,
        "age": age,
        "status": stay.status or None,
        "long_unemployed": _long_unemployed(stay, age),
        "in_education": YES_NO.get(stay.in_education),
        "level": stay.level or None,
        "qpv": INSIDE_OUTSIDE.get(stay.district),
        "disabled": YES_NO.get(stay.disability),
        "nationality": stay.nationality or None,
        "foreign_background": YES_NO.get(stay.foreign_background),
        "homeless": YES_NO.get(stay.housing_exclusion),
        "rural": YES_NO.get(stay.rural),
        "complete": bool(stay.sex and stay.born and stay.status and stay.level),
    }


def _long_unemployed(stay: Stay, age: int | None) -> bool:
    if age is None or stay.unemployed_since is None or stay.status != EntryStatus.UNEMPLOYED:
        return False
    return add_months(stay.unemployed_since, LONG_UNEMPLOYED[age < 25]) < stay.entered


def _exit(stay: Stay, exited: date, seen: list[Seen]) -> dict[str, Any]:
    """Due dates after an exit, and the situation on each."""
    after = exited + DAY
    m1, m3, m6, m12 = _milestones(exited)
    at_next, at_m6 = _at(seen, after), _at(seen, m6)
    next_span, m6_span = at_next and at_next.span, at_m6 and at_m6.span
    next_kind, m6_kind = (one.kind if one else UNKNOWN for one in (at_next, at_m6))
    return {
        "exited_on": exited,
        "completed": stay.reason == ExitReason.COMPLETED,
        "dropout": stay.reason != ExitReason.COMPLETED,
        "next_on": after,
        "m1_on": m1,
        "m3_on": m3,
        "m6_on": m6,
        "m12_on": m12,
        "kind_next": next_kind,
        "kind_m1": _kind_at(seen, m1),
        "kind_m3": _kind_at(seen, m3),
        "kind_m6": m6_kind,
        "kind_m12": _kind_at(seen, m12),
        "months_next": at_next.months if at_next else 0,
        "over_next": months_exceeded(next_span) if next_span and next_kind in IS_WORK else 0,
        "months_m6": at_m6.months if at_m6 else 0,
        "trade_m6": bool(m6_span and m6_span.target_trade),
    }


@lru_cache(maxsize=50_000)
def _milestones(exited: date) -> tuple[date, date, date, date]:
    return add_months(exited, 1), add_months(exited, 3), add_months(exited, 6), add_months(exited, 12)


def _windows(stay: Stay, exited: date, m6: date, m12: date, work: list[Seen]) -> dict[str, Any]:
    """Work met at any time of a window, whatever the situation on one day."""
    hired_6m = worked_6m = worked_12m = held_6m = False
    for one in work:
        if one.span is None or one.start > m12:
            continue
        month = one.months >= 1
        hired_6m = hired_6m or (exited < one.start <= m6 and (month or one.kind in ALWAYS_HIRED))
        over = month and one.until > exited
        worked_12m = worked_12m or over
        worked_6m = worked_6m or (over and one.start <= m6)
        held_6m = held_6m or (stay.entered <= one.start <= m6 and _held(one.span, one.until))
    return {"hired_6m": hired_6m, "worked_6m": worked_6m, "worked_12m": worked_12m, "held_6m": held_6m}


def _held(span: Span, until: date) -> bool:
    """Proven work held six months at half-time or more; a proven alternance contract is enough by itself."""
    if not span.proven:
        return False
    if span.kind in IS_ALTERNANCE:
        return True
    hours = span.half_time or span.kind == Kind.SELF_EMPLOYED
    return hours and add_months(span.start, 6) - DAY <= until


def _fse_window(stay: Stay, exited: date, life: Life, seen: list[Seen]) -> dict[str, Any]:
    """The 28 days after the exit: last event in work or out of it, training that starts."""
    close = exited + FSE_WINDOW
    events = [one for one in seen if one.kind in IS_EVENT and one.start <= close and one.until >= exited]
    last = max(events, key=lambda one: (one.start, -PLACE[one.kind]), default=None)
    return {
        "fse_until": close,
        "last_event": last.kind if last else UNKNOWN,
        "trained_28": any(span.kind in IS_TRAINING and exited <= span.start <= close for span in life.spans),
        "entered_28": any(other is not stay and exited <= other.entered <= close for other in life.stays),
    }


def _days(days: Days) -> dict[str, Any]:
    return {
        "days_active": days.active,
        "days_bridged": days.bridged,
        "days_neutral": days.neutral,
        "days_gap": days.gap,
        "longest_gap": days.longest_gap,
        "runs": days.runs,
    }


def _answers(stay: Stay, answers: Mapping[tuple[int, int], list[str]]) -> dict[str, Any]:
    """Best result at each milestone, None when nobody asked."""
    if not answers:
        return NOT_ASKED
    return {
        column: min(answers[stay.enrolment, milestone], key=BEST_FIRST.index)
        if (stay.enrolment, milestone) in answers
        else None
        for column, milestone in ASKED.items()
    }


ASKED = {f"asked_{milestone.value}": milestone.value for milestone in Milestone}
NOT_ASKED: dict[str, Any] = dict.fromkeys(ASKED)
ABSENT = (
    "exited_on", "next_on", "m1_on", "m3_on", "m6_on", "m12_on", "fse_until", "last_event", "months_next", "over_next",
    "months_m6", "kind_next", "kind_m1", "kind_m3", "kind_m6", "kind_m12",
)  # fmt: skip
FALSE = (
    "completed", "dropout", "trade_m6", "hired_6m", "worked_6m", "worked_12m", "held_6m", "trained_28", "entered_28",
)  # fmt: skip
NOT_LEFT: dict[str, Any] = {**dict.fromkeys(ABSENT), **dict.fromkeys(FALSE, False), **_days(NO_DAY)}
