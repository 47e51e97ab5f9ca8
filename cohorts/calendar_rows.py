"""What the calendar page shows: months, days with their half-days, holidays named, what happened to each half-day, totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q

from cohorts.calendar import holidays_in
from cohorts.models import Cohort, Session, SessionChange
from partners.working_days import holiday_name


@dataclass
class DayRow:
    """One day: its half-days, in order; or the holiday that it is."""

    day: date
    sessions: list[Session] = field(default_factory=list)
    holiday: str = ""


@dataclass
class Month:
    first: date
    days: list[DayRow]
    minutes: int


def months_of(cohort: Cohort) -> list[Month]:
    """The whole calendar by month, struck out half-days too; each half-day has `noted`, how many lines of the register. Two queries."""
    rows = cohort.sessions.annotate(noted=Count("attendances"), n_changes=Count("changes", distinct=True))
    by_day: dict[date, DayRow] = {}
    for session in rows.order_by("day", "half"):
        by_day.setdefault(session.day, DayRow(session.day)).sessions.append(session)
    if by_day:
        for day in holidays_in(cohort.starts_on, cohort.ends_on, cohort.commune):
            by_day.setdefault(day, DayRow(day)).holiday = holiday_name(day, cohort.commune)
    months: dict[date, list[DayRow]] = defaultdict(list)
    for day in sorted(by_day):
        months[day.replace(day=1)].append(by_day[day])
    return [Month(first, found, sum(minutes(one.sessions) for one in found)) for first, found in months.items()]


def minutes(sessions: Iterable[Session]) -> int:
    """Minutes held, of those that are not struck out."""
    return sum(one.minutes for one in sessions if not one.cancelled)


def totals(cohort: Cohort) -> dict[str, int]:
    """Half-days and minutes on the calendar, those in company among them, and those that fall outside its dates."""
    held: dict[str, int] = {"n": 0, "minutes": 0, "company": 0, "outside": 0}
    for session in cohort.sessions.filter(cancelled=False):
        held["n"] += 1
        held["minutes"] += session.minutes
        held["company"] += session.minutes if session.in_company else 0
        held["outside"] += not cohort.starts_on <= session.day <= cohort.ends_on
    return held


def changes_of(cohort: Cohort) -> Any:
    """What happened to its half-days, the latest first; one query."""
    rows = SessionChange._base_manager.filter(Q(session__cohort=cohort)).select_related("session", "by")
    return rows.order_by("-at", "-pk")[:60]
