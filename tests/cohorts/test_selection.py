"""The order of candidates: a truth table, and what holds whatever the marks."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.selection import Candidate, Key, gap_of, key_of, propose, rank, rated

DAY = date(2026, 9, 1)
FIVE = ("trade", "effort", "persistence", "teamwork", "availability")


def candidate(key: int, *sheets: tuple[int, ...], after: int = 0) -> Candidate:
    marks = {name: [sheet[n] for sheet in sheets] for n, name in enumerate(FIVE)}
    return Candidate(key, f"C{key:03d}", DAY + timedelta(after), marks, len(sheets))


SHEET = st.tuples(*[st.integers(0, 4)] * 5)
CANDIDATES = st.lists(st.tuples(st.lists(SHEET, max_size=3), st.integers(0, 3)), max_size=12).map(
    lambda rows: [candidate(n, *sheets, after=after) for n, (sheets, after) in enumerate(rows)]
)


@pytest.mark.parametrize(
    ("sheets", "key"),
    [
        ([(4, 4, 4, 4, 4), (4, 4, 4, 4, 4)], Key(4.0, 5, 0)),
        ([(3, 3, 3, 3, 3), (3, 3, 3, 3, 2)], Key(3.0, 4, 0)),
        ([(0, 1, 1, 2, 3), (0, 1, 1, 2, 3)], Key(1.0, 1, 3)),
        ([(4, 0, 4, 0, 4), (4, 0, 4, 0, 4), (4, 4, 4, 0, 4)], Key(4.0, 3, 2)),
    ],
)
def test_what_places_a_candidate(sheets, key) -> None:
    assert key_of(candidate(1, *sheets)) == key


def test_one_opinion_places_nobody() -> None:
    assert not rated(candidate(1, (4, 4, 4, 4, 4)))
    assert rank([candidate(1, (4, 4, 4, 4, 4))]) == []


def test_a_tie_goes_to_the_earliest_referral_and_says_with_whom() -> None:
    late, early = candidate(1, (3,) * 5, (3,) * 5, after=2), candidate(2, (3,) * 5, (3,) * 5)
    first, second = rank([late, early])
    assert (first.candidate, second.candidate) == (early, late)
    assert first.tied == ("C001",)
    assert second.tied == ("C002",)


def test_of_two_referred_on_one_day_the_first_to_arrive() -> None:
    assert [
        one.candidate.key for one in rank([candidate(9, (2,) * 5, (2,) * 5), candidate(3, (2,) * 5, (2,) * 5)])
    ] == [3, 9]


def test_a_gap_of_two_is_talked_over_and_its_seat_is_left() -> None:
    apart = candidate(1, (4, 4, 4, 4, 4), (4, 4, 4, 4, 2))
    placed = rank([apart, candidate(2, (3,) * 5, (3,) * 5), candidate(3, (1,) * 5, (1,) * 5)])
    found = propose(placed, seats=2)
    assert [one.candidate.key for one in found.admitted] == [2]
    assert [one.candidate.key for one in found.waiting] == [3]
    assert [one.candidate.key for one in found.talked_over] == [1]


@given(CANDIDATES)
def test_the_order_does_not_depend_on_how_they_come(candidates) -> None:
    mixed = list(candidates)
    Random(1).shuffle(mixed)
    assert [one.candidate.key for one in rank(candidates)] == [one.candidate.key for one in rank(mixed)]


@given(CANDIDATES, st.integers(0, 12))
def test_everybody_rated_is_placed_once_and_proposed_once(candidates, seats) -> None:
    placed = rank(candidates)
    assert {one.candidate.key for one in placed} == {one.key for one in candidates if rated(one)}
    assert [one.rank for one in placed] == list(range(1, len(placed) + 1))
    found = propose(placed, seats)
    assert sorted(one.rank for part in found for one in part) == [one.rank for one in placed]
    assert len(found.admitted) <= seats


@given(CANDIDATES)
def test_a_better_mark_never_costs_a_place(candidates) -> None:
    before = {one.candidate.key: one.rank for one in rank(candidates)}
    for one in candidates:
        better = one._replace(marks={name: [min(4, mark + 1) for mark in marks] for name, marks in one.marks.items()})
        after = {
            placed.candidate.key: placed.rank
            for placed in rank([better if other is one else other for other in candidates])
        }
        if one.key in before:
            assert after[one.key] <= before[one.key]


@given(SHEET, SHEET)
def test_the_gap_is_the_widest(first, second) -> None:
    assert gap_of(candidate(1, first, second)) == max(abs(a - b) for a, b in zip(first, second, strict=True))
