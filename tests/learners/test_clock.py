"""The clock of handoffs, across week-ends, holidays, a change of hour and a new year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from learners import actions, clock
from learners.models import Handoff, Responsibility
from learners.states import DeclineReason, HandoffStatus, Purpose
from partners import jobs
from partners.lifecycle import Refused
from partners.models import Event, Job, Message
from partners.states import Role
from partners.working_days import is_working
from tests import makers

pytestmark = pytest.mark.django_db


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def asked(on: date) -> Handoff:
    with time_machine.travel(noon(on), tick=False):
        sender, receiver = makers.organisation(), makers.organisation()
        makers.member(receiver, Role.MANAGER)
        return actions.hand_over(
            learner=makers.learner(sender, since=on), receiver=receiver, purpose=Purpose.TRANSFER,
            by=makers.member(sender),
        )  # fmt: skip


def live(one: Handoff, until: date) -> dict[str, date]:
    """Let the clock strike every morning; what happened to the handoff, and on which day."""
    seen: dict[str, date] = {}
    day = one.sent_on
    while day < until:
        day += timedelta(days=1)
        with time_machine.travel(noon(day), tick=False):
            clock.tick(day)
        one.refresh_from_db()
        for name, done in (
            ("reminded", one.reminded_on), ("signalled", one.escalated_on),
            ("returned", one.ended_on if one.status == HandoffStatus.RETURNED else None),
        ):  # fmt: skip
            if done:
                seen.setdefault(name, done)
    return seen


@pytest.mark.parametrize(
    ("sent", "deadline", "reminded", "signalled", "returned"),
    [
        # Monday: answer by Wednesday, late on Thursday, back on Monday.
        (date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 17), date(2026, 11, 19), date(2026, 11, 23)),
        # Thursday before a week-end.
        (date(2026, 11, 19), date(2026, 11, 23), date(2026, 11, 20), date(2026, 11, 24), date(2026, 11, 26)),
        # Christmas Eve, Christmas on a Friday, New Year's Day on a Friday.
        (date(2026, 12, 24), date(2026, 12, 29), date(2026, 12, 28), date(2026, 12, 30), date(2027, 1, 4)),
        (date(2026, 12, 30), date(2027, 1, 4), date(2026, 12, 31), date(2027, 1, 5), date(2027, 1, 7)),
        # The hour changes on Sunday 29 March 2026; Easter Monday is 6 April.
        (date(2026, 3, 27), date(2026, 3, 31), date(2026, 3, 30), date(2026, 4, 1), date(2026, 4, 3)),
        (date(2026, 4, 2), date(2026, 4, 7), date(2026, 4, 3), date(2026, 4, 8), date(2026, 4, 10)),
        # 8 May is a Friday, Ascension Thursday 14 May.
        (date(2026, 5, 7), date(2026, 5, 12), date(2026, 5, 11), date(2026, 5, 13), date(2026, 5, 18)),
        # The hour changes back on Sunday 25 October 2026.
        (date(2026, 10, 23), date(2026, 10, 27), date(2026, 10, 26), date(2026, 10, 28), date(2026, 10, 30)),
    ],
)
def test_the_days_of_a_silence(sent: date, deadline: date, reminded: date, signalled: date, returned: date) -> None:
    one = asked(sent)
    assert one.deadline_on == deadline
    happened = live(one, returned + timedelta(days=3))
    assert happened == {"reminded": reminded, "signalled": signalled, "returned": returned}
    assert all(is_working(day) for day in happened.values())


def test_control_a_clock_that_counts_every_day_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    one = asked(date(2026, 12, 24))
    monkeypatch.setattr(clock, "is_working", lambda day: True)
    assert live(one, date(2027, 1, 6))["reminded"] == date(2026, 12, 28)
    monkeypatch.setattr(clock, "working_days_between", lambda first, last: (last - first).days)
    other = asked(date(2026, 12, 24))
    assert live(other, date(2027, 1, 6))["returned"] == date(2027, 1, 1)


def test_silence_comes_back_to_whoever_asked_and_waits_for_them() -> None:
    one = asked(date(2026, 11, 16))
    live(one, date(2026, 11, 24))
    back = Handoff.objects.get(follows=one)
    assert (back.purpose, back.sender_id, back.receiver_id) == (Purpose.RETURN, one.receiver_id, one.sender_id)
    assert back.addressed_to_id == one.created_by_id
    assert Event.objects.filter(verb="return", actor=None).count() == 1
    assert one.created_by is not None
    with time_machine.travel(noon(date(2026, 11, 25)), tick=False):
        held = actions.accept(handoff=back, by=one.created_by)
    assert held is not None
    assert held.organisation_id == one.sender_id
    assert Responsibility.objects.filter(learner=one.learner_id).count() == 1, "it had never left"


def test_what_came_back_is_signalled_again_and_never_returned() -> None:
    one = asked(date(2026, 11, 16))
    live(one, date(2026, 11, 24))
    back = Handoff.objects.get(follows=one)
    assert set(live(back, date(2026, 12, 24))) == {"reminded", "signalled"}
    assert back.status == HandoffStatus.PROPOSED
    with pytest.raises(Refused, match="vous revient"):
        actions.decline(handoff=back, by=makers.member(back.receiver), reason=DeclineReason.FULL)


def test_who_left_is_not_who_it_comes_back_to() -> None:
    one = asked(date(2026, 11, 16))
    boss = makers.member(one.sender, Role.MANAGER)
    assert one.created_by is not None
    one.created_by.memberships.update(active=False)
    live(one, date(2026, 11, 24))
    assert Handoff.objects.get(follows=one).addressed_to_id == boss.pk


def test_acknowledging_starts_another_clock_and_keeping_starts_it_again() -> None:
    one = asked(date(2026, 11, 16))
    by = makers.member(one.receiver)
    with time_machine.travel(noon(date(2026, 11, 17)), tick=False):
        clock.tick(date(2026, 11, 17))
        one.refresh_from_db()
        actions.receive(handoff=one, by=by)
    assert (one.deadline_on, one.reminded_on, one.received_by_id) == (date(2026, 11, 24), None, by.pk)
    assert live(one, date(2026, 11, 25)) == {"reminded": date(2026, 11, 23), "signalled": date(2026, 11, 25)}
    with time_machine.travel(noon(date(2026, 11, 26)), tick=False):
        actions.keep(handoff=one, by=by)
    assert (one.deadline_on, one.escalated_on) == (date(2026, 12, 3), None)


@pytest.mark.parametrize(
    ("starts", "deadline"),
    [(date(2027, 1, 11), date(2027, 1, 14)), (None, date(2026, 12, 15)), (date(2026, 11, 2), date(2026, 11, 20))],
)
def test_a_referral_once_received_is_due_at_its_entry(starts: date | None, deadline: date) -> None:
    """Three working days after the start that it announces; said to go on every twenty when none is known."""
    with time_machine.travel(noon(date(2026, 11, 16)), tick=False):
        sender, body = makers.organisation(), makers.training_body()
        one = actions.refer(
            learner=makers.learner(sender), sender=sender, receiver=body, on=date(2026, 11, 16), expected_start=starts
        )
    with time_machine.travel(noon(date(2026, 11, 17)), tick=False):
        actions.receive(handoff=one, by=makers.member(body))
    assert one.deadline_on == deadline


def test_striking_twice_does_it_once_and_a_day_off_nothing() -> None:
    one = asked(date(2026, 11, 16))
    assert clock.tick(date(2026, 11, 17)) == {"returned": 0, "signalled": 0, "reminded": 1}
    assert clock.tick(date(2026, 11, 17)) == {"returned": 0, "signalled": 0, "reminded": 0}
    assert sum(clock.tick(date(2026, 11, 22)).values()) == 0, "a Sunday"
    assert clock.tick(date(2026, 11, 23)) == {"returned": 0, "signalled": 1, "reminded": 0}, "late after a silent week"
    assert Event.objects.filter(subject_id=one.pk, verb__in=("remind", "escalate")).count() == 2


def test_the_clock_is_a_periodic_job_of_seven_in_the_morning() -> None:
    with time_machine.travel(datetime(2026, 11, 23, 6, 30, tzinfo=UTC), tick=False):
        jobs.plan()
        job = Job.objects.get(kind="handoff_clock")
        assert timezone.localtime(job.run_after).hour == 7
        asked(date(2026, 11, 16))
        jobs.run_all()
    assert Message.objects.filter(purpose="handoff_escalate").exists()


def test_the_clock_costs_the_same_queries_for_one_that_is_not_due_as_for_twenty(
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(20):
        asked(date(2026, 11, 20))
    with django_assert_max_num_queries(3):
        assert sum(clock.tick(date(2026, 11, 20)).values()) == 0
