"""Who reads the fairness of a selection, what the page says, and what it never shows; the file, as PDF and workbook."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pypdf import PdfReader

from cohorts import access
from cohorts.models import Application, TeamMember
from cohorts.states import CohortStatus, Decision
from partners.models import Event
from partners.states import Role
from tests import makers
from tests.cohorts.fairness_world import applied, led, met, ruled
from tests.people import person

PATHS = ("", "dossier.pdf", "dossier.xlsx")


def of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(cohort, rest: str = "") -> str:
    return f"/cohortes/{cohort.pk}/equite/{rest}"


@pytest.fixture
def cohort(body, agreement, coline, mission_locale):
    made = makers.cohort(body, agreements=(agreement,), status=CohortStatus.RUNNING)
    led(made, mission_locale, coline, women=(3, 15), men=(12, 15))
    return made


def text_of(answer) -> str:
    """What is written in the answer, whatever it is a file of."""
    kind = answer.headers["Content-Type"]
    if kind == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    if kind.startswith("application/vnd"):
        book = load_workbook(BytesIO(answer.content))
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return answer.content.decode()


# --- who -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rest", PATHS)
def test_who_leads_the_selection_and_who_pays_for_it_read(cohort, coline, farid, rest):
    assert of(coline).get(at(cohort, rest)).status_code == 200
    assert of(farid).get(at(cohort, rest)).status_code == 200


@pytest.mark.parametrize("rest", PATHS)
def test_others_do_not(cohort, theo, amina, sam, elsa, body, rest):
    assert of(amina).get(at(cohort, rest)).status_code == 403  # refers to it: sees the cohort
    assert of(theo).get(at(cohort, rest)).status_code == 403  # teaches
    assert of(person("Lise", "Fictive-Lecture", body, Role.READER)).get(at(cohort, rest)).status_code == 403
    assert of(sam).get(at(cohort, rest)).status_code == 404
    assert of(elsa).get(at(cohort, rest)).status_code == 404
    assert Client().get(at(cohort, rest)).status_code == 302


def test_who_coordinates_this_cohort_reads(cohort, theo):
    TeamMember.objects.create(cohort=cohort, user=theo, duty="coordinator")
    assert of(theo).get(at(cohort)).status_code == 200


def test_a_trainer_of_the_team_does_not(cohort, theo):
    TeamMember.objects.create(cohort=cohort, user=theo, duty="trainer")
    assert of(theo).get(at(cohort)).status_code == 403


def test_only_reading(cohort, coline):
    assert {of(coline).post(at(cohort, rest)).status_code for rest in PATHS} == {405}


# --- closed to who assesses ------------------------------------------------------------------------------------
@pytest.fixture
def untold(cohort, coline, mission_locale):
    """One more person, of whom the decision is prepared and not announced."""
    one = applied(cohort, mission_locale, sex="F")
    met(one, "attended")
    ruled(one, Decision.ADMITTED, coline, told=False)
    return one


@pytest.mark.parametrize("rest", PATHS)
def test_who_assesses_reads_nothing_until_all_is_announced(cohort, untold, coline, rest):
    """Even a manager, even who also coordinates."""
    TeamMember.objects.create(cohort=cohort, user=coline, duty="coordinator")
    TeamMember.objects.create(cohort=cohort, user=coline, duty="assessor")
    assert of(coline).get(at(cohort, rest)).status_code == 403
    Application.objects.filter(pk=untold.pk).update(status="announced")
    assert of(coline).get(at(cohort, rest)).status_code == 200


def test_the_closed_page_says_why_and_no_figure(cohort, untold, coline):
    TeamMember.objects.create(cohort=cohort, user=coline, duty="assessor")
    page = of(coline).get(at(cohort)).content.decode()
    assert "tant que vous évaluez cette cohorte" in page
    assert "sur 15" not in page
    assert 'href="' + at(cohort) not in of(coline).get(f"/cohortes/{cohort.pk}/").content.decode()


def test_a_pair_of_other_cohorts_does_not_open_it(cohort, untold, coline, body):
    """Assessing elsewhere closes elsewhere."""
    elsewhere = makers.cohort(body)
    TeamMember.objects.create(cohort=elsewhere, user=coline, duty="assessor")
    assert of(coline).get(at(cohort)).status_code == 200


@pytest.mark.parametrize("rest", PATHS)
def test_control_without_the_guard_who_assesses_reads(cohort, untold, coline, monkeypatch, rest):
    TeamMember.objects.create(cohort=cohort, user=coline, duty="assessor")
    for module in ("cohorts.access", "cohorts.views.fairness"):
        monkeypatch.setattr(f"{module}.rates", lambda by, cohort: False)
    assert of(coline).get(at(cohort, rest)).status_code == 200


def test_control_without_the_guard_who_refers_reads(cohort, amina, monkeypatch):
    monkeypatch.setattr(access, "selects", lambda by, cohort: True)
    monkeypatch.setattr("cohorts.views.fairness.reads_fairness", lambda by, cohort: True)
    assert of(amina).get(at(cohort)).status_code == 200


# --- what ------------------------------------------------------------------------------------------------------
def test_the_page_says_counts_rates_and_what_one_may_conclude(cohort, coline):
    page = of(coline).get(at(cohort)).content.decode()
    assert "3 sur 15" in page
    assert "écart vu" in page
    assert "à chances égales, on en attendait 7,5" in page
    assert "Cette cohorte\u00a0: 30 candidatures." in page
    assert "Aucun écart" not in page.split('id="sex"')[1].split("</section>")[0]


def test_each_stage_and_the_programme_are_a_link_away(cohort, coline):
    page = of(coline).get(at(cohort, "?periode=24&etape=eligible")).content.decode()
    assert "parmi les personnes orientées ou candidates" in page
    assert "Aucune autre cohorte du programme" in page
    assert "?periode=24&amp;etape=admitted#sex" in page
    assert of(coline).get(at(cohort, "?etape=rien&periode=rien")).status_code == 200


def test_prepared_decisions_are_counted_for_who_leads_not_for_who_pays(cohort, untold, coline, farid):
    led_page, paid_page = (of(user).get(at(cohort)).content.decode() for user in (coline, farid))
    assert "4 sur 16" in led_page
    assert "Avec les décisions préparées" in led_page
    assert "3 sur 15" in paid_page
    assert "4 sur 16" not in paid_page
    assert "préparées" not in paid_page


def test_exceptions_bear_names_for_who_leads_and_none_for_who_pays(cohort, coline, farid, body):
    mine = makers.learner(body, last_name="Nommée-Ici", by=coline)
    Application.objects.create(learner=mine, cohort=cohort, referred_on="2025-11-03")
    assert "Nommée-Ici" in of(coline).get(at(cohort)).content.decode()
    page = of(farid).get(at(cohort)).content.decode()
    assert "Nommée-Ici" not in page
    assert "30 sur 31" in page


@pytest.mark.parametrize("rest", PATHS[1:])
def test_the_file_bears_nobodys_name(cohort, coline, body, rest):
    mine = makers.learner(body, last_name="Nommée-Ici", by=coline)
    Application.objects.create(learner=mine, cohort=cohort, referred_on="2025-11-03")
    answer = of(coline).get(at(cohort, rest))
    written = text_of(answer)
    assert "Nommée" not in written
    assert "écart vu" in written
    assert "femmes" in written
    assert "Fisher" in written
    assert "Chaque refus porte un motif" in written
    assert "no-store" in answer.headers["Cache-Control"]
    assert f'filename="equite-cohorte-{cohort.pk}.' in answer.headers["Content-Disposition"]


def test_taking_the_file_is_in_the_journal(cohort, coline):
    of(coline).get(at(cohort, "dossier.xlsx"))
    line = Event.objects.get(verb="export_fairness")
    assert (line.actor_id, line.subject_id, line.data) == (coline.pk, cohort.pk, {"format": "xlsx"})


def test_the_workbook_holds_numbers_that_can_be_computed_again(cohort, coline):
    book = load_workbook(BytesIO(of(coline).get(at(cohort, "dossier.xlsx")).content))
    heads, *rows = book["Chiffres"].iter_rows(values_only=True)
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    [women] = [one for one in found if (one["Étape"], one["Groupe"]) == ("Admises", "femmes")]
    assert (women["Personnes"], women["Passées"], women["Taux"], women["Attendu"]) == (15, 3, 0.2, 7.5)
    assert women["Sous 4/5"] == "sous 4/5"
    assert women["Ce qu’on peut dire"] == "écart vu"


def test_the_file_adds_the_programme_when_it_has_other_cohorts(cohort, coline, mission_locale):
    other = makers.cohort(programme=cohort.programme, title="Dev Web 0", starts_on=cohort.starts_on.replace(year=2025))
    led(other, mission_locale, coline, women=(5, 10), men=(5, 10))
    for rest in PATHS[1:]:
        assert "2 cohortes du programme" in text_of(of(coline).get(at(cohort, rest)))


def test_a_cohort_without_anybody_has_a_page_and_a_file(body, coline):
    empty = makers.cohort(body)
    page = of(coline).get(at(empty)).content.decode()
    assert "n’est connue pour personne" in page
    assert "il n’y a rien à vérifier" in page
    assert {of(coline).get(at(empty, rest)).status_code for rest in PATHS[1:]} == {200}


def test_the_cohort_leads_to_it_for_who_may(cohort, coline, farid, amina):
    link = f'href="{at(cohort)}"'
    assert link in of(coline).get(f"/cohortes/{cohort.pk}/").content.decode()
    assert link in of(farid).get(f"/cohortes/{cohort.pk}/").content.decode()
    assert link not in of(amina).get(f"/cohortes/{cohort.pk}/").content.decode()


def test_as_many_queries_for_thirty_as_for_sixty(cohort, coline, mission_locale):
    client = of(coline)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(at(cohort, "?periode=24"))
        return len(captured)

    before = cost()
    led(cohort, mission_locale, coline, women=(5, 15), men=(5, 15))
    assert cost() == before <= 40
