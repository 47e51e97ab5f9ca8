"""The register, read: minutes in one class each, absences in a row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.register import (
    ABSENT,
    ATTENDED,
    EXCUSED,
    LATE,
    PRESENT,
    HalfDay,
    asks_for_help,
    attended_minutes,
    hours_of,
    last_attended,
    streak_of,
)  # fmt: skip

START = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Paris"))
MARKS = ["", ABSENT, EXCUSED, *ATTENDED]


def half(place: int, mark: str = "", minutes: int = 210, attended: int | None = None) -> HalfDay:
    begins = START + timedelta(hours=place * 5 if place % 2 else place * 12)
    worth = attended if attended is not None else (minutes if mark in ATTENDED else 0)
    return HalfDay(begins.date(), "am", begins, minutes, mark, worth)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(MARKS), st.integers(1, 720), st.integers(0, 720)), max_size=30))
def test_each_minute_planned_is_in_one_class(rows):
    halves = [
        half(n, mark, minutes, min(missed, minutes) if mark == LATE else None)
        for n, (mark, minutes, missed) in enumerate(rows)
    ]
    hours = hours_of(halves)
    assert hours.planned == hours.done + hours.late + hours.excused + hours.missed + hours.unmarked
    assert hours.planned == sum(minutes for _mark, minutes, _missed in rows)
    assert hours.in_company <= hours.done and hours.remote <= hours.done
    assert hours.rate == (hours.done, hours.planned - hours.unmarked)


def test_sums_of_two_are_the_sum_of_their_halves():
    first, second = [half(0, PRESENT), half(1, ABSENT)], [half(2, LATE, attended=180), half(3)]
    assert hours_of(first) + hours_of(second) == hours_of([*first, *second])


@pytest.mark.parametrize(
    ("mark", "late", "worth"), [(PRESENT, 0, 210), (ABSENT, 0, 0), (EXCUSED, 0, 0), (LATE, 10, 200), (LATE, 209, 1)]
)
def test_what_a_mark_is_worth(mark, late, worth):
    assert attended_minutes(mark, 210, late) == worth


@pytest.mark.parametrize("late", [0, 210, 300, -1])
def test_a_lateness_is_neither_nothing_nor_all(late):
    with pytest.raises(ValueError):
        attended_minutes(LATE, 210, late)


@pytest.mark.parametrize(
    ("marks", "count"),
    [
        ([PRESENT, ABSENT, ABSENT], 2), ([ABSENT, PRESENT], 0), ([ABSENT, EXCUSED], 0), ([ABSENT, "", ABSENT, ""], 2),
        ([], 0), (["", ""], 0), ([EXCUSED, ABSENT], 1), ([ABSENT] * 5, 5),
    ],
)  # fmt: skip
def test_the_row_of_absences_is_the_one_that_stands_at_the_end(marks, count):
    streak = streak_of([half(n * 2, mark) for n, mark in enumerate(marks)])
    assert (streak.count if streak else 0) == count


def test_help_is_asked_after_three_in_a_row_or_two_days():
    three, one = streak_of([half(n * 2, ABSENT) for n in range(3)]), streak_of([half(0, ABSENT)])
    assert asks_for_help(three, START)
    assert not asks_for_help(one, START + timedelta(hours=47, minutes=59))
    assert asks_for_help(one, START + timedelta(hours=48))
    assert not asks_for_help(None, START)


def test_the_day_of_an_exit_is_the_last_that_was_attended():
    assert last_attended([half(0, PRESENT), half(2, ABSENT)]) == date(2026, 3, 2)
    assert last_attended([half(0, ABSENT)]) is None
