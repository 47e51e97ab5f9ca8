"""Which groups are shown apart: none under five persons, nor one that the total would give away. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST_SHOWN = 5  # persons, under which a group is not shown by itself


@dataclass(frozen=True)
class Line:
    """One or several groups shown together: `n` persons at the stage, `passed` of them passed it."""

    groups: tuple[str, ...]
    n: int
    passed: int

    @property
    def several(self) -> bool:
        return len(self.groups) > 1


def lines_of(strata: Sequence[Mapping[str, tuple[int, int]]], *, together: frozenset[str] = frozenset()) -> list[Line]:
    """The lines of a table, summed over cohorts, in the order of the groups; empty groups are left out.

    Groups under five persons share one line. If that line is itself too small, the next smallest group joins it: lines
    always add up to the total, so hiding figures would give them away. `together`: groups that shared a line at an
    earlier stage share it still, or what left between two stages could be told apart by subtraction.
    """
    sums = {group: (n, passed) for group, (n, passed) in _summed(strata).items() if n}
    shared = {group for group, (n, _passed) in sums.items() if n < FEWEST_SHOWN or group in together}
    while shared and _many(sums, shared) < FEWEST_SHOWN and len(shared) < len(sums):
        shared.add(min((group for group in sums if group not in shared), key=lambda group: sums[group][0]))
    apart = [Line((group,), *sums[group]) for group in sums if group not in shared]
    if not shared:
        return apart
    names = tuple(group for group in sums if group in shared)
    return [*apart, Line(names, _many(sums, shared), sum(sums[group][1] for group in shared))]


def _summed(strata: Sequence[Mapping[str, tuple[int, int]]]) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for one in strata:
        for group, (n, passed) in one.items():
            before = sums.get(group, (0, 0))
            sums[group] = (before[0] + n, before[1] + passed)
    return sums


def _many(sums: Mapping[str, tuple[int, int]], groups: set[str]) -> int:
    return sum(sums[group][0] for group in groups)
