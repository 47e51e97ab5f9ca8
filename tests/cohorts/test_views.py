"""The list of cohorts: who sees which, filters, pages, cost."""

from __future__ import annotations

import re

import pytest

from cohorts.models import Application, CohortReference
from partners.models import Commune
from tests.makers import START, cohort, learner, training_body

URL = "/cohortes/"


@pytest.fixture
def known(body, agreement, mission_locale):
    """A cohort of Coline's body, under Farid's agreement, to which Amina's mission locale refers somebody."""
    made = cohort(body, (agreement,), title="Canari Web 12", commune="59512")
    Application.objects.create(
        learner=learner(mission_locale), cohort=made, referred_by=mission_locale, referred_on=START
    )
    return made


def titles(client, user, query=""):
    client.force_login(user)
    page = client.get(URL + query).content.decode()
    return re.findall(r"<strong>([^<]+)</strong></a><span class=\"under\">", page)


@pytest.mark.parametrize("who", ["coline", "theo", "farid", "amina"])
def test_the_body_its_funder_and_who_refers_see_the_cohort(client, known, request, who):
    assert titles(client, request.getfixturevalue(who)) == ["Canari Web 12"]


@pytest.mark.parametrize("who", ["sam", "elsa"])
def test_strangers_see_neither_the_cohort_nor_its_programme(client, known, request, who):
    client.force_login(request.getfixturevalue(who))
    page = client.get(URL).content.decode()
    assert "Canari" not in page
    assert "Développement web" not in page
    assert "Aucune cohorte pour l’instant." in page


def test_a_visitor_is_sent_to_the_sign_in(client, known):
    assert client.get(URL).url == f"/compte/connexion/?next={URL}"


def test_the_list_is_only_read(client, coline):
    client.force_login(coline)
    assert client.post(URL).status_code == 405


def test_filters_narrow_the_list_and_stay_in_the_address(client, coline, body, known):
    other = cohort(body, title="Support 3", status="running")
    CohortReference.objects.create(importer=body, code="COH-É7", cohort=other)
    programme = known.programme_id
    assert titles(client, coline, "?status=running") == ["Support 3"]
    assert titles(client, coline, "?q=web+canari") == ["Canari Web 12"]
    assert titles(client, coline, "?q=COH-") == ["Support 3"]
    assert titles(client, coline, f"?programme={programme}&status=draft") == ["Canari Web 12"]
    assert titles(client, coline, "?q=introuvable") == []
    page = client.get(f"{URL}?q=introuvable&status=running").content.decode()
    assert 'value="introuvable"' in page
    assert '<option value="running" selected>' in page
    assert "Aucune cohorte ne répond à ces filtres." in page


def test_a_filter_by_somebody_elses_programme_finds_nothing_to_learn(client, coline, known):
    foreign = cohort(training_body(), title="Ailleurs").programme
    assert titles(client, coline, f"?programme={foreign.pk}") == ["Canari Web 12"]
    assert f'value="{foreign.pk}"' not in client.get(URL).content.decode()


def test_the_second_page_keeps_the_filters(client, coline, body):
    for number in range(26):
        cohort(body, title=f"Série {number}")
    assert len(titles(client, coline, "?q=série")) == 25
    page = client.get(f"{URL}?q=série").content.decode()
    assert "?q=s%C3%A9rie&amp;page=2" in page
    assert len(titles(client, coline, "?q=série&page=2")) == 1


def test_the_name_of_the_commune_is_shown_once_the_list_is_loaded(client, coline, known):
    client.force_login(coline)
    assert "Roubaix" not in client.get(URL).content.decode()
    Commune.objects.create(code="59512", name="Roubaix", kind="current")
    assert "Roubaix" in client.get(URL).content.decode()


def test_counts_are_those_of_the_whole_cohort(client, coline, known, body):
    client.force_login(coline)
    for _ in range(3):
        Application.objects.create(learner=learner(body), cohort=known, referred_on=START, decision="admitted")
    page = client.get(URL).content.decode()
    assert 'data-label="Candidatures">4<' in page
    assert 'data-label="Admis">3<' in page
    assert 'aria-label="3 admis, 20 à 24 places"' in page


def test_the_list_costs_the_same_number_of_queries_at_1_3_and_30_rows(
    client, coline, body, django_assert_max_num_queries
):
    client.force_login(coline)
    seen = []
    for number in range(30):
        made = cohort(body, title=f"Série {number}")
        Application.objects.create(learner=learner(body), cohort=made, referred_on=START)
        if number + 1 in (1, 3, 30):
            with django_assert_max_num_queries(10) as asked:
                assert client.get(URL).status_code == 200
            seen.append(len(asked))
    assert len(set(seen)) == 1
