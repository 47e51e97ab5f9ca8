"""The register, read: hours by kind, rates, absences in a row. Pure: no table, no clock, no settings.

Every count is in minutes. Of somebody's half-days, each minute planned is in exactly one class: attended, lost by coming
late, absence explained, absence, or not noted yet. A half-day is attended when its mark says so, wherever it was spent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

PRESENT, LATE, REMOTE, IN_COMPANY = "present", "late", "remote", "in_company"
ABSENT, EXCUSED = "absent", "absent_excused"
ATTENDED = (PRESENT, LATE, REMOTE, IN_COMPANY)

IN_A_ROW = 3  # half-days without a word after which help is asked
SILENCE = timedelta(hours=48)
CONTESTED_WITHIN = timedelta(days=30)  # after that it is a matter to speak of, not a button


@dataclass(frozen=True)
class HalfDay:
    """A half-day planned for somebody, and what the register says of it; `mark` is "" while nothing is noted.

    `begins`: the moment it starts, with its zone. `attended`: minutes, 0 unless the mark is one of those attended.
    """

    day: date
    half: str
    begins: datetime
    minutes: int
    mark: str = ""
    attended: int = 0
    signed: bool = False
    countersigned: bool = False
    session: int = 0
    in_company: bool = False  # held there, or noted there
    remote: bool = False


@dataclass(frozen=True)
class Hours:
    """Minutes by kind. `in_company` and `remote` are parts of `done`; planned = done + late + excused + missed + unmarked."""

    planned: int = 0
    done: int = 0
    in_company: int = 0
    remote: int = 0
    late: int = 0
    excused: int = 0
    missed: int = 0
    unmarked: int = 0
    signed: int = 0  # attended minutes that the person signed
    countersigned: int = 0

    def __add__(self, other: Hours) -> Hours:
        return Hours(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    @property
    def held(self) -> int:
        """Minutes of what was noted: over these the rate of attendance is taken."""
        return self.planned - self.unmarked

    @property
    def rate(self) -> tuple[int, int]:
        """Attended, out of what was noted: a numerator and its denominator, never a share alone."""
        return self.done, self.held


def hours_of(halves: Iterable[HalfDay]) -> Hours:
    """The minutes of some half-days, of one person or of many."""
    total = dict.fromkeys((one.name for one in fields(Hours)), 0)
    for half in halves:
        total["planned"] += half.minutes
        if half.mark in ATTENDED:
            total["done"] += half.attended
            total["late"] += half.minutes - half.attended
            total["in_company"] += half.attended if half.in_company else 0
            total["remote"] += half.attended if half.remote else 0
            total["signed"] += half.attended if half.signed else 0
            total["countersigned"] += half.attended if half.countersigned else 0
        else:
            kind = {EXCUSED: "excused", ABSENT: "missed"}.get(half.mark, "unmarked")
            total[kind] += half.minutes
    return Hours(**total)


def attended_minutes(mark: str, minutes: int, late: int = 0) -> int:
    """What a mark is worth on a half-day of `minutes`; `late`: minutes missed by somebody who came late.

    Raises ValueError for a lateness that is not one: nothing, or the whole half-day.
    """
    if mark not in ATTENDED:
        return 0
    if mark != LATE:
        return minutes
    if not 0 < late < minutes:
        raise ValueError(late)
    return minutes - late


@dataclass(frozen=True)
class Streak:
    """Absences in a row without a word: the first, the last, how many half-days."""

    first: HalfDay
    last: HalfDay
    count: int


def streak_of(halves: Sequence[HalfDay]) -> Streak | None:
    """The absences that stand at the end of what is noted, in the order of days; None when the last mark is another.

    An absence that was explained ends the row: somebody has been heard of. What is not noted yet is passed over.
    """
    noted = [half for half in sorted(halves, key=lambda one: one.begins) if half.mark]
    row: list[HalfDay] = []
    for half in reversed(noted):
        if half.mark != ABSENT:
            break
        row.append(half)
    return Streak(row[-1], row[0], len(row)) if row else None


def asks_for_help(streak: Streak | None, now: datetime) -> bool:
    """Three half-days in a row, or two days since the first without a word."""
    return streak is not None and (streak.count >= IN_A_ROW or now - streak.first.begins >= SILENCE)


def last_attended(halves: Iterable[HalfDay]) -> date | None:
    """The day of the last half-day attended: the day of an exit. None when none was."""
    return max((half.day for half in halves if half.mark in ATTENDED), default=None)


def contestable(half: HalfDay, now: datetime) -> bool:
    """Whether somebody may still say that they were there all of it: noted otherwise, within a month."""
    whole = half.mark in ATTENDED and half.attended == half.minutes
    return bool(half.mark) and not whole and now - half.begins <= CONTESTED_WITHIN
