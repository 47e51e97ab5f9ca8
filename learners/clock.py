"""The clock of handoffs: reminded the working day before, signalled the day after, back with a person two days later."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from learners import notices, sending
from learners.models import Handoff
from learners.states import HANDOFF, OPEN, Purpose
from partners.journal import record
from partners.lifecycle import Refused
from partners.working_days import add_working_days, is_working, working_days_between

GRACE = 2  # working days between being signalled as late and coming back
# What already came back to somebody goes no further: it is signalled, and waits.
COMING_BACK = Q(purpose=Purpose.RETURN, follows__isnull=False)


def tick(today: date) -> dict[str, int]:
    """Do what is due on this day, and count it; nothing on a day off. Doing it twice does it once."""
    if not is_working(today):
        return {"reminded": 0, "signalled": 0, "returned": 0}
    return {"returned": give_back(today), "signalled": signal(today), "reminded": remind(today)}


def _waiting() -> Any:
    waiting = Handoff.objects.filter(status__in=OPEN, learner__closed_on=None)
    return waiting.select_related("learner", "sender", "receiver", "created_by")


def remind(today: date) -> int:
    """Tell the receiver that an answer is due by the next working day."""
    soon = _waiting().filter(reminded_on=None, deadline_on__gte=today, deadline_on__lte=add_working_days(today, 1))
    return sum(_mark(one, "remind", today, reminded_on=today) for one in soon)


def signal(today: date) -> int:
    """Tell both sides, managers included, that the deadline has passed."""
    late = _waiting().filter(escalated_on=None, deadline_on__lt=today)
    return sum(_mark(one, "escalate", today, escalated_on=today) for one in late)


@transaction.atomic
def _mark(handoff: Handoff, event: str, today: date, **changes: date) -> int:
    try:
        sending.one_at_a_time(handoff.learner_id)
    except Refused:  # the file was merged a moment ago: the clock of the one that was kept goes on
        return 0
    still = Handoff.objects.filter(pk=handoff.pk, status__in=OPEN, deadline_on=handoff.deadline_on)
    field = next(iter(changes))
    if not still.filter(**{field: None}).update(**changes):
        return 0
    record(event, handoff, organisation=handoff.receiver_id, learner=handoff.learner_id)
    notices.tell(handoff, event)
    return 1


def give_back(today: date) -> int:
    """Bring what stayed without an answer back to a named person of its sender, who has to take it."""
    late = _waiting().filter(escalated_on__lt=today).exclude(COMING_BACK)
    due = [one for one in late if one.escalated_on and working_days_between(one.escalated_on, today) >= GRACE]
    return sum(_give_back(one, today) for one in due)


@transaction.atomic
def _give_back(handoff: Handoff, today: date) -> int:
    try:
        sending.one_at_a_time(handoff.learner_id)
        with transaction.atomic():
            HANDOFF.take("return", handoff, by=None, ended_on=today)
    except Refused:  # answered meanwhile, or the file was merged
        return 0
    sending.send_back(handoff, by=None, on=today)
    return 1
