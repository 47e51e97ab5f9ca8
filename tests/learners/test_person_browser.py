"""The page of a person in a real browser: labels as they are really drawn, a phone, paper, no script, no barrier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from learners.models import Document, Situation
from tests.learners import files
from tests.learners.lives import ines, long_life
from tests.makers import learner
from tests.visits import barriers, browser, visit  # noqa: F401

pytestmark = pytest.mark.browser

# Pairs of labels of the drawing that share some ink, a pixel apart at least.
COLLISIONS = """() => [...document.querySelectorAll('svg.thread')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text:not(.when)')].map(node => [node.textContent, node.getBBox()]);
  return boxes.flatMap(([words, a], n) => boxes.slice(n + 1).filter(([_, b]) =>
    a.x + a.width > b.x + 1 && b.x + b.width > a.x + 1 && a.y + a.height > b.y + 4 && b.y + b.height > a.y + 4
  ).map(([other]) => words + ' / ' + other));
})"""


@pytest.fixture
def known(mission_locale, body, coline, amina):
    return ines(mission_locale, body, coline, amina)


@pytest.fixture
def long(body, coline, mission_locale):
    today = timezone.localdate()
    made = learner(body, since=today - timedelta(days=2400), by=coline, first_name="Longue", last_name="Vie-Fictive")
    long_life(made, 60, body, mission_locale, last=today)
    return made


def test_no_two_labels_touch_as_they_are_drawn(browser, live_server, coline, known, long):  # noqa: F811
    seen = visit(browser, live_server.url)
    seen.enter(coline)
    for person in (known, long):
        page = seen.go(f"/personnes/{person.pk}/")
        assert page.locator("svg.thread text").count() > 10
        assert page.evaluate(COLLISIONS) == []
    page.evaluate("document.querySelectorAll('svg.thread text').forEach(node => node.setAttribute('x', 300))")
    assert page.evaluate(COLLISIONS) != []  # the search does find what touches
    assert seen.refused == []


def test_on_a_phone_the_thread_goes_down_the_page(browser, live_server, coline, known):  # noqa: F811
    seen = visit(browser, live_server.url, width=360)
    seen.enter(coline)
    page = seen.go(f"/personnes/{known.pk}/")
    assert not page.locator("svg.thread").first.is_visible()
    assert page.locator(".path-lines").get_by_text("Recherche d’emploi").is_visible()
    wide = visit(browser, live_server.url)
    wide.enter(coline)
    page = wide.go(f"/personnes/{known.pk}/")
    assert page.locator("svg.thread").first.is_visible()
    assert not page.locator(".path-lines").is_visible()
    page.emulate_media(media="print")
    assert page.locator("svg.thread").first.is_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1360), ("dark", 320)])
def test_no_page_of_a_person_has_a_barrier_nor_runs_off_the_side(browser, live_server, coline, known, theme, width):  # noqa: F811
    seen = visit(browser, live_server.url, theme, width)
    seen.enter(coline)
    one = Situation.objects.filter(learner=known).first()
    after = (
        "",
        "modifier/",
        "journal/",
        "situations/nouvelle/",
        f"situations/{one.pk}/",
        f"situations/{one.pk}/retirer/",
        "documents/nouveau/",
    )
    found = []
    for path in after:
        found += barriers(path, seen.go(f"/personnes/{known.pk}/{path}"))
    assert found == []
    assert seen.refused == []


def test_without_script_a_situation_is_recorded_and_a_document_kept(
    browser,  # noqa: F811
    live_server,
    coline,
    known,
    tmp_path,
    settings,
):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "cv.pdf").write_bytes(files.PDF)
    seen = visit(browser, live_server.url, width=360, script=False)
    seen.enter(coline)
    page = seen.go(f"/personnes/{known.pk}/")
    page.get_by_role("link", name="Enregistrer une situation").click()
    page.get_by_label("Type de situation").select_option("cdi")
    page.get_by_label("Début").fill(f"{timezone.localdate():%Y-%m-%d}")
    page.get_by_role("button", name="Enregistrer").click()
    assert page.get_by_text("La situation est enregistrée.").is_visible()
    assert not page.get_by_text("Parcours interrompu").is_visible()
    page.get_by_role("link", name="Déposer un document").click()
    page.get_by_label("Fichier").set_input_files(tmp_path / "cv.pdf")
    page.get_by_label("Ce que c’est").select_option("cv")
    page.get_by_role("button", name="Déposer").click()
    document = Document.objects.get(learner=known)
    with page.expect_download() as coming:
        page.get_by_role("link", name="cv.pdf").click()
    assert coming.value.suggested_filename == "cv.pdf"
    page.get_by_role("button", name="Retirer cv.pdf").click()
    document.refresh_from_db()
    assert document.removed_at is not None
