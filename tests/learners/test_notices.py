"""What each side is told of a handoff, once, without a name, and never by whoever did it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from learners import actions, clock, notices
from learners.models import Handoff
from learners.states import HANDOFF, Closing, DeclineReason, HandoffStatus, Purpose
from partners.models import Message, MessageStatus, User
from partners.states import OrganisationKind, Role
from tests import makers

pytestmark = pytest.mark.django_db


class Two:
    """A sender with an adviser and a manager, a receiver with both too, and one handoff between them."""

    def __init__(self) -> None:
        self.sender, self.receiver = makers.organisation(name="Mission A"), makers.organisation(name="Mission B")
        self.adviser, self.boss = makers.member(self.sender), makers.member(self.sender, Role.MANAGER)
        self.mate, self.chief = makers.member(self.receiver), makers.member(self.receiver, Role.MANAGER)
        self.learner = makers.learner(self.sender, last_name="Canari", first_name="Nommée", by=self.adviser)
        self.handoff = actions.hand_over(
            learner=self.learner, receiver=self.receiver, purpose=Purpose.TRANSFER, by=self.adviser,
            message="Un secret que seul l’envoyeur lit",
        )  # fmt: skip


@pytest.fixture
def two() -> Two:
    return Two()


def told(event: str) -> set[str]:
    return set(Message.objects.filter(purpose=f"handoff_{event}").values_list("to", flat=True))


def test_a_proposal_is_told_to_the_managers_of_the_receiver(two: Two) -> None:
    assert told("propose") == {two.chief.email}


@pytest.mark.parametrize(
    ("event", "act"),
    [
        ("receive", lambda t: actions.receive(handoff=t.handoff, by=t.mate)),
        ("accept", lambda t: actions.accept(handoff=t.handoff, by=t.mate, starts_on=timezone.localdate())),
        ("decline", lambda t: actions.decline(handoff=t.handoff, by=t.mate, reason=DeclineReason.FULL)),
    ],
)
def test_an_answer_is_told_to_whoever_asked(two: Two, event: str, act: Any) -> None:
    act(two)
    assert told(event) == {two.adviser.email}


def test_an_end_that_nobody_decided_is_told_to_both_sides(two: Two) -> None:
    actions.close_file(learner=two.learner, by=two.boss, reason=Closing.MOVED_AWAY)
    two.handoff.refresh_from_db()
    assert two.handoff.status == HandoffStatus.WITHDRAWN
    assert told("supersede") == {two.adviser.email, two.chief.email}


def test_silence_is_told_to_both_sides_and_its_return_to_a_named_person(two: Two) -> None:
    day = timezone.localdate()
    for _ in range(15):
        day += timedelta(days=1)
        with time_machine.travel(f"{day}T10:00:00+00:00", tick=False):
            clock.tick(day)
    two.handoff.refresh_from_db()
    assert two.handoff.status == HandoffStatus.RETURNED
    assert told("remind") >= {two.chief.email}
    assert told("escalate") >= {two.chief.email, two.adviser.email}
    assert told("return") == {two.chief.email, two.adviser.email}
    assert told("back") == {two.adviser.email}


def test_every_step_of_the_table_has_its_notice() -> None:
    """A step that somebody adds and that nobody would hear of is seen here."""
    assert {step.name for step in HANDOFF} <= set(notices.NOTICES)


def test_no_message_names_the_person_nor_says_why(two: Two) -> None:
    actions.decline(handoff=two.handoff, by=two.mate, reason=DeclineReason.NOT_REACHED)
    for message in Message.objects.filter(purpose__startswith="handoff_"):
        text = f"{message.subject} {message.body}"
        assert "Mission" in text, "the other side is named"
        for word in ("Canari", "Nommée", "secret", "non jointe", str(two.learner.pk) + "/"):
            assert word not in text


def test_a_sheet_of_many_is_heard_of_once() -> None:
    sender, body = makers.organisation(), makers.training_body()
    makers.member(body, Role.MANAGER)
    for _ in range(25):
        actions.refer(learner=makers.learner(sender), sender=sender, receiver=body, on=timezone.localdate())
    assert Message.objects.filter(purpose="handoff_propose").count() == 1
    Message.objects.update(status=MessageStatus.SENT, sent_at=timezone.now())
    actions.refer(learner=makers.learner(sender), sender=sender, receiver=body, on=timezone.localdate())
    assert Message.objects.filter(purpose="handoff_propose").count() == 2, "what comes later is told, too"


def test_an_employer_without_account_is_written_to_at_its_own_address() -> None:
    sender = makers.organisation()
    by = makers.member(sender)
    firm = makers.organisation(OrganisationKind.EMPLOYER, email="accueil@example.org")
    actions.hand_over(learner=makers.learner(sender), receiver=firm, purpose=Purpose.PLACEMENT, by=by)
    assert told("propose") == {"accueil@example.org"}


def test_who_no_longer_works_there_hears_of_nothing(two: Two) -> None:
    two.adviser.memberships.update(active=False)
    actions.receive(handoff=two.handoff, by=User.objects.get(pk=two.mate.pk))
    assert told("receive") == {two.boss.email}


def test_a_reader_hears_of_nothing_and_answers_nothing() -> None:
    sender, receiver = makers.organisation(), makers.organisation()
    makers.member(receiver, Role.READER)
    makers.member(receiver, Role.TRAINER)
    actions.hand_over(
        learner=makers.learner(sender), receiver=receiver, purpose=Purpose.TRANSFER, by=makers.member(sender)
    )
    assert told("propose") == set()


def test_one_proposed_long_ago_says_its_day_in_the_key(two: Two) -> None:
    """Kept, signalled, kept and signalled again: each time is told."""
    actions.receive(handoff=two.handoff, by=two.mate)
    for day in (date(2027, 1, 11), date(2027, 3, 15)):
        Handoff.objects.filter(pk=two.handoff.pk).update(deadline_on=day - timedelta(days=3), escalated_on=None)
        Message.objects.update(status=MessageStatus.SENT, sent_at=timezone.now())
        clock.signal(day)
    assert Message.objects.filter(purpose="handoff_escalate", to=two.adviser.email).count() == 2
