"""What a public report must hide so that no small number can be read or computed (`docs/rules.md` §7), pure.

A table is a set of cells and the sums that a reader may write between them. A cell is hidden when it is small; then
every sum that would give a hidden cell away loses its smallest other cell; then each hidden cell's exact interval
is computed, and while one is too narrow its category is merged with the next one: both are hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

THRESHOLD = 5
SENSITIVE_THRESHOLD = 11  # disability, health, origin, housing
OUTCOME_FLOOR = 20  # smallest denominator of an outcome rate
ENDLESS = 10**9
FAR = 1_000  # people: far enough to be wide


@dataclass(frozen=True)
class Cell:
    """A number of people. `shown` is False for a number no table prints, which a reader knows to exist."""

    key: str
    value: int
    threshold: int = THRESHOLD
    shown: bool = True

    @property
    def small(self) -> bool:
        return self.shown and 1 <= self.value < self.threshold


@dataclass(frozen=True)
class Sum:
    """total = the sum of the parts, which every reader knows. The parts stand in the order of the table."""

    total: str
    parts: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        return (*self.parts, self.total)


@dataclass(frozen=True)
class Table:
    """Cells in the order in which ties are settled, and the sums between them."""

    cells: tuple[Cell, ...]
    sums: tuple[Sum, ...] = ()


@dataclass(frozen=True)
class Mask:
    """`hidden`: keys shown as « n. c. ». `merged`: pairs of neighbours hidden together because one was still too precise."""

    hidden: frozenset[str]
    merged: tuple[tuple[str, str], ...] = ()


def primary(table: Table) -> set[str]:
    """The small cells."""
    return {cell.key for cell in table.cells if cell.small}


def secondary(table: Table, hidden: set[str]) -> set[str]:
    """`hidden`, and the smallest other non-zero cell of each sum with a single hidden cell, until nothing changes."""
    cells = {cell.key: cell for cell in table.cells}
    hidden, changed = set(hidden), True
    while changed:
        changed = False
        for one in table.sums:
            unseen = [key for key in one.cells if key in hidden or not cells[key].shown]
            if len(unseen) == 1 and unseen[0] in hidden and (other := _smallest(one, cells, hidden)):
                hidden.add(other)
                changed = True
    return hidden


def _smallest(one: Sum, cells: Mapping[str, Cell], hidden: set[str]) -> str | None:
    """The smallest non-zero part still visible, the first of equals; the total when no part is left."""
    visible = [key for key in one.parts if key not in hidden and cells[key].value > 0]
    if visible:
        return min(visible, key=lambda key: cells[key].value)
    return one.total if one.total not in hidden and cells[one.total].value > 0 else None


def protect(table: Table) -> Mask:
    """Every cell to hide: no hidden cell can then be placed in an interval narrower than its threshold."""
    hidden = secondary(table, primary(table))
    seen = Witnesses(table)
    merged: list[tuple[str, str]] = []
    while weak := seen.too_narrow(hidden):
        # There is one: what is tied to nothing published has no upper bound, and is not narrow.
        partner = next(_neighbours(table, weak, hidden))
        merged.append((weak, partner))
        hidden = secondary(table, hidden | {partner})
    return Mask(frozenset(hidden), tuple(merged))


class Witnesses:
    """Values that a hidden cell is known to be able to take.

    A table that agrees with all that is published stays one when more is hidden: what was found once need not be again.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.low = {cell.key: cell.value for cell in table.cells}
        self.high = dict(self.low)

    def too_narrow(self, hidden: Collection[str]) -> str | None:
        """The first hidden cell whose exact interval spans less than its threshold."""
        islands = {key: island for island in islands_of(self.table, hidden) for key in island.columns}
        for island in {id(one): one for one in islands.values()}.values():
            for values in island.walk():
                self._note(values)
        for cell in self.table.cells:
            if cell.key in hidden and not self._wide(cell, islands[cell.key]):
                return cell.key
        return None

    def _wide(self, cell: Cell, island: Island) -> bool:
        for direction in (-1, 1):
            if self.high[cell.key] - self.low[cell.key] >= cell.threshold:
                return True
            self._note(island.extreme(cell.key, direction))
        return self.high[cell.key] - self.low[cell.key] >= cell.threshold

    def _note(self, values: Mapping[str, int]) -> None:
        for key, value in values.items():
            self.low[key], self.high[key] = min(self.low[key], value), max(self.high[key], value)


def _neighbours(table: Table, weak: str, hidden: set[str]) -> Iterator[str]:
    """Visible cells to merge with, the nearest first: in the cell's own tables, then in those that give it away.

    In each table the next category, then the one before, then the total.
    """
    shown = {cell.key for cell in table.cells if cell.shown}
    unseen = hidden | {cell.key for cell in table.cells if not cell.shown}
    tied = {key: [one for one in table.sums if key in one.cells] for key in unseen}
    for one in _reached(weak, tied, unseen)[1]:
        at = one.parts.index(weak) if weak in one.parts else -1
        for key in (*one.parts[at + 1 :], *reversed(one.parts[: max(at, 0)]), one.total):
            if key not in hidden and key in shown:
                yield key


def bounds(table: Table, hidden: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Lowest and highest whole number that the published cells allow for each hidden one; ENDLESS when nothing bounds it."""
    return {
        key: (island.extreme(key, 1)[key], island.extreme(key, -1)[key])
        for island in islands_of(table, hidden)
        for key in island.columns
    }


class Island:
    """Unknown cells that sums tie together, solved apart from the others."""

    def __init__(self, keys: list[str], sums: list[Sum], values: Mapping[str, int]) -> None:
        self.columns = {key: at for at, key in enumerate(keys)}
        rows = np.zeros((len(sums), len(keys)))
        known = np.zeros(len(sums))
        for row, one in enumerate(sums):
            for key, sign in (*((part, 1) for part in one.parts), (one.total, -1)):
                if key in self.columns:
                    rows[row, self.columns[key]] += sign
                else:
                    known[row] -= sign * values[key]
        self.rows = rows
        self.truth = np.array([values[key] for key in keys], dtype=float)
        self.constraints = LinearConstraint(rows, known, known) if sums else ()

    def walk(self) -> Iterator[dict[str, int]]:
        """Some other whole values that agree with all that is published: cheap, and most often wide enough."""
        point = self.truth.copy()
        for step in [*_free_directions(self.rows), *_free_directions(self.rows[:, ::-1], flipped=True)] * 2:
            for way in (step, -step):
                falling = way < 0
                far = np.floor(point[falling] / -way[falling]).min() if falling.any() else FAR
                point = point + min(far, FAR) * way
                yield dict(zip(self.columns, point.astype(int).tolist(), strict=True))

    def extreme(self, key: str, direction: int) -> dict[str, int]:
        """Whole values that agree with all that is published, with the least (1) or the greatest (-1) value of `key`."""
        objective = np.zeros(len(self.columns))
        objective[self.columns[key]] = direction
        solved = milp(
            objective,
            integrality=np.ones(len(self.columns)),
            bounds=Bounds(0, ENDLESS),
            constraints=self.constraints,
        )
        return {key: round(solved.x[at]) for key, at in self.columns.items()}


def _free_directions(rows: np.ndarray, *, flipped: bool = False) -> list[np.ndarray]:
    """Whole moves that leave every sum as it is, one per cell that the others do not determine."""
    reduced = rows.copy()
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        top = len(pivots)
        found = np.flatnonzero(reduced[top:, column])
        if found.size:
            at = top + found[0]
            reduced[[top, at]] = reduced[[at, top]]
            reduced[top] /= reduced[top, column]
            others = np.arange(len(reduced)) != top
            reduced[others] -= np.outer(reduced[others, column], reduced[top])
            pivots.append(column)
    moves = []
    for column in set(range(rows.shape[1])) - set(pivots):
        move = np.zeros(rows.shape[1])
        move[column], move[pivots] = 1, -reduced[: len(pivots), column]
        if np.array_equal(move, np.round(move)):
            moves.append(move[::-1] if flipped else move)
    return moves


def islands_of(table: Table, hidden: Iterable[str]) -> Iterator[Island]:
    """The unknown cells, hidden or never printed, by groups that no sum ties together."""
    unknown = set(hidden) | {cell.key for cell in table.cells if not cell.shown}
    values = {cell.key: cell.value for cell in table.cells}
    tied: dict[str, list[Sum]] = defaultdict(list)
    for one in table.sums:
        for key in unknown.intersection(one.cells):
            tied[key].append(one)
    seen: set[str] = set()
    for cell in table.cells:
        if cell.key in unknown and cell.key not in seen:
            keys, sums = _reached(cell.key, tied, unknown)
            seen.update(keys)
            yield Island(keys, sums, values)


def _reached(start: str, tied: Mapping[str, list[Sum]], unknown: set[str]) -> tuple[list[str], list[Sum]]:
    keys, sums = [start], []
    for key in keys:  # grows while it is read
        for one in tied.get(key, ()):
            if one not in sums:
                sums.append(one)
                keys.extend(other for other in one.cells if other in unknown and other not in keys)
    return keys, sums
