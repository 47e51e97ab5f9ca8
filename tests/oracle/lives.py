"""Primitives of rules.md §1 and §2 on one person's life, in the words of the text."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.model import Enrolment, Situation

DAY = timedelta(days=1)

SALARIED = {"cdi", "cdd", "temp", "seasonal", "subsidised", "iae", "public"}
ALTERNANCE = {"apprenticeship", "professionalisation"}
TRAINING = {"training_qualifying", "training_other", "school"}
NEET = {"job_seeking", "inactive"}
NEUTRAL = {"unavailable", "moved_abroad", "deceased"}
WORK = SALARIED | ALTERNANCE | {"self_employed"}
ACTIVE = WORK | TRAINING | {"civic_service", "internship", "immersion"}

RANK = [
    "deceased",
    "cdi",
    "public",
    "self_employed",
    "apprenticeship",
    "professionalisation",
    "cdd",
    "temp",
    "seasonal",
    "subsidised",
    "iae",
    "training_qualifying",
    "school",
    "training_other",
    "civic_service",
    "internship",
    "immersion",
    "unavailable",
    "moved_abroad",
    "job_seeking",
    "inactive",
]
UNLIMITED = {"cdi", "public", "self_employed"}
EVIDENCE = ["declared", "third_party", "document", "confirmed"]


@dataclass(frozen=True)
class Segment:
    """One dated segment of a life: a row of Situations, or an enrolment counted as one (§1)."""

    kind: str
    start: date
    end: date | None
    planned_end: date | None
    confirmed: date | None
    hours: float | None
    target_trade: bool | None
    evidence: str
    row: int
    cohort: str | None = None


def from_situation(situation: Situation, row: int) -> Segment:
    """Take a row of the Situations sheet; §2: a blank evidence is declared."""
    return Segment(
        kind=situation.kind,
        start=situation.start,
        end=situation.end,
        planned_end=situation.planned_end,
        confirmed=situation.confirmed,
        hours=situation.hours,
        target_trade=situation.target_trade,
        evidence=situation.evidence or "declared",
        row=row,
    )


def from_enrolment(enrolment: Enrolment, row: int, as_of: date) -> Segment:
    """§1: an enrolment is training_qualifying from entry to exit (to the as-of date while open), third_party."""
    return Segment(
        kind="training_qualifying",
        start=enrolment.entry,
        end=enrolment.exit or as_of,
        planned_end=None,
        confirmed=None,
        hours=None,
        target_trade=None,
        evidence="third_party",
        row=row,
        cohort=enrolment.cohort,
    )


def add_months(day: date, months: int) -> date:
    """§2: same day number n months later, clamped to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def known_until(segment: Segment) -> date:
    """§2: end if given, else last confirmed, else start; deceased needs no confirmation."""
    if segment.kind == "deceased":
        return date.max
    if segment.end is not None:
        return segment.end
    if segment.confirmed is not None:
        return segment.confirmed
    return segment.start


def covers(segment: Segment, day: date) -> bool:
    """§2: a situation covers D iff start ≤ D ≤ known until."""
    return segment.start <= day <= known_until(segment)


def last_day(segment: Segment) -> date | None:
    """§2: planned end if given, else end, else last confirmation."""
    if segment.planned_end is not None:
        return segment.planned_end
    if segment.end is not None:
        return segment.end
    return segment.confirmed


def lasts(segment: Segment, months: int) -> bool:
    """§2, length ≥ n months: always for the unlimited kinds; unknown length counts as short."""
    if segment.kind in UNLIMITED:
        return True
    last = last_day(segment)
    return last is not None and add_months(segment.start, months) <= last + DAY


def contract_days(segment: Segment) -> float:
    """§2, ties: days from start to last day, both counted; unlimited kinds have no end; unknown is 0."""
    if segment.kind in UNLIMITED:
        return float("inf")
    last = last_day(segment)
    return 0 if last is None else (last - segment.start).days + 1


def situation_at(life: list[Segment], day: date) -> Segment | None:
    """§2: the first by rank among those covering D; ties by longest contract, latest start, earlier row."""
    covering = [segment for segment in life if covers(segment, day)]
    if not covering:
        return None
    return min(
        covering,
        key=lambda s: (RANK.index(s.kind), -contract_days(s), -s.start.toordinal(), s.row),
    )


def proven(segment: Segment) -> bool:
    """§3, plie: evidence third_party or better."""
    return EVIDENCE.index(segment.evidence) >= EVIDENCE.index("third_party")


def age_at(birth: date, day: date) -> int:
    """§4: completed years by month and day; born on 29 February, older on 1 March of an ordinary year."""
    before = (day.month, day.day) < (birth.month, birth.day)
    return day.year - birth.year - (1 if before else 0)
