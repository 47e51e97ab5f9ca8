"""Who is proposed a seat, who waits, in what order, and why: marks in, an order with its reasons out.

No query, no clock. Marks go from 0 to 4 on five criteria. Nothing is averaged: a candidate is placed by the median of all
their marks, then by how many criteria stand at 3 or more, then by how few stand at 1 or less; who is equal on all three is
placed by the earliest referral, then by the earliest arrival. Neither sex, age, address nor diploma comes in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import NamedTuple

STRONG, WEAK = 3, 1
GAP = 2  # between two assessors on one criterion: it is talked over
ENOUGH = 2  # locked sheets


class Candidate(NamedTuple):
    """One application as the committee sees it. `marks`: criterion → the marks given, in the order of the sheets."""

    key: int
    code: str
    referred_on: date
    marks: Mapping[str, Sequence[int]]
    sheets: int


class Key(NamedTuple):
    """What places a candidate, the best first when sorted."""

    median: float
    strong: int
    weak: int


@dataclass(frozen=True)
class Placed:
    """A candidate and their place. `tied`: the codes that stand equal on the marks, whom the referral date parted."""

    candidate: Candidate
    rank: int
    key: Key
    gap: int
    tied: tuple[str, ...] = field(default=())

    @property
    def to_discuss(self) -> bool:
        """Two assessors stand apart on some criterion."""
        return self.gap >= GAP


def key_of(candidate: Candidate) -> Key:
    """Median of all the marks, criteria at 3 or more, criteria at 1 or less."""
    medians = [median(marks) for marks in candidate.marks.values() if marks]
    every = [mark for marks in candidate.marks.values() for mark in marks]
    return Key(
        float(median(every)) if every else 0.0,
        sum(1 for one in medians if one >= STRONG),
        sum(1 for one in medians if one <= WEAK),
    )


def gap_of(candidate: Candidate) -> int:
    """The widest gap between two assessors on one criterion."""
    return max((max(marks) - min(marks) for marks in candidate.marks.values() if marks), default=0)


def rated(candidate: Candidate) -> bool:
    """Whether two people at least have rated them: nobody is placed on one opinion."""
    return candidate.sheets >= ENOUGH and any(candidate.marks.values())


def rank(candidates: Sequence[Candidate]) -> list[Placed]:
    """Those rated by two people at least, the first first."""
    found = [(key_of(one), one) for one in candidates if rated(one)]
    found.sort(key=lambda pair: (-pair[0].median, -pair[0].strong, pair[0].weak, pair[1].referred_on, pair[1].key))
    same: dict[Key, list[str]] = {}
    for key, one in found:
        same.setdefault(key, []).append(one.code)
    return [
        Placed(one, number, key, gap_of(one), tuple(code for code in same[key] if code != one.code))
        for number, (key, one) in enumerate(found, start=1)
    ]


class Proposal(NamedTuple):
    """What the order proposes to the committee: it proposes, people decide."""

    admitted: list[Placed]
    waiting: list[Placed]
    talked_over: list[Placed]


def propose(placed: Sequence[Placed], seats: int) -> Proposal:
    """The first ones for the seats that are left, the others on the waiting list in the same order.

    Who is to be talked over is proposed nothing, keeps their place in the order, and a seat is left for them.
    """
    within, beyond = placed[: max(seats, 0)], placed[max(seats, 0) :]
    return Proposal(
        [one for one in within if not one.to_discuss],
        [one for one in beyond if not one.to_discuss],
        [one for one in placed if one.to_discuss],
    )
