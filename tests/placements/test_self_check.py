"""The check on demand and of every night: what it says, its status, what it writes down, whom it tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.actions import hand_over
from learners.models import Handoff, Learner, Responsibility, Situation
from learners.states import Kind, Purpose
from partners import jobs
from partners.models import Event, Job, Message
from partners.states import Role
from partners.to_do import to_do
from placements.models import DayRun
from placements.proofs import PROOFS
from placements.refresh import refresh_people
from placements.self_check import JOB, last_done, nightly, shown
from tests.commands import run as command
from tests.makers import learner, member, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)  # a Wednesday
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T10:00:00+01:00", tick=False):
        yield


@pytest.fixture
def person(amina, mission_locale) -> Learner:
    made = learner(mission_locale, by=amina)
    Situation.objects.create(learner=made, kind=Kind.CDI, starts_on=date(2026, 9, 1), confirmed_on=TODAY)
    return made


@pytest.fixture
def boss(mission_locale):
    return member(mission_locale, Role.MANAGER)


@pytest.fixture
def asked(person, amina, body, coline) -> Handoff:
    return hand_over(learner=person, receiver=body, purpose=Purpose.TRANSFER, by=amina)


# --- the command -----------------------------------------------------------------------------------------------
def test_the_command_says_so_line_by_line_and_ends_with_0(person, boss):
    done = command("self_check")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert len(lines) == len(PROOFS)
    assert all(line.startswith("oui  ") for line in lines)
    assert "oui  Dans chaque organisme concerné, chacun dans une seule liste : 1 place" in lines


def test_the_command_names_who_breaks_a_proof_and_ends_with_1(person, boss, amina, mission_locale):
    people = [person, *(learner(mission_locale, by=amina) for _ in range(24))]
    DayRun.objects.update(organisation=None)
    done = command("self_check", "--all")
    assert done.status == 1
    assert "NON  Faits et jours égaux à leur définition : 25 personnes recalculées, 25 en défaut" in done.out
    assert f"     personne {person.pk} : les jours enregistrés" in done.out
    assert "     et 5 autres" in done.out
    told = command("self_check", "--all", "--json")
    assert told.status == 1
    data = told.json
    assert data["ok"] is False
    (facts,) = [one for one in data["proofs"] if one["code"] == "facts"]
    assert [one["pk"] for one in facts["violators"]] == [one.pk for one in people]
    assert person.last_name not in done.out + told.out


def test_the_check_writes_nothing(person, boss, asked):
    with CaptureQueriesContext(connection) as queries:
        command("self_check", "--all")
    writes = [
        one["sql"]
        for one in queries
        if not one["sql"].split()[0].startswith(("SELECT", "WITH", "SAVEPOINT", "RELEASE", "DECLARE"))
    ]
    assert writes == []


# --- every night -----------------------------------------------------------------------------------------------
@pytest.fixture
def staff():
    return member(organisation(), is_staff=True, email="pia@example.org")


def by_night() -> Job:
    """As the schedule has it."""
    job = jobs.enqueue(JOB, key=f"night-{Job.objects.count()}")
    jobs.run_all()
    job.refresh_from_db()
    assert job.status == "done", job.reason
    return job


def test_a_night_without_fault_is_written_down_and_bothers_nobody(person, boss, staff, client):
    job = by_night()
    event = Event.objects.get(verb="self_check")
    assert event.data["broken"] == dict.fromkeys((one.code for one in PROOFS), 0)
    assert event.data["looked"]["holders"] == 1
    assert job.result["holders"] == {"looked": 1, "broken": 0, "violators": []}
    assert not Message.objects.filter(purpose=JOB).exists()
    assert "verification" not in {one.work_list.code for one in to_do(staff, TODAY)}


def test_a_night_with_a_fault_is_told_to_the_staff_by_number(person, boss, staff, client):
    Responsibility.objects.filter(learner=person).delete()
    refresh_people([person.pk])
    by_night()
    (message,) = Message.objects.filter(purpose=JOB)
    assert message.to == staff.email
    assert "Une personne suivie, un seul organisme qui tient le relais : 1 personne, 1 en défaut" in message.body
    assert person.last_name not in message.body
    (filled,) = [one for one in to_do(staff, TODAY) if one.work_list.code == "verification"]
    assert (filled.lines[0].tag, filled.lines[0].tone) == ("À corriger", "red")
    assert "verification" not in {one.work_list.code for one in to_do(boss, TODAY)}
    client.force_login(staff)
    page = client.get("/verification/").content.decode()
    assert f'Personne <strong class="num">{person.pk}</strong> : personne ne tient le relais' in page
    assert person.last_name not in page


def test_a_fault_of_many_is_kept_short(person, boss, amina, mission_locale, staff):
    for _ in range(60):
        learner(mission_locale, by=amina)
    DayRun.objects.update(organisation=None)
    job = by_night()
    assert (job.result["facts"]["broken"], len(job.result["facts"]["violators"])) == (61, 50)
    assert last_done() == job
    assert [one.broken for one in shown(job)] == [0, 0, 0, 61, 0, 0]


def test_nights_without_a_check_are_told_to_the_staff(person, boss, staff):
    def told():
        return [line.what for one in to_do(staff, TODAY) if one.work_list.code == "verification" for line in one.lines]

    assert told() == ["Pas de vérification cette nuit ; la dernière : jamais"]
    by_night()
    assert told() == []
    Job.objects.update(finished_at=timezone.now() - 2 * DAY)
    assert told() == ["Pas de vérification cette nuit ; la dernière : 23/11/2026"]


def test_the_page_is_the_staffs(client, person, boss, staff):
    client.force_login(boss)
    assert client.get("/verification/").status_code == 403
    client.force_login(staff)
    assert "Aucune vérification n’a encore eu lieu" in client.get("/verification/").content.decode()


def test_every_night_has_its_check_before_facts_are_mended():
    how, mend = jobs.handler_of(JOB), jobs.handler_of("check_facts")
    assert how.every == DAY
    assert how.at < mend.at


def test_what_is_found_by_night_is_not_written_before_its_end(person, boss):
    write = nightly()
    assert not Event.objects.filter(verb="self_check").exists()
    write()
    assert Event.objects.filter(verb="self_check").exists()
