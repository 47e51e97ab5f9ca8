"""What a person asks by themself: written once, told to them, then taken or set aside by one colleague."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cohorts import requests, trainings
from cohorts.models import Application, DirectRequest
from cohorts.states import ApplicationStatus, CohortStatus, RequestKind, RequestStatus, RequestWay, SetAside
from learners.models import Behalf, Learner, Responsibility, Situation
from learners.states import Closing, Mandate, Verdict
from partners.lifecycle import Refused
from partners.models import Event, Message, MessageStatus
from partners.states import Channel, Role
from partners.tokens import grouped
from partners.working_days import add_working_days
from tests import makers

pytestmark = pytest.mark.django_db
KEY = "une-clef-fictive-de-formulaire"
SAID = {"first_name": "Inès", "last_name": "Fictive-Demande", "born_on": date(2004, 2, 3), "email": "ines@example.org"}


@pytest.fixture
def cohort(body, coline) -> Any:
    """One that recruits, at Coline's, who answers."""
    today = timezone.localdate()
    return makers.cohort(
        body, status=CohortStatus.RECRUITING, starts_on=today + timedelta(60), ends_on=today + timedelta(200)
    )


@pytest.fixture
def offer(cohort) -> Any:
    return trainings.cohort_offer(cohort.pk, timezone.localdate())


def ask(offer: Any, **fields: Any) -> DirectRequest:
    given = {"kind": RequestKind.APPLY, "key": KEY, "facts": {**SAID, **fields.pop("facts", {})}}
    return requests.ask(offer=offer, **{**given, **fields})


def typed(offer: Any, by: Any, organisation: Any, **fields: Any) -> DirectRequest:
    given = {
        "kind": RequestKind.APPLY, "key": KEY, "facts": SAID, "by": by, "organisation": organisation,
        "way": RequestWay.PHONE, "mandate": Mandate.ORAL,
    }  # fmt: skip
    return requests.type_request(offer=offer, **{**given, **fields})


# --- asking ------------------------------------------------------------------------------------------------------
def test_a_request_waits_with_its_deadline_and_the_person_is_told_its_code(offer, body) -> None:
    row = ask(offer)
    assert (row.status, row.way, row.cohort, row.learner) == (RequestStatus.WAITING, "screen", offer.cohort, None)
    assert row.deadline_on == add_working_days(timezone.localdate(), body.acknowledge_days)
    message = Message.objects.get(purpose="request_received")
    assert (message.to, message.organisation, message.learner_id) == ("ines@example.org", body, None)
    assert grouped(row.code) in message.body
    assert Event.objects.get(verb="ask_training").data == {"kind": "apply"}


def test_the_same_form_sent_twice_is_one_request_and_one_message(offer) -> None:
    assert ask(offer).pk == ask(offer).pk
    assert DirectRequest.objects.count() == 1
    assert Message.objects.filter(purpose="request_received").count() == 1


def test_another_form_is_another_request(offer) -> None:
    assert ask(offer).code != ask(offer, key="une-autre-clef-de-formulaire").code


def test_something_else_under_the_same_key_is_not_lost(offer) -> None:
    first = ask(offer)
    second = ask(offer, facts={"phone": "+33639980001"})
    assert (first.code == second.code, DirectRequest.objects.count()) == (False, 2)


def test_nothing_is_looked_up_among_persons(offer, body) -> None:
    makers.learner(body, **SAID)
    row = ask(offer)
    assert row.learner is None
    assert Learner.objects.count() == 1


@pytest.mark.parametrize("field", ["first_name", "why", "address", "call_when"])
def test_a_social_security_number_is_refused_everywhere(offer, field) -> None:
    with pytest.raises(ValidationError) as wrong:
        ask(offer, facts={field: "2 04 02 79 191 001 23"})
    assert field in wrong.value.error_dict
    assert not DirectRequest.objects.exists()


def test_the_body_is_told_once_a_day_without_a_name(offer, body) -> None:
    body.email = "accueil@example.org"
    body.save()
    offer.programme.provider.email = body.email
    ask(offer)
    ask(offer, key="une-autre-clef-de-formulaire")
    message = Message.objects.get(purpose="request_waiting")
    assert message.to == body.email
    assert "Fictive-Demande" not in message.subject + message.body


# --- typed for somebody --------------------------------------------------------------------------------------------
def test_what_is_typed_says_by_whom_and_by_what_right_and_the_person_is_told(offer, amina, mission_locale) -> None:
    row = typed(offer, amina, mission_locale)
    assert (row.typed_by, row.typed_for, row.way, row.mandate) == (amina, mission_locale, "phone", "oral")
    message = Message.objects.get(purpose="request_typed")
    assert (message.organisation, message.author) == (mission_locale, amina)
    assert "Amina F." in message.body
    assert "/formations/ma-demande/" in message.body
    assert grouped(row.code) in message.body


def test_nobody_types_in_the_name_of_another_organisation(offer, amina, body, farid, funder) -> None:
    for who, where in ((amina, body), (farid, funder)):
        with pytest.raises(PermissionDenied):
            typed(offer, who, where)


def test_without_a_mandate_nothing_is_typed(offer, amina, mission_locale) -> None:
    with pytest.raises(ValidationError):
        typed(offer, amina, mission_locale, mandate="")
    assert not DirectRequest.objects.exists()


def test_the_person_contests_by_the_code_and_the_name(offer, amina, mission_locale) -> None:
    row = typed(offer, amina, mission_locale)
    assert requests.by_code(grouped(row.code).lower(), "FICTIVE demande") == row
    assert requests.by_code(row.code, "Autre") is None
    assert requests.say(request=row, verdict=Verdict.CONTESTED, channel="code")
    assert not requests.say(request=row, verdict=Verdict.CONTESTED, channel="code")
    assert DirectRequest.objects.get().verdict == Verdict.CONTESTED
    assert Event.objects.filter(verb="contest_typed", channel="code").count() == 1


def test_nobody_says_of_their_own_request_that_it_was_typed_wrong(offer) -> None:
    with pytest.raises(ValidationError):
        requests.say(request=ask(offer), verdict=Verdict.CONTESTED, channel="code")


# --- taking ------------------------------------------------------------------------------------------------------
def test_a_new_person_is_held_by_the_body_and_applies_from_the_day_they_asked(offer, coline, body) -> None:
    row = ask(offer, facts={"situation": "job_seeking", "channel": Channel.EMAIL})
    DirectRequest.objects.update(submitted_at=timezone.now() - timedelta(days=2))
    requests.take(request=row, by=coline, cohort=offer.cohort)
    learner, application = Learner.objects.get(), Application.objects.get()
    row.refresh_from_db()
    assert (row.status, row.learner, row.application, row.settled_by) == ("taken", learner, application, coline)
    assert (learner.holder, learner.last_name, learner.born_on) == (body, SAID["last_name"], SAID["born_on"])
    assert Responsibility.objects.get(until=None).user == coline
    assert (application.status, application.referred_by) == (ApplicationStatus.SUBMITTED, None)
    assert application.referred_on == timezone.localdate() - timedelta(days=2)
    assert Situation.objects.get().kind == "job_seeking"


def test_the_person_is_told_and_what_was_to_leave_before_does_not(offer, coline) -> None:
    row = ask(offer)
    requests.take(request=row, by=coline, cohort=offer.cohort)
    first, second = Message.objects.filter(matter=f"request:{row.pk}").order_by("pk")
    assert (first.purpose, first.status) == ("request_received", MessageStatus.SUPPRESSED)
    assert (second.purpose, second.status, second.to) == ("request_taken", MessageStatus.QUEUED, "ines@example.org")


def test_somebody_known_keeps_their_file_and_blanks_are_filled(offer, coline, body) -> None:
    known = makers.learner(body, **{**SAID, "email": "", "phone": "+33639980002"})
    row = ask(offer, facts={"phone": "+33639980001"})
    requests.take(request=row, by=coline, cohort=offer.cohort, learner=known)
    known.refresh_from_db()
    assert Learner.objects.count() == 1
    assert (known.email, known.phone) == ("ines@example.org", "+33639980002")
    assert Application.objects.get().learner == known


def test_a_closed_file_is_opened_again(offer, coline, body) -> None:
    from learners.actions import close_file

    known = makers.learner(body, by=coline, **SAID)
    close_file(learner=known, by=coline, reason=Closing.NO_LONGER_WISHES)
    requests.take(request=ask(offer), by=coline, cohort=offer.cohort, learner=known)
    known.refresh_from_db()
    assert (known.closed_on, known.holder) == (None, body)


def test_nobody_takes_it_onto_a_file_they_do_not_see(offer, coline, mission_locale) -> None:
    foreign = makers.learner(mission_locale, **SAID)
    row = ask(offer)
    with pytest.raises(PermissionDenied):
        requests.take(request=row, by=coline, cohort=offer.cohort, learner=foreign)
    row.refresh_from_db()
    assert row.status == RequestStatus.WAITING


def test_an_application_that_stands_is_the_same_one(offer, coline, body, mission_locale) -> None:
    known = makers.learner(body, **SAID)
    stands = Application.objects.create(
        learner=known, cohort=offer.cohort, referred_by=mission_locale, referred_on=timezone.localdate()
    )
    row = requests.take(request=ask(offer), by=coline, cohort=offer.cohort, learner=known)
    assert row.application == stands
    with pytest.raises(Refused):
        requests.take(
            request=ask(offer, key="une-autre-clef-de-formulaire"), by=coline, cohort=offer.cohort, learner=known
        )


def test_a_cohort_that_does_not_recruit_is_refused(offer, coline, cohort) -> None:
    row = ask(offer)
    type(cohort).objects.update(status=CohortStatus.CLOSED)
    with pytest.raises(Refused):
        requests.take(request=row, by=coline, cohort=cohort)


def test_without_a_cohort_somebody_follows_the_person_all_the_same(coline, body, offer) -> None:
    row = requests.take(request=ask(offer, kind=RequestKind.CALL), by=coline)
    assert (row.application, Learner.objects.get().holder) == (None, body)


def test_only_the_training_body_answers(offer, amina, mission_locale, sam, theo) -> None:
    row = typed(offer, amina, mission_locale)
    for stranger in (amina, sam, theo):
        with pytest.raises(PermissionDenied):
            requests.take(request=row, by=stranger)
        with pytest.raises(PermissionDenied):
            requests.put_aside(request=row, by=stranger, reason=SetAside.TOLD)


def test_of_two_colleagues_the_second_is_told(offer, coline, body) -> None:
    row = ask(offer)
    requests.take(request=row, by=coline, cohort=offer.cohort)
    colleague = makers.member(body)
    for act in (
        lambda: requests.take(request=row, by=colleague, cohort=offer.cohort),
        lambda: requests.put_aside(request=row, by=colleague, reason=SetAside.TOLD),
    ):
        with pytest.raises(Refused):
            act()
    assert Learner.objects.count() == 1


# --- what was typed goes with the person ---------------------------------------------------------------------------
def test_once_taken_the_person_finds_on_their_page_who_typed_it(offer, amina, mission_locale, coline) -> None:
    row = requests.take(request=typed(offer, amina, mission_locale), by=coline, cohort=offer.cohort)
    one = Behalf.objects.get()
    assert (one.learner, one.typed_by, one.organisation) == (row.learner, amina, mission_locale)
    assert (one.subject, one.channel, one.mandate, one.verdict) == (row.application_id, "phone", "oral", "")
    assert not Message.objects.filter(purpose="behalf_done").exists()  # the message about the request leads there
    requests.say(request=row, verdict=Verdict.CONTESTED, channel="code")
    assert Behalf.objects.get().verdict == Verdict.CONTESTED


def test_what_the_person_said_before_goes_with_them(offer, amina, mission_locale, coline) -> None:
    row = typed(offer, amina, mission_locale)
    requests.say(request=row, verdict=Verdict.CONFIRMED, channel="code")
    requests.take(request=row, by=coline, cohort=offer.cohort)
    assert Behalf.objects.get().verdict == Verdict.CONFIRMED


# --- setting aside -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reason", "purpose"),
    [(SetAside.DUPLICATE, "request_again"), (SetAside.TOLD, "request_closed"), (SetAside.UNUSABLE, None)],
)
def test_what_is_set_aside_keeps_its_reason_and_the_person_is_told_kindly(offer, coline, reason, purpose) -> None:
    row = requests.put_aside(request=ask(offer), by=coline, reason=reason)
    row.refresh_from_db()
    assert (row.status, row.set_aside, row.settled_by) == ("set_aside", reason, coline)
    told = Message.objects.filter(status=MessageStatus.QUEUED).values_list("purpose", flat=True)
    assert list(told) == ([purpose] if purpose else [])


def test_a_reason_of_the_list_is_needed(offer, coline) -> None:
    row = ask(offer)
    with pytest.raises(ValidationError):
        requests.put_aside(request=row, by=coline, reason="parce que")  # type: ignore[arg-type]
    row.refresh_from_db()
    assert row.status == RequestStatus.WAITING


def test_what_was_set_aside_is_taken_back_with_a_new_deadline(offer, coline, body) -> None:
    row = requests.put_aside(request=ask(offer), by=coline, reason=SetAside.NOT_REACHED)
    DirectRequest.objects.update(deadline_on=date(2026, 1, 5))
    requests.take_back(request=row, by=coline)
    row.refresh_from_db()
    assert (row.status, row.set_aside, row.settled_by) == ("waiting", "", None)
    assert row.deadline_on == requests.deadline_for(body, timezone.localdate())
    with pytest.raises(Refused):
        requests.take_back(request=row, by=makers.member(body, Role.MANAGER))
