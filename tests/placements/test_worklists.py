"""What waits after a training: broken paths, follow-ups due and not asked, reports that are ready; the pages that show it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.actions import accept, hand_over
from learners.models import Responsibility, Situation
from learners.states import Kind, Purpose
from partners.models import User
from partners.states import Role
from partners.to_do import share_out, to_do
from placements.models import FollowUp
from placements.refresh import refresh_people
from tests.makers import cohort, enrolment, learner, member, organisation
from tests.placements import runs

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(f"{TODAY}T10:00:00+01:00", tick=False):
        yield


def lists(user, day: date = TODAY) -> dict[str, list[int]]:
    user.__dict__.pop("working_for", None)
    return {
        one.work_list.code: [getattr(item, "person", None) or item[1] for item in one.items]
        for one in share_out(user, day)
    }


def first_line(user, day: date = TODAY):
    user.__dict__.pop("working_for", None)
    return to_do(user, day)[0].lines[0]


def situation(of, kind=Kind.INTERNSHIP, start=-60, end: int | None = -10):
    ends_on = None if end is None else TODAY + end * DAY
    return Situation.objects.create(learner=of, kind=kind, starts_on=TODAY + start * DAY, ends_on=ends_on)


# --- broken paths ----------------------------------------------------------------------------------------------
def test_a_person_whose_situation_ended_stands_under_broken_paths(amina, mission_locale):
    broken, active, never = (learner(mission_locale, by=amina) for _ in range(3))
    situation(broken, end=-1)
    situation(active, end=0)
    found = lists(amina)
    assert found == {"parcours-interrompus": [never.pk, broken.pk], "parcours-suivis": [active.pk]}
    assert lists(amina, TODAY + DAY)["parcours-interrompus"] == [never.pk, broken.pk, active.pk]


@pytest.mark.parametrize(
    ("days", "tag", "tone", "due"),
    [
        (1, "1 jour sans situation", "amber", 6),
        (6, "6 jours sans situation", "amber", 1),
        (7, "7 jours sans situation", "red", 0),
        (8, "8 jours sans situation", "red", 7),
        (16, "16 jours sans situation", "red", -1),
    ],
)
def test_a_line_counts_the_days_and_says_by_when(amina, mission_locale, days, tag, tone, due):
    """The holder is told on the 7th day, the manager on the 15th."""
    situation(learner(mission_locale, by=amina), end=-days)
    line = first_line(amina)
    assert (line.tag, line.tone, line.due) == (tag, tone, TODAY + due * DAY)
    assert line.what == f"Stage : fin le {TODAY - days * DAY:%d/%m/%Y}, pas de suite enregistrée"


def test_a_gap_is_as_long_as_it_is_whoever_held_meanwhile(amina, mission_locale):
    person = learner(mission_locale, by=amina)
    situation(person, end=-20)
    partner = organisation()
    mate = member(partner)
    with time_machine.travel(f"{TODAY - 5 * DAY}T10:00:00+01:00", tick=False):
        asked = hand_over(learner=person, receiver=partner, purpose=Purpose.TRANSFER, by=amina)
        accept(handoff=asked, by=mate, starts_on=TODAY - 5 * DAY)
    assert (lists(amina), lists(mate)) == ({}, {"parcours-interrompus": [person.pk]})
    assert first_line(mate).tag == "20 jours sans situation"


def test_what_is_dated_is_said_and_what_is_announced_bridges(amina, mission_locale):
    person = learner(mission_locale, by=amina)
    situation(person, end=-3)
    situation(person, Kind.CIVIC_SERVICE, start=4, end=90)
    assert lists(amina) == {"parcours-interrompus": [person.pk]}
    assert first_line(amina).what == "La suite ne commence que le 27/11/2026"


@pytest.mark.parametrize("kind", [Kind.JOB_SEEKING, Kind.INACTIVE])
def test_looking_for_work_is_not_a_situation_that_goes_on(amina, mission_locale, kind):
    person = learner(mission_locale, by=amina)
    situation(person, kind, end=None)
    assert lists(amina) == {"parcours-interrompus": [person.pk]}


def test_what_goes_on_without_an_end_is_not_broken_but_to_confirm(amina, mission_locale):
    """Unconfirmed days are not counted as covered; what is asked is whether it is still true, not what comes next."""
    person = learner(mission_locale, by=amina)
    situation(person, Kind.CDI, end=None)
    assert lists(amina) == {"situations-a-confirmer": [person.pk]}
    Situation.objects.update(confirmed_on=TODAY - 5 * DAY)
    refresh_people([person.pk])
    assert lists(amina) == {"parcours-suivis": [person.pk]}


def test_a_broken_path_is_more_urgent_than_a_handoff_without_answer(amina, mission_locale):
    person = learner(mission_locale, by=amina)
    asked = hand_over(learner=person, receiver=organisation(), purpose=Purpose.TRANSFER, by=amina)
    assert lists(amina, asked.deadline_on + DAY) == {"parcours-interrompus": [person.pk]}


def test_a_manager_has_the_broken_paths_that_no_adviser_follows(amina, mission_locale):
    manager = member(mission_locale, Role.MANAGER)
    learner(mission_locale, by=amina)
    orphan = learner(mission_locale)
    assert lists(manager) == {"parcours-interrompus": [orphan.pk]}
    Responsibility.objects.filter(learner=orphan).update(user=amina)
    assert lists(manager) == {}


# --- pages -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["amina", "coline"])
def test_the_first_page_takes_as_many_queries_for_many_as_for_few(client, request, mission_locale, body, who):
    user: User = request.getfixturevalue(who)
    place = user.memberships.get().organisation
    client.force_login(user)
    client.get("/")  # the first page of a session also writes where it was opened
    counts = []
    for _ in range(2):
        for number in range(3):
            situation(learner(place, by=user, last_name="Attendue"), end=-16)
            situation(learner(place, by=user), end=None)
            asked = hand_over(
                learner=learner(place, by=user), receiver=organisation(), purpose=Purpose.TRANSFER, by=user
            )
            situation(asked.learner, Kind.CDI, end=number)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/").content.decode()
        counts.append(len(queries))
    assert "16 jours sans situation" in page
    assert "Sacha Attendue" in page
    assert "Relais en attente de réponse" in page
    assert counts[0] == counts[1] <= 37  # a list of files is one question more


def test_a_list_has_its_page_and_an_empty_one_is_not_found(client, amina, mission_locale):
    client.force_login(amina)
    assert client.get("/a-faire/parcours-interrompus/").status_code == 404
    for _ in range(30):
        learner(mission_locale, by=amina)
    first = client.get("/a-faire/parcours-interrompus/").content.decode()
    assert first.count('<li>\n  <div class="work-who">') == 25
    second = client.get("/a-faire/parcours-interrompus/?page=2").content.decode()
    assert second.count('<li>\n  <div class="work-who">') == 5
    assert client.get("/a-faire/rien/").status_code == 404


def test_whoever_has_nothing_to_do_is_told_so(client, amina):
    client.force_login(amina)
    assert "Rien ne vous attend aujourd’hui." in client.get("/").content.decode()


# --- after a training ------------------------------------------------------------------------------------------
@pytest.fixture
def left(coline, body):
    """Somebody in work, held by the body, who left on 20 August: three months ago."""
    person = learner(body, by=coline)
    Situation.objects.create(learner=person, kind="cdi", starts_on=date(2026, 8, 21), confirmed_on=TODAY)
    return enrolment(person, cohort(body), exited_on=date(2026, 8, 20), exit_reason="completed")


def test_a_follow_up_that_nobody_made_waits_for_the_training_body(coline, left, sam):
    assert lists(coline) == {"suivis-a-faire": [left.learner_id]}
    assert lists(sam) == {}
    assert first_line(coline).what == "Demander sa situation à 3 mois"


def test_training_covers_its_days_and_leaves_a_gap_when_it_ends(coline, body):
    person = learner(body, by=coline)
    stay = enrolment(person, cohort(body, ends_on=TODAY + DAY), entered_on=date(2026, 10, 1))
    assert lists(coline) == {"en-formation": [person.pk]}
    stay.exited_on, stay.exit_reason = TODAY - 16 * DAY, "completed"
    stay.save()
    line = first_line(coline)
    assert (line.tag, line.what) == (
        "16 jours sans situation", "Formation : fin le 07/11/2026, pas de suite enregistrée",
    )  # fmt: skip


def test_once_asked_it_waits_no_more(coline, left):
    FollowUp.objects.create(enrolment=left, milestone=3, asked_on=TODAY, result="answered")
    assert lists(coline) == {"parcours-suivis": [left.learner_id]}


def test_a_file_that_is_closed_is_left_in_peace(coline, left):
    Responsibility.objects.filter(learner=left.learner).update(until=TODAY)
    type(left.learner).objects.filter(pk=left.learner_id).update(holder=None, closed_on=TODAY, closed_reason="outcome")
    assert lists(coline) == {}


def test_a_report_that_is_ready_waits_for_whoever_asked(coline, agreement, farid):
    run = runs.ready(agreement)
    type(run.report).objects.update(created_by=coline)
    assert lists(coline) == {"bilans-prets": [run.pk]}
    assert lists(farid) == {}
