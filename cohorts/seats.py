"""The seats of a cohort: one counter, moved by conditional UPDATE, under a check constraint. Never one seat too many."""

from __future__ import annotations

from django.db.models import F, Q

from cohorts.models import Application, Cohort, Enrolment


def take(cohort_id: int) -> bool:
    """Count one seat more as promised. False when none is left: of many who try at once, only so many pass."""
    free = Cohort._base_manager.filter(pk=cohort_id, promised__lt=F("seats"))
    return bool(free.update(promised=F("promised") + 1))


def give_back(cohort_id: int) -> None:
    """Count one seat less as promised."""
    Cohort._base_manager.filter(pk=cohort_id, promised__gt=0).update(promised=F("promised") - 1)


def free_seats(cohort_id: int) -> int:
    """How many seats are promised to nobody."""
    return max(0, Cohort._base_manager.values_list(F("seats") - F("promised"), flat=True).get(pk=cohort_id))


def held(cohort_id: int) -> int:
    """How many seats are held, by those rows that say so: what `Cohort.promised` must equal."""
    return Application._base_manager.filter(cohort=cohort_id, seated=True).count()


def settle(cohort: Cohort) -> int:
    """Seat whoever is admitted or entered without the counter knowing, as files bring them; gives the seats held.

    Called under the lock of the cohort's row. Nobody is unseated: where a file brings more than there are seats, the
    counter stops at the seats, and nobody more is offered one.
    """
    here = Enrolment._base_manager.filter(cohort=cohort, exited_on=None).values("learner")
    gone = Enrolment._base_manager.filter(cohort=cohort, exited_on__isnull=False).values("learner")
    theirs = Application._base_manager.filter(cohort=cohort, decision="admitted")
    theirs.filter(Q(status="confirmed") | Q(learner__in=here), seated=False).update(seated=True)
    theirs.filter(learner__in=gone, seated=True).update(seated=False)
    promised = min(held(cohort.pk), cohort.seats)
    Cohort._base_manager.filter(pk=cohort.pk).update(promised=promised)
    cohort.promised = promised
    return promised
