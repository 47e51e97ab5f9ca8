"""An assessor does not see who the applicants are: every route, as somebody who would otherwise see everybody.

The world gives each person an application that waits in a cohort that Ada assesses. Ada manages the training body and the
mission locale, and reads for the funder: without her duty she would see nearly all of them, by every way there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohorts import querysets as cohort_reads
from cohorts.access import UNTOLD
from cohorts.actions import edit_cohort
from cohorts.models import Application, Assessment, Cohort, DirectRequest, TeamMember
from cohorts.states import ApplicationStatus
from learners import seeing
from learners.models import Behalf, Handoff, Learner, Responsibility
from partners import blindness
from partners.models import BreakGlass, ImportRun, Membership, Message, User
from partners.worklist import lists_of_people
from placements.models import EnrolmentFacts, FollowUp, Placement, ReportRun
from tests.blind import TOLD, Blind, Scene, entered, page, sealed_in, walked
from tests.fences.walk import addresses
from tests.world import build


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Built once; each test works in a transaction inside this one."""
    media = str(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        world = build()
        world.media = media
        yield sealed_in(world)
        transaction.set_rollback(True)


@pytest.fixture
def scene(built: Scene, db: None, settings: Any) -> Scene:
    settings.MEDIA_ROOT = built.world.media
    return built


def fresh(scene: Scene) -> User:
    return User.objects.get(pk=scene.ada.pk)


def sees(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard off: nobody is an assessor."""
    for module in (blindness, seeing, cohort_reads):
        monkeypatch.setattr(module, "rates", lambda user: [])


# --- the walk --------------------------------------------------------------------------------------------------
def test_an_assessor_reads_of_no_applicant_anywhere(scene, record_property):
    walk = walked(scene)
    record_property("requests", walk.requests)
    print(walk.told())
    if walk.found:
        pytest.fail(walk.told(), pytrace=False)
    assert walk.requests > 400
    assert walk.opened > 60


READ = (
    "last_name of followed", "phone of referred", "address of enrolled", "employer_name of followed", "born_on of followed",
    "number of named", "subject of followed", "request.last_name of hidden asked", "document content of followed",
    "last_name of hosted", "last_name of shared",
)  # fmt: skip
AT = ("POST /personnes/classeur/", "/documents/", "GET /personnes/?q=zq")


def missed(walk):
    """What the walk has not read yet of those whom it must not read of, or not where they are most at risk."""
    where = "\n".join(place for places in walk.found.values() for place in places)
    lists = any(f"GET /a-faire/{one.code}/" in where for one in lists_of_people())
    return (
        [one for one in READ if one not in walk.found]
        + [at for at in AT if at not in where]
        + ["À faire"] * (not lists)
    )


def test_control_without_the_guard_the_same_walk_reads_of_them(scene, monkeypatch):
    sees(monkeypatch)
    assert missed(walked(scene, enough=lambda walk: not missed(walk))) == []


# --- at the next request, and back -----------------------------------------------------------------------------
def test_naming_an_assessor_is_felt_at_the_next_request(scene):
    TeamMember.objects.filter(user=scene.ada).delete()
    client = entered(scene)
    assert client.get(page(scene, "followed")).status_code == 200
    TeamMember.objects.create(cohort=scene.cohort, user=scene.ada, duty="assessor")
    assert client.get(page(scene, "followed")).status_code == 404
    assert client.get(page(scene, TOLD)).status_code == 200


@pytest.mark.parametrize("status", [one for one in ApplicationStatus if one not in UNTOLD])
def test_each_person_comes_back_by_themself_once_told(scene, status):
    client = entered(scene)
    assert client.get(page(scene, "followed")).status_code == 404
    scene.applications().filter(learner=scene.world.learners["followed"]).update(status=status)
    answer = client.get(page(scene, "followed"))
    assert answer.status_code == 200
    assert scene.world.learners["followed"].last_name in answer.content.decode()
    assert client.get(page(scene, "colleague")).status_code == 404  # of the others, nothing is told yet


def test_after_release_the_walk_reads_of_them_again(scene):
    scene.applications().update(status=ApplicationStatus.ANNOUNCED)
    walk = Blind(scene)
    for address in addresses():
        if address.name in ("learners:learner_list", "learners:learner_detail", "cohorts:cohort_detail"):
            walk.route(address)
    assert {"last_name of followed", "phone of followed", "last_name of enrolled"} <= walk.found.keys()


@pytest.mark.parametrize("status", UNTOLD)
def test_each_state_before_an_answer_hides(scene, status):
    scene.applications().update(status=status)
    assert set(Learner.objects.visible_to(fresh(scene)).values_list("pk", flat=True)).isdisjoint(scene.numbers)


# --- every queryset that names somebody ------------------------------------------------------------------------
ROWS = (
    (Learner, "pk"), (Handoff, "learner"), (Behalf, "learner"), (Application, "learner"), (EnrolmentFacts, "learner"),
    (FollowUp, "enrolment__learner"), (Placement, "learner"), (Message, "learner_id"), (Responsibility, "learner"),
    (DirectRequest, "learner"), (Assessment, "application__learner"),
)  # fmt: skip


@pytest.mark.parametrize(("model", "person"), ROWS, ids=lambda one: getattr(one, "__name__", ""))
def test_no_row_names_an_applicant_and_without_the_guard_some_do(scene, model, person, monkeypatch):
    rows = model.objects.visible_to(fresh(scene)).filter(**{f"{person}__in": list(scene.numbers)})
    assert not rows.exists()
    if model is Assessment:
        return  # who leads the selection reads them, and an assessor does not lead: `cohorts.querysets.led`
    sees(monkeypatch)
    rows = model.objects.visible_to(fresh(scene)).filter(**{f"{person}__in": list(scene.numbers)})
    assert rows.exists()


@pytest.mark.parametrize("model", [ImportRun, ReportRun], ids=lambda one: one.__name__)
def test_a_file_that_may_name_an_applicant_is_shut(scene, model, monkeypatch):
    mine = {scene.world.imports["ml"].pk} if model is ImportRun else {scene.world.runs["nominative"].pk}
    assert not model.objects.visible_to(fresh(scene)).filter(pk__in=mine).exists()
    sees(monkeypatch)
    assert model.objects.visible_to(fresh(scene)).filter(pk__in=mine).exists()


def test_a_report_of_figures_stays_open(scene):
    assert ReportRun.objects.visible_to(fresh(scene)).filter(pk=scene.world.runs["plain"].pk).exists()


# --- who is not concerned --------------------------------------------------------------------------------------
def test_the_platform_behind_glass_is_not_concerned(scene):
    pia, now = scene.world.users["pia"], timezone.now()
    TeamMember.objects.create(cohort=scene.cohort, user=pia, duty="assessor")
    BreakGlass.objects.create(
        user=pia, organisation=scene.world.organisations["ml"], reason="Une demande", starts_at=now,
        ends_at=now + timedelta(minutes=30),
    )  # fmt: skip
    assert (
        Learner.objects.visible_to(User.objects.get(pk=pia.pk)).filter(pk=scene.world.learners["followed"].pk).exists()
    )


def test_nobody_opens_their_own_eyes(scene):
    facts = {
        name: getattr(scene.cohort, name)
        for name in ("programme", "title", "starts_on", "ends_on", "seats", "derogation", "commune")
    }
    team = {"coordinator": list(Membership.objects.filter(user=scene.world.users["coline"]))}

    def edit(by: User) -> None:
        cohort = Cohort.objects.get(pk=scene.cohort.pk)
        edit_cohort(cohort=cohort, by=by, team=team, shown="", **facts, agreements=[])

    with pytest.raises(ValidationError, match="demandez à un collègue"):
        edit(fresh(scene))
    assert not Learner.objects.visible_to(fresh(scene)).filter(pk__in=scene.numbers).exists()
    edit(User.objects.get(pk=scene.world.users["coline"].pk))
    assert Learner.objects.visible_to(fresh(scene)).filter(pk__in=scene.numbers).exists()


@pytest.mark.parametrize("duty", ["coordinator", "trainer"])
def test_another_duty_hides_nobody(scene, duty):
    TeamMember.objects.filter(user=scene.ada, cohort=scene.cohort).update(duty=duty)
    assert Learner.objects.visible_to(fresh(scene)).filter(pk=scene.world.learners["followed"].pk).exists()


def test_an_assessor_of_another_cohort_sees_them(scene):
    TeamMember.objects.filter(user=scene.ada).update(cohort=scene.world.cohorts["open"])
    assert Learner.objects.visible_to(fresh(scene)).filter(pk=scene.world.learners["followed"].pk).exists()


# --- what it costs ---------------------------------------------------------------------------------------------
def counted(work: Any) -> list[str]:
    with CaptureQueriesContext(connection) as made:
        work()
    return [query["sql"] for query in made.captured_queries]


def test_who_assesses_nowhere_pays_nothing(scene):
    def look(user: User) -> None:
        list(Learner.objects.visible_to(user))
        list(Handoff.objects.visible_to(user))
        list(Message.objects.visible_to(user))
        list(ImportRun.objects.visible_to(user))

    mona = User.objects.get(pk=scene.world.users["mona"].pk)
    made = counted(lambda: look(mona))
    assert len(made) == 5  # their places, then one query each
    assert not any("cohorts_application" in one for one in made)
    assert len([one for one in made if "cohorts_teammember" in one]) == 1  # in the reading of their places
    ada = fresh(scene)
    assert len(counted(lambda: look(ada))) == 6  # once more: which cohorts they assess


def test_pages_cost_an_assessor_the_same_whatever_the_number_of_applicants(scene):
    client, paths = entered(scene), ("/personnes/", "/relais/", f"/cohortes/{scene.cohort.pk}/", "/")
    [client.get(path) for path in paths]
    few = [len(counted(lambda path=path: client.get(path))) for path in paths]
    for number in range(12):
        more = Learner.objects.create(
            last_name=f"Durand{number}", first_name="Alix", name_key=f"durand{number} alix",
            holder=scene.world.organisations["ml"],
        )  # fmt: skip
        Responsibility.objects.create(learner=more, organisation=more.holder, since=scene.world.today)
        Application.objects.create(learner=more, cohort=scene.cohort, referred_on=scene.world.today, status=UNTOLD[0])
    TeamMember.objects.create(cohort=scene.world.cohorts["team"], user=scene.ada, duty="assessor")
    assert [len(counted(lambda path=path: client.get(path))) for path in paths] == few
