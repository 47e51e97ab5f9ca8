"""The page of continuity: an organisation's own account first, names of those one sees, periods in the address."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.models import Situation
from partners.models import Commune, Membership
from partners.panels import panels_of
from partners.states import OrganisationKind, Role
from placements.continuity import account_of, held_by
from tests import makers

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
PAGE = "/continuite/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(f"{TODAY}T10:00:00+01:00", tick=False):
        yield


@pytest.fixture
def holder():
    return makers.organisation(name="Mission locale fictive")


@pytest.fixture
def manager(holder):
    return makers.member(holder, Role.MANAGER)


def words(page: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def broken(holder, days: int, **fields):
    """Somebody without a situation since so many days, today included."""
    return makers.learner(holder=holder, since=TODAY - (days - 1) * DAY, **fields)


def read(client, user, **asked):
    client.force_login(user)
    return client.get(PAGE, asked)


def test_the_account_counts_days_people_and_running_gaps(client, holder, manager):
    for days in (3, 10, 40):
        broken(holder, days)
    working = broken(holder, 100)
    Situation.objects.create(learner=working, kind="cdd", starts_on=TODAY - 89 * DAY, ends_on=TODAY + 30 * DAY)
    said = words(read(client, manager).content.decode())
    assert "Jours tenus 153" in said
    assert "Jours d’interruption à votre compte 63 4 personnes · 41,2 % des jours tenus" in said
    assert "Interruptions en cours le 23/11/2026 3 médiane 10 j · la plus longue 40 j" in said
    assert f"{working} 10" in said  # in the table, without a running gap


def test_what_others_held_is_not_on_our_account(client, holder, manager):
    broken(makers.organisation(), 40)
    broken(holder, 2)
    said = words(read(client, manager).content.decode())
    assert "Jours tenus 2 " in said


def test_names_are_of_those_one_sees_and_the_others_are_counted(client, holder):
    adviser = makers.member(holder, Role.ADVISER)
    mine, other = broken(holder, 10, by=adviser), broken(holder, 30, last_name="Invisible-Fictif")
    page = read(client, adviser).content.decode()
    assert str(mine) in page
    assert "Invisible-Fictif" not in page
    assert "Et 1 autre personne, que vous ne suivez pas" in words(page)
    assert "à votre compte 40 2 personnes" in words(page)
    boss = makers.member(holder, Role.MANAGER)
    assert str(other) in read(client, boss).content.decode()  # control: it could be shown


def test_a_period_is_read_from_the_address(client, holder, manager):
    broken(holder, 60)
    first, last = TODAY - 20 * DAY, TODAY - 11 * DAY
    said = words(read(client, manager, du=f"{first}", au=f"{last}").content.decode())
    assert "Jours tenus 10" in said
    assert f"Interruptions en cours le {last:%d/%m/%Y} 1 médiane 49 j" in said


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"du": "hier"}, "Cette date n’est pas comprise."),
        ({"au": "2026-11-24"}, "Ce jour n’est pas encore passé."),
        ({"du": "2026-11-02", "au": "2026-11-01"}, "La période finit avant de commencer."),
        ({"du": "2001-01-01"}, "La période dépasse dix ans."),
        ({"organisme": "999999"}, "Choisissez l’un de vos organismes dans la liste."),
    ],
)
def test_a_period_that_cannot_be_is_said_and_what_was_typed_stays(client, manager, asked, sentence):
    answer = read(client, manager, **asked)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in words(page)
    assert "Le compte de" not in page


def test_somebody_elses_account_is_not_read_by_its_number(client, holder, manager):
    other = makers.organisation()
    assert read(client, manager, organisme=other.pk).status_code == 422
    Membership.objects.create(user=manager, organisation=other, role=Role.ADVISER)
    manager.__dict__.pop("working_for", None)
    page = read(client, manager, organisme=other.pk).content.decode()  # control: theirs too, it is
    assert f"Le compte de {other}" in words(page)


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.EMPLOYER, Role.MANAGER), (OrganisationKind.FUNDER, Role.MANAGER),
        (OrganisationKind.MISSION_LOCALE, Role.READER),
    ],
)  # fmt: skip
def test_who_works_with_nobody_is_refused(client, kind, role):
    assert read(client, makers.member(makers.organisation(kind), role)).status_code == 403


def test_control_whoever_works_with_persons_is_let_in(client, manager):
    answer = read(client, manager)
    assert answer.status_code == 200
    assert "Aucun jour à votre compte sur cette période." in answer.content.decode()


def test_days_by_month_by_commune_and_by_district(client, holder, manager):
    Commune.objects.create(code="81065", name="Castres", kind="current")
    broken(holder, 30, commune="81065", district_status="out")
    broken(holder, 5, commune="81004")
    page = read(client, manager).content.decode()
    said = words(page)
    assert "10/2026 7" in said
    assert "11/2026 28" in said
    assert "Castres 81065 30 30 1" in said
    assert "81004 5 5 1" in said
    assert "N’habite pas en QPV 30 30 1" in said
    assert "Quartier inconnu 5 5 1" in said
    assert page.count('class="chart"') == 2


def test_a_cohort_counts_its_people_since_they_entered_and_says_what_is_ours(client):
    body = makers.training_body()
    boss = makers.member(body, Role.MANAGER)
    cohort = makers.cohort(body)
    one = makers.learner(holder=makers.organisation(), since=TODAY - 60 * DAY)
    makers.enrolment(of=one, into=cohort, entered_on=TODAY - 29 * DAY, exited_on=TODAY - 20 * DAY)
    one.responsibilities.update(until=TODAY - 4 * DAY)
    one.responsibilities.create(organisation=body, since=TODAY - 4 * DAY, learner=one)
    said = words(read(client, boss).content.decode())
    assert f"{cohort.title} 10 0 0 20 5" in said


def test_the_panel_of_a_cohort_charges_each_gap_day_to_who_held():
    body = makers.training_body(name="Organisme fictif")
    boss = makers.member(body, Role.MANAGER)
    cohort = makers.cohort(body)
    one = makers.learner(holder=makers.organisation(name="Mission locale fictive"), since=TODAY - 60 * DAY)
    makers.enrolment(of=one, into=cohort, entered_on=TODAY - 29 * DAY, exited_on=TODAY - 20 * DAY)
    one.responsibilities.update(until=TODAY - 4 * DAY)
    one.responsibilities.create(organisation=body, since=TODAY - 4 * DAY, learner=one)
    panel = next(one for one in panels_of("cohort", boss, cohort) if one.code == "continuite")
    assert [(row.text, words(row.about), words(row.figure)) for row in panel.rows][1:] == [
        ("Mission locale fictive", "1 personne", "15 jours"),
        ("Organisme fictif", "1 personne", "5 jours"),
    ]
    assert panel.act
    stranger = makers.member(makers.training_body(), Role.MANAGER)
    assert not any(one.code == "continuite" for one in panels_of("cohort", stranger, cohort))


def test_queries_do_not_grow_with_the_people(holder, manager):
    def price() -> int:
        with CaptureQueriesContext(connection) as asked:
            account_of(manager, holder=holder, first=TODAY - 364 * DAY, last=TODAY)
        return len(asked)

    manager.working_for  # noqa: B018 -- read once a request
    broken(holder, 10)
    price()
    one = price()
    for n in range(9):
        broken(holder, 12 + n)
    assert price() == one
    assert held_by(manager) == [holder]
