"""How long an answer takes, with those who still wait counted: the median of Kaplan and Meier (1958), in working days.

Pure. A median of answered requests alone flatters whoever answers the easy ones and leaves the others: here a request
that waits stays among those « at risk » for as long as it has waited, and one that came back by silence for ever. The
curve S(t) is the estimated share not yet answered after t days; the median is the first t with S(t) ≤ ½, None as long as
the curve stays above (« médiane non atteinte »).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate

from partners.working_days import is_working

HALF = Fraction(1, 2)
ANSWERED, WAITING, WITHDRAWN, SILENT = "answered", "waiting", "withdrawn", "silent"
FEW = 5  # requests under which a median says nothing that their count does not


@dataclass(frozen=True, slots=True)
class Wait:
    """One request and its `end`: working days until it was answered or its sender took it back, or until today.

    `days` is None for silence, and only then: it is over, and nobody ever answered.
    """

    days: int | None
    end: str = WAITING


@dataclass(frozen=True, slots=True)
class Delays:
    """Of `count` requests, how many ended in each way; `median`: working days to an answer, None while not reached."""

    count: int = 0
    answered: int = 0
    waiting: int = 0
    withdrawn: int = 0
    silent: int = 0
    median: int | None = None

    @property
    def unfinished(self) -> int:
        """Those that nobody answered, now or ever; what its sender took back is nobody's fault."""
        return self.waiting + self.silent

    @property
    def few(self) -> bool:
        return self.count < FEW


def delays(waits: Iterable[Wait]) -> Delays:
    """Count requests and give the median delay of an answer, those still waiting counted."""
    rows = list(waits)
    ends = Counter(one.end for one in rows)
    return Delays(len(rows), ends[ANSWERED], ends[WAITING], ends[WITHDRAWN], ends[SILENT], median(rows))


def median(rows: Iterable[Wait]) -> int | None:
    """The first day by which the curve is at one half or under; None when it never is."""
    return next((day for day, share in curve(rows) if share <= HALF), None)


def curve(rows: Iterable[Wait]) -> list[tuple[int, Fraction]]:
    """S(t) at each day t with an answer: exact; who has waited exactly t days is still at risk on day t."""
    rows = list(rows)
    answers = Counter(one.days for one in rows if one.end == ANSWERED)
    leaves = Counter(one.days for one in rows if one.days is not None)
    at_risk, share, points = len(rows), Fraction(1), []
    for day in sorted(leaves):
        if answers[day]:
            share *= Fraction(at_risk - answers[day], at_risk)
            points.append((day, share))
        at_risk -= leaves[day]
    return points


class WorkingDays:
    """Working days between any two days of a period, without walking from one to the other each time."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first.toordinal()
        days = (date.fromordinal(n) for n in range(self.first, last.toordinal() + 1))
        self.worked = list(accumulate(is_working(day) for day in days))

    def between(self, start: date, end: date) -> int:
        """Working days in ]start, end]; 0 when `end` does not follow `start`. A day out of the period is its nearest end."""
        return max(0, self.worked[self._place(end)] - self.worked[self._place(start)])

    def _place(self, day: date) -> int:
        return min(max(day.toordinal() - self.first, 0), len(self.worked) - 1)
