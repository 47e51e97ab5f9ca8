"""Days of a path: each in one class, the first that holds."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from learners.continuity import NO_DAY, classify, shortened

START = date(2025, 1, 1)
OFFSETS = st.integers(-20, 80)
INTERVALS = st.lists(
    st.tuples(OFFSETS, st.integers(-3, 30)).map(
        lambda pair: (START + timedelta(pair[0]), START + timedelta(pair[0] + pair[1]))
    ),
    max_size=4,
)


def day_by_day(window, active, bridged, neutral):
    """The definition itself: one day after the other."""
    first, last = window
    letters = ""
    for offset in range((last - first).days + 1):
        day = first + timedelta(offset)
        held = [
            letter
            for letter, some in (("a", active), ("b", bridged), ("n", neutral))
            if any(s <= day <= e for s, e in some)
        ]
        letters += held[0] if held else "g"
    return letters


@given(st.integers(-1, 70), INTERVALS, INTERVALS, INTERVALS)
def test_every_day_is_in_exactly_the_class_of_the_definition(length, active, bridged, neutral):
    window = (START, START + timedelta(length))
    letters = day_by_day(window, active, bridged, neutral)
    days = classify(window, active=active, bridged=bridged, neutral=neutral)
    assert (days.active, days.bridged, days.neutral, days.gap) == tuple(letters.count(letter) for letter in "abng")
    assert days.longest_gap == max(map(len, "".join(x if x == "g" else " " for x in letters).split()), default=0)
    assert sum(days[:4]) == length + 1


@given(st.integers(-1, 70), INTERVALS, INTERVALS, st.integers(-2, 90))
def test_runs_cut_short_count_the_first_days_only(length, active, neutral, kept):
    days = classify((START, START + timedelta(length)), active=active, bridged=[], neutral=neutral)
    last = min(length, kept - 1)
    assert shortened(days.runs, kept) == classify(
        (START, START + timedelta(last)), active=active, bridged=[], neutral=neutral
    )


def test_a_window_that_has_not_begun_has_no_day():
    assert classify((START, START - timedelta(1)), active=[], bridged=[], neutral=[]) == NO_DAY


def test_a_day_of_any_other_class_breaks_a_gap():
    window, ill = (START, START + timedelta(30)), (START + timedelta(15), START + timedelta(15))
    assert classify(window, active=[], bridged=[], neutral=[ill]).longest_gap == 15
    assert classify(window, active=[], bridged=[], neutral=[]).longest_gap == 31
