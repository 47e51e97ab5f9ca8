"""Hours of training, counted in minutes from the register: by person, cohort, month and line of funding.

A cohort under several agreements counts whole for each: lines of funding are shown side by side, never added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from cohorts.models import Attendance, Cohort, Enrolment, Session
from cohorts.register import HalfDay, Hours, hours_of
from cohorts.roll import halves_of
from cohorts.states import Mark

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Person:
    """One person of a cohort, their half-days of a period, and their hours."""

    enrolment: Enrolment
    halves: list[HalfDay]
    hours: Hours


@dataclass(frozen=True)
class Counted:
    """A cohort over a period: its people by name, and their sum."""

    people: list[Person]
    total: Hours
    waiting: int  # lines noted that no trainer has signed


def month_span(month: date) -> tuple[date, date]:
    """The first and last day of the month of a day."""
    first = month.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def counted(cohort: Cohort, since: date | None = None, until: date | None = None) -> Counted:
    """Who was awaited in the period, with their hours; three queries, whatever the number."""
    rows = Enrolment._base_manager.filter(cohort=cohort).select_related("learner").order_by("learner__name_key", "pk")
    halves = halves_of(everybody := list(rows), since=since, until=until)
    people = [Person(one, halves[one.pk], hours_of(halves[one.pk])) for one in everybody if halves[one.pk]]
    waiting = sum(1 for one in people for half in one.halves if half.mark and not half.countersigned)
    return Counted(people, sum((one.hours for one in people), Hours()), waiting)


def months_of(cohort: Cohort) -> list[date]:
    """The months in which half-days are held, the first day of each; one query."""
    days = cohort.sessions.filter(cancelled=False).dates("day", "month")
    return list(days)


def by_month(people: Iterable[Person]) -> dict[date, Hours]:
    """First day of a month → the hours of everybody in it."""
    halves: dict[date, list[HalfDay]] = defaultdict(list)
    for person in people:
        for half in person.halves:
            halves[half.day.replace(day=1)].append(half)
    return {month: hours_of(found) for month, found in sorted(halves.items())}


@dataclass(frozen=True)
class Line:
    """A line of funding: who pays, under which agreement; the minutes attended within its own dates, and besides them."""

    agreement: Any
    minutes: int
    people: int
    besides: int


def by_funding(
    cohort_ids: Iterable[int], agreements: Iterable[Any], since: date | None, until: date | None
) -> list[Line]:
    """Each agreement with what its cohorts attended in the period; one query, whatever the number."""
    paid = "enrolment__cohort__agreements"
    within = Q(session__day__gte=F(f"{paid}__starts_on"), session__day__lte=F(f"{paid}__ends_on"))
    rows = attended_in(since, until).filter(enrolment__cohort__in=list(cohort_ids)).values(paid)
    counts = rows.annotate(
        inside=Sum("minutes", filter=within), besides=Sum("minutes", filter=~within),
        people=Count("enrolment", distinct=True, filter=within),
    )  # fmt: skip
    found = {one[paid]: one for one in counts.order_by(paid)}
    nothing: dict[str, int] = {"inside": 0, "besides": 0, "people": 0}
    lines = ((agreement, found.get(agreement.pk, nothing)) for agreement in agreements)
    return [Line(agreement, one["inside"] or 0, one["people"], one["besides"] or 0) for agreement, one in lines]


def attended_in(since: date | None, until: date | None) -> Any:
    """Lines of the register that are worth minutes, of half-days held in a period; None is without a bound."""
    rows = Attendance._base_manager.filter(session__cancelled=False, minutes__gt=0)
    rows = rows.filter(session__day__gte=since) if since else rows
    rows = rows.filter(session__day__lte=until) if until else rows
    return rows.exclude(mark__in=(Mark.ABSENT, Mark.ABSENT_EXCUSED))


# --- the figures kept with an entry ----------------------------------------------------------------------------


def refresh(*, enrolment_ids: Iterable[int]) -> None:
    """Write the hours planned and done of those who have lines in the register; what a file told of others stays.

    Three queries and one write, whatever the number: in the transaction of what changed the register.
    """
    held = {"session__cancelled": False, "session__day__gte": F("enrolment__entered_on")}
    lines = Attendance._base_manager.filter(enrolment__in=list(enrolment_ids), **held)
    lines = lines.filter(Q(enrolment__exited_on=None) | Q(session__day__lte=F("enrolment__exited_on")))
    done = dict(lines.values("enrolment").annotate(total=Sum("minutes")).values_list("enrolment", "total"))
    found = list(Enrolment._base_manager.filter(pk__in=done))
    days: dict[int, list[tuple[date, int]]] = defaultdict(list)
    sessions = Session._base_manager.filter(cohort__in={one.cohort_id for one in found}, cancelled=False)
    for cohort, day, minutes in sessions.values_list("cohort", "day", "minutes"):
        days[cohort].append((day, minutes))
    for one in found:
        last = one.exited_on or date.max
        planned = sum(minutes for day, minutes in days[one.cohort_id] if one.entered_on <= day <= last)
        one.hours_planned, one.hours_done = in_hours(planned), in_hours(done[one.pk])
    Enrolment._base_manager.bulk_update(found, ["hours_planned", "hours_done"], batch_size=200)


def in_hours(minutes: int) -> Decimal:
    """Minutes as hours with two decimals."""
    return (Decimal(minutes) / 60).quantize(HUNDREDTH)


def heard(*, enrolment_ids: Iterable[int], **_kept: Any) -> None:
    """What the register tells: the hours follow, in the same transaction."""
    refresh(enrolment_ids=enrolment_ids)
