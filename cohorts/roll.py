"""The sheet of a half-day: when it begins and ends, who is on it, and somebody's half-days as `register` reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from cohorts.models import Attendance, Enrolment, Session
from cohorts.register import HalfDay
from cohorts.states import Mark
from partners.blindness import untold_to

STARTS = {Session.Half.MORNING.value: time(9), Session.Half.AFTERNOON.value: time(13, 30)}


def start_of(session: Session) -> time:
    """The hour at which it starts, that of its half when none is said."""
    return session.starts_at or STARTS[session.half]


def begins(session: Session) -> datetime:
    return timezone.make_aware(datetime.combine(session.day, start_of(session)))


def ends(session: Session) -> datetime:
    return begins(session) + timedelta(minutes=session.minutes)


def expected(session: Session) -> QuerySet[Enrolment]:
    """Who is on the sheet of a half-day: entered by that day, not gone before; by name."""
    rows = Enrolment._base_manager.filter(cohort=session.cohort_id, entered_on__lte=session.day)
    rows = rows.filter(Q(exited_on=None) | Q(exited_on__gte=session.day))
    return rows.select_related("learner").order_by("learner__name_key", "pk")


def is_expected(enrolment: Enrolment, session: Session) -> bool:
    """The same, of one person."""
    return (
        enrolment.cohort_id == session.cohort_id
        and enrolment.entered_on <= session.day
        and (enrolment.exited_on is None or enrolment.exited_on >= session.day)
    )


def sealed_from(user: Any, cohort_id: int) -> set[int]:
    """Entries of this cohort whose person this user assesses elsewhere, and does not see until they are told."""
    untold = untold_to(user)
    if untold is None:
        return set()
    rows = Enrolment._base_manager.filter(cohort=cohort_id, learner__in=untold.values("learner"))
    return set(rows.values_list("pk", flat=True))


def halves_of(
    enrolments: Iterable[Enrolment], *, since: date | None = None, until: date | None = None
) -> dict[int, list[HalfDay]]:
    """Id of enrolment → the half-days planned for it, in order, cancelled ones left out: two queries, whatever the number.

    `since`, `until`: days, both included; none when they are None.
    """
    wanted = list(enrolments)
    sessions: dict[int, list[Session]] = defaultdict(list)
    for session in _between(Session._base_manager.filter(cohort__in={one.cohort_id for one in wanted}), since, until):
        sessions[session.cohort_id].append(session)
    marks = {
        (row.enrolment_id, row.session_id): row
        for row in _within(Attendance._base_manager.filter(enrolment__in=[one.pk for one in wanted]), since, until)
    }
    moments = {session.pk: begins(session) for held in sessions.values() for session in held}
    return {
        one.pk: [
            _half(session, moments[session.pk], marks.get((one.pk, session.pk)))
            for session in sessions[one.cohort_id]
            if is_expected(one, session)
        ]
        for one in wanted
    }


def _within(rows: QuerySet[Attendance], since: date | None, until: date | None) -> QuerySet[Attendance]:
    if since is not None:
        rows = rows.filter(session__day__gte=since)
    return rows.filter(session__day__lte=until) if until is not None else rows


def _between(rows: QuerySet[Session], since: date | None, until: date | None) -> QuerySet[Session]:
    rows = rows.filter(cancelled=False)
    if since is not None:
        rows = rows.filter(day__gte=since)
    if until is not None:
        rows = rows.filter(day__lte=until)
    return rows.order_by("day", "half", "pk")


def _half(session: Session, moment: datetime, row: Any) -> HalfDay:
    if row is None:
        return HalfDay(
            session.day, session.half, moment, session.minutes, session=session.pk, in_company=session.in_company,
            remote=session.remote,
        )  # fmt: skip
    return HalfDay(
        session.day, session.half, moment, session.minutes, row.mark, row.minutes,
        signed=row.signed_at is not None, countersigned=row.countersigned_at is not None, session=session.pk,
        in_company=session.in_company or row.mark == Mark.IN_COMPANY, remote=session.remote or row.mark == Mark.REMOTE,
    )  # fmt: skip
