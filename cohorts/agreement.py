"""What several sheets say together, and how assessors differ: no query, no clock, no average.

Marks go from 0 to 4. On each criterion: the median, the lowest and the highest mark, and whether assessors agree. Between
assessors: on how many codes one stood below, level with and above the others, and by how much in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from cohorts.selection import ENOUGH, GAP

Sheet = Mapping[str, int]  # criterion -> mark
TELLING = 5  # codes rated with others, under which nothing is said of an assessor


class Accord(StrEnum):
    """How far apart the sheets are on one criterion."""

    ALONE = "alone"
    SAME = "same"
    NEAR = "near"
    APART = "apart"


@dataclass(frozen=True)
class Compared:
    """One criterion over several sheets. `marks`: in the order of the sheets."""

    criterion: str
    marks: tuple[int, ...]
    median: float
    low: int
    high: int
    accord: Accord

    @property
    def gap(self) -> int:
        """Between the highest and the lowest mark."""
        return self.high - self.low


def accord_of(marks: Sequence[int]) -> Accord:
    """In a word: alone, the same mark, one point apart, further apart."""
    if len(marks) < ENOUGH:
        return Accord.ALONE
    gap = max(marks) - min(marks)
    if gap >= GAP:
        return Accord.APART
    return Accord.NEAR if gap else Accord.SAME


def compared(sheets: Sequence[Sheet]) -> list[Compared]:
    """Each criterion that some sheet marks, in the order of the first that does."""
    criteria = dict.fromkeys(criterion for sheet in sheets for criterion in sheet)
    found = []
    for criterion in criteria:
        marks = tuple(sheet[criterion] for sheet in sheets if criterion in sheet)
        found.append(
            Compared(criterion, marks, float(median(marks)), min(marks), max(marks), accord_of(marks)),
        )
    return found


def accord_over(sheets: Sequence[Sheet]) -> Accord:
    """Of the whole: that of the criterion on which they stand furthest apart."""
    order = list(Accord)
    return max((one.accord for one in compared(sheets)), key=order.index, default=Accord.ALONE)


def needs_third(sheets: Sequence[Sheet]) -> bool:
    """Whether two sheets are so far apart on some criterion that somebody else is asked; a third sheet settles it."""
    return len(sheets) == ENOUGH and accord_over(sheets) == Accord.APART


@dataclass(frozen=True)
class Drift:
    """One assessor beside the others on one criterion, over the codes that both rated.

    `below`, `level`, `above`: on how many codes; `middle`: the median difference; of two,
    the nearest to nought, and nought between two of opposite signs.
    """

    assessor: int
    criterion: str
    below: int
    level: int
    above: int
    middle: float

    @property
    def codes(self) -> int:
        return self.below + self.level + self.above

    @property
    def telling(self) -> bool:
        """Whether there are codes enough to say something."""
        return self.codes >= TELLING


def drifts(codes: Iterable[Mapping[int, Sheet]]) -> list[Drift]:
    """Assessor by assessor, criterion by criterion. `codes`: for each code, assessor → their sheet.

    One difference a code: the mark given, less the median of the others' on the same code. Codes rated by one assessor
    alone say nothing, and are left out.
    """
    apart: dict[tuple[int, str], list[float]] = {}
    for sheets in codes:
        for assessor, sheet in sheets.items():
            others = [other for who, other in sheets.items() if who != assessor]
            for criterion, mark in sheet.items():
                theirs = [other[criterion] for other in others if criterion in other]
                if theirs:
                    apart.setdefault((assessor, criterion), []).append(mark - median(theirs))
    return [_drift(*key, found) for key, found in apart.items()]


def _drift(assessor: int, criterion: str, found: Sequence[float]) -> Drift:
    below, above = sum(one < 0 for one in found), sum(one > 0 for one in found)
    ranked = sorted(found)
    lower, upper = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    middle = 0.0 if lower < 0 < upper else float(min(lower, upper, key=abs))
    return Drift(assessor, criterion, below, len(found) - below - above, above, middle)
