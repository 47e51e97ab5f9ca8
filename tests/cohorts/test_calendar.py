"""Half-days made from a week: on the days on which it holds, none on a holiday, none in a closure."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.calendar import CLOSED, IN_COMPANY, Stay, Usual, holidays_in, plan

DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))
USUAL = st.builds(Usual, st.integers(0, 6), st.sampled_from(["am", "pm"]), st.just(time(9)), st.integers(1, 720))
STAY = st.builds(
    lambda kind, first, long: Stay(kind, first, first + timedelta(days=long)),
    st.sampled_from([CLOSED, IN_COMPANY]),
    DAYS,
    st.integers(0, 40),
)
# Easter Mondays and the feasts that do not move, from the calendar on the wall.
FEASTS = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 14)}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(USUAL, max_size=10, unique_by=lambda one: (one.day, one.half)),
    st.lists(STAY, max_size=4),
    DAYS,
    st.integers(0, 120),
)
def test_whatever_the_week_half_days_stand_where_it_holds(week, stays, first, long):
    last = first + timedelta(days=long)
    made = plan(week, stays, first, last)
    assert [(one.day, one.half) for one in made] == sorted({(one.day, one.half) for one in made})
    for one in made:
        assert first <= one.day <= last
        assert any(
            (one.day.weekday(), one.half, one.minutes) == (usual.day, usual.half, usual.minutes) for usual in week
        )
        assert not any(stay.kind == CLOSED and stay.first <= one.day <= stay.last for stay in stays)
        assert one.in_company == any(stay.kind == IN_COMPANY and stay.first <= one.day <= stay.last for stay in stays)


def test_a_spring_of_full_weeks_leaves_the_feasts_out():
    week = [Usual(day, half, time(9), 210) for day in range(5) for half in ("am", "pm")]
    made = {one.day for one in plan(week, [], date(2026, 4, 1), date(2026, 7, 31))}
    weekdays = {
        date(2026, 4, 1) + timedelta(days=n) for n in range(122) if (date(2026, 4, 1) + timedelta(days=n)).weekday() < 5
    }
    assert weekdays - made == FEASTS == set(holidays_in(date(2026, 4, 1), date(2026, 7, 31)))


def test_the_holidays_are_those_of_where_it_is_held() -> None:
    week = [Usual(day, "am", time(9), 210) for day in range(5)]
    here, there = (
        {one.day for one in plan(week, [], date(2026, 5, 1), date(2026, 5, 31), commune)}
        for commune in ("79191", "97209")
    )
    assert here - there == {date(2026, 5, 22)} and there < here
