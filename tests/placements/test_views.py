"""Home and reports: who sees what, asking, waiting, reading, taking away."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from cohorts.states import CohortStatus
from partners.models import AgreementReference
from partners.states import OrganisationKind
from placements.models import ReportRun
from tests.makers import agreement as make_agreement
from tests.makers import cohort, organisation, training_body
from tests.placements import contents, runs

LIST, NEW = "/bilans/", "/bilans/nouveau/"
PARTIES, STRANGERS = ("coline", "theo", "farid"), ("sam", "elsa", "amina")
TYPED = {"starts_on": "2025-01-01", "ends_on": "2025-12-31", "as_of": "2026-10-31", "profile": "funder"}


@pytest.fixture
def run(agreement):
    return runs.ready(agreement)


def addresses(run):
    return [f"/bilans/{run.pk}/", f"/bilans/{run.pk}/classeur/", f"/bilans/{run.pk}/document/"]


def read(client, url):
    return client.get(url).content.decode()


@pytest.mark.parametrize("who", PARTIES)
def test_the_parties_of_the_agreement_open_the_report_and_both_files(client, run, request, who):
    client.force_login(request.getfixturevalue(who))
    assert [client.get(url).status_code for url in addresses(run)] == [200, 200, 200]
    assert f'href="/bilans/{run.pk}/"' in read(client, LIST)


@pytest.mark.parametrize("who", STRANGERS)
def test_for_anybody_else_the_report_does_not_exist(client, run, request, who):
    client.force_login(request.getfixturevalue(who))
    assert [client.get(url).status_code for url in addresses(run)] == [404, 404, 404]
    for url in (LIST, NEW, "/"):
        assert "CONV-2026-114" not in read(client, url)


def test_a_funder_does_not_see_the_reports_of_another(client, farid, run):
    foreign = runs.ready(make_agreement(training_body(), organisation(OrganisationKind.FUNDER)))
    client.force_login(farid)
    assert [client.get(url).status_code for url in addresses(foreign)] == [404, 404, 404]
    assert f'href="/bilans/{foreign.pk}/"' not in read(client, LIST)


def test_a_visitor_is_sent_to_the_sign_in_from_everywhere(client, run):
    for url in ["/", LIST, NEW, *addresses(run)]:
        assert client.get(url).url == f"/compte/connexion/?next={url}"


def test_pages_that_are_only_read_refuse_a_post(client, coline, run):
    client.force_login(coline)
    for url in ["/", LIST, *addresses(run)]:
        assert client.post(url).status_code == 405
    assert client.delete(NEW).status_code == 405


def test_asking_leads_to_the_page_of_the_run(client, coline, agreement):
    client.force_login(coline)
    answer = client.post(NEW, {"agreement": agreement.pk, **TYPED})
    made = ReportRun.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/bilans/{made.pk}/")
    assert (made.report.agreement, made.report.created_by, made.as_of) == (agreement, coline, date(2026, 10, 31))
    assert (made.report.starts_on, made.report.ends_on, made.report.profile) == (
        date(2025, 1, 1),
        date(2025, 12, 31),
        "funder",
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"agreement": ""}, "Choisissez une convention dans la liste."),
        ({"agreement": "999999"}, "Cette convention n’est pas dans votre liste."),
        ({"starts_on": ""}, "Indiquez le premier jour de la période."),
        ({"ends_on": "31/02/2025"}, "Cette date n’est pas comprise."),
        ({"ends_on": "2024-12-31"}, "La période finit avant de commencer."),
        ({"as_of": "2100-01-01"}, "Ce jour n’est pas encore passé."),
        ({"profile": "secret"}, "Sélectionnez un choix valide."),
    ],
)
def test_a_faulty_request_is_told_on_top_and_beside_the_field_and_keeps_what_was_typed(
    client, coline, agreement, changed, sentence
):
    client.force_login(coline)
    answer = client.post(NEW, {"agreement": agreement.pk, **TYPED, **changed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(sentence) == 2
    assert 'role="alert"' in page
    name, typed = next(iter(changed.items()))
    assert f'href="#id_{name}"' in page
    if name.endswith("_on") or name == "as_of":
        assert f'name="{name}"' in page and (not typed or f'value="{typed}"' in page)
        assert f'value="{agreement.pk}" selected' in page
    assert not ReportRun.objects.exists()


def test_dates_are_understood_as_people_write_them(client, coline, agreement):
    client.force_login(coline)
    client.post(NEW, {**TYPED, "agreement": agreement.pk, "starts_on": "01/02/2025"})
    assert ReportRun.objects.get().report.starts_on == date(2025, 2, 1)


def test_nobody_asks_for_a_report_on_an_agreement_of_others(client, sam, agreement):
    make_agreement(sam.working_for[0].organisation, organisation(OrganisationKind.FUNDER))
    client.force_login(sam)
    assert client.post(NEW, {"agreement": agreement.pk, **TYPED}).status_code == 422
    assert not ReportRun.objects.exists()


def test_without_an_agreement_the_form_says_what_is_missing(client, elsa):
    client.force_login(elsa)
    page = read(client, NEW)
    assert "votre organisme n’en a encore aucune" in page
    assert '<form method="post" class' not in page


def test_a_run_under_way_shows_its_progress_and_looks_again_until_told_not_to(client, coline, agreement):
    run = runs.asked(agreement, status="running", progress=40)
    client.force_login(coline)
    answer = client.get(f"/bilans/{run.pk}/")
    assert 'value="40"' in answer.content.decode()
    assert int(answer["Refresh"]) > 0
    assert "Refresh" not in client.get(f"/bilans/{run.pk}/?attendre=non")


def test_a_failed_run_gives_its_reason_and_offers_the_same_request_again(client, coline, agreement):
    run = runs.asked(agreement, status="failed", failure="La convention n’a aucune cohorte.")
    client.force_login(coline)
    answer = client.get(f"/bilans/{run.pk}/")
    page = answer.content.decode()
    assert "Refresh" not in answer
    assert "La convention n’a aucune cohorte." in page
    again = re.search(r'href="(/bilans/nouveau/\?[^"]+)"', page).group(1).replace("&amp;", "&")
    form = read(client, again)
    assert f'value="{agreement.pk}" selected' in form
    assert 'value="2025-01-01"' in form
    assert 'value="2026-10-31"' in form


@pytest.mark.parametrize("status", ["queued", "running", "failed"])
def test_what_is_not_frozen_has_no_files(client, coline, agreement, status):
    run = runs.asked(agreement, status=status, xlsx=b"x", pdf=b"y")
    client.force_login(coline)
    assert [client.get(url).status_code for url in addresses(run)] == [200, 404, 404]


@pytest.mark.parametrize(
    ("path", "kind", "body_of_file", "ending"),
    [
        ("classeur", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", runs.XLSX, "xlsx"),
        ("document", "application/pdf", runs.PDF, "pdf"),
    ],
)
def test_a_file_comes_as_it_was_frozen_under_a_plain_name_and_is_kept_by_no_cache(
    client, farid, run, path, kind, body_of_file, ending
):
    client.force_login(farid)
    answer = client.get(f"/bilans/{run.pk}/{path}/")
    assert answer.content == body_of_file
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"] == f'attachment; filename="bilan-CONV-2026-114-2025-01-01-2025-12-31.{ending}"'
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_reference_with_accents_slashes_or_quotes_gives_a_name_that_browsers_read(client, coline, agreement, run):
    AgreementReference.objects.update(code='été/"114"')
    client.force_login(coline)
    name = client.get(f"/bilans/{run.pk}/document/")["Content-Disposition"]
    assert name.startswith("attachment; filename*=utf-8''bilan-%C3%A9t%C3%A9")
    assert "/" not in name.split("''")[1]
    assert '"' not in name


def test_the_report_shows_its_figures_with_what_they_are_counted_on(client, farid, run):
    client.force_login(farid)
    page = read(client, f"/bilans/{run.pk}/")
    for words in (
        "76,6\u00a0%",
        "72 sur 94",
        "entre 76,6\u00a0% et 83,0\u00a0%",
        "manque 2\u00a0personnes",
        run.sha256,
    ):
        assert words in page
    assert "Bilan figé le" in page
    assert len(re.findall(r'<svg [^>]*class="chart"[^>]*><title id="([^"]+)">[^<]+</title>', page)) == 4
    assert page.count("<caption") >= 6


def test_names_of_participants_never_reach_the_page_even_of_a_nominative_report(client, farid, agreement):
    run = runs.ready(agreement, contents.nominative(hostile=False))
    client.force_login(farid)
    page = read(client, f"/bilans/{run.pk}/")
    assert "N’Diaye" not in page
    assert "les participants figurent dans le classeur Excel" in page


def test_a_public_report_hides_on_the_page_what_it_hides_elsewhere(client, farid, agreement):
    run = runs.ready(agreement, contents.public())
    client.force_login(farid)
    page = read(client, f"/bilans/{run.pk}/")
    assert "n.\u00a0c." in page
    assert "petits effectifs masqués" in page


def test_texts_of_a_report_are_never_markup(client, farid, agreement):
    # Control characters never enter a base: only what looks like markup is of interest here.
    run = runs.ready(agreement, replace(contents.nominative(hostile=True), participants=None))
    client.force_login(farid)
    page = read(client, f"/bilans/{run.pk}/")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert "<b>gras" not in page
    assert "javascript:alert" not in re.sub(r"&lt;.*?&gt;", "", page)


def test_a_report_without_any_exit_is_still_a_page(client, farid, agreement):
    run = runs.ready(agreement, contents.small())
    client.force_login(farid)
    assert "Personne n’est encore sorti depuis 6 mois." in read(client, f"/bilans/{run.pk}/")


def test_home_says_for_whom_one_works_and_shows_cohorts_and_reports(client, coline, body, run):
    type(run.report).objects.filter(pk=run.report_id).update(created_by=coline)
    today = timezone.localdate()
    cohort(body, title="Canari en cours", starts_on=today, ends_on=today, status=CohortStatus.RUNNING)
    cohort(body, title="Canari d’antan", starts_on=date(2020, 1, 1), ends_on=date(2020, 6, 1))
    client.force_login(coline)
    page = read(client, "/")
    assert "Numérique Ensemble" in page
    assert "Canari en cours" in page
    assert "Canari d’antan" not in page
    assert f'href="/bilans/{run.pk}/"' in page


@pytest.mark.parametrize("who", ["coline", "farid", "amina"])
def test_an_empty_home_says_that_nothing_waits(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert "Rien ne vous attend aujourd’hui." in read(client, "/")


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("coline", "votre organisme n’en a encore aucune"),
        ("farid", "votre organisme n’en a encore aucune"),
        ("amina", "votre organisme n’en a encore aucune"),
    ],
)
def test_an_empty_list_of_reports_says_what_to_do_first(client, request, who, sentence):
    client.force_login(request.getfixturevalue(who))
    page = read(client, LIST)
    assert sentence in page
    assert "Aucun bilan pour l’instant." in page


@pytest.mark.parametrize(("url", "most"), [("/", 30), (LIST, 12), (NEW, 12)])
def test_pages_cost_the_same_number_of_queries_at_1_3_and_30_rows(
    client, coline, body, funder, url, most, django_assert_max_num_queries
):
    client.force_login(coline)
    client.get(url)  # the first page of a session also writes where it was opened
    seen = []
    today = timezone.localdate()
    for number in range(30):
        made = make_agreement(body, funder)
        AgreementReference.objects.create(importer=body, code=f"C{number}", agreement=made)
        runs.ready(made, contents.small())
        cohort(body, (made,), starts_on=today, ends_on=today)
        if number + 1 in (1, 3, 30):
            with django_assert_max_num_queries(most) as asked:
                assert client.get(url).status_code == 200
            seen.append(len(asked))
    assert len(set(seen)) == 1


def test_the_page_of_a_report_costs_few_queries_and_reads_no_file(client, farid, run, django_assert_max_num_queries):
    client.force_login(farid)
    with django_assert_max_num_queries(7) as asked:
        client.get(f"/bilans/{run.pk}/")
    assert not [query for query in asked if '"xlsx"' in query["sql"]]
