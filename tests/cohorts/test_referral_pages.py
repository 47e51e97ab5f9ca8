"""Orienter, one by one: whom, to what, likely the same person side by side, refusals that say how to mend them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format

from cohorts import referral_forms
from cohorts.models import Application
from learners.models import Handoff, Learner, Responsibility
from learners.states import HandoffStatus
from partners.models import Programme
from partners.states import Role
from tests import makers
from tests.cohorts.referral_world import filled, filled_new, offer, open_cohort, soon

pytestmark = pytest.mark.django_db
NEW = "/orienter/?nouvelle=1"


@pytest.fixture
def page(client: Client, amina: Any) -> Client:
    client.force_login(amina)
    return client


@pytest.fixture
def person(mission_locale: Any, amina: Any) -> Learner:
    return makers.learner(mission_locale, by=amina, last_name="Martin", first_name="Inès", phone="+33612345678")


@pytest.fixture
def code(body: Any) -> str:
    return offer(open_cohort(body)).code


def text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


# --- whom --------------------------------------------------------------------------------------------------------
def test_a_person_is_found_by_part_of_a_name_without_a_script(page, person, mission_locale):
    makers.learner(mission_locale, last_name="Martin", first_name="Collègue", by=makers.member(mission_locale))
    makers.learner(last_name="Martin", first_name="Ailleurs")
    told = text(page.get("/orienter/?q=mart"))
    assert f"?personne={person.pk}" in told
    assert "Collègue" not in told and "Ailleurs" not in told
    part = text(page.get("/orienter/?q=mart", headers={"HX-Request": "true"}))
    assert f"?personne={person.pk}" in part and "<html" not in part
    assert "Aucune personne de ce nom" in text(page.get("/orienter/?q=rien"))


@pytest.mark.parametrize("said", ["0", "x", "987654321", "²", "9" * 30])
def test_a_person_one_does_not_follow_does_not_exist_here(said, page, mission_locale, code):
    foreign = makers.learner()
    for path in (f"/orienter/?personne={said}", f"/orienter/?personne={foreign.pk}"):
        assert page.get(path).status_code == 404
        assert page.post(path, filled(code)).status_code == 404
    assert not Handoff.objects.exists()


def test_only_prescribers_refer_and_only_they_are_shown_the_way(client, amina, coline, farid, mission_locale, person):
    for who in (coline, farid, makers.member(mission_locale, Role.READER)):
        client.force_login(who)
        assert client.get("/orienter/").status_code == 403
        assert 'href="/orienter/"' not in text(client.get("/personnes/"))
    client.force_login(amina)
    assert 'href="/orienter/"' in text(client.get("/personnes/"))
    assert f"/orienter/?personne={person.pk}" in text(client.get(f"/personnes/{person.pk}/"))


# --- somebody known ----------------------------------------------------------------------------------------------
def test_somebody_known_is_referred_in_one_form(page, person, code, body, amina):
    told = text(page.get(f"/orienter/?personne={person.pk}"))
    assert code in told and str(body) in told and "24 places" in told and "ni en emploi ni en formation" in told
    assert 'name="last_name"' not in told
    answer = page.post(f"/orienter/?personne={person.pk}", filled(code, message="à moi seule"))
    handoff = Handoff.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/orienter/{handoff.pk}/")
    assert (handoff.created_by, handoff.learner) == (amina, person)
    sent = text(page.get(answer.url))
    assert "orientation envoyée" in sent and f"OR-{handoff.pk:06d}" in sent
    assert f"/orienter/{handoff.pk}/fiche/" in sent


@pytest.mark.parametrize(
    ("cells", "field", "sentence"),
    [
        ({"agreed_on": ""}, "agreed_on", "sans lui, rien n’est envoyé"),
        ({"agreed_on": "31/02/2026"}, "agreed_on", "n’est pas comprise"),
        ({"agreed_on": "2019-01-01"}, "agreed_on", "redemandez-le"),
        ({"agreed_through": ""}, "agreed_through", "comment la personne a donné"),
        ({"offer": ""}, "offer", "Choisissez une cohorte"),
        ({"offer": "cohorte-987654"}, "offer", "n’est plus proposée"),
        ({"message": "NIR 1 85 05 78 006 084"}, "message", "sécurité sociale"),
    ],
)
def test_a_fault_is_told_by_field_and_what_was_typed_stays(cells, field, sentence, page, person, code):
    answer = page.post(f"/orienter/?personne={person.pk}", filled(code, available_on=soon(3).isoformat(), **cells))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    told = text(answer)
    assert sentence in told and soon(3).isoformat() in told
    assert not Handoff.objects.exists()


def test_an_offer_that_shut_meanwhile_or_another_s_draft_is_refused(page, person, body):
    shut = open_cohort(body, status="running")
    draft = open_cohort(makers.training_body(), status="draft")
    for cohort in (shut, draft):
        answer = page.post(f"/orienter/?personne={person.pk}", filled(f"cohorte-{cohort.pk}"))
        assert answer.status_code == 422 and "n’est plus proposée" in text(answer)
        assert cohort.title not in text(answer) or cohort.title == "Dev Web 1"
    assert not Application.objects.exists()


def test_a_second_time_is_refused_with_a_link_to_the_first(page, person, code):
    page.post(f"/orienter/?personne={person.pk}", filled(code))
    answer = page.post(f"/orienter/?personne={person.pk}", filled(code))
    first = Handoff.objects.get()
    assert answer.status_code == 422
    assert "déjà candidate à cette cohorte" in text(answer) and f"/relais/{first.pk}/" in text(answer)


def test_a_referral_of_somebody_else_s_is_refused_without_a_link_to_it(page, person, code, body):
    other = makers.organisation()
    handoff = Handoff.objects.create(learner=person, sender=other, receiver=body, purpose="referral", sent_on=soon(-2))
    cohort = open_cohort(body)
    Application.objects.create(learner=person, cohort=cohort, referred_on=soon(-2), handoff=handoff)
    answer = page.post(f"/orienter/?personne={person.pk}", filled(offer(cohort).code))
    assert answer.status_code == 422 and "déjà candidate" in text(answer)
    assert f"/relais/{handoff.pk}/" not in text(answer) and str(other) not in text(answer)


def test_another_organisation_s_id_in_the_body_is_refused(page, person, code, body):
    answer = page.post(f"/orienter/?personne={person.pk}", filled(code, sender=body.pk))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["sender"])
    assert not Handoff.objects.exists()


def test_who_refers_for_two_says_for_which(page, person, code, amina, mission_locale):
    other = makers.organisation()
    makers.Membership.objects.create(user=amina, organisation=other, role=Role.ADVISER)
    path = f"/orienter/?personne={person.pk}"
    assert 'name="sender"' in text(page.get(path))
    refused = page.post(path, filled(code, sender=other.pk))
    assert refused.status_code == 422 and "Vous ne suivez pas cette personne pour cet organisme" in text(refused)
    assert page.post(path, filled(code, sender=mission_locale.pk)).status_code == 302


def test_the_training_body_reads_the_dates_and_not_the_note(page, client, person, code, coline):
    page.post(f"/orienter/?personne={person.pk}", filled(code, message="confidence fictive"))
    handoff = Handoff.objects.get()
    assert "confidence fictive" in text(page.get(f"/relais/{handoff.pk}/"))
    client.force_login(coline)
    read = text(client.get(f"/relais/{handoff.pk}/"))
    assert "confidence fictive" not in read and date_format(handoff.expected_start_on, "j F Y") in read
    assert client.get(f"/orienter/{handoff.pk}/").status_code == 403


# --- somebody new ------------------------------------------------------------------------------------------------
def test_somebody_new_gets_a_file_and_a_referral(page, code, amina, mission_locale):
    assert page.post(NEW, filled_new(code)).status_code == 302
    learner = Learner.objects.get()
    assert (learner.last_name, learner.phone, learner.level) == ("Martin", "+33612345678", "4")
    assert Responsibility.objects.get().user == amina
    assert Application.objects.get().learner == learner


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"last_name": ""}, "last_name"),
        ({"phone": "zéro"}, "phone"),
        ({"email": "a@b"}, "email"),
        ({"born_on": "2990-01-01"}, "born_on"),
        ({"since": "2990-01-01"}, "since"),
        ({"level": "12"}, "level"),
        ({"address": "NIR 1 85 05 78 006 084"}, "address"),
        ({"same": "x"}, "same"),
    ],
)
def test_a_fault_about_somebody_new_opens_no_file(cells, field, page, code):
    answer = page.post(NEW, filled_new(code, **cells))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Learner.objects.exists()


def test_who_looks_alike_is_shown_side_by_side_before_anything_is_written(page, code, person):
    answer = page.post(NEW, filled_new(code))
    told = text(answer)
    assert answer.status_code == 200 and "Est-ce la même personne ?" in told
    assert f'value="{person.pk}"' in told and "mêmes nom et prénom" in told and "06 12 34 56 78" in told
    assert (Learner.objects.count(), Handoff.objects.count()) == (1, 0)
    assert 'name="last_name" value="Martin"' in told  # what was typed is posted again with the answer


def test_control_without_the_comparison_a_second_file_is_opened(page, code, person, monkeypatch):
    monkeypatch.setattr(referral_forms, "matches_for", lambda user, identity: [])
    assert page.post(NEW, filled_new(code)).status_code == 302
    assert Learner.objects.count() == 2


def test_it_is_the_same_person_the_file_is_filled_where_it_was_blank(page, code, person):
    body = filled_new(code, same=str(person.pk), shown=f"{person.pk} ", email="ines@exemple.fr", last_name="MARTIN")
    assert page.post(NEW, body).status_code == 302
    person.refresh_from_db()
    assert (Learner.objects.count(), person.last_name, person.email) == (1, "Martin", "ines@exemple.fr")
    assert Handoff.objects.get().learner == person


def test_it_is_somebody_new_after_all(page, code, person):
    assert page.post(NEW, filled_new(code, same="new", shown=str(person.pk))).status_code == 302
    assert Learner.objects.count() == 2


def test_who_came_in_meanwhile_is_shown_too(page, code, person, mission_locale, amina):
    other = makers.learner(mission_locale, by=amina, last_name="Inès", first_name="Martin")
    answer = page.post(NEW, filled_new(code, same="new", shown=str(person.pk)))
    assert answer.status_code == 200 and f'value="{other.pk}"' in text(answer)
    assert Learner.objects.count() == 2


def test_saying_it_is_somebody_one_may_not_see_tells_nothing_and_writes_nothing(page, code):
    foreign = makers.learner(last_name="Martin", first_name="Inès")
    told = [text(page.post(NEW, filled_new(code, same=str(pk), shown=str(pk)))) for pk in (foreign.pk, 987_654_321)]
    assert all("Vous ne suivez pas cette personne" in one for one in told)
    assert all("Inès" not in one.replace('value="Inès"', "") for one in told)
    assert (Handoff.objects.count(), Learner.objects.count()) == (0, 1)


def test_somebody_else_s_person_is_never_told_of(page, code):
    makers.learner(last_name="Martin", first_name="Inès", phone="+33612345678")
    assert page.post(NEW, filled_new(code)).status_code == 302
    assert Learner.objects.count() == 2


def test_two_clicks_open_one_file(page, code):
    body = filled_new(code, born_on="", phone="")
    assert page.post(NEW, body).status_code == 302
    again = page.post(NEW, body)
    assert again.status_code == 422 and "Vous venez d’orienter cette personne" in text(again)
    assert (Learner.objects.count(), Handoff.objects.count()) == (1, 1)


# --- the body chooses a cohort -----------------------------------------------------------------------------------
def test_the_body_chooses_the_cohort_from_the_page_of_the_handoff(page, client, person, body, coline):
    cohort = open_cohort(body)
    page.post(f"/orienter/?personne={person.pk}", filled(f"programme-{cohort.programme_id}"))
    handoff = Handoff.objects.get()
    path = f"/orienter/{handoff.pk}/cohorte/"
    assert page.get(path).status_code == 403
    client.force_login(coline)
    assert path in text(client.get(f"/relais/{handoff.pk}/"))
    assert cohort.title in text(client.get(path))
    foreign = open_cohort(makers.training_body())
    for wrong in ("", foreign.pk, "x"):
        assert client.post(path, {"cohort": wrong}).status_code == 422
    assert client.post(path, {"cohort": cohort.pk}).url == f"/relais/{handoff.pk}/"
    handoff.refresh_from_db()
    assert (handoff.status, Application.objects.get().cohort) == (HandoffStatus.RECEIVED, cohort)
    assert "n’attend pas de cohorte" in text(client.get(path))
    assert path not in text(client.get(f"/relais/{handoff.pk}/"))


def test_the_search_costs_the_same_whatever_is_found(page, mission_locale, amina, django_assert_max_num_queries):
    for number in range(3):
        makers.learner(mission_locale, by=amina, last_name="Martin", first_name=f"Inès{number}")
        with django_assert_max_num_queries(24):
            assert page.get("/orienter/?q=martin").status_code == 200


# --- conditions --------------------------------------------------------------------------------------------------
def test_what_an_offer_asks_and_the_person_does_not_meet_is_said_before_sending(
    page, person, body, mission_locale
) -> None:
    cohort = open_cohort(body, title="Avec conditions")
    free = open_cohort(body, title="Sans condition")
    Programme.objects.filter(pk=cohort.programme_id).update(age_min=16, age_max=18, neet_required=True)
    Programme.objects.filter(pk=free.programme_id).update(age_min=None, age_max=None, neet_required=False)
    answer = page.get(f"/orienter/?personne={person.pk}")
    doubts = answer.context["doubts"]
    assert [(one.title, one.tag) for one in doubts[offer(cohort).code]] == [
        ("Âge", "Non rempli"), ("Ni en emploi ni en formation", "À prouver"),
    ]  # fmt: skip
    assert doubts[offer(free).code] == []
    assert "Âge : non rempli" in text(answer)
    sent = page.post(f"/orienter/?personne={person.pk}", filled(offer(cohort).code))
    assert sent.status_code == 302  # said, and nobody is kept from sending


def test_conditions_are_not_said_of_somebody_whose_file_is_not_open(page, body) -> None:
    cohort = open_cohort(body)
    Programme.objects.filter(pk=cohort.programme_id).update(age_min=16, age_max=18)
    assert "non rempli" not in text(page.get(NEW))
