"""Pages of conditions: the list of a cohort, one person with two acts, and the same findings on the page of a referral."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohorts.eligibility_checks import rule_out, vouch
from cohorts.models import Application, EligibilityCheck
from cohorts.states import ApplicationStatus
from learners.models import Situation
from partners.states import Role
from tests import makers
from tests.cohorts.selection_people import (  # noqa: F401
    REASON,
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


def listed(cohort: Any) -> str:
    return f"/cohortes/{cohort.pk}/eligibilite/"


def one(application: Application) -> str:
    return f"/cohortes/candidatures/{application.pk}/eligibilite/"


# --- the list ------------------------------------------------------------------------------------------------------
def test_the_list_says_what_each_condition_says(application, group, coline, mission_locale, amina) -> None:
    referred(person(mission_locale, amina, born=date(1980, 1, 1), seeking=False, last_name="Âgée"), group, amina)
    page = text(signed_in(coline).get(listed(group)))
    assert "Fictive-Canari" in page
    for said in ("Âge : rempli", "Âge : non rempli", "formation : à prouver", "Situation inconnue"):
        assert said in page
    assert page.count('name="applications"') == 1  # only whose every condition is met


def test_those_of_whom_all_is_met_are_confirmed_at_once(application, group, coline, mission_locale, amina) -> None:
    unknown = referred(person(mission_locale, amina, seeking=False, last_name="Inconnue"), group, amina)
    client = signed_in(coline)
    told = client.post(listed(group), {"applications": [application.pk, unknown.pk]}, follow=True)
    assert "1 candidature est confirmée éligible." in text(told)
    assert "Inconnue : une condition" in text(told)
    assert EligibilityCheck.objects.get().application == application
    done = text(client.get(listed(group) + "?etat=faites"))
    assert "vérifiée le" in done
    assert "Inconnue" not in done


def test_nothing_ticked_or_somebody_elses_is_refused(application, group, coline, body) -> None:
    elsewhere = makers.cohort(body, title="Autre")
    other = Application.objects.create(learner=application.learner, cohort=elsewhere, referred_on=date(2026, 1, 5))
    client = signed_in(coline)
    for given in ({}, {"applications": [other.pk]}, {"applications": ["x"]}):
        answer = client.post(listed(group), given)
        assert answer.status_code == 422
        assert "Rien n’a été confirmé" in text(answer)
    assert not EligibilityCheck.objects.exists()


def test_the_list_costs_the_same_at_two_sizes(application, group, coline, mission_locale, amina) -> None:
    def cost(query: str) -> int:
        client = signed_in(coline)
        client.get(listed(group))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(listed(group) + query).status_code == 200
        return len(queries)

    done = referred(person(mission_locale, amina), group, amina)
    vouch(application=done, by=coline)
    few = cost(""), cost("?etat=faites")
    for _ in range(6):
        referred(person(mission_locale, amina), group, amina)
        vouch(application=referred(person(mission_locale, amina), group, amina), by=coline)
    assert (cost(""), cost("?etat=faites")) == few


def test_somebody_whom_one_does_not_see_has_no_name_nor_box(application, group, body, coline) -> None:
    coordinator = makers.member(body, Role.TRAINER)  # leads, and sees whom they teach
    group.team.create(user=coordinator, duty="coordinator")
    page = text(signed_in(coordinator).get(listed(group)))
    assert "Fictive-Canari" not in page
    assert f"Candidature {application.pk}" in page
    assert "un responsable ou un conseiller" in page
    assert 'name="applications"' not in page
    assert signed_in(coordinator).get(one(application)).status_code == 404


# --- one person ----------------------------------------------------------------------------------------------------
def test_each_condition_its_sentence_and_what_would_prove_it(application, coline) -> None:
    Situation.objects.all().delete()
    page = text(signed_in(coline).get(one(application)))
    assert "Situation inconnue" in page
    assert "Ce qui le prouverait" in page
    assert "dites pourquoi vous confirmez" in page


def test_a_yes_and_a_no(application, group, coline) -> None:
    client = signed_in(coline)
    assert "est confirmée" in text(client.post(one(application), {"avis": "oui"}, follow=True))
    application.refresh_from_db()
    assert application.status == ApplicationStatus.ELIGIBLE
    told = client.post(one(application), {"avis": "non", "reason": REASON, "words": WORDS}, follow=True)
    assert "La personne est prévenue" in text(told)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.INELIGIBLE
    page = text(client.get(listed(group) + "?etat=faites"))
    assert "Inéligible" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Les conditions sont remplies"),
        ({"avis": "peut-être"}, "Les conditions sont remplies"),
        ({"avis": "oui"}, "dites pourquoi vous confirmez"),
        ({"avis": "non", "words": WORDS}, "Écrivez le motif"),
        ({"avis": "non", "reason": REASON}, "Écrivez ce qui est dit à la personne"),
        ({"avis": "non", "reason": "2 85 05 78 006 084 91", "words": WORDS}, "Motif"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(application, coline, given, said) -> None:
    Situation.objects.all().delete()
    answer = signed_in(coline).post(one(application), given)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not EligibilityCheck.objects.exists()
    if "words" in given:
        assert WORDS in text(answer)


def test_a_colleague_who_was_quicker_is_said_and_nothing_is_written_twice(application, coline) -> None:
    vouch(application=application, by=coline)
    answer = signed_in(coline).post(one(application), {"avis": "oui"})
    assert answer.status_code == 422
    assert "Quelqu’un vient de le faire avancer" in text(answer)
    assert EligibilityCheck.objects.count() == 1


# --- who ---------------------------------------------------------------------------------------------------------------
def test_who_leads_and_nobody_else(application, group, coline, theo, amina, farid, sam, body) -> None:
    status = {who: signed_in(who).get(listed(group)).status_code for who in (coline, theo, amina, farid, sam)}
    assert status == {coline: 200, theo: 403, amina: 403, farid: 404, sam: 404}
    status = {who: signed_in(who).get(one(application)).status_code for who in (coline, theo, amina, farid, sam)}
    assert status == {coline: 200, theo: 403, amina: 403, farid: 404, sam: 404}
    rating = assessor(group, makers.member(body, Role.MANAGER))  # leads elsewhere, rates here
    for path in (listed(group), one(application)):
        assert signed_in(rating).get(path).status_code == 404
        assert signed_in(rating).post(path, {"avis": "oui"}).status_code == 404
    group.team.all().delete()
    assert signed_in(rating).get(listed(group)).status_code == 200  # control: the same, without that duty


def test_only_get_and_post(application, group, coline) -> None:
    client = signed_in(coline)
    assert [client.delete(path).status_code for path in (listed(group), one(application))] == [405, 405]


# --- elsewhere -----------------------------------------------------------------------------------------------------
def test_the_adviser_reads_the_same_on_the_page_of_the_referral(
    application, amina, coline, body, mission_locale
) -> None:
    path = f"/relais/{application.handoff_id}/"
    page = text(signed_in(amina).get(path))
    assert "Conditions du programme" in page
    assert "20 ans le" in page
    assert "Vérifier et confirmer" not in page
    assert "Vérifier et confirmer" in text(signed_in(coline).get(path))
    colleague = makers.member(mission_locale)  # sees the handoff, not the person
    assert "20 ans le" not in text(signed_in(colleague).get(path))


def test_the_page_of_the_cohort_leads_there(application, group, coline, theo, amina) -> None:
    assert listed(group) in text(signed_in(coline).get(f"/cohortes/{group.pk}/"))
    for who in (theo, amina):
        assert listed(group) not in text(signed_in(who).get(f"/cohortes/{group.pk}/"))


def test_reason_stays_inside_words_are_on_the_persons_side(application, coline, amina) -> None:
    rule_out(application=application, by=coline, reason=REASON, words=WORDS)
    page = text(signed_in(amina).get(f"/personnes/{application.learner_id}/"))
    assert REASON not in page
