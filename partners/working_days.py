"""Working days in France: neither Saturday, nor Sunday, nor a legal holiday (source: the `holidays` package)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=year))


def is_holiday(day: date) -> bool:
    return day in _holidays(day.year)


def is_working(day: date) -> bool:
    return day.weekday() < 5 and not is_holiday(day)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`; `day` itself when `count` is 0."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """Working days in ]first, last]; 0 when `last` does not follow `first`."""
    return sum(is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
