"""The committee: what is prepared is told to nobody, what is announced is announced together, a refusal is whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cohorts import appeals, committee, offering
from cohorts.access import PersonActor
from cohorts.models import Application, Cohort, Ruling, TeamMember
from cohorts.states import ApplicationStatus, Decision, RefusalReason
from learners.models import Handoff, Sharing
from learners.states import HandoffStatus, Purpose
from partners.lifecycle import Refused
from partners.models import Event, Message
from partners.states import Role
from tests import makers
from tests.cohorts.selection_world import Selection

pytestmark = pytest.mark.django_db
S = ApplicationStatus
NO = {"decision": Decision.REFUSED, "refusal": "trade", "words": "Essayez d’abord l’atelier.", "continuation": "sender"}


@pytest.fixture
def at() -> Selection:
    return Selection(seats=20)


def wrong(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.message_dict)


# --- preparing -------------------------------------------------------------------------------------------------
def test_what_is_prepared_is_told_to_nobody(at) -> None:
    one = at.rated()
    committee.stage(application=one, by=at.coline, decision=Decision.ADMITTED)
    one.refresh_from_db()
    assert (one.status, one.decision, one.seated) == (S.DECIDED, "", False)
    assert not Message.objects.filter(purpose__startswith="application_").exists()
    assert Cohort.objects.get(pk=at.cohort.pk).promised == 0


def test_what_is_prepared_can_change_and_be_taken_back(at) -> None:
    one = at.rated()
    committee.stage(application=one, by=at.coline, decision=Decision.ADMITTED)
    committee.stage(application=one, by=at.coline, decision=Decision.WAITLISTED)
    assert Ruling.objects.get().decision == Decision.WAITLISTED
    committee.unstage(application=one, by=at.coline)
    one.refresh_from_db()
    assert one.status == S.ASSESSED
    assert not Ruling.objects.exists()


@pytest.mark.parametrize("status", [S.ELIGIBLE, S.INVITED])
def test_taking_back_leaves_it_where_it_was(at, status) -> None:
    one = at.applicant(status)
    committee.stage(application=one, by=at.coline, **{**NO, "refusal": RefusalReason.ABSENT})
    committee.unstage(application=one, by=at.coline)
    one.refresh_from_db()
    assert one.status == status


@pytest.mark.parametrize(
    ("decision", "refusal"), [(Decision.ADMITTED, ""), (Decision.WAITLISTED, ""), (Decision.REFUSED, "trade")]
)
def test_motivation_is_decided_on_two_sheets(at, decision, refusal) -> None:
    one = at.applicant(S.INVITED, marks=(4,))
    with pytest.raises(ValidationError) as error:
        committee.stage(application=one, by=at.coline, **{**NO, "decision": decision, "refusal": refusal})
    assert "decision" in wrong(error)


@pytest.mark.parametrize("missing", ["refusal", "words", "continuation"])
def test_a_refusal_is_whole(at, missing) -> None:
    with pytest.raises(ValidationError) as error:
        committee.stage(application=at.rated(), by=at.coline, **{**NO, missing: ""})
    assert wrong(error) == {missing}


def test_control_the_table_refuses_half_a_refusal_too(at) -> None:
    one = at.rated()
    with pytest.raises(IntegrityError), transaction.atomic():
        Ruling.objects.create(
            application=one, decision=Decision.REFUSED, was=S.ASSESSED, by=at.coline, staged_at=timezone.now()
        )


def test_nobody_goes_back_to_a_sender_that_there_is_not(at) -> None:
    with pytest.raises(ValidationError) as error:
        committee.stage(application=at.rated(referred=False), by=at.coline, **NO)
    assert wrong(error) == {"continuation"}


def test_a_condition_has_its_day(at) -> None:
    with pytest.raises(ValidationError) as error:
        committee.stage(application=at.rated(), by=at.coline, decision=Decision.ADMITTED, condition="Passer le B1")
    assert wrong(error) == {"condition_by"}


def test_who_assesses_does_not_lead(at) -> None:
    """Control: the same person leads once the decisions are announced."""
    one = at.rated()
    TeamMember.objects.create(cohort=at.cohort, user=at.coline, duty="assessor")
    with pytest.raises(PermissionDenied):
        committee.stage(application=one, by=at.coline, decision=Decision.ADMITTED)
    Application.objects.update(status=S.CONFIRMED)
    offering.withdraw(application=one, by=at.coline)


@pytest.mark.parametrize("who", ["adviser", "ada"])
def test_nobody_else_prepares(at, who) -> None:
    with pytest.raises(PermissionDenied):
        committee.stage(application=at.rated(), by=getattr(at, who), decision=Decision.ADMITTED)


def test_the_order_is_prepared_at_once_and_refuses_nobody() -> None:
    at = Selection(seats=20)
    best, next_, apart = at.rated(4, 4), at.rated(3, 3), at.rated(4, 0)
    at.cohort.derogation, at.cohort.seats = "petite salle", 1
    at.cohort.save()
    assert committee.stage_order(cohort=at.cohort, by=at.coline) == 2
    said = dict(Ruling.objects.values_list("application", "decision"))
    assert said == {best.pk: Decision.ADMITTED, next_.pk: Decision.WAITLISTED}
    apart.refresh_from_db()
    assert apart.status == S.ASSESSED


# --- announcing ------------------------------------------------------------------------------------------------
def release(at: Selection) -> Any:
    return committee.release(cohort=at.cohort, by=at.coline)


def test_all_are_announced_together(at) -> None:
    yes, first, second, no = at.rated(4, 4), at.rated(3, 3), at.rated(2, 2), at.rated(0, 0)
    for one in (second, first):
        committee.stage(application=one, by=at.coline, decision=Decision.WAITLISTED)
    committee.stage(application=yes, by=at.coline, decision=Decision.ADMITTED)
    committee.stage(application=no, by=at.coline, **NO)
    assert release(at) == committee.Released(1, 2, 1)
    rows = {one.pk: one for one in Application.objects.all()}
    assert {one.status for one in rows.values()} == {S.ANNOUNCED}
    assert rows[yes.pk].seated
    assert rows[yes.pk].reply_by > timezone.localdate()
    assert (rows[first.pk].waiting_rank, rows[second.pk].waiting_rank) == (1, 2)  # by the order, not by who came first
    assert Cohort.objects.get(pk=at.cohort.pk).promised == 1
    told = set(Message.objects.filter(purpose__startswith="application_").values_list("purpose", flat=True))
    assert told == {"application_admitted", "application_waiting", "application_refused"}
    assert Event.objects.filter(verb="announce_decisions").count() == 1


def test_a_refusal_comes_back_to_somebody_who_has_to_accept(at) -> None:
    one = at.rated()
    committee.stage(application=one, by=at.coline, **NO)
    release(at)
    referral = Handoff.objects.get(pk=one.handoff_id)
    assert (referral.status, referral.decline_reason) == (HandoffStatus.DECLINED, "not_selected")
    back = Handoff.objects.get(follows=referral)
    assert (back.purpose, back.receiver, back.status) == (Purpose.RETURN, at.sender, HandoffStatus.PROPOSED)


def test_no_message_carries_the_words_nor_the_reason(at) -> None:
    committee.stage(application=at.rated(), by=at.coline, **NO)
    release(at)
    message = Message.objects.get(purpose="application_refused")
    assert "atelier" not in message.body + message.subject
    assert "métier" not in message.body


def test_more_than_the_seats_is_refused_whole() -> None:
    at = Selection(seats=20)
    Cohort.objects.filter(pk=at.cohort.pk).update(seats=1, derogation="petite salle")
    at.cohort.refresh_from_db()
    for one in (at.rated(), at.rated()):
        committee.stage(application=one, by=at.coline, decision=Decision.ADMITTED)
    with pytest.raises(Refused, match="2 admissions"):
        release(at)
    assert set(Application.objects.values_list("status", flat=True)) == {S.DECIDED}
    assert not Message.objects.filter(purpose__startswith="application_").exists()


def test_nothing_prepared_is_nothing_to_announce(at) -> None:
    with pytest.raises(Refused, match="Aucune décision"):
        release(at)


def test_who_came_by_a_file_already_holds_a_seat(at) -> None:
    """Imported as confirmed: the counter learns of it before any seat is offered."""
    Cohort.objects.filter(pk=at.cohort.pk).update(seats=1, derogation="petite salle")
    at.cohort.refresh_from_db()
    other = at.applicant(S.CONFIRMED)
    Application.objects.filter(pk=other.pk).update(decision=Decision.ADMITTED)
    committee.stage(application=at.rated(), by=at.coline, decision=Decision.ADMITTED)
    with pytest.raises(Refused, match="0 place"):
        release(at)


def test_the_second_sitting_goes_after_the_first_on_the_waiting_list(at) -> None:
    first, second = at.rated(2, 2), at.rated(4, 4)
    committee.stage(application=first, by=at.coline, decision=Decision.WAITLISTED)
    release(at)
    committee.stage(application=second, by=at.coline, decision=Decision.WAITLISTED)
    release(at)
    ranks = dict(Application.objects.values_list("pk", "waiting_rank"))
    assert (ranks[first.pk], ranks[second.pk]) == (1, 2)


def test_queries_of_the_order_do_not_grow(at, django_assert_num_queries) -> None:
    at.rated()
    with django_assert_num_queries(3):
        committee.order_of(at.cohort)
    for _ in range(6):
        at.rated()
    with django_assert_num_queries(3):
        assert len(committee.order_of(at.cohort)) == 7


def test_a_condition_keeps_the_seat_until_it_is_met(at) -> None:
    one = at.rated()
    day = timezone.localdate() + timedelta(days=10)
    committee.stage(
        application=one,
        by=at.coline,
        decision=Decision.ADMITTED,
        condition="Apporter le justificatif",
        condition_by=day,
    )
    release(at)
    one = offering.accept_seat(application=one, by=at.coline)
    assert (one.status, one.seated) == (S.ANNOUNCED, True)
    one = offering.meet_condition(application=one, by=at.coline)
    assert one.status == S.CONFIRMED
    assert Cohort.objects.get(pk=at.cohort.pk).promised == 1


def test_a_second_no_after_a_review_closes_what_was_shown_again(at) -> None:
    one = at.rated(1, 1)
    no = {"decision": "refused", "words": "Pas cette fois.", "continuation": "call"}
    committee.stage(application=one, by=at.coline, refusal="trade", **no)
    committee.release(cohort=at.cohort, by=at.coline)
    again = Application.objects.get(pk=one.pk)
    appeal = appeals.ask(application=again, by=PersonActor(one.learner_id))
    reader = makers.member(at.body, Role.TRAINER)
    appeals.give_to(appeal=appeal, to=reader, by=at.coline)
    appeals.settle(appeal=appeal, by=reader, changed=True, answer="Vous aviez raison.")
    shown = Sharing.objects.filter(learner=one.learner_id, organisation=at.body, until=None)
    assert shown.get().basis == "appeal"
    committee.stage(application=Application.objects.get(pk=one.pk), by=at.coline, refusal="availability", **no)
    committee.release(cohort=at.cohort, by=at.coline)
    assert not shown.exists()
