from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from learners import actions
from learners.models import Handoff, Learner, Responsibility
from learners.states import Closing, DeclineReason, HandoffStatus, Obstacle, Purpose
from partners.lifecycle import Refused
from partners.models import Event
from partners.states import OrganisationKind
from tests import makers

pytestmark = pytest.mark.django_db


def proposed(purpose: Purpose = Purpose.TRANSFER) -> Handoff:
    sender, receiver = makers.organisation(), makers.organisation()
    return actions.hand_over(
        learner=makers.learner(sender), receiver=receiver, purpose=purpose, by=makers.member(sender),
        obstacle=Obstacle.HOUSING if purpose == Purpose.SUPPORT else "",
    )  # fmt: skip


def holders(learner: Learner) -> list[int]:
    return list(Responsibility.objects.filter(learner=learner, until=None).values_list("organisation", flat=True))


def test_a_proposed_handoff_leaves_the_baton_where_it_is() -> None:
    handoff = proposed()
    assert holders(handoff.learner) == [handoff.sender_id]


def test_receiving_is_not_accepting() -> None:
    handoff = proposed()
    actions.receive(handoff=handoff, by=makers.member(handoff.receiver))
    handoff.learner.refresh_from_db()
    assert (handoff.status, handoff.learner.holder_id) == (HandoffStatus.RECEIVED, handoff.sender_id)


def test_acceptance_closes_one_responsibility_and_opens_the_next() -> None:
    handoff = proposed()
    by = makers.member(handoff.receiver)
    actions.accept(handoff=handoff, by=by, starts_on=timezone.localdate() + timedelta(days=3))
    handoff.learner.refresh_from_db()
    assert holders(handoff.learner) == [handoff.receiver_id] == [handoff.learner.holder_id]
    assert Responsibility.objects.filter(learner=handoff.learner).count() == 2


@pytest.mark.parametrize("purpose", [Purpose.SUPPORT, Purpose.PLACEMENT])
def test_help_and_placement_never_move_the_baton(purpose: Purpose) -> None:
    handoff = proposed(purpose)
    actions.accept(handoff=handoff, by=makers.member(handoff.receiver), starts_on=timezone.localdate())
    assert holders(handoff.learner) == [handoff.sender_id]


def test_an_employer_is_never_asked_to_hold_the_baton() -> None:
    sender = makers.organisation()
    learner, by = makers.learner(sender), makers.member(sender)
    with pytest.raises(Refused, match="conseillers"):
        actions.hand_over(
            learner=learner, receiver=makers.organisation(OrganisationKind.EMPLOYER), purpose=Purpose.TRANSFER, by=by
        )
    assert not Handoff.objects.exists()


def test_a_referral_is_not_accepted_by_a_button() -> None:
    sender, receiver = makers.organisation(), makers.training_body()
    handoff = actions.refer(learner=makers.learner(sender), sender=sender, receiver=receiver, on=date(2026, 11, 20))
    with pytest.raises(Refused, match="entrée"):
        actions.accept(handoff=handoff, by=makers.member(receiver), starts_on=date(2026, 12, 1))
    assert (handoff.deadline_on, holders(handoff.learner)) == (date(2026, 11, 24), [sender.pk])


def test_only_the_holder_hands_over_and_only_the_receiver_answers() -> None:
    handoff = proposed()
    stranger = makers.member(makers.organisation())
    with pytest.raises(PermissionDenied):
        actions.hand_over(learner=handoff.learner, receiver=handoff.receiver, purpose=Purpose.TRANSFER, by=stranger)
    with pytest.raises(PermissionDenied):
        actions.accept(handoff=handoff, by=stranger, starts_on=timezone.localdate())
    with pytest.raises(PermissionDenied):
        actions.withdraw(handoff=handoff, by=makers.member(handoff.receiver))


def test_of_two_people_who_answer_the_second_is_told() -> None:
    handoff = proposed()
    stale = Handoff.objects.get(pk=handoff.pk)
    by = makers.member(handoff.receiver)
    actions.decline(handoff=handoff, by=by, reason=DeclineReason.FULL)
    with pytest.raises(Refused, match="vient de le faire avancer"):
        actions.accept(handoff=stale, by=by, starts_on=timezone.localdate())
    assert holders(handoff.learner) == [handoff.sender_id]


def test_a_refusal_carries_a_coded_reason() -> None:
    handoff = proposed()
    with pytest.raises(ValidationError):
        actions.decline(handoff=handoff, by=makers.member(handoff.receiver), reason="parce que")  # type: ignore[arg-type]
    handoff.refresh_from_db()
    assert handoff.status == HandoffStatus.PROPOSED


def test_acceptance_is_whole_or_does_not_happen() -> None:
    handoff = proposed()
    by = makers.member(handoff.receiver)
    with patch.object(Responsibility.objects, "create", side_effect=RuntimeError), pytest.raises(RuntimeError):
        actions.accept(handoff=handoff, by=by, starts_on=timezone.localdate())
    handoff.refresh_from_db()
    assert (handoff.status, holders(handoff.learner)) == (HandoffStatus.PROPOSED, [handoff.sender_id])


def test_the_holder_closes_with_a_reason_and_a_new_referral_opens_the_file_again() -> None:
    holder = makers.organisation()
    learner, by = makers.learner(holder), makers.member(holder)
    actions.close_file(learner=learner, by=by, reason=Closing.MOVED_AWAY)
    assert (holders(learner), learner.closed_reason) == ([], Closing.MOVED_AWAY)
    with pytest.raises(PermissionDenied):
        actions.hand_over(learner=learner, receiver=makers.organisation(), purpose=Purpose.TRANSFER, by=by)
    actions.refer(learner=learner, sender=holder, receiver=makers.training_body(), on=timezone.localdate(), by=by)
    learner.refresh_from_db()
    assert (holders(learner), learner.closed_on, learner.closed_reason) == ([holder.pk], None, "")


def test_each_act_leaves_one_line_in_the_journal_without_a_name() -> None:
    handoff = proposed()
    by = makers.member(handoff.receiver)
    actions.receive(handoff=handoff, by=by)
    line = Event.objects.latest("pk")
    assert (line.verb, line.subject_id, line.learner_id, line.actor_id) == (
        "receive", handoff.pk, handoff.learner_id, by.pk,
    )  # fmt: skip
    assert handoff.learner.last_name not in str(line.data)


def test_the_database_refuses_two_holders_and_none() -> None:
    learner = makers.learner()
    with pytest.raises(IntegrityError), transaction.atomic():
        Responsibility.objects.create(learner=learner, organisation=makers.organisation(), since=date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Learner.objects.filter(pk=learner.pk).update(holder=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Learner.objects.filter(pk=learner.pk).update(closed_on=date(2026, 1, 1))


def test_what_comes_back_never_takes_the_baton_from_who_holds_it_since() -> None:
    """Declined, then followed by the very partner who had declined: taking it back is an acknowledgement, no more."""
    sender, other = makers.organisation(), makers.organisation()
    hers, theirs = makers.member(sender), makers.member(other)
    learner = makers.learner(sender)
    asked = actions.hand_over(learner=learner, receiver=other, purpose=Purpose.TRANSFER, by=hers)
    back = actions.decline(handoff=asked, by=theirs, reason=DeclineReason.FULL)
    assert back is not None
    again = actions.hand_over(learner=learner, receiver=other, purpose=Purpose.TRANSFER, by=hers)
    actions.accept(handoff=again, by=theirs, starts_on=timezone.localdate())
    assert actions.accept(handoff=back, by=hers) is None
    assert holders(learner) == [other.pk]


def test_a_holder_gives_back_by_a_return_that_moves_the_baton_once_accepted() -> None:
    handoff = proposed(Purpose.RETURN)
    by = makers.member(handoff.receiver)
    assert actions.accept(handoff=handoff, by=by, starts_on=timezone.localdate()) is not None
    assert holders(handoff.learner) == [handoff.receiver_id]
