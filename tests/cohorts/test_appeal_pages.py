"""Pages of reviews: the person's own, what is written for them, the list, one of them, and what is to do."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohorts.access import PersonActor
from cohorts.appeals import ask, give_to, settle
from cohorts.eligibility_checks import rule_out
from cohorts.models import Appeal, Application
from cohorts.states import AppealStatus, ApplicationStatus
from learners import links
from learners.models import Behalf
from partners.models import User
from partners.states import Role
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
    signed_in,
    text,
)

pytestmark = pytest.mark.django_db
ANSWER = "J’ai relu votre dossier avec votre conseillère."


@pytest.fixture
def ruled_out(application, coline) -> Application:
    rule_out(application=application, by=coline, reason=REASON, words=WORDS)
    return application


@pytest.fixture
def reader(body) -> User:
    return makers.member(body, Role.TRAINER)


def own(application: Application) -> str:
    return f"/mon-parcours/candidatures/{application.pk}/reexamen/"


def typed(application: Application) -> str:
    return f"/cohortes/candidatures/{application.pk}/reexamen/"


def inside(application: Application, by: User) -> Client:
    """The person, in by their link."""
    made = links.make_path_link(learner=application.learner, by=by, way="paper")
    client = Client()
    assert client.post(urlsplit(made.address).path).status_code == 302
    return client


def asked(application: Application, words: str = "") -> Appeal:
    return ask(application=application, by=PersonActor(application.learner_id), words=words)


# --- the person ----------------------------------------------------------------------------------------------------
def test_the_person_reads_the_words_asks_and_reads_the_answer(ruled_out, amina, coline, reader) -> None:
    client = inside(ruled_out, amina)
    page = text(client.get("/mon-parcours/"))
    assert WORDS in page
    assert REASON not in page
    assert own(ruled_out) in page
    assert "dix jours ouvrés" in text(client.get(own(ruled_out)))
    told = client.post(own(ruled_out), {"words": "J’ai une nouvelle pièce."}, follow=True)
    assert "C’est demandé." in text(told)
    assert "au plus tard le" in text(told)
    assert own(ruled_out) not in text(told)
    appeal = Appeal.objects.get()
    assert "déjà demandé" in text(client.post(own(ruled_out), {}, follow=True))
    assert Appeal.objects.count() == 1
    settle(appeal=give_to(appeal=appeal, to=reader, by=coline), by=reader, changed=False, answer=ANSWER)
    page = text(client.get("/mon-parcours/"))
    assert ANSWER in page
    assert own(ruled_out) in page


def test_nothing_of_a_decision_before_it_is_announced(application, amina) -> None:
    Application.objects.filter(pk=application.pk).update(status=ApplicationStatus.DECIDED, decision="refused")
    client = inside(application, amina)
    page = text(client.get("/mon-parcours/"))
    assert "Votre candidature est étudiée." in page
    assert "pas retenue" not in page
    assert client.get(own(application)).status_code == 404


def test_another_person_s_application_does_not_exist(ruled_out, group, mission_locale, amina, coline) -> None:
    other = referred(person(mission_locale, amina), group, amina)
    rule_out(application=other, by=coline, reason=REASON, words=WORDS)
    client = inside(ruled_out, amina)
    assert client.post(own(other), {}).status_code == 404
    assert not Appeal.objects.exists()
    assert client.post(own(ruled_out), {"words": "2 85 05 78 006 084 91"}).status_code == 422
    assert Client().post(own(ruled_out), {}).status_code == 410
    assert signed_in(amina).post(own(ruled_out), {}).status_code == 410


def test_half_an_hour_later_the_visit_is_over(ruled_out, amina, settings) -> None:
    client = inside(ruled_out, amina)
    session = client.session
    kept = session["personal_link"]
    session["personal_link"] = {**kept, "since": kept["since"] - 31 * 60}
    session.save()
    assert client.post(own(ruled_out), {}).status_code == 410
    assert not Appeal.objects.exists()


def test_the_own_page_costs_the_same_with_many_applications(ruled_out, amina, body, mission_locale) -> None:
    client = inside(ruled_out, amina)

    def cost() -> int:
        client.get("/mon-parcours/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/mon-parcours/").status_code == 200
        return len(queries)

    few = cost()
    for number in range(4):
        cohort = makers.cohort(body, title=f"Série {number}")
        Application.objects.create(
            learner=ruled_out.learner, cohort=cohort, referred_on=TODAY, status=ApplicationStatus.INELIGIBLE
        )
    assert cost() == few


# --- written for the person ----------------------------------------------------------------------------------------
def test_the_adviser_writes_it(ruled_out, amina) -> None:
    client = signed_in(amina)
    given = {"way": "phone", "mandate": "oral", "words": "Elle a apporté une pièce."}
    assert client.post(typed(ruled_out), {**given, "way": ""}).status_code == 422
    told = client.post(typed(ruled_out), given, follow=True)
    assert "La demande est écrite." in text(told)
    assert Behalf.objects.get().subject == Appeal.objects.get().pk
    again = client.post(typed(ruled_out), given)
    assert again.status_code == 422
    assert "déjà demandé" in text(again)


def test_the_person_s_file_leads_there_once_there_is_a_no(application, amina, coline) -> None:
    path = f"/personnes/{application.learner_id}/"
    assert typed(application) not in text(signed_in(amina).get(path))
    rule_out(application=application, by=coline, reason=REASON, words=WORDS)
    assert typed(application) in text(signed_in(amina).get(path))


def test_who_may_write_it(ruled_out, coline, amina, theo, farid, sam, group, body) -> None:
    status = {who: signed_in(who).get(typed(ruled_out)).status_code for who in (coline, amina, theo, farid, sam)}
    assert status == {coline: 200, amina: 200, theo: 403, farid: 404, sam: 404}
    referred(person(body, coline), group, coline)  # somebody else still waits
    rating = assessor(group, makers.member(body, Role.MANAGER))
    assert signed_in(rating).get(typed(ruled_out)).status_code == 404


# --- the list and one ----------------------------------------------------------------------------------------------
def test_the_list_shows_what_waits_and_what_was_answered(ruled_out, coline, reader, amina) -> None:
    appeal = asked(ruled_out)
    Appeal.objects.filter(pk=appeal.pk).update(answer_by=TODAY - timedelta(5))
    page = text(signed_in(coline).get("/reexamens/"))
    assert "Fictive-Canari" in page
    assert "En retard de" in page
    give_to(appeal=appeal, to=reader, by=coline)
    settle(appeal=appeal, by=reader, changed=False, answer=ANSWER)
    assert "Personne n’attend" in text(signed_in(coline).get("/reexamens/"))
    assert "Décision maintenue" in text(signed_in(coline).get("/reexamens/?etat=repondus"))
    assert signed_in(amina).get("/reexamens/").status_code == 403


def test_the_list_costs_the_same_at_two_sizes(ruled_out, coline, group, mission_locale, amina) -> None:
    def cost() -> int:
        client = signed_in(coline)
        client.get("/reexamens/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/reexamens/").status_code == 200
        return len(queries)

    asked(ruled_out)
    few = cost()
    for _ in range(5):
        other = referred(person(mission_locale, amina), group, amina)
        rule_out(application=other, by=coline, reason=REASON, words=WORDS)
        asked(other)
    assert cost() == few


def test_given_read_without_a_name_and_answered(ruled_out, coline, reader) -> None:
    path = f"/reexamens/{asked(ruled_out, 'J’ai une nouvelle pièce.').pk}/"
    leading, reading = signed_in(coline), signed_in(reader)
    assert reading.get(path).status_code == 404
    assert "Fictive-Canari" in text(leading.get(path))
    assert leading.post(path, {"acte": "confier", "to": ""}).status_code == 422
    mine = coline.memberships.get().pk
    assert leading.post(path, {"acte": "confier", "to": mine}).status_code == 422  # who ruled out
    told = leading.post(path, {"acte": "confier", "to": reader.memberships.get().pk}, follow=True)
    assert "est confié à" in text(told)
    page = text(reading.get(path))
    for said in ("J’ai une nouvelle pièce.", REASON, WORDS, "Ce que disent les faits connus"):
        assert said in page
    assert "Fictive-Canari" not in page
    assert f"Candidature n° {ruled_out.pk}" in page
    assert "Confier le réexamen" not in page
    assert reading.post(path, {"acte": "repondre", "changed": "oui"}).status_code == 422
    assert leading.post(path, {"acte": "repondre", "changed": "oui", "answer": ANSWER}).status_code == 422
    assert Appeal.objects.get().status == AppealStatus.GIVEN
    told = reading.post(path, {"acte": "repondre", "changed": "oui", "answer": ANSWER}, follow=True)
    assert "La réponse est enregistrée." in text(told)
    ruled_out.refresh_from_db()
    assert ruled_out.status == ApplicationStatus.ELIGIBLE
    assert reading.post(path, {"acte": "repondre", "changed": "non", "answer": ANSWER}).status_code == 403


def test_who_sees_one(ruled_out, coline, theo, amina, farid, sam) -> None:
    path = f"/reexamens/{asked(ruled_out).pk}/"
    status = {who: signed_in(who).get(path).status_code for who in (coline, theo, amina, farid, sam)}
    assert status == {coline: 200, theo: 404, amina: 404, farid: 404, sam: 404}


# --- what is to do -------------------------------------------------------------------------------------------------
def test_it_waits_among_what_is_to_do_first_for_who_leads_then_for_who_reads(ruled_out, coline, reader) -> None:
    appeal = asked(ruled_out)
    said = "Réexamens demandés"
    assert said in text(signed_in(coline).get("/"))
    assert said not in text(signed_in(reader).get("/"))
    give_to(appeal=appeal, to=reader, by=coline)
    assert said not in text(signed_in(coline).get("/"))
    page = text(signed_in(reader).get("/"))
    assert said in page
    assert "Relire et répondre" in page
    assert "Fictive-Canari" not in page
    settle(appeal=appeal, by=reader, changed=False, answer=ANSWER)
    assert said not in text(signed_in(reader).get("/"))
