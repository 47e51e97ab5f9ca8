"""The primitives of the rules: months, what covers a day, which situation is « the » one, how long a contract is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learners.situations import (
    ENDLESS,
    Span,
    add_months,
    age_on,
    covers,
    known_until,
    last_day,
    months_exceeded,
    situation_at,
    whole_months,
)
from learners.states import RANK

DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 2, 28), 12, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 11, 15), 3, date(2026, 2, 15)),
        (date(9999, 11, 30), 6, date.max),
    ],
)
def test_months_are_added_and_clamped_to_the_last_day(day, months, expected):
    assert add_months(day, months) == expected


@given(DAYS, st.integers(0, 60))
def test_months_keep_the_day_number_or_stop_at_the_end_of_the_month(day, months):
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and add_months(later, 0).day == later.day)


def test_an_open_contract_that_nobody_reconfirmed_is_not_assumed_to_go_on():
    assert known_until(Span("cdi", date(2025, 3, 1))) == date(2025, 3, 1)
    assert known_until(Span("cdi", date(2025, 3, 1), confirmed=date(2025, 6, 1))) == date(2025, 6, 1)
    assert known_until(Span("cdi", date(2025, 3, 1), end=date(2025, 4, 1), confirmed=date(2025, 6, 1))) == date(
        2025, 4, 1
    )


def test_a_death_covers_every_day_from_its_start_whatever_its_other_dates():
    assert covers(Span("deceased", date(2025, 3, 1), end=date(2025, 3, 1)), date(2030, 1, 1))
    assert not covers(Span("deceased", date(2025, 3, 1)), date(2025, 2, 28))


def test_nothing_that_covers_a_day_is_unknown():
    assert situation_at([Span("cdi", date(2025, 3, 1))], date(2025, 3, 2)) is None


@given(st.permutations(RANK))
def test_rank_decides_whatever_the_order_of_recording(kinds):
    day = date(2025, 5, 5)
    spans = [Span(kind.value, day, end=day, order=n) for n, kind in enumerate(kinds)]
    assert [situation_at(spans[n:], day).kind for n in (0,)] == ["deceased"]
    alive = [span for span in spans if span.kind != "deceased"]
    assert situation_at(alive, day).kind == "cdi"


def test_ties_go_to_the_longest_contract_then_the_latest_start_then_the_earlier_row():
    day = date(2025, 5, 5)
    long = Span("cdd", date(2025, 4, 1), planned_end=date(2025, 12, 31), confirmed=day, order=3)
    short = Span("cdd", date(2025, 5, 1), planned_end=date(2025, 6, 1), confirmed=day, order=1)
    assert situation_at([short, long], day) == long
    early, late = (
        Span("cdi", date(2025, 1, 1), confirmed=day, order=1),
        Span("cdi", date(2025, 2, 1), confirmed=day, order=2),
    )
    assert situation_at([early, late], day) == late  # both unlimited, whatever their length in days
    first, second = Span("temp", day, end=day, order=1), Span("temp", day, end=day, order=2)
    assert situation_at([second, first], day) == first


def test_an_unknown_length_is_shorter_than_a_known_one():
    day = date(2025, 5, 1)
    assert situation_at([Span("cdd", day, order=1), Span("cdd", day, end=day, order=2)], day).order == 2


def test_the_planned_end_prevails_over_the_actual_one_shorter_or_longer():
    start = date(2025, 1, 1)
    broken = Span("cdd", start, end=date(2025, 2, 1), planned_end=date(2025, 12, 31))
    assert last_day(broken) == date(2025, 12, 31)
    assert whole_months(broken) == 12
    extended = Span("cdd", start, end=date(2025, 12, 31), planned_end=date(2025, 2, 1))
    assert whole_months(extended) == 1


@pytest.mark.parametrize(
    ("end", "months", "exceeded"),
    [
        (date(2025, 6, 30), 6, 5),  # six months to the day: at least six, not more than six
        (date(2025, 7, 1), 6, 6),
        (date(2025, 6, 29), 5, 5),
        (date(2025, 1, 1), 0, 0),
        (date.max, ENDLESS - 1, ENDLESS - 1),
    ],
)
def test_the_length_of_a_contract_in_whole_months(end, months, exceeded):
    span = Span("cdd", date(2025, 1, 1), end=end)
    assert (whole_months(span), months_exceeded(span)) == (months, exceeded)


def test_lasting_work_has_no_end_and_an_unknown_end_counts_as_short():
    assert whole_months(Span("cdi", date(2025, 1, 1), end=date(2025, 1, 2))) == ENDLESS
    assert whole_months(Span("self_employed", date(2025, 1, 1))) == ENDLESS
    assert whole_months(Span("cdd", date(2025, 1, 1))) == 0


@given(DAYS, st.integers(0, 800), st.integers(1, 24))
def test_whole_months_say_what_the_definition_says(start, days, months):
    end = date.fromordinal(start.toordinal() + days)
    after = date.fromordinal(end.toordinal() + 1)
    span = Span("temp", start, end=end)
    assert (whole_months(span) >= months) == (add_months(start, months) <= after)
    assert (months_exceeded(span) >= months) == (add_months(start, months) <= end)


def test_born_on_29_february_one_is_a_year_older_on_1_march_of_an_ordinary_year():
    assert age_on(date(2004, 2, 29), date(2025, 2, 28)) == 20
    assert age_on(date(2004, 2, 29), date(2025, 3, 1)) == 21
    assert age_on(date(2004, 2, 29), date(2024, 2, 29)) == 20
