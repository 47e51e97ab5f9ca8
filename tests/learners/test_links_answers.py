"""What is said through a personal link: recorded once, never more than was said, by nobody else."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.utils import timezone

from learners import actions, answers, links
from learners.access import LinkActor, holds, is_receiver, is_sender
from learners.models import Handoff, Sharing, Situation
from learners.states import DeclineReason, Evidence, HandoffStatus, Kind, Purpose
from partners.lifecycle import Refused
from partners.models import Event, Message
from partners.states import OrganisationKind
from tests import makers

pytestmark = pytest.mark.django_db
BORN = date(2004, 2, 3)
WRONG = date(2004, 2, 4)


def token_of(made: links.Made) -> str:
    return made.address.rstrip("/").rpartition("/")[2]


@pytest.fixture
def adviser(mission_locale):
    return makers.member(mission_locale)


@pytest.fixture
def learner(mission_locale, adviser):
    return makers.learner(mission_locale, by=adviser, email="ines@example.org", born_on=BORN)


@pytest.fixture
def made(learner, adviser) -> links.Made:
    return links.make_path_link(learner=learner, by=adviser, way="paper")


@pytest.fixture
def asked(learner, adviser) -> Handoff:
    """An employer is asked to host."""
    employer = makers.organisation(OrganisationKind.EMPLOYER, name="Ovalie fictive", email="accueil@example.org")
    return actions.hand_over(
        learner=learner, receiver=employer, purpose=Purpose.PLACEMENT, by=adviser, expected_start=timezone.localdate()
    )


# --- used once -------------------------------------------------------------------------------------------------
def running(learner, **fields) -> Situation:
    given = {"kind": Kind.INTERNSHIP, "starts_on": timezone.localdate() - timedelta(days=60), **fields}
    return Situation.objects.create(learner=learner, **given)


def test_an_answer_uses_the_link_and_a_second_one_is_refused(made, learner) -> None:
    situation = running(learner)
    links.answer_same(link=made.link, situation=situation, channel="link")
    with pytest.raises(Refused, match="déjà répondu"):
        links.answer_same(link=made.link, situation=situation, channel="link")
    assert Event.objects.filter(verb="confirm_situation").count() == 1


def test_an_answer_that_is_refused_leaves_the_link_unused(made, learner) -> None:
    situation = running(learner)
    Situation.objects.filter(pk=situation.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused):
        links.answer_same(link=made.link, situation=situation, channel="link")
    assert links.by_token(token_of(made)) == made.link


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_parallel_answers_exactly_one_is_recorded(made, learner) -> None:
    situation = running(learner)
    start, done = threading.Barrier(20), []

    def answer() -> None:
        start.wait()
        for _ in range(5):
            try:
                links.answer_same(link=made.link, situation=situation, channel="link")
                done.append(True)
            except Refused:
                done.append(False)
        connections.close_all()

    threads = [threading.Thread(target=answer) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(done), sum(done)) == (100, 1)
    assert Event.objects.filter(verb="confirm_situation").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_condition_more_than_one_answer_passes(made, learner, monkeypatch) -> None:
    situation = running(learner)
    monkeypatch.setattr(links, "spend", lambda link: None)
    for _ in range(2):
        links.answer_same(link=made.link, situation=situation, channel="link")
    assert Event.objects.filter(verb="confirm_situation").count() == 2


# --- what the person says --------------------------------------------------------------------------------------
def test_yes_confirms_the_situation_today_and_says_by_which_way(made, learner) -> None:
    situation = running(learner)
    links.answer_same(link=made.link, situation=situation, channel="code")
    situation.refresh_from_db()
    assert situation.confirmed_on == timezone.localdate()
    line = Event.objects.get(verb="confirm_situation")
    assert (line.actor_id, line.channel, line.learner_id) == (None, "code", learner.pk)


def test_no_records_what_is_said_and_ends_the_former_the_day_before(made, learner) -> None:
    before = running(learner, confirmed_on=timezone.localdate())
    since = timezone.localdate() - timedelta(days=10)
    told = links.answer_other(
        link=made.link, instead_of=before, kind=Kind.CDD, since=since, channel="link", employer="Ovalie"
    )
    before.refresh_from_db()
    assert (before.ends_on, before.confirmed_on) == (since - timedelta(days=1), since - timedelta(days=1))
    assert (told.starts_on, told.ends_on, told.confirmed_on) == (since, None, timezone.localdate())
    assert (told.evidence, told.employer_name) == (Evidence.DECLARED, "Ovalie")
    assert set(Event.objects.filter(channel="link").values_list("verb", flat=True)) == {
        "tell_situation",
        "end_situation",
    }


def test_what_is_replaced_is_not_made_longer_than_planned_nor_ended_before_it_began(learner) -> None:
    today = timezone.localdate()
    planned = running(learner, planned_end_on=today - timedelta(days=20))
    answers.tell_situation(learner=learner, kind=Kind.CDI, since=today, channel="link", instead_of=planned)
    planned.refresh_from_db()
    assert planned.ends_on == today - timedelta(days=20)
    later = running(learner, kind=Kind.CDD, starts_on=today)
    answers.tell_situation(
        learner=learner, kind=Kind.JOB_SEEKING, since=today - timedelta(days=5), channel="link", instead_of=later
    )
    later.refresh_from_db()
    assert later.ends_on is None


def test_said_twice_a_situation_is_written_once(learner) -> None:
    told = [
        answers.tell_situation(learner=learner, kind=Kind.CDI, since=date(2026, 3, 2), channel="link") for _ in range(2)
    ]
    assert told[0] == told[1]
    with pytest.raises(Refused, match="passé"):
        answers.tell_situation(
            learner=learner, kind=Kind.CDI, since=timezone.localdate() + timedelta(days=1), channel="link"
        )


def test_answers_refresh_what_is_computed_from_the_path(learner) -> None:
    from placements.models import EnrolmentFacts

    enrolment = makers.enrolment(of=learner, exited_on=date(2026, 6, 30), exit_reason="completed")
    situation = running(learner, kind=Kind.CDI, starts_on=date(2026, 7, 1))
    at_three = EnrolmentFacts.objects.values_list("kind_m3", flat=True)
    before = at_three.get(enrolment=enrolment)
    answers.confirm_situation(situation=situation, channel="link")
    assert before != at_three.get(enrolment=enrolment)


def test_asking_to_be_called_tells_the_one_who_follows_once_a_day(learner, adviser) -> None:
    assert answers.ask_to_be_called(learner=learner, channel="link")
    assert not answers.ask_to_be_called(learner=learner, channel="link")
    message = Message.objects.get()
    assert message.to == adviser.email
    assert f"/personnes/{learner.pk}/" in message.body
    assert learner.last_name not in message.body
    assert Event.objects.filter(verb="ask_call", learner_id=learner.pk).count() == 1


def test_an_objection_shuts_one_sharing_once_and_is_journalled(learner, asked) -> None:
    sharing = Sharing.objects.get(organisation=asked.receiver)
    assert actions.object_to_sharing(learner=learner, organisation=asked.receiver, channel="link")
    assert not actions.object_to_sharing(learner=learner, organisation=asked.receiver, channel="link")
    sharing.refresh_from_db()
    assert sharing.objected_on == timezone.localdate()
    assert Event.objects.filter(verb="object", channel="link").count() == 1
    asked.refresh_from_db()
    assert asked.status == HandoffStatus.WITHDRAWN, "nothing is asked any more of whom the person hides from"


def test_an_objection_acts_at_the_partner_s_next_read(learner, sam) -> None:
    from learners.models import Learner

    stranger = sam.working_for[0].organisation
    Sharing.objects.create(learner=learner, organisation=stranger, basis="referral", since=date(2026, 1, 5))
    assert Learner.objects.visible_to(sam).filter(pk=learner.pk).exists()
    actions.object_to_sharing(learner=learner, organisation=stranger)
    assert not Learner.objects.visible_to(sam).filter(pk=learner.pk).exists()


def test_an_objection_acts_on_who_sees_without_any_sharing_and_never_on_the_holder(learner, coline, amina) -> None:
    from learners.models import Learner

    body = coline.working_for[0].organisation
    makers.enrolment(of=learner, into=makers.cohort(body))
    assert Learner.objects.visible_to(coline).filter(pk=learner.pk).exists()
    assert actions.object_to_sharing(learner=learner, organisation=body)
    assert not Learner.objects.visible_to(coline).filter(pk=learner.pk).exists()
    with pytest.raises(Refused, match="suit votre parcours"):
        actions.object_to_sharing(learner=learner, organisation=learner.holder)


# --- an employer's answer --------------------------------------------------------------------------------------
def test_an_employer_accepts_by_link_and_the_baton_stays(asked, adviser, learner) -> None:
    made = links.make_hosting_link(handoff=asked, by=adviser)
    links.accept_hosting(link=made.link, starts_on=timezone.localdate())
    asked.refresh_from_db()
    learner.refresh_from_db()
    assert (asked.status, learner.holder_id) == (HandoffStatus.ACCEPTED, asked.sender_id)
    line = Event.objects.get(verb="accept")
    assert (line.actor_id, line.channel) == (None, "link")
    with pytest.raises(Refused):
        links.decline_hosting(link=made.link, reason=DeclineReason.FULL)


def test_an_employer_s_link_ends_with_the_answer_awaited_or_with_the_person_s_objection(asked, adviser) -> None:
    made = links.make_hosting_link(handoff=asked, by=adviser)
    assert timezone.localtime(made.link.ends_at).date() == asked.deadline_on + links.VALID
    sharing = Sharing.objects.get(organisation=asked.receiver)
    Sharing.objects.filter(pk=sharing.pk).update(objected_on=timezone.localdate())
    assert links.by_token(token_of(made)) is None
    Sharing.objects.filter(pk=sharing.pk).update(objected_on=None)
    assert links.by_token(token_of(made)) == made.link
    actions.withdraw(handoff=asked, by=adviser)
    assert links.by_token(token_of(made)) is None
    with pytest.raises(Refused, match="n’attend pas"):
        links.make_hosting_link(handoff=asked, by=adviser)


def test_who_answers_by_link_may_answer_one_handoff_and_nothing_else(asked, adviser, learner) -> None:
    actor = LinkActor(asked.pk, asked.receiver_id)
    other = actions.hand_over(
        learner=learner, receiver=asked.receiver, purpose=Purpose.SUPPORT, obstacle="money", by=adviser
    )
    assert is_receiver(actor, asked)
    assert not is_receiver(actor, other)
    assert not is_sender(actor, asked)
    assert not holds(actor, learner)
    assert not holds(LinkActor(asked.pk, learner.holder_id), learner)
    with pytest.raises(PermissionDenied):
        actions.accept(handoff=other, by=actor, starts_on=timezone.localdate())


def test_a_baton_is_never_taken_by_link(learner, adviser) -> None:
    handoff = actions.hand_over(learner=learner, receiver=makers.organisation(), purpose=Purpose.TRANSFER, by=adviser)
    with pytest.raises(PermissionDenied), transaction.atomic():
        actions.accept(handoff=handoff, by=LinkActor(handoff.pk, handoff.receiver_id), starts_on=timezone.localdate())
    learner.refresh_from_db()
    assert learner.holder_id == handoff.sender_id
