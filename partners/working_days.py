"""Working days in France: neither Saturday, nor Sunday, nor a legal holiday (source: the `holidays` package)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays

# Where holidays of its own are kept: how the INSEE code of its communes begins → its name in the package.
TERRITORIES = {
    "57": "57", "67": "6AE", "68": "6AE", "971": "971", "972": "972", "973": "973", "974": "974", "975": "PM",
    "976": "976", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip


@cache
def _holidays(year: int, territory: str | None = None) -> dict[date, str]:
    return dict(holidays.country_holidays("FR", subdiv=territory, years=year, language="fr"))


def _territory(commune: str) -> str | None:
    return TERRITORIES.get(commune[:3]) or TERRITORIES.get(commune[:2])


def is_holiday(day: date, commune: str = "") -> bool:
    """Whether a day is a legal holiday in the whole country, or kept in the territory of a commune (INSEE code)."""
    return day in _holidays(day.year, _territory(commune))


def holiday_name(day: date, commune: str = "") -> str:
    """« Lundi de Pâques »; "" for a day that is none."""
    return _holidays(day.year, _territory(commune)).get(day, "")


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
