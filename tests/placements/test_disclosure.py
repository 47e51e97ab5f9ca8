"""The public mask: nothing small is shown, nothing hidden can be computed, and controls without each guard go red."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from placements.disclosure import Cell, Sum, Table, Witnesses, bounds, islands_of, primary, protect, secondary

ROWS, COLUMNS = 8, 5


def table(values: list[list[int]], threshold: int = 5) -> Table:
    """A table with both totals and the grand total, all printed."""
    columns = range(len(values[0]))
    cells = [Cell(f"{r}.{c}", n, threshold) for r, row in enumerate(values) for c, n in enumerate(row)]
    cells += [Cell(f"{r}.t", sum(row), threshold) for r, row in enumerate(values)]
    cells += [Cell(f"t.{c}", sum(row[c] for row in values), threshold) for c in columns]
    cells.append(Cell("t.t", sum(map(sum, values)), threshold))
    rows = [Sum(f"{r}.t", tuple(f"{r}.{c}" for c in columns)) for r in range(len(values))]
    downs = [Sum(f"t.{c}", tuple(f"{r}.{c}" for r in range(len(values)))) for c in columns]
    grand = [Sum("t.t", tuple(one.total for one in rows)), Sum("t.t", tuple(one.total for one in downs))]
    return Table(tuple(cells), (*rows, *downs, *grand))


def random_table(seed: int) -> Table:
    chance = Random(seed)
    return table(
        [[chance.choice((0, chance.randrange(30), chance.randrange(6))) for _ in range(COLUMNS)] for _ in range(ROWS)]
    )


def recoverable(published: Table, hidden: set[str] | frozenset[str]) -> list[str]:
    """Hidden cells that a reader gets exactly, by linear programming on all the sums at once, written apart from the product."""
    unknown = sorted(hidden)
    place = {key: n for n, key in enumerate(unknown)}
    values = {cell.key: cell.value for cell in published.cells}
    rows, known = [], []
    for one in published.sums:
        row, right = np.zeros(len(unknown)), 0
        for key, sign in [(part, 1) for part in one.parts] + [(one.total, -1)]:
            if key in place:
                row[place[key]] += sign
            else:
                right -= sign * values[key]
        rows.append(row)
        known.append(right)
    # A cell is determined by the sums alone iff its axis is orthogonal to all they leave free.
    matrix = np.array(rows)
    _, strengths, directions = np.linalg.svd(matrix)
    rank = int((strengths > 1e-9).sum())
    free = directions[rank:]
    exact = [key for key in unknown if not np.abs(free[:, place[key]]).max(initial=0) > 1e-9]
    loose = [key for key in unknown if key not in exact]
    for key in loose:
        cost = np.zeros(len(unknown))
        cost[place[key]] = 1
        low, high = (sign * linprog(sign * cost, A_eq=matrix, b_eq=known, bounds=(0, 10_000)).fun for sign in (1, -1))
        if round(high) - round(low) < 1:
            exact.append(key)
    return exact


def needs_help(seed: int) -> bool:
    """Whether primary suppression alone gives something away in this table."""
    made = random_table(seed)
    return bool(recoverable(made, primary(made)))


SAMPLE = range(12)


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.full) for n in range(100, 1_000, 100))])
def test_no_hidden_number_of_a_random_table_can_be_computed(first):
    for seed in range(first, first + 100):
        made = random_table(seed)
        hidden = protect(made).hidden
        assert primary(made) <= hidden
        assert Witnesses(made).too_narrow(hidden) is None
        if seed % 15 == 0:  # the slow ways: exact intervals, and a reading written apart from the product
            assert recoverable(made, hidden) == []
            assert {key: ends for key, ends in bounds(made, hidden).items() if ends[1] - ends[0] < 5} == {}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_what_a_walk_finds_agrees_with_every_published_sum(seed):
    made = random_table(seed)
    hidden = secondary(made, primary(made))
    truth = {cell.key: cell.value for cell in made.cells}
    for island in islands_of(made, hidden):
        for values in island.walk():
            whole = {**truth, **values}
            assert min(values.values()) >= 0
            assert all(sum(whole[part] for part in one.parts) == whole[one.total] for one in made.sums)


def test_control_primary_suppression_alone_gives_numbers_away():
    assert sum(needs_help(seed) for seed in SAMPLE) >= len(SAMPLE) // 2


def test_control_without_the_audit_some_intervals_are_too_narrow():
    def narrow(made: Table) -> bool:
        hidden = secondary(made, primary(made))
        return any(high - low < 5 for low, high in bounds(made, hidden).values())

    assert any(narrow(random_table(seed)) for seed in SAMPLE)


def test_zeros_and_large_numbers_stay_visible_when_nothing_is_small():
    assert protect(table([[0, 12, 30], [15, 0, 9]])).hidden == frozenset()


@pytest.mark.parametrize(
    ("value", "threshold", "small"), [(0, 5, False), (1, 5, True), (4, 5, True), (5, 5, False), (10, 11, True)]
)
def test_a_number_is_small_between_one_and_its_threshold(value, threshold, small):
    assert Cell("one", value, threshold).small is small


def test_the_smallest_other_non_zero_cell_goes_with_a_single_hidden_one_the_first_of_equals():
    line = Table(
        tuple(Cell(key, n) for key, n in zip("abcdt", (2, 9, 7, 0, 18), strict=True)), (Sum("t", tuple("abcd")),)
    )
    assert secondary(line, primary(line)) == {"a", "c"}
    equals = Table(tuple(Cell(key, n) for key, n in zip("abct", (2, 9, 9, 20), strict=True)), (Sum("t", tuple("abc")),))
    assert secondary(equals, primary(equals)) == {"a", "b"}


def test_two_hidden_cells_in_a_narrow_interval_are_merged_with_the_next_category():
    line = Table(
        tuple(Cell(key, n) for key, n in zip("abcdt", (1, 2, 40, 50, 93), strict=True)), (Sum("t", tuple("abcd")),)
    )
    assert bounds(line, {"a", "b"}) == {"a": (0, 3), "b": (0, 3)}
    mask = protect(line)
    assert mask.hidden == {"a", "b", "c"}
    assert mask.merged == (("a", "c"),)
    assert bounds(line, mask.hidden)["a"] == (0, 43)


def test_a_hidden_total_needs_no_other_cell():
    line = Table((Cell("a", 3), Cell("b", 0), Cell("t", 3)), (Sum("t", ("a", "b")),))
    assert protect(line).hidden == {"a", "t"}


def test_what_no_table_prints_still_protects_and_is_never_hidden_itself():
    cells = (Cell("n", 3), Cell("rest", 20, shown=False), Cell("of", 23))
    assert protect(Table(cells, (Sum("of", ("n", "rest")),))).hidden == {"n"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4))
def test_bounds_are_the_least_and_greatest_whole_numbers_that_the_totals_allow(values):
    made = table(values)
    hidden = primary(made) - {cell.key for cell in made.cells if "t" in cell.key}
    truth = {cell.key: cell.value for cell in made.cells}
    for key, (low, high) in bounds(made, hidden).items():
        assert 0 <= low <= truth[key] <= high
        row, column = key.split(".")
        free_row = sum(truth[f"{row}.{c}"] for c in range(3) if f"{row}.{c}" in hidden)
        free_column = sum(truth[f"{r}.{column}"] for r in range(len(values)) if f"{r}.{column}" in hidden)
        if not {f"{row}.t", f"t.{column}"} & primary(made):
            assert high <= min(free_row, free_column)
