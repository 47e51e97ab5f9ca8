"""Who sees what acts at once: a place ended, a role lowered, a sharing refused is felt at the next request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cohorts.models import Application, Cohort, Enrolment
from learners.models import Learner, Sharing
from partners.models import Agreement, ImportRun, Membership, Organisation
from partners.scoping import ScopedQuerySet, Unscoped
from partners.states import Role
from placements.models import EnrolmentFacts, FollowUp, Placement, Report, ReportRun
from tests.fences.sights import AGREEMENTS, IMPORTS, PEOPLE, REPORTS, SEEN_COHORTS
from tests.world import World, build

pytestmark = pytest.mark.django_db
SEEING = ("amina", "mona", "rita", "coline", "theo", "elsa", "farid", "sam", "pia")


@pytest.fixture
def world(monkeypatch) -> World:
    monkeypatch.setattr("tests.world._reports", lambda world: None)  # no figure is read here
    return build()


def entered(world: World, persona: str) -> Client:
    client = Client()
    client.force_login(world.users[persona])
    return client


def fresh(world: World, persona: str):
    return type(world.users[persona]).objects.get(pk=world.users[persona].pk)


def keys(world: World, rows: str, seen) -> set[str]:
    pks = set(seen.values_list("pk", flat=True))
    return {key for key, row in getattr(world, rows).items() if row.pk in pks}


# --- tables of who sees what -----------------------------------------------------------------------------------
def test_each_persona_sees_what_is_theirs_and_nothing_else(world):
    for persona in SEEING:
        user = fresh(world, persona)
        assert keys(world, "learners", Learner.objects.visible_to(user)) == set(PEOPLE[persona]), persona
        assert keys(world, "cohorts", Cohort.objects.visible_to(user)) == SEEN_COHORTS.get(persona, set()), persona
        parties = AGREEMENTS.get(persona, set()) if persona != "pia" else set()
        assert keys(world, "agreements", Agreement.objects.visible_to(user)) == parties, persona
        assert keys(world, "imports", ImportRun.objects.visible_to(user)) == IMPORTS.get(persona, set()), persona


ROWS = (  # what a person's rows in a cohort and with an employer show, and to whom
    (Enrolment, {"coline": {"enrolled", "named"}, "theo": {"enrolled"}, "amina": {"enrolled"}, "mona": {"enrolled", "named"}, "sam": {"far"}}),
    (EnrolmentFacts, {"coline": {"enrolled", "named"}, "theo": {"enrolled"}, "sam": {"far"}}),
    (FollowUp, {"coline": {"enrolled", "named"}, "theo": {"enrolled"}, "sam": {"far"}}),
    (Application, {"coline": {"enrolled", "named", "referred"}, "theo": {"enrolled", "referred"},
                   "amina": {"enrolled", "referred"}, "mona": {"enrolled", "named", "referred"}, "sam": {"far"}}),
    (Placement, {"coline": {"hosted"}, "elsa": {"hosted"}, "sam": {"far"}}),
)  # fmt: skip


@pytest.mark.parametrize(("model", "who"), ROWS)
def test_rows_of_persons_follow_who_knows_the_person(world, model, who):
    of = "enrolment__learner_id" if model is FollowUp else "learner_id"
    by_pk = {row.pk: key for key, row in world.learners.items()}
    for persona in SEEING:
        rows = model.objects.visible_to(fresh(world, persona))
        assert {by_pk[pk] for pk in rows.values_list(of, flat=True) if pk in by_pk} == who.get(persona, set()), persona


def test_reports_that_name_people_are_for_the_funder_and_who_sees_the_whole_body(world):
    for key, agreement in world.agreements.items():
        report = Report.objects.create(agreement=agreement, starts_on=world.today, ends_on=world.today)
        world.runs[key] = ReportRun.objects.create(report=report, as_of=world.today)
    for persona in SEEING:
        runs = ReportRun.objects.visible_to(fresh(world, persona))
        assert keys(world, "runs", runs) == REPORTS.get(persona, set()), persona
    Membership.objects.filter(user=world.users["coline"]).update(role=Role.READER)
    assert keys(world, "runs", ReportRun.objects.visible_to(fresh(world, "coline"))) == {"plain"}


def test_a_trainer_of_no_team_sees_the_cohorts_of_the_body(world):
    world.users["theo"].duties.all().delete()
    assert keys(world, "cohorts", Cohort.objects.visible_to(fresh(world, "theo"))) == {
        "open",
        "team",
        "named",
        "quiet",
        "rated",
    }


# --- at the next request ---------------------------------------------------------------------------------------
def page(world: World, key: str) -> str:
    return f"/personnes/{world.learners[key].pk}/"


def test_a_place_that_ended_opens_nothing_more(world):
    client = entered(world, "amina")
    assert client.get(page(world, "followed")).status_code == 200
    Membership.objects.filter(user=world.users["amina"]).update(active=False)
    answer = client.get(page(world, "followed"))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/compte/connexion/")
    assert client.session.get("_auth_user_id") is None


def test_a_disabled_account_is_out_at_once(world):
    client = entered(world, "amina")
    assert client.get("/").status_code == 200
    type(world.users["amina"]).objects.filter(pk=world.users["amina"].pk).update(is_active=False)
    assert client.get(page(world, "followed")).status_code == 302


@pytest.mark.parametrize(("role", "key", "status"), [(Role.ADVISER, "colleague", 404), (Role.READER, "followed", 404)])
def test_a_lowered_role_sees_less_at_once(world, role, key, status):
    client = entered(world, "mona")
    assert client.get(page(world, key)).status_code == 200
    Membership.objects.filter(user=world.users["mona"]).update(role=role)
    assert client.get(page(world, key)).status_code == status


@pytest.mark.parametrize("end", [{"objected_on": 0}, {"until": 0}])
def test_a_sharing_refused_or_ended_stops_at_once(world, end):
    client = entered(world, "coline")
    assert client.get(page(world, "referred")).status_code == 200
    day = {name: world.today - timedelta(days) for name, days in end.items()}
    Sharing.objects.filter(learner=world.learners["referred"]).update(**day)
    assert client.get(page(world, "referred")).status_code == 404


def test_an_objection_reaches_rows_and_lists_too(world):
    Sharing.objects.filter(learner=world.learners["enrolled"]).update(objected_on=world.today)
    world.learners["enrolled"].responsibilities.all().delete()  # who holds the baton goes on seeing
    coline = fresh(world, "coline")
    assert not EnrolmentFacts.objects.visible_to(coline).filter(learner=world.learners["enrolled"]).exists()
    assert not Enrolment.objects.visible_to(coline).filter(learner=world.learners["enrolled"]).exists()


# --- the contract ----------------------------------------------------------------------------------------------
def test_a_model_that_never_said_who_sees_it_is_shown_to_nobody(world):
    with pytest.raises(Unscoped):
        ScopedQuerySet(Organisation).visible_to(fresh(world, "mona"))


def test_nobody_signed_in_sees_nothing(world, rf):
    from django.contrib.auth.models import AnonymousUser

    for model in (Learner, Cohort, Agreement, Organisation, Enrolment, ReportRun, ImportRun):
        assert not model.objects.visible_to(AnonymousUser()).exists()
