"""Confirming and ruling out: by a human, with a reason where the findings say otherwise, and words for the person."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from cohorts import eligibility_checks
from cohorts.eligibility_checks import confirm_many, findings_for, findings_of, rule_out, vouch
from cohorts.models import Application, EligibilityCheck
from cohorts.states import ApplicationStatus
from learners.eligibility import MET, TO_PROVE, UNMET
from learners.models import Handoff, Situation
from learners.states import DeclineReason, HandoffStatus, Purpose
from partners.lifecycle import Refused
from partners.models import Event, Message
from partners.states import Role
from partners.tokens import ALPHABET
from tests import makers
from tests.cohorts.selection_people import (  # noqa: F401
    REASON,
    TODAY,
    WORDS,
    application,
    assessor,
    group,
    person,
    referred,
)
from tests.races import needs_connections, together

pytestmark = pytest.mark.django_db


# --- findings ------------------------------------------------------------------------------------------------------
def test_findings_come_from_the_person_the_programme_and_the_cohort(application) -> None:
    assert [(one.criterion, one.verdict) for one in findings_of(application, TODAY)] == [("age", MET), ("neet", MET)]
    application.learner.situations.all().delete()
    application.learner.born_on = date(1990, 1, 1)
    assert [one.verdict for one in findings_of(application, TODAY)] == [UNMET, TO_PROVE]


def test_an_entry_that_goes_on_is_a_training_and_one_that_ended_is_not(application, body) -> None:
    learner = application.learner
    entry = makers.enrolment(learner, makers.cohort(body, title="Autre"))
    assert findings_of(application, TODAY)[1].verdict == UNMET
    entry.exited_on, entry.exit_reason = TODAY - timedelta(3), "completed"
    entry.save()
    assert findings_of(application, TODAY)[1].verdict == MET


def test_findings_of_many_cost_two_queries(application, group, mission_locale, amina) -> None:
    for _ in range(4):
        referred(person(mission_locale, amina), group, amina)
    rows = list(Application.objects.select_related("learner", "cohort__programme"))
    with CaptureQueriesContext(connection) as queries:
        assert len(findings_for(rows, TODAY)) == 5
    assert len(queries) == 2


# --- confirming ----------------------------------------------------------------------------------------------------
def test_confirming_keeps_the_findings_and_draws_a_code(application, coline) -> None:
    check = vouch(application=application, by=coline)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.ELIGIBLE
    assert len(application.code) == 5
    assert set(application.code) <= set(ALPHABET)
    assert (check.eligible, check.by, check.reason) == (True, coline, "")
    assert [one["verdict"] for one in check.findings] == ["met", "met"]
    assert check.findings[0]["sentence"].startswith("20\u00a0ans")
    assert Event.objects.get(verb="vouch").learner_id == application.learner_id


def test_a_condition_unmet_or_to_prove_asks_for_a_reason(application, coline) -> None:
    Situation.objects.all().delete()
    with pytest.raises(ValidationError) as wrong:
        vouch(application=application, by=coline, reason="  ")
    assert list(wrong.value.message_dict) == ["reason"]
    assert not EligibilityCheck.objects.exists()
    assert vouch(application=application, by=coline, reason="Attestation vue le jour même.").reason


def test_a_code_that_somebody_has_is_drawn_again(
    application, coline, group, mission_locale, amina, monkeypatch
) -> None:
    other = referred(person(mission_locale, amina), group, amina)
    drawn = iter(["AAAAA", "AAAAA", "AAAAA", "BBBBB"])
    monkeypatch.setattr(eligibility_checks, "new_code", lambda length: next(drawn))
    vouch(application=application, by=coline)
    vouch(application=other, by=coline)
    assert set(Application.objects.values_list("code", flat=True)) == {"AAAAA", "BBBBB"}


def test_control_the_base_refuses_the_same_code_twice(application, group, mission_locale, amina) -> None:
    other = referred(person(mission_locale, amina), group, amina)
    Application.objects.filter(pk=application.pk).update(code="AAAAA")
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=other.pk).update(code="AAAAA")


def test_when_no_code_is_left_nothing_is_written(
    application, coline, group, mission_locale, amina, monkeypatch
) -> None:
    other = referred(person(mission_locale, amina), group, amina)
    monkeypatch.setattr(eligibility_checks, "new_code", lambda length: "AAAAA")
    vouch(application=application, by=coline)
    with pytest.raises(Refused):
        vouch(application=other, by=coline)
    other.refresh_from_db()
    assert other.status == ApplicationStatus.SUBMITTED


def test_only_who_leads_confirms_or_rules_out(application, amina, sam, theo, farid, coline, group) -> None:
    for who in (amina, sam, theo, farid):
        with pytest.raises(PermissionDenied):
            vouch(application=application, by=who)
        with pytest.raises(PermissionDenied):
            rule_out(application=application, by=who, reason=REASON, words=WORDS)
    assessor(group, coline)  # who rates applicants no longer leads
    with pytest.raises(PermissionDenied):
        vouch(application=application, by=coline)


def test_a_second_confirmation_is_refused(application, coline) -> None:
    vouch(application=application, by=coline)
    with pytest.raises(Refused):
        vouch(application=application, by=coline)
    assert EligibilityCheck.objects.count() == 1


def test_many_are_confirmed_and_the_others_say_why_not(application, coline, group, mission_locale, amina) -> None:
    unknown = referred(person(mission_locale, amina, seeking=False), group, amina)
    old = referred(person(mission_locale, amina, born=date(1980, 1, 1)), group, amina)
    gone = referred(person(mission_locale, amina), group, amina)
    Application.objects.filter(pk=gone.pk).update(status=ApplicationStatus.WITHDRAWN)
    outcomes = confirm_many(applications=[application, unknown, old, gone], by=coline)
    assert [bool(one.refusal) for one in outcomes] == [False, True, True, True]
    assert list(Application.objects.filter(status=ApplicationStatus.ELIGIBLE).values_list("pk", flat=True)) == [
        application.pk
    ]
    assert {one.code for one in Application.objects.exclude(pk=application.pk)} == {""}


# --- ruling out ----------------------------------------------------------------------------------------------------
def test_ruling_out_tells_the_person_without_the_reason_and_sends_the_referral_back(
    application, coline, mission_locale, amina
) -> None:
    check = rule_out(application=application, by=coline, reason=REASON, words=WORDS)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.INELIGIBLE
    assert (check.eligible, check.reason, check.words) == (False, REASON, WORDS)
    told = Message.objects.get(purpose="application_ruled_out")
    assert told.learner_id == application.learner_id
    assert "Développement web" in told.body
    assert REASON not in told.body
    assert "plus que l’âge" not in told.body + told.subject
    handoff = Handoff.objects.get(pk=application.handoff_id)
    assert (handoff.status, handoff.decline_reason) == (HandoffStatus.DECLINED, DeclineReason.NOT_ELIGIBLE)
    back = Handoff.objects.get(follows=handoff)
    assert (back.purpose, back.receiver, back.addressed_to) == (Purpose.RETURN, mission_locale, amina)


@pytest.mark.parametrize(("reason", "words", "missing"), [("", WORDS, "reason"), (REASON, " ", "words")])
def test_a_no_without_reason_or_words_is_nothing(application, coline, reason, words, missing) -> None:
    with pytest.raises(ValidationError) as wrong:
        rule_out(application=application, by=coline, reason=reason, words=words)
    assert list(wrong.value.message_dict) == [missing]
    application.refresh_from_db()
    assert application.status == ApplicationStatus.SUBMITTED
    assert not Message.objects.filter(purpose="application_ruled_out").exists()


def test_control_the_base_keeps_no_no_without_words(application, coline) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EligibilityCheck.objects.create(
            application=application, eligible=False, reason=REASON, by=coline, made_at="2026-11-23T10:00Z"
        )


def test_a_referral_that_leads_elsewhere_too_stays_open(application, coline, body) -> None:
    other = Application.objects.create(
        learner=application.learner, cohort=makers.cohort(body, title="Autre"), handoff=application.handoff,
        referred_on=TODAY,
    )  # fmt: skip
    rule_out(application=application, by=coline, reason=REASON, words=WORDS)
    assert Handoff.objects.get(pk=application.handoff_id).status == HandoffStatus.RECEIVED
    rule_out(application=other, by=coline, reason=REASON, words=WORDS)
    assert Handoff.objects.get(pk=application.handoff_id).status == HandoffStatus.DECLINED


def test_who_may_not_decline_in_the_name_of_the_body_is_told_whom_to_ask(application, body, group) -> None:
    trainer = makers.member(body, Role.TRAINER)
    group.team.create(user=trainer, duty="coordinator")
    with pytest.raises(Refused, match="responsable"):
        rule_out(application=application, by=trainer, reason=REASON, words=WORDS)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.SUBMITTED


def test_who_applied_by_themselves_is_ruled_out_without_any_referral(body, coline, group) -> None:
    alone = Application.objects.create(learner=person(body, coline), cohort=group, referred_on=TODAY)
    rule_out(application=alone, by=coline, reason=REASON, words=WORDS)
    assert not Handoff.objects.exists()
    alone.learner.refresh_from_db()
    assert alone.learner.holder == body


def test_the_message_does_not_leave_once_it_is_confirmed_again(application, coline) -> None:
    rule_out(application=application, by=coline, reason=REASON, words=WORDS)
    message = Message.objects.get(purpose="application_ruled_out")
    from cohorts.announcements import is_ruled_out

    assert is_ruled_out(message)
    vouch(application=application, by=coline)
    assert not is_ruled_out(message)


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_of_many_who_confirm_at_once_one_does(application, coline) -> None:
    def act(number: int) -> bool:
        try:
            vouch(application=Application.objects.get(pk=application.pk), by=coline)
        except Refused:
            return False
        return True

    assert together(act).count(True) == 1
    assert EligibilityCheck.objects.count() == 1
