"""The roster (*effectif*) of a cohort, frozen on its third day: who is on it stays in every count, whatever becomes of them."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrolment
from cohorts.states import CohortStatus
from partners.journal import record
from partners.working_days import add_working_days, is_working

THIRD = 3


def third_day(cohort: Cohort) -> date:
    """The third day on which half-days are held; without a calendar the third working day."""
    days = cohort.sessions.filter(cancelled=False).order_by("day").values_list("day", flat=True).distinct()[:THIRD]
    held = list(days)
    if len(held) == THIRD:
        return held[-1]
    first = cohort.starts_on
    return add_working_days(first, THIRD - 1 if is_working(first) else THIRD)


@transaction.atomic
def freeze(cohort: Cohort) -> int:
    """Write who has entered by the end of the third day, once; how many. 0 when it was done, or is not due."""
    locked = Cohort._base_manager.select_for_update().select_related("programme").get(pk=cohort.pk)
    day = third_day(locked)
    if locked.roster_frozen_at is not None or timezone.localdate() <= day:
        return 0
    now = timezone.now()
    here = Enrolment._base_manager.filter(cohort=locked, entered_on__lte=day, rostered_at=None)
    count = here.update(rostered_at=now)
    Cohort._base_manager.filter(pk=locked.pk).update(roster_frozen_at=now)
    record("freeze_roster", locked, organisation=locked.programme.provider_id, lines=count)
    return count


def freeze_due() -> int:
    """Every roster whose third day is past; how many cohorts."""
    started = Cohort._base_manager.filter(
        roster_frozen_at=None,
        starts_on__lt=timezone.localdate(),
        status__in=(CohortStatus.RUNNING, CohortStatus.FINISHED),
    )
    return sum(bool(freeze(one)) for one in started.select_related("programme"))
