"""What several sheets say together: truth tables, and what holds whatever the marks."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.agreement import TELLING, Accord, accord_of, accord_over, compared, drifts, needs_third
from cohorts.states import Criterion

NAMES = [one.value for one in Criterion]
MARK = st.integers(0, 4)
SHEET = st.fixed_dictionaries(dict.fromkeys(NAMES, MARK))


def sheet(*marks: int) -> dict[str, int]:
    return dict(zip(NAMES, marks, strict=False))


@pytest.mark.parametrize(
    ("marks", "accord"),
    [
        ((), Accord.ALONE), ((3,), Accord.ALONE), ((3, 3), Accord.SAME), ((2, 3), Accord.NEAR), ((1, 3), Accord.APART),
        ((0, 4), Accord.APART), ((2, 3, 2), Accord.NEAR), ((1, 2, 3), Accord.APART), ((4, 4, 4), Accord.SAME),
    ],
)  # fmt: skip
def test_accord_in_a_word(marks, accord):
    assert accord_of(marks) == accord


@pytest.mark.parametrize(
    ("sheets", "third"),
    [
        ([], False),
        ([sheet(0, 4, 0, 4, 0)], False),
        ([sheet(3, 3, 3, 3, 3), sheet(3, 3, 3, 3, 3)], False),
        ([sheet(3, 3, 3, 3, 3), sheet(2, 4, 3, 2, 4)], False),
        ([sheet(3, 3, 3, 3, 3), sheet(3, 3, 3, 3, 1)], True),
        ([sheet(0, 3, 3, 3, 3), sheet(2, 3, 3, 3, 3)], True),
        ([sheet(0, 0, 0, 0, 0), sheet(4, 4, 4, 4, 4), sheet(2, 2, 2, 2, 2)], False),  # a third has settled it
    ],
)
def test_a_third_is_asked_when_two_stand_two_points_apart_on_one_criterion(sheets, third):
    assert needs_third(sheets) is third


def test_one_criterion_over_three_sheets():
    [one] = compared([{"trade": 1}, {"trade": 4}, {"trade": 2}])
    assert (one.marks, one.median, one.low, one.high, one.gap, one.accord) == ((1, 4, 2), 2.0, 1, 4, 3, Accord.APART)


def test_a_criterion_that_one_sheet_leaves_out_is_compared_over_the_others():
    found = {one.criterion: one.marks for one in compared([{"trade": 1}, {"trade": 2, "effort": 3}])}
    assert found == {"trade": (1, 2), "effort": (3,)}


@given(st.lists(SHEET, max_size=4))
def test_what_holds_of_any_sheets(sheets):
    for one in compared(sheets):
        assert one.low <= one.median <= one.high
        assert one.median == median(one.marks)
        assert (one.accord == Accord.APART) == (one.gap >= 2)
    widest = max((one.gap for one in compared(sheets)), default=0)
    assert needs_third(sheets) == (len(sheets) == 2 and widest >= 2)
    assert needs_third(sheets) == needs_third(sheets[::-1])
    assert (accord_over(sheets) == Accord.APART) == (widest >= 2)


# --- between assessors -----------------------------------------------------------------------------------------
def test_drift_counts_codes_below_level_and_above():
    codes = [{1: {"trade": 3}, 2: {"trade": 2}}] * 3 + [
        {1: {"trade": 1}, 2: {"trade": 1}},
        {1: {"trade": 0}, 2: {"trade": 4}},
    ]
    first, second = drifts(codes)
    assert (first.assessor, first.below, first.level, first.above, first.middle) == (1, 1, 1, 3, 1.0)
    assert (second.assessor, second.below, second.level, second.above, second.middle) == (2, 3, 1, 1, -1.0)
    assert first.codes == TELLING and first.telling


def test_under_five_codes_nothing_is_told():
    assert [one.telling for one in drifts([{1: {"trade": 4}, 2: {"trade": 0}}] * 4)] == [False, False]


def test_a_code_rated_by_one_alone_says_nothing():
    assert drifts([{1: {"trade": 4}}, {}]) == []


def test_beside_two_others_one_difference_a_code_from_their_median():
    [first, *_] = drifts([{1: {"trade": 4}, 2: {"trade": 1}, 3: {"trade": 2}}])
    assert (first.codes, first.middle) == (1, 2.5)


def test_of_two_middles_the_nearest_to_nought_is_told():
    [first, _] = drifts([{1: {"trade": 2}, 2: {"trade": 2}}, {1: {"trade": 3}, 2: {"trade": 2}}])
    assert first.middle == 0


@given(st.lists(st.dictionaries(st.integers(1, 4), SHEET, max_size=4), max_size=8))
def test_what_holds_of_any_drift(codes):
    for one in drifts(codes):
        both = [code for code in codes if one.assessor in code and len(code) > 1]
        assert one.codes == len(both)
        assert -4 <= one.middle <= 4
        if one.codes == one.level:
            assert one.middle == 0


@given(st.lists(st.fixed_dictionaries({1: SHEET, 2: SHEET}), min_size=1, max_size=8))
def test_of_two_assessors_one_drifts_as_much_as_the_other_the_other_way(codes):
    found = {(one.assessor, one.criterion): one for one in drifts(codes)}
    for name in NAMES:
        one, other = found[1, name], found[2, name]
        assert (one.below, one.level, one.above) == (other.above, other.level, other.below)
        assert one.middle == -other.middle
