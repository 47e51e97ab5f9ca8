"""The seats of a cohort: one counter, moved by conditional UPDATE, under a check constraint. Never one seat too many."""

from __future__ import annotations

from django.db.models import F, Max, Q, QuerySet

from cohorts.models import Application, Cohort, Enrolment
from cohorts.states import ApplicationStatus, Decision

TOLD = (ApplicationStatus.ANNOUNCED, ApplicationStatus.CONFIRMED)


def take(cohort_id: int) -> bool:
    """Count one seat more as promised. False when none is left: of many who try at once, only so many pass."""
    free = Cohort._base_manager.filter(pk=cohort_id, promised__lt=F("seats"))
    return bool(free.update(promised=F("promised") + 1))


def give_back(cohort_id: int) -> None:
    """Count one seat less as promised."""
    Cohort._base_manager.filter(pk=cohort_id, promised__gt=0).update(promised=F("promised") - 1)


def free_seats(cohort_id: int) -> int:
    """How many seats are neither promised nor held."""
    seats, promised = Cohort._base_manager.values_list("seats", "promised").get(pk=cohort_id)
    return max(0, seats - max(promised, held(cohort_id)))


def held(cohort_id: int) -> int:
    """How many persons have a seat: what `Cohort.promised` equals once it is settled."""
    return seated_in(cohort_id).count()


def seated_in(cohort_id: int) -> QuerySet[Application]:
    """Who was told of a seat, by the committee or by a file, or has entered, and has not left."""
    enrolments = Enrolment._base_manager.filter(cohort=cohort_id)
    here, gone = (enrolments.filter(exited_on__isnull=there).values("learner") for there in (True, False))
    admitted = Application._base_manager.filter(cohort=cohort_id, decision=Decision.ADMITTED)
    return admitted.filter(Q(status__in=TOLD) | Q(learner__in=here)).exclude(learner__in=gone)


def settle(cohort: Cohort) -> int:
    """Seat and rank those of whom the counter does not know, as files bring them; gives the seats held.

    Called under the lock of the cohort's row. Nobody is unseated who has not left: where a file brings more than there are
    seats, the counter stops at the seats, and nobody more is offered one.
    """
    rows = Application._base_manager.filter(cohort=cohort)
    theirs = seated_in(cohort.pk)
    gone, missed = rows.filter(seated=True).exclude(pk__in=theirs.values("pk")), theirs.filter(seated=False)
    rows.filter(pk__in=_at_rest(gone)).update(seated=False)
    rows.filter(pk__in=_at_rest(missed)).update(seated=True)
    _rank(rows.filter(decision=Decision.WAITLISTED, status=ApplicationStatus.ANNOUNCED))
    promised = min(held(cohort.pk), cohort.seats)
    Cohort._base_manager.filter(pk=cohort.pk).update(promised=promised)
    cohort.promised = promised
    return promised


def _at_rest(rows: QuerySet[Application]) -> list[int]:
    """Those on which nobody acts at this moment: who does waits for the counter, which is ours, and will count for themself."""
    locked = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list(locked.values_list("pk", flat=True))


def _rank(waiting: QuerySet[Application]) -> None:
    """Who waits without a rank, as a file says it, stands behind the others, by the date of referral."""
    unranked = _at_rest(waiting.filter(waiting_rank=None).order_by("referred_on", "pk"))
    last = waiting.aggregate(last=Max("waiting_rank"))["last"] or 0 if unranked else 0
    for rank, pk in enumerate(unranked, start=last + 1):
        Application._base_manager.filter(pk=pk).update(waiting_rank=rank)
