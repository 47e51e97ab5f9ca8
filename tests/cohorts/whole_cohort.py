"""A cohort of 26 weeks and 24 people as it was lived, written down apart from the program: what the register must say of it.

Nothing here reads the program's calendar, marks or hours: half-days are counted from a list of days off, and minutes added up by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

FIRST = date(2026, 1, 5)  # a Monday
WEEKS, PEOPLE = 26, 24
LAST = FIRST + timedelta(days=7 * WEEKS - 3)  # the last Friday
# Legal holidays of those months, from the calendar on the wall.
OFF = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25)}
CLOSED = (date(2026, 2, 16), date(2026, 2, 20))
COMPANY = (date(2026, 4, 13), date(2026, 5, 1))
AM, PM = "am", "pm"
# Monday to Thursday whole, Friday in the morning: 3 h 30 in the morning, 3 h 15 in the afternoon.
MINUTES = {AM: 210, PM: 195}

Half = tuple[date, str]


def half_days() -> list[Half]:
    """Every half-day of the training, in order."""
    found = []
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if day.weekday() > 4 or day in OFF or CLOSED[0] <= day <= CLOSED[1]:
            continue
        found += [(day, AM)] if day.weekday() == 4 else [(day, AM), (day, PM)]
    return found


def in_company(day: date) -> bool:
    return COMPANY[0] <= day <= COMPANY[1]


@dataclass
class Fate:
    """One person: when they came, when they were last there, what became of them."""

    number: int
    entered: date = FIRST
    left: date | None = None  # the last half-day attended, of who left before the end
    reason: str = "completed"


@dataclass
class Lived:
    """What happened: (person, day, half) → mark and minutes attended."""

    fates: list[Fate] = field(default_factory=list)
    marks: dict[tuple[int, date, str], tuple[str, int]] = field(default_factory=dict)
    halves: list[Half] = field(default_factory=list)

    def expected(self, half: Half) -> list[int]:
        """Who was awaited that half-day."""
        return [
            one.number for one in self.fates if one.entered <= half[0] and (one.left is None or half[0] <= one.left)
        ]

    def planned(self, number: int, month: tuple[int, int] | None = None) -> int:
        return sum(MINUTES[half] for day, half in self._of(number, month))

    def done(self, number: int, month: tuple[int, int] | None = None) -> int:
        return sum(self.marks[number, day, half][1] for day, half in self._of(number, month))

    def company(self, number: int) -> int:
        return sum(self.marks[number, day, half][1] for day, half in self._of(number, None) if in_company(day))

    def _of(self, number: int, month: tuple[int, int] | None) -> Iterator[Half]:
        fate = self.fates[number]
        for day, half in self.halves:
            if month and (day.year, day.month) != month:
                continue
            if fate.entered <= day and (fate.left is None or day <= fate.left):
                yield day, half


def live(seed: int = 26) -> Lived:
    """A cohort as such cohorts go: most are there, some are late, a few are ill, one finds a job, one drops out."""
    dice, lived = Random(seed), Lived(halves=half_days())
    lived.fates = [Fate(number) for number in range(PEOPLE)]
    lived.fates[5].entered = FIRST + timedelta(days=2)
    weeks = {3: 9, 11: 14}
    for number, week in weeks.items():
        lived.fates[number].left = FIRST + timedelta(days=7 * week + 3)
        lived.fates[number].reason = "job" if number == 3 else "dropout"
    for day, half in lived.halves:
        for number in lived.expected((day, half)):
            lived.marks[number, day, half] = _mark(dice, day, half, last=day == lived.fates[number].left)
    return lived


def _mark(dice: Random, day: date, half: str, *, last: bool) -> tuple[str, int]:
    whole, toss = MINUTES[half], dice.random()
    if last or toss < 0.86:
        return ("in_company" if in_company(day) else "present"), whole
    if toss < 0.92:
        return "late", whole - dice.randint(1, 60)
    return ("absent_excused", 0) if toss < 0.97 else ("absent", 0)
