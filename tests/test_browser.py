"""The site in a real browser: a report asked for and taken away, nothing refused by the page's own policy, no barrier."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from partners import jobs
from partners.models import User
from placements.models import ReportRun
from tests.makers import cohort, enrolment
from tests.people import PASSWORD
from tests.placements import runs

pytestmark = pytest.mark.browser
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# A violation is told on the console, whatever the page does with it.
LISTEN = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.sample))"


@dataclass
class Visit:
    """A page under watch: what it was refused, and every host it talked to."""

    page: Page
    at: str
    refused: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def go(self, path: str) -> Page:
        self.page.goto(self.at + path)
        return self.page

    def sign_in(self, user: User) -> None:
        page = self.go("/connexion/")
        page.get_by_label("Courriel").fill(user.email)
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop in this thread; no view is async
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        made = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield made
        made.close()


def visit(browser: Browser, at: str, theme: str = "light", width: int = 1360, script: bool = True) -> Visit:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, locale="fr-FR", java_script_enabled=script
    )
    context.add_init_script(LISTEN)
    made = Visit(context.new_page(), at)
    made.page.on(
        "console", lambda told: made.refused.append(told.text) if "CSP" in told.text or "Refused" in told.text else None
    )
    made.page.on("request", lambda request: made.hosts.add(urlsplit(request.url).netloc))
    return made


def test_a_coordinator_asks_for_a_report_waits_reads_it_and_takes_both_files(
    browser, live_server, coline, agreement, body
):
    enrolment(into=cohort(body, (agreement,), title="Dev Web 12"), exited_on=date(2026, 6, 30), exit_reason="completed")
    seen = visit(browser, live_server.url)
    seen.sign_in(coline)
    page = seen.page
    page.get_by_role("link", name="Cohortes", exact=True).first.click()
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


def test_the_watch_does_see_a_refusal(browser, live_server):
    seen = visit(browser, live_server.url)
    seen.go("/connexion/").evaluate("document.body.innerHTML = '<p style=\"color: red\">x</p>'")
    seen.page.wait_for_timeout(50)
    assert seen.refused


def test_everything_works_without_javascript_on_a_phone(browser, live_server, coline, agreement):
    run = runs.ready(agreement)
    seen = visit(browser, live_server.url, width=360, script=False)
    seen.sign_in(coline)
    page = seen.page
    assert not page.get_by_role("link", name="Bilans", exact=True).is_visible()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Bilans", exact=True).click()
    page.get_by_role("link", name="CONV-2026-114").first.click()
    assert page.url.endswith(f"/bilans/{run.pk}/")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Se déconnecter").click()
    assert "/connexion/" in page.url


def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(browser, live_server, coline, agreement):
    seen = visit(browser, live_server.url)
    seen.sign_in(coline)
    page = seen.go("/bilans/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Aller au contenu")
    assert link.evaluate("node => node === document.activeElement && getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


LOOKS = [("light", 1360), ("dark", 360)]
DEEP = [("light", 360), ("dark", 1360)]


@pytest.mark.parametrize(("theme", "width"), LOOKS + [pytest.param(*look, marks=pytest.mark.full) for look in DEEP])
def test_no_page_has_a_barrier_nor_runs_off_the_side(browser, live_server, coline, agreement, body, theme, width):
    cohort(body, (agreement,), title="Dev Web 12", status="recruiting")
    shown = runs.ready(agreement)
    running = runs.asked(agreement, status="running", progress=40)
    failed = runs.asked(agreement, status="failed")
    seen = visit(browser, live_server.url, theme, width)
    paths = ["/connexion/", "/", "/cohortes/", "/cohortes/?q=zzz", "/bilans/", "/bilans/nouveau/", "/rien/"]
    paths += [f"/bilans/{shown.pk}/", f"/bilans/{running.pk}/?attendre=non", f"/bilans/{failed.pk}/"]
    barriers = []
    for path in paths:
        page = seen.go(path)
        if path == "/connexion/":
            barriers += _barriers(path, page)
            seen.sign_in(coline)
            continue
        for fold in page.locator("main details").all():
            fold.evaluate("node => node.open = true")
        barriers += _barriers(path, page)
    assert barriers == []
    assert seen.refused == []


def _barriers(path: str, page: Page) -> list[str]:
    found = [f"{path} {fault['id']}: {fault['nodes'][0]['html']}" for fault in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found + ([f"{path} is {wide} px too wide"] if wide > 0 else [])


def test_the_search_for_barriers_does_find_one(browser, live_server):
    page = visit(browser, live_server.url).go("/connexion/")
    page.evaluate("document.querySelector('main').innerHTML = '<h1>x</h1><input type=text>'")
    assert [fault for fault in _barriers("x", page) if "label" in fault]
