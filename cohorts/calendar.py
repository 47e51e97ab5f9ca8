"""Half-days made from a week: every day of the cohort on which it holds, but holidays and closures. Pure: no table, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from partners.working_days import is_holiday

CLOSED, IN_COMPANY = "closed", "in_company"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Usual:
    """A half-day of the week: `day` from 0, Monday; `half` "am" or "pm"; its length in minutes."""

    day: int
    half: str
    starts: time
    minutes: int


@dataclass(frozen=True)
class Stay:
    """Days, both included, on which the cohort is closed, or in company."""

    kind: str
    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Planned:
    """A half-day that the week asks for."""

    day: date
    half: str
    starts: time
    minutes: int
    in_company: bool


def plan(week: Iterable[Usual], stays: Iterable[Stay], first: date, last: date, commune: str = "") -> list[Planned]:
    """The half-days from `first` to `last`, in order; none on a holiday kept in that commune, nor where a closure holds."""
    by_day: dict[int, list[Usual]] = {}
    for usual in sorted(week, key=lambda one: (one.day, one.half)):
        by_day.setdefault(usual.day, []).append(usual)
    known = list(stays)
    closures = [one for one in known if one.kind == CLOSED]
    company = [one for one in known if one.kind == IN_COMPANY]
    return [
        Planned(day, usual.half, usual.starts, usual.minutes, any(one.holds(day) for one in company))
        for day in days(first, last)
        if not is_holiday(day, commune) and not any(one.holds(day) for one in closures)
        for usual in by_day.get(day.weekday(), ())
    ]


def days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY


def holidays_in(first: date, last: date, commune: str = "") -> list[date]:
    """Holidays kept in that commune that fall on a day from Monday to Friday."""
    return [day for day in days(first, last) if day.weekday() < 5 and is_holiday(day, commune)]
