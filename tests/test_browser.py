"""The site in a real browser: its main journeys, by mouse, by keyboard, on a phone without scripts; no barrier anywhere."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from learners import links
from learners.models import Situation
from partners import jobs
from placements.models import ReportRun
from tests.doors import code
from tests.every_page import addresses_for
from tests.makers import cohort, enrolment, learner
from tests.people import PASSWORD
from tests.placements import runs
from tests.test_fences import entered
from tests.visits import Visit, barriers, browser, visit  # noqa: F401 -- a fixture
from tests.world import build

pytestmark = pytest.mark.browser


def sign_in(seen: Visit, email: str, path: str = "/") -> Page:
    """By the page, as people do: e-mail and password, then the code."""
    page = seen.go(path)
    page.get_by_label("Courriel").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Se connecter").click()
    return page


@pytest.fixture
def ines(coline, body, agreement):
    """Somebody whose internship has ended."""
    person = learner(body, by=coline, first_name="Inès", last_name="Fictive-Belkacem", phone="+33639980101")
    enrolment(
        person, cohort(body, (agreement,), title="Dev Web 12"), exited_on=date(2026, 6, 30), exit_reason="completed"
    )
    ended = timezone.localdate() - timedelta(days=16)
    Situation.objects.create(
        learner=person, kind="internship", starts_on=date(2026, 7, 6), ends_on=ended, employer_name="Atelier fictif"
    )
    return person


def test_a_coordinator_signs_in_finds_a_person_and_records_what_became_of_them(browser, live_server, coline, ines):  # noqa: F811
    seen = visit(browser, live_server.url)
    page = sign_in(seen, coline.email)
    assert page.get_by_text("16 jours sans situation").is_visible()
    page.get_by_role("link", name="Personnes", exact=True).first.click()
    page.get_by_role("searchbox", name="Chercher").fill("bélkac 01 01")
    page.get_by_role("searchbox", name="Chercher").press("Enter")
    page.get_by_role("link", name="Fictive-Belkacem").first.click()
    page.get_by_role("heading", name="Inès Fictive-Belkacem", level=1).wait_for()
    page.get_by_role("link", name="Enregistrer une situation").click()
    page.get_by_label("Type").select_option("cdi")
    page.get_by_label("Début", exact=True).fill((timezone.localdate() - timedelta(days=2)).isoformat())
    page.locator("main").get_by_role("button", name="Enregistrer").first.click()
    page.get_by_role("heading", name="Inès Fictive-Belkacem", level=1).wait_for()
    assert Situation.objects.filter(learner=ines, kind="cdi").exists()
    assert (seen.refused, seen.hosts) == ([], {urlsplit(live_server.url).netloc})


def test_a_coordinator_asks_for_a_report_waits_reads_it_and_takes_both_files(
    browser, live_server, coline, agreement, ines  # noqa: F811
):  # fmt: skip
    seen = visit(browser, live_server.url)
    seen.enter(coline)
    page = seen.go("/cohortes/")
    assert page.get_by_role("rowheader", name="Dev Web 12").is_visible()
    page.get_by_role("link", name="Bilans", exact=True).first.click()
    page.get_by_role("link", name="Demander un bilan").first.click()
    page.get_by_role("button", name="Calculer le bilan").click()
    assert page.get_by_role("alert").get_by_text("Choisissez une convention").is_visible()
    page.get_by_label("Convention").select_option(str(agreement.pk))
    page.get_by_role("button", name="Calculer le bilan").click()
    assert page.get_by_role("progressbar").is_visible()
    jobs.run_all()
    page.get_by_role("link", name="Télécharger le PDF").wait_for(timeout=15_000)  # the page looks again by itself
    run = ReportRun.objects.get()
    assert page.get_by_text(run.sha256).is_visible()
    for name, content in (("Télécharger le PDF", run.pdf), ("Classeur Excel", run.xlsx)):
        with page.expect_download() as coming:
            page.get_by_role("link", name=name).click()
        assert coming.value.suggested_filename.startswith("bilan-CONV-2026-114-")
        assert Path(coming.value.path()).read_bytes() == bytes(content)
    assert (seen.refused, seen.hosts) == ([], {urlsplit(live_server.url).netloc})


def test_a_young_person_answers_by_their_link_on_a_phone_without_scripts(browser, live_server, coline, ines):  # noqa: F811
    Situation.objects.create(learner=ines, kind="cdi", starts_on=timezone.localdate() - timedelta(days=9))
    made = links.make_path_link(learner=ines, by=coline, way="paper")
    seen = visit(browser, live_server.url, width=360, script=False)
    page = seen.go(urlsplit(made.address).path)
    assert not page.get_by_text("Inès").is_visible()  # who holds the link proves nothing yet by opening it
    page.get_by_role("button").first.click()
    assert page.get_by_role("heading", name="Bonjour Inès").is_visible()
    page.get_by_role("button", name="Oui, toujours").click()
    assert Situation.objects.get(learner=ines, kind="cdi").confirmed_on == timezone.localdate()
    assert (seen.refused, seen.hosts) == ([], {urlsplit(live_server.url).netloc})


def test_the_watch_does_see_a_refusal(browser, live_server):  # noqa: F811
    seen = visit(browser, live_server.url)
    page = seen.go("/compte/connexion/")
    with page.expect_console_message(lambda told: "CSP" in told.text):  # told when the browser gets to it
        page.evaluate("document.body.innerHTML = '<p style=\"color: red\">x</p>'")
    assert seen.refused


def test_everything_works_without_javascript_on_a_phone(browser, live_server, coline, agreement, ines):  # noqa: F811
    run = runs.ready(agreement)
    seen = visit(browser, live_server.url, width=360, script=False)
    page = sign_in(seen, coline.email)
    assert not page.get_by_role("link", name="Bilans", exact=True).is_visible()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Bilans", exact=True).click()
    page.get_by_role("link", name="CONV-2026-114").first.click()
    assert page.url.endswith(f"/bilans/{run.pk}/")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Personnes", exact=True).click()
    page.get_by_role("searchbox", name="Chercher").fill("belka")
    page.locator("main").get_by_role("button", name="Chercher").or_(
        page.locator("main").get_by_role("button", name="Filtrer")
    ).first.click()
    assert page.get_by_role("link", name="Fictive-Belkacem").first.is_visible()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Se déconnecter").click()
    assert "/compte/connexion/" in page.url


def test_the_keyboard_alone_signs_in_and_opens_a_person(browser, live_server, coline, ines):  # noqa: F811
    page = visit(browser, live_server.url).go("/personnes/")
    page.get_by_label("Courriel").focus()
    page.keyboard.type(coline.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Code").wait_for()
    page.keyboard.type(code())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Personnes", level=1).wait_for()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    assert skip.evaluate("node => node === document.activeElement && getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.includes('Belkacem')"):
            break
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Inès Fictive-Belkacem", level=1).wait_for()


def test_a_workbook_is_dropped_on_the_page_looked_at_then_brought_in(browser, live_server, coline, tmp_path):  # noqa: F811
    seen = visit(browser, live_server.url)
    seen.enter(coline)
    page = seen.go("/imports/nouveau/")
    file = tmp_path / "personnes.csv"
    lines = "Référence;Nom;Prénom;Naissance\nP-1;Fictif-Import;Ana;03/02/2004\n"
    file.write_text(lines, encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button[type=submit]").click()
    jobs.run_all()
    page.reload()
    assert page.get_by_text("Fictif-Import").count() == 0  # a preview counts; it shows nobody
    assert seen.refused == []


LOOKS = [("light", 1360), ("dark", 360)]
DEEP = [("light", 360), ("dark", 1360)]
SEEN_BY = ("coline", "mona", "farid", "pia", "anonymous", "ines", "hana")


@pytest.mark.parametrize("looks", [LOOKS, pytest.param(DEEP, marks=pytest.mark.full)])
def test_no_page_has_a_barrier_nor_runs_off_the_side(browser, live_server, settings, tmp_path, looks):  # noqa: F811
    """Every page of our own templates, once a kind: as the first of these people who may read it, in each of these looks."""
    settings.MEDIA_ROOT = str(tmp_path)
    world, found, done = build(), [], set()
    for persona in SEEN_BY:
        seen = visit(browser, live_server.url)
        if persona != "anonymous":
            seen.carry(entered(world, persona))
        for path in addresses_for(world, persona):
            kind = "/".join("0" if part.isdecimal() else part for part in path.split("/"))
            if kind in done or path.startswith(("/admin/", "/personnes/choix/")) or not is_page(seen, path):
                continue
            done.add(kind)
            for theme, width in looks:
                seen.look(theme, width)
                found += barriers(f"{persona} {path}, {theme} {width}", seen.page)
        found += seen.refused
        seen.page.context.close()
    assert found == [], "\n".join(found)
    assert len(done) > 40


def is_page(seen: Visit, path: str) -> bool:
    """Whether it is a page, and not a file; the browser then stands on it."""
    answer = seen.page.context.request.get(seen.at + path)
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return False
    seen.go(path)
    return True


def test_the_search_for_barriers_does_find_one(browser, live_server):  # noqa: F811
    page = visit(browser, live_server.url).go("/compte/connexion/")
    page.evaluate("document.querySelector('main').innerHTML = '<h1>x</h1><input type=text>'")
    assert [fault for fault in barriers("x", page) if "label" in fault]
