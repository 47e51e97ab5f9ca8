"""What the yearly balance counts: the entries of a training body, with the minutes that each attended in the period."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum

from cohorts.balance import Entry
from cohorts.hours import attended_in
from cohorts.models import Attendance, Enrolment, EntryRecord
from cohorts.states import Mark
from learners.models import Situation
from learners.states import Kind


def entries_of(body: int, since: date, until: date) -> list[Entry]:
    """Each entry with attended minutes in the period: four queries, whatever the number.

    An entry with no line in the register counts the hours that a file told of it, whole, in the period of its exit.
    """
    done = dict(
        attended_in(since, until).filter(enrolment__cohort__programme__provider=body)
        .values("enrolment").annotate(total=Sum("minutes")).values_list("enrolment", "total")
    )  # fmt: skip
    distant = set(
        attended_in(since, until).filter(Q(mark=Mark.REMOTE) | Q(session__remote=True), enrolment__cohort__programme__provider=body)
        .values_list("enrolment", flat=True)
    )  # fmt: skip
    noted = Attendance._base_manager.filter(enrolment=OuterRef("pk"))
    told = Q(hours_done__gt=0, exited_on__range=(since, until)) & ~Q(Exists(noted))
    rows = Enrolment._base_manager.filter(Q(pk__in=list(done)) | told, cohort__programme__provider=body)
    apprentice = Situation._base_manager.filter(
        learner=OuterRef("learner"), kind=Kind.APPRENTICESHIP, starts_on__lte=OuterRef("entered_on")
    )
    apprentice = apprentice.filter(Q(ends_on=None) | Q(ends_on__gte=OuterRef("entered_on")))
    found = rows.annotate(apprentice=Exists(apprentice)).select_related("cohort__programme").order_by("pk")
    statuses = dict(
        EntryRecord._base_manager.filter(enrolment__in=rows.values("pk"), current=True).values_list(
            "enrolment", "status"
        )
    )
    return [_entry(one, done, statuses, remote=one.pk in distant) for one in found]


def _entry(one: Any, done: dict[int, int], statuses: dict[int, str], *, remote: bool) -> Entry:
    programme = one.cohort.programme
    minutes = done.get(one.pk)
    return Entry(
        one.pk, one.learner_id, minutes if minutes is not None else round(one.hours_done * 60), statuses.get(one.pk, ""),
        one.apprentice, programme.certification, programme.target_level, programme.speciality, remote,
    )  # fmt: skip
