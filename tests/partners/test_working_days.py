from datetime import date, timedelta

import pytest

from partners.working_days import add_working_days, holiday_name, is_holiday, is_working, working_days_between


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday → Monday
        (date(2026, 11, 10), 1, date(2026, 11, 12)),  # 11 November is a holiday
        (date(2026, 12, 31), 2, date(2027, 1, 5)),  # New Year's Day, then a week-end
        (date(2026, 3, 27), 1, date(2026, 3, 30)),  # over the change to summer time
        (date(2026, 4, 3), 1, date(2026, 4, 7)),  # Easter Monday; Good Friday is worked
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
    ],
)
def test_deadlines_skip_week_ends_and_holidays(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count) == expected


def test_counting_is_the_inverse_of_adding() -> None:
    start = date(2026, 1, 1)
    for n in range(1, 120):
        assert working_days_between(start, add_working_days(start, n)) == n


def test_no_day_lies_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(date(2026, 5, 5), date(2026, 5, 1)) == 0


def test_a_year_of_france_has_eleven_holidays() -> None:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    assert sum(not is_working(day) for day in days if day.weekday() < 5) == 9  # two of the eleven fall on a week-end


@pytest.mark.parametrize(
    ("commune", "day"),
    [
        ("67482", date(2026, 12, 26)), ("57463", date(2026, 4, 3)), ("97209", date(2026, 5, 22)), ("97411", date(2026, 12, 20)),
        ("97302", date(2026, 6, 10)), ("97608", date(2026, 4, 27)), ("97105", date(2026, 5, 27)),
    ],
)  # fmt: skip
def test_a_territory_keeps_holidays_of_its_own(commune: str, day: date) -> None:
    assert is_holiday(day, commune) and holiday_name(day, commune)
    assert not is_holiday(day) and not is_holiday(day, "79191")  # deadlines are those of the whole country
    assert is_holiday(date(2026, 7, 14), commune)
