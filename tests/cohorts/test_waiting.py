"""Who waits in a training body: applications, entries to confirm, persons in training, exits to record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from cohorts.models import Application, Enrolment, TeamMember
from cohorts.states import ApplicationStatus, Decision
from learners.actions import receive, refer
from learners.models import Sharing
from partners.models import Membership
from partners.states import Role
from partners.to_do import lines_of, one_list, share_out
from tests.makers import cohort, enrolment, learner, member, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(f"{TODAY}T10:00:00+01:00", tick=False):
        yield


def lists(user) -> dict[str, list[int]]:
    user.__dict__.pop("working_for", None)
    return {one.work_list.code: [row.person for row in one.items] for one in share_out(user, TODAY)}


def line(user, code: str):
    found = one_list(user, code, TODAY)
    assert found is not None
    (only,) = lines_of(user, found, found.items, TODAY)
    return only


@pytest.fixture
def coming(body):
    return cohort(body, title="Dev Web 12", starts_on=TODAY + 20 * DAY, ends_on=TODAY + 200 * DAY)


@pytest.fixture
def person():
    """Held by a prescriber where nobody signs in."""
    return learner(organisation())


def applied(person, to, **fields) -> Application:
    return Application.objects.create(learner=person, cohort=to, referred_on=TODAY, **fields)


# --- applications ----------------------------------------------------------------------------------------------
def test_a_referral_received_goes_on_with_who_received_it(coline, body, person):
    mate = member(body)
    asked = refer(learner=person, sender=person.holder, receiver=body, on=TODAY)
    assert lists(coline) == lists(mate) == {"relais-a-repondre": [person.pk]}
    receive(handoff=asked, by=mate)
    assert (lists(coline), lists(mate)) == ({}, {"candidatures-en-cours": [person.pk]})
    said = line(mate, "candidatures-en-cours")
    assert (said.what, said.act, said.about) == ("Orientation reçue", "Proposer une cohorte", str(person.holder))


def test_an_application_goes_on_with_the_coordinator_of_its_cohort(coline, body, person, coming):
    mate = member(body)
    application = applied(person, coming)
    assert lists(coline) == lists(mate) == {"candidatures-en-cours": [person.pk]}  # nobody is named
    TeamMember.objects.create(cohort=coming, user=mate, duty="coordinator")
    assert (lists(coline), lists(mate)) == ({}, {"candidatures-en-cours": [person.pk]})
    Membership.objects.filter(user=mate).update(active=False)
    assert lists(coline) == {"candidatures-en-cours": [person.pk]}
    Sharing.objects.create(learner=person, organisation=body, since=TODAY, basis="referral")
    said = line(coline, "candidatures-en-cours")
    assert (said.who, said.what, said.due) == (str(person), "Candidature à Dev Web 12 : reçue", coming.starts_on)
    assert application.status == ApplicationStatus.SUBMITTED


@pytest.mark.parametrize(
    "fields",
    [
        {"status": ApplicationStatus.WITHDRAWN},
        {"status": ApplicationStatus.INELIGIBLE},
        {"status": ApplicationStatus.LAPSED},
        {"status": ApplicationStatus.DECIDED, "decision": Decision.REFUSED},
        {"status": ApplicationStatus.ANNOUNCED, "decision": Decision.WAITLISTED},
    ],
)
def test_what_was_answered_waits_no_more(coline, body, person, coming, fields):
    applied(person, coming, **fields)
    assert lists(coline) == {}


def test_an_application_to_a_cohort_that_is_over_waits_no_more(coline, body, person):
    applied(person, cohort(body, ends_on=TODAY - DAY))
    assert lists(coline) == {}


def test_who_said_no_to_the_body_is_not_in_its_lists(coline, body, person, coming):
    applied(person, coming)
    Sharing.objects.create(learner=person, organisation=body, since=TODAY, basis="objection", objected_on=TODAY)
    assert lists(coline) == {}


# --- entries ---------------------------------------------------------------------------------------------------
ADMITTED = {"status": ApplicationStatus.ANNOUNCED, "decision": Decision.ADMITTED, "decided_on": TODAY}


def test_who_was_admitted_is_to_prepare_then_to_confirm_then_in_training(coline, body, person, coming):
    applied(person, coming, **ADMITTED)
    assert lists(coline) == {"candidatures-en-cours": [person.pk]}
    assert line(coline, "candidatures-en-cours").what == "Admis en Dev Web 12, pas encore commencée"
    type(coming).objects.filter(pk=coming.pk).update(starts_on=TODAY)
    assert lists(coline) == {"entrees-a-confirmer": [person.pk]}
    assert line(coline, "entrees-a-confirmer").due == date(2026, 11, 26)  # three working days
    Enrolment.objects.create(learner=person, cohort=coming, entered_on=TODAY)
    assert lists(coline) == {"en-formation": [person.pk]}


def test_a_referral_whose_start_has_come_is_to_confirm(coline, body, person):
    asked = refer(learner=person, sender=person.holder, receiver=body, on=TODAY, expected_start=TODAY)
    receive(handoff=asked, by=coline)
    assert lists(coline) == {"entrees-a-confirmer": [person.pk]}
    assert line(coline, "entrees-a-confirmer").what == "Début prévu le 23/11/2026"
    type(asked).objects.filter(pk=asked.pk).update(expected_start_on=TODAY + DAY)
    assert lists(coline) == {"candidatures-en-cours": [person.pk]}


# --- in training -----------------------------------------------------------------------------------------------
def test_who_stays_after_the_end_has_an_exit_to_record(coline, body, person):
    into = cohort(body, title="Dev Web 11", ends_on=TODAY)
    stay = enrolment(person, into)
    assert lists(coline) == {"en-formation": [person.pk]}
    assert line(coline, "en-formation").what == "En formation jusqu’au 23/11/2026"
    type(into).objects.filter(pk=into.pk).update(ends_on=TODAY - DAY)
    assert lists(coline) == {"sorties-a-enregistrer": [person.pk]}
    said = line(coline, "sorties-a-enregistrer")
    assert (said.act, said.url) == ("Enregistrer la sortie", f"/cohortes/inscriptions/{stay.pk}/sortie/")
    Enrolment.objects.update(exited_on=TODAY - DAY, exit_reason="completed")
    assert "sorties-a-enregistrer" not in lists(coline)


def test_a_person_in_training_is_with_who_follows_them_there(coline, body):
    mate = member(body)
    person = learner(body, by=mate)
    into = cohort(body, ends_on=TODAY + DAY)
    TeamMember.objects.create(cohort=into, user=coline, duty="coordinator")
    enrolment(person, into)
    assert (lists(coline), lists(mate)) == ({}, {"en-formation": [person.pk]})


def test_a_trainer_has_nobody_to_answer_for(body, person):
    trainer = member(body, Role.TRAINER)
    enrolment(person, cohort(body, ends_on=TODAY + DAY))
    assert lists(trainer) == {}
