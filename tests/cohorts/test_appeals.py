"""Reviews: asked by the person or for them, one at a time, read by somebody new, answered in words; a change reopens."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from cohorts import seats
from cohorts.access import PersonActor, rates
from cohorts.appeals import ask, give_to, may_be_reviewed, new_readers, settle
from cohorts.eligibility_checks import rule_out, vouch
from cohorts.models import Appeal, Application, EligibilityCheck, Ruling
from cohorts.states import AppealStatus, ApplicationStatus, Continuation, Decision, RefusalReason, RequestWay
from learners import actions
from learners.models import Behalf, Learner, Sharing
from learners.states import Act, Mandate
from partners.lifecycle import Refused
from partners.models import Event, Message, User
from partners.states import Channel, Role
from partners.working_days import working_days_between
from tests import makers
from tests.cohorts.selection_people import (  # noqa: F401
    REASON,
    TODAY,
    WORDS,
    application,
    group,
)
from tests.races import needs_connections, together

pytestmark = pytest.mark.django_db
ANSWER = "J’ai relu votre dossier avec votre conseillère."


@pytest.fixture
def ruled_out(application, coline) -> Application:
    rule_out(application=application, by=coline, reason=REASON, words=WORDS)
    return application


@pytest.fixture
def reader(body) -> User:
    """A colleague who has judged nothing."""
    return makers.member(body, Role.TRAINER)


def refused(application: Application, by: User) -> Ruling:
    """As the committee announces it."""
    now = timezone.now()
    Application.objects.filter(pk=application.pk).update(
        status=ApplicationStatus.ANNOUNCED, decision=Decision.REFUSED, decided_on=TODAY
    )
    application.refresh_from_db()
    return Ruling.objects.create(
        application=application, decision=Decision.REFUSED, refusal=RefusalReason.EFFORT, words=WORDS,
        continuation=Continuation.SENDER, was=ApplicationStatus.ASSESSED, by=by, staged_at=now, released_at=now,
        released_by=by,
    )  # fmt: skip


def actor(application: Application) -> PersonActor:
    return PersonActor(application.learner_id)


def given(application: Application, coline: User, reader: User) -> Appeal:
    appeal = ask(application=application, by=actor(application), words="J’ai une nouvelle pièce.")
    return give_to(appeal=appeal, to=reader, by=coline)


# --- asking ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "decision", "may"),
    [
        ("submitted", "", False), ("eligible", "", False), ("invited", "", False), ("assessed", "", False),
        ("decided", "", False), ("decided", "refused", False),  # not told yet: nothing is said of it
        ("announced", "admitted", False), ("announced", "waitlisted", False), ("announced", "refused", True),
        ("confirmed", "admitted", False), ("withdrawn", "", False), ("ineligible", "", True), ("lapsed", "admitted", True),
    ],
)  # fmt: skip
def test_what_may_be_looked_at_again(status, decision, may) -> None:
    assert may_be_reviewed(Application(status=status, decision=decision)) is may


def test_the_person_asks_and_the_body_sees_them_again_for_ten_working_days(ruled_out, coline, body) -> None:
    assert not Learner.objects.known_to(coline).filter(pk=ruled_out.learner_id).exists()
    appeal = ask(application=ruled_out, by=actor(ruled_out), words="  J’ai une nouvelle pièce. ")
    assert (appeal.status, appeal.way, appeal.words) == (
        AppealStatus.ASKED,
        RequestWay.SCREEN,
        "J’ai une nouvelle pièce.",
    )
    assert working_days_between(TODAY, appeal.answer_by) == 10
    coline = User.objects.get(pk=coline.pk)
    assert Learner.objects.known_to(coline).filter(pk=ruled_out.learner_id).exists()
    assert Sharing.objects.get(organisation=body, until=None).basis == "appeal"
    event = Event.objects.get(verb="ask_review")
    assert (event.actor, event.channel, event.learner_id) == (None, "link", ruled_out.learner_id)
    told = Message.objects.get(purpose="review_asked")
    assert "nouvelle pièce" not in told.body


def test_one_at_a_time(ruled_out) -> None:
    ask(application=ruled_out, by=actor(ruled_out))
    with pytest.raises(Refused, match="déjà demandé"):
        ask(application=ruled_out, by=actor(ruled_out))
    assert Appeal.objects.count() == 1


def test_control_the_base_holds_one_open_review(ruled_out) -> None:
    days = {"asked_on": TODAY, "answer_by": TODAY}
    Appeal.objects.create(application=ruled_out, **days)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(application=ruled_out, **days)
    Appeal.objects.create(application=ruled_out, status=AppealStatus.UPHELD, **days)


def test_nobody_asks_for_another_nor_about_a_yes(ruled_out, application, group, body, sam, farid) -> None:
    with pytest.raises(PermissionDenied):
        ask(application=ruled_out, by=PersonActor(ruled_out.learner_id + 1))
    for who in (sam, farid):
        with pytest.raises(PermissionDenied):
            ask(application=ruled_out, by=who, way=RequestWay.PHONE, mandate=Mandate.ORAL)
    Application.objects.filter(pk=ruled_out.pk).update(status=ApplicationStatus.ELIGIBLE)
    with pytest.raises(Refused, match="rien à revoir"):
        ask(application=Application.objects.get(pk=ruled_out.pk), by=actor(ruled_out))


def test_who_said_no_to_the_body_is_told_so(ruled_out, body) -> None:
    actions.object_to_sharing(learner=ruled_out.learner, organisation=body)
    with pytest.raises(Refused, match="ne veut plus"):
        ask(application=ruled_out, by=actor(ruled_out))
    assert not Appeal.objects.exists()


def test_the_adviser_writes_it_for_the_person_who_is_told_and_may_contest(ruled_out, amina, mission_locale) -> None:
    appeal = ask(
        application=ruled_out, by=amina, words="Elle a 25 ans.", way=RequestWay.PHONE, mandate=Mandate.ORAL
    )  # fmt: skip
    assert (appeal.typed_by, appeal.way) == (amina, RequestWay.PHONE)
    typed = Behalf.objects.get()
    assert (typed.act, typed.subject, typed.organisation, typed.channel) == (
        Act.APPEAL, appeal.pk, mission_locale, Channel.PHONE,
    )  # fmt: skip
    assert Message.objects.filter(purpose="behalf_done").exists()


def test_the_training_body_writes_it_too_and_nobody_without_a_mandate(ruled_out, coline, body, theo) -> None:
    with pytest.raises(ValidationError):
        ask(application=ruled_out, by=coline, way=RequestWay.PAPER, mandate="")
    assert not Appeal.objects.exists()
    with pytest.raises(ValidationError):
        ask(application=ruled_out, by=coline, way=RequestWay.SCREEN, mandate=Mandate.ORAL)
    with pytest.raises(PermissionDenied):
        ask(application=ruled_out, by=theo, way=RequestWay.PAPER, mandate=Mandate.WRITTEN)
    assert ask(application=ruled_out, by=coline, way=RequestWay.PAPER, mandate=Mandate.WRITTEN).pk
    assert Behalf.objects.get().organisation == body


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_of_many_asked_at_once_one_is_open(ruled_out) -> None:
    def act(number: int) -> bool:
        try:
            ask(application=Application.objects.get(pk=ruled_out.pk), by=actor(ruled_out))
        except Refused:
            return False
        return True

    assert together(act).count(True) == 1


# --- giving ------------------------------------------------------------------------------------------------------------
def test_the_reader_is_somebody_new(ruled_out, coline, theo, reader, body, sam) -> None:
    checker, gone, looks = makers.member(body), makers.member(body), makers.member(body, Role.READER)
    EligibilityCheck.objects.create(application=ruled_out, eligible=True, by=checker, made_at=timezone.now())
    ruled_out.assessments.create(assessor=theo)
    gone.memberships.update(active=False)
    assert [one.user for one in new_readers(ruled_out)] == [reader]
    appeal = ask(application=ruled_out, by=actor(ruled_out))
    for nobody in (coline, checker, theo, gone, looks, sam):
        with pytest.raises(ValidationError):
            give_to(appeal=appeal, to=nobody, by=coline)
    give_to(appeal=appeal, to=reader, by=coline)
    assert (appeal.status, appeal.given_to, appeal.given_on) == (AppealStatus.GIVEN, reader, TODAY)


def test_whoever_ruled_is_no_new_reader(application, coline, reader, body) -> None:
    ruler = makers.member(body)
    refused(application, ruler)
    assert {one.user for one in new_readers(application)} == {coline, reader}


def test_only_who_leads_gives_and_may_give_again(ruled_out, coline, reader, amina, theo, body) -> None:
    appeal = ask(application=ruled_out, by=actor(ruled_out))
    for who in (amina, theo, reader):
        with pytest.raises(PermissionDenied):
            give_to(appeal=appeal, to=reader, by=who)
    give_to(appeal=appeal, to=reader, by=coline)
    give_to(appeal=appeal, to=theo, by=coline)
    with pytest.raises(PermissionDenied):
        settle(appeal=appeal, by=reader, changed=False, answer=ANSWER)


# --- answering ---------------------------------------------------------------------------------------------------------
def test_upheld_the_person_has_words_and_the_body_sees_them_no_more(ruled_out, coline, reader) -> None:
    appeal = given(ruled_out, coline, reader)
    settle(appeal=appeal, by=reader, changed=False, answer=ANSWER)
    appeal.refresh_from_db()
    assert (appeal.status, appeal.settled_by, appeal.settled_on, appeal.answer) == (
        AppealStatus.UPHELD, reader, TODAY, ANSWER,
    )  # fmt: skip
    ruled_out.refresh_from_db()
    assert ruled_out.status == ApplicationStatus.INELIGIBLE
    assert Sharing.objects.get(basis="appeal").until == TODAY
    told = Message.objects.get(purpose="review_settled")
    assert "relu" not in told.body
    assert Event.objects.get(verb="uphold_review").learner_id == ruled_out.learner_id


def test_changed_after_a_refusal_it_goes_through_again_rated_by_the_new_reader(
    application, coline, reader, group
) -> None:
    vouch(application=application, by=coline)
    code = application.code
    ruling = refused(application, coline)
    appeal = given(application, coline, reader)
    settle(appeal=appeal, by=reader, changed=True, answer=ANSWER)
    application.refresh_from_db()
    ruling.refresh_from_db()
    assert (application.status, application.decision, application.decided_on) == (ApplicationStatus.ELIGIBLE, "", None)
    assert application.code == code
    assert ruling.replaced
    assert appeal.status == AppealStatus.CHANGED
    assert rates(reader, group)
    Ruling.objects.create(  # the committee may rule again
        application=application, decision=Decision.ADMITTED, was=ApplicationStatus.ELIGIBLE, by=coline,
        staged_at=timezone.now(),
    )  # fmt: skip


def test_changed_after_ineligibility_there_is_a_check_and_a_code(ruled_out, coline, reader) -> None:
    assert not ruled_out.code
    settle(appeal=given(ruled_out, coline, reader), by=reader, changed=True, answer=ANSWER)
    ruled_out.refresh_from_db()
    assert ruled_out.status == ApplicationStatus.ELIGIBLE
    assert ruled_out.code
    check = EligibilityCheck.objects.filter(eligible=True).get()
    assert (check.by, check.reason) == (reader, ANSWER)
    assert check.findings


def test_changed_after_a_silence_no_seat_is_held(application, coline, reader, group) -> None:
    assert seats.take(group.pk)
    Application.objects.filter(pk=application.pk).update(
        status=ApplicationStatus.LAPSED, decision=Decision.ADMITTED, decided_on=TODAY, seated=True,
        reply_by=TODAY - timedelta(1),
    )  # fmt: skip
    application.refresh_from_db()
    settle(appeal=given(application, coline, reader), by=reader, changed=True, answer=ANSWER)
    application.refresh_from_db()
    group.refresh_from_db()
    assert (application.seated, application.decision, application.reply_by) == (False, "", None)
    assert group.promised == seats.held(group.pk) == 0


def test_a_leader_who_reads_again_does_not_become_an_assessor(application, coline, body, group) -> None:
    refused(application, makers.member(body))
    appeal = ask(application=application, by=actor(application))
    give_to(appeal=appeal, to=coline, by=coline)
    settle(appeal=appeal, by=coline, changed=True, answer=ANSWER)
    assert not rates(coline, group)


def test_nobody_answers_in_the_readers_place_nor_without_words(ruled_out, coline, reader, theo) -> None:
    appeal = given(ruled_out, coline, reader)
    for who in (coline, theo):
        for changed in (True, False):
            with pytest.raises(PermissionDenied):
                settle(appeal=Appeal.objects.get(pk=appeal.pk), by=who, changed=changed, answer=ANSWER)
    with pytest.raises(ValidationError):
        settle(appeal=appeal, by=reader, changed=True, answer="  ")
    reader.memberships.update(active=False)
    with pytest.raises(PermissionDenied):
        settle(appeal=appeal, by=User.objects.get(pk=reader.pk), changed=False, answer=ANSWER)
    ruled_out.refresh_from_db()
    assert ruled_out.status == ApplicationStatus.INELIGIBLE
    assert Appeal.objects.get().status == AppealStatus.GIVEN


def test_answered_once(ruled_out, coline, reader) -> None:
    appeal = given(ruled_out, coline, reader)
    stale = Appeal.objects.get(pk=appeal.pk)
    settle(appeal=appeal, by=reader, changed=False, answer=ANSWER)
    with pytest.raises(Refused):
        settle(appeal=stale, by=reader, changed=False, answer=ANSWER)
    assert Message.objects.filter(purpose="review_settled").count() == 1
    ask(application=ruled_out, by=actor(ruled_out))  # and may be asked again


def test_while_it_waits_nobody_confirms_over_the_reader(ruled_out, coline) -> None:
    ask(application=ruled_out, by=actor(ruled_out))
    with pytest.raises(Refused, match="réexamen"):
        vouch(application=ruled_out, by=coline, reason="Pièce vue.")


def test_who_may_see_a_review(ruled_out, coline, reader, theo, amina, sam, farid) -> None:
    appeal = given(ruled_out, coline, reader)

    def sees(user: Any) -> bool:
        return Appeal.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=appeal.pk).exists()

    assert [sees(who) for who in (coline, reader)] == [True, True]
    assert [sees(who) for who in (theo, amina, sam, farid)] == [False] * 4
