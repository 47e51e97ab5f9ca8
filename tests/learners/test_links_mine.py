"""What stands behind a link: the path of a person and their answer, the one answer of an employer."""

# ruff: noqa: F401, F811 -- fixtures are imported, then named
from __future__ import annotations

import gzip
import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners import actions, links
from learners.models import Learner, Sharing, Situation
from learners.states import HandoffStatus, Kind, Scope
from partners.models import Event, Message
from partners.states import OrganisationKind
from tests import makers
from tests.learners.links_world import BORN, SHUT, TYPED, asked, enter_code, inside, learner, made, stage, where

pytestmark = pytest.mark.django_db


# --- Mon parcours ----------------------------------------------------------------------------------------------
def test_the_question_is_asked_of_the_running_situation(made, stage) -> None:
    text = inside(made).get("/mon-parcours/").content.decode()
    assert "êtes-vous toujours en stage chez Ovalie fictive" in text
    assert all(words in text for words in ("Oui, toujours", "Non, j’ai un emploi", "Autre situation"))


def test_without_a_situation_the_question_is_open(made) -> None:
    text = inside(made).get("/mon-parcours/").content.decode()
    assert "Que faites-vous aujourd’hui" in text
    assert "Oui, toujours" not in text
    assert "J’ai un emploi" in text


def test_yes_is_recorded_and_uses_the_link(made, stage) -> None:
    client = inside(made)
    other = inside(made)
    response = client.post("/mon-parcours/toujours/", {"situation": stage.pk}, follow=True)
    stage.refresh_from_db()
    assert stage.confirmed_on == timezone.localdate()
    assert "Merci" in response.content.decode()
    assert "Oui, toujours" not in response.content.decode()
    assert client.get(where(made)).status_code == SHUT
    assert other.get("/mon-parcours/").status_code == SHUT  # only who answered reads on
    client.post("/mon-parcours/toujours/", {"situation": stage.pk})
    assert Event.objects.filter(verb="confirm_situation").count() == 1


def test_yes_to_another_question_than_the_one_on_the_page_is_asked_again(made, stage) -> None:
    client = inside(made)
    client.post("/mon-parcours/toujours/", {"situation": stage.pk + 1})
    stage.refresh_from_db()
    assert stage.confirmed_on is None
    assert client.get(where(made)).status_code == 200


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("emploi", "cdi"), ("formation", "training_other"), ("recherche", "job_seeking"), ("autre", "civic_service")],
)
def test_no_asks_since_when_and_records_it(made, stage, answer, kind) -> None:
    client = inside(made)
    assert client.get(f"/mon-parcours/reponse/{answer}/").status_code == 200
    since = timezone.localdate() - timedelta(days=3)
    response = client.post(f"/mon-parcours/reponse/{answer}/", {"kind": kind, "since": since.isoformat()}, follow=True)
    assert "Merci" in response.content.decode()
    stage.refresh_from_db()
    told = Situation.objects.get(kind=kind)
    assert (told.starts_on, stage.ends_on) == (since, since - timedelta(days=1))
    assert client.get(where(made)).status_code == SHUT


def test_an_answer_that_is_not_one_is_refused_with_what_was_typed_kept(made, stage) -> None:
    client = inside(made)
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = client.post(
        "/mon-parcours/reponse/emploi/", {"kind": "deceased", "since": tomorrow.isoformat(), "employer": "Ovalie"}
    )
    assert response.status_code == 422
    assert 'value="Ovalie"' in response.content.decode()
    assert Situation.objects.count() == 1
    assert client.get("/mon-parcours/reponse/nimporte/").status_code == 404
    nir = client.post(
        "/mon-parcours/reponse/emploi/", {"kind": "cdi", "since": "2026-01-05", "employer": "1 85 05 78 006 084 36"}
    )
    assert nir.status_code == 422


def test_asking_to_be_called_reaches_who_follows(made, amina) -> None:
    client = inside(made)
    assert "C’est demandé" in client.post("/mon-parcours/rappel/", follow=True).content.decode()
    assert "déjà demandé" in client.post("/mon-parcours/rappel/", follow=True).content.decode()
    assert Message.objects.get(purpose="call_asked").to == amina.email
    assert client.get(where(made)).status_code == 200  # it is no answer


def test_who_sees_what_is_told_with_the_reason_and_the_contact(made, learner, coline, asked) -> None:
    Sharing.objects.create(
        learner=learner, organisation=coline.working_for[0].organisation, scope=Scope.PATH, basis="referral",
        since=date(2026, 1, 5),
    )  # fmt: skip
    text = inside(made).get("/mon-parcours/").content.decode()
    assert "Amina F." in text
    assert "Fictive-Conseil" not in text
    assert "Numérique Ensemble" in text
    assert "une formation vous y est proposée" in text
    assert "Votre nom et les dates" in text  # the employer, whatever the sharing says


def test_saying_no_to_a_partner_is_asked_once_says_what_it_changes_and_acts(made, learner, coline) -> None:
    body = coline.working_for[0].organisation
    sharing = Sharing.objects.create(learner=learner, organisation=body, basis="referral", since=date(2026, 1, 5))
    client = inside(made)
    page = client.get(f"/mon-parcours/partage/{body.pk}/")
    assert "ne voit plus rien, tout de suite" in page.content.decode()
    sharing.refresh_from_db()
    assert sharing.objected_on is None
    text = client.post(f"/mon-parcours/partage/{body.pk}/", follow=True).content.decode()
    assert "vous avez dit non le" in text
    sharing.refresh_from_db()
    assert sharing.objected_on == timezone.localdate()
    assert client.get(f"/mon-parcours/partage/{body.pk}/").status_code == 404
    assert client.get(f"/mon-parcours/partage/{learner.holder_id}/").status_code == 404


def test_who_sees_somebody_else_is_out_of_reach(made, coline) -> None:
    body, other = coline.working_for[0].organisation, makers.learner()
    theirs = Sharing.objects.create(learner=other, organisation=body, basis="referral", since=date(2026, 1, 5))
    client = inside(made)
    assert client.get(f"/mon-parcours/partage/{body.pk}/").status_code == 404
    assert client.post(f"/mon-parcours/partage/{body.pk}/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.objected_on is None
    assert Sharing.objects.count() == 1


def test_whoever_sees_the_person_is_told_to_the_person(
    made, learner, agreement, body, amina, coline, theo, farid, elsa, sam
) -> None:
    """The page and the rule are two sides of one thing: nobody sees without being listed."""
    agreement.nominative = True
    agreement.save()
    into = makers.cohort(body, (agreement,))
    actions.refer(learner=learner, sender=learner.holder, receiver=body, by=amina, on=timezone.localdate())
    makers.enrolment(of=learner, into=into)
    text = inside(made).get("/mon-parcours/").content.decode()
    seeing = [
        one for one in (amina, coline, theo, farid, elsa, sam) if Learner.objects.visible_to(one).filter(pk=learner.pk)
    ]
    assert {one.email.partition("@")[0] for one in seeing} == {"amina", "coline", "theo", "farid"}
    for one in seeing:
        assert one.working_for[0].organisation.name in text
    assert sam.working_for[0].organisation.name not in text


def test_the_thread_breaks_where_nothing_was_there_and_not_where_something_was(made, learner) -> None:
    for kind, start, end in (
        (Kind.CDD, date(2026, 1, 5), date(2026, 3, 31)),
        (Kind.TRAINING_OTHER, date(2026, 4, 1), date(2026, 5, 31)),
        (Kind.CIVIC_SERVICE, date(2026, 7, 1), date(2026, 9, 30)),
    ):
        Situation.objects.create(learner=learner, kind=kind, starts_on=start, ends_on=end)
    text = inside(made).get("/mon-parcours/").content.decode()
    lines = re.findall(r"<li( class=\"broken\")?><strong>([^<]+)", text)
    assert lines == [
        (' class="broken"', "Service civique"),
        ("", "Autre formation"),
        ("", "CDD"),
    ]


def test_training_stands_on_the_path(made, learner) -> None:
    makers.enrolment(of=learner, exited_on=date(2026, 6, 30), exit_reason="completed", certification="obtained")
    text = inside(made).get("/mon-parcours/").content.decode()
    assert "Formation Développement web" in text
    assert "titre obtenu" in text


def weight(response) -> int:
    """What a phone receives for the page and all that it names, compressed one by one as they are served."""
    text = response.content.decode()
    files = re.findall(r'(?:href|src)="/static/([^"]+)"', text)
    assert len(files) >= 3
    found = [BytesIO(response.content).getvalue()]
    for name in files:
        path = finders.find(name)
        with open(path, "rb") as file:
            found.append(file.read())
    return sum(len(gzip.compress(body, 6)) for body in found)


def test_the_page_weighs_at_most_30_kb_with_all_it_needs(made, learner, stage) -> None:
    for year in range(2010, 2025):
        Situation.objects.create(
            learner=learner,
            kind=Kind.CDD,
            starts_on=date(year, 1, 5),
            ends_on=date(year, 9, 30),
            employer_name="Ovalie",
        )
    assert weight(inside(made).get("/mon-parcours/")) <= 30_000


def test_a_longer_path_costs_no_more_queries(made, learner, stage, django_assert_num_queries) -> None:
    client = inside(made)
    with CaptureQueriesContext(connection) as few:
        client.get("/mon-parcours/")
    for n in range(10):
        employer = makers.organisation(OrganisationKind.EMPLOYER)
        Situation.objects.create(learner=learner, kind=Kind.CDD, starts_on=date(2025, 1, 5 + n), employer=employer)
        Sharing.objects.create(learner=learner, organisation=employer, basis="placement", since=date(2026, 1, 5))
    with django_assert_num_queries(len(few)):
        client.get("/mon-parcours/")


# --- Mes accueils ----------------------------------------------------------------------------------------------
def test_an_employer_sees_the_name_and_the_dates_and_answers_once(asked, amina, learner) -> None:
    made = links.make_hosting_link(handoff=asked, by=amina)
    client = inside(made)
    text = client.get("/mes-accueils/").content.decode()
    assert str(learner) in text
    for private in ("ines@example.org", "2004", TYPED):
        assert private not in text
    assert client.get("/mon-parcours/").status_code == SHUT
    start = timezone.localdate() + timedelta(days=7)
    response = client.post("/mes-accueils/", {"saying": "yes", "starts_on": start.isoformat()}, follow=True)
    assert "Merci" in response.content.decode()
    asked.refresh_from_db()
    assert (asked.status, asked.expected_start_on) == (HandoffStatus.ACCEPTED, start)
    client.post("/mes-accueils/", {"saying": "no", "reason": "full"})
    asked.refresh_from_db()
    assert asked.status == HandoffStatus.ACCEPTED
    assert Client().get(where(made)).status_code == SHUT


def test_an_employer_says_no_with_a_reason(asked, amina) -> None:
    client = inside(links.make_hosting_link(handoff=asked, by=amina))
    assert client.post("/mes-accueils/", {"saying": "no", "reason": ""}).status_code == 422
    assert client.post("/mes-accueils/", {"saying": "yes", "starts_on": "2020-01-01"}).status_code == 422
    assert client.post("/mes-accueils/", {}).status_code == 422
    client.post("/mes-accueils/", {"saying": "no", "reason": "full"})
    asked.refresh_from_db()
    assert (asked.status, asked.decline_reason) == (HandoffStatus.DECLINED, "full")
