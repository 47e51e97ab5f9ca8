"""Personal links in a real browser: by phone, without script, by keyboard, in both themes, nothing refused, no barrier."""

# ruff: noqa: F401, F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from learners import actions, links
from learners.models import Sharing, Situation
from learners.states import HandoffStatus, Kind, Purpose
from partners.states import OrganisationKind
from tests import makers
from tests.visits import barriers, browser, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BORN = date(2004, 2, 3)


@pytest.fixture
def learner(mission_locale, amina, body):
    made = makers.learner(
        mission_locale, by=amina, first_name="Inès", last_name="Fictive-Écran", born_on=BORN, email="ines@example.org"
    )
    today = timezone.localdate()
    Situation.objects.create(
        learner=made, kind=Kind.CDD, starts_on=today - timedelta(days=400), ends_on=today - timedelta(days=300)
    )
    Situation.objects.create(
        learner=made, kind=Kind.INTERNSHIP, starts_on=today - timedelta(days=60), employer_name="Ovalie"
    )
    Sharing.objects.create(learner=made, organisation=body, basis="referral", since=today)
    return made


@pytest.fixture
def made(learner, amina) -> links.Made:
    return links.make_path_link(learner=learner, by=amina, way="paper")


def where(made: links.Made) -> str:
    return "/l/" + made.address.partition("/l/")[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_behind_a_link_has_a_barrier(browser, live_server, made, learner, body, amina, theme) -> None:
    employer = makers.organisation(OrganisationKind.EMPLOYER, email="accueil@example.org")
    asked = actions.hand_over(learner=learner, receiver=employer, purpose=Purpose.PLACEMENT, by=amina)
    hosting = links.make_hosting_link(handoff=asked, by=amina)
    seen = visit(browser, live_server.url, theme=theme, width=320)
    found = []
    for address in ("/code/", "/l/nothing/", where(made)):
        found += barriers(address, seen.go(address))
    seen.page.get_by_role("button", name="Ouvrir ma page").click()
    paths = ["/mon-parcours/", f"/mon-parcours/partage/{body.pk}/"]
    for address in (
        *paths,
        *(f"/mon-parcours/reponse/{one}/" for one in ("emploi", "formation", "recherche", "autre")),
    ):
        found += barriers(address, seen.go(address))
    seen.page.get_by_role("button", name="Envoyer ma réponse").click()
    found += barriers("an answer to look at again", seen.page)
    seen.go(where(hosting)).get_by_role("button", name="Ouvrir ma page").click()
    found += barriers("/mes-accueils/", seen.page)
    assert found == []
    assert seen.refused == []
    assert len(seen.hosts) == 1


@pytest.mark.parametrize(("theme", "width"), [("light", 1360), ("dark", 360)])
def test_no_page_about_links_and_handoffs_has_a_barrier(
    browser, live_server, made, learner, amina, theme, width
) -> None:
    actions.hand_over(
        learner=learner, receiver=makers.organisation(OrganisationKind.EMPLOYER), purpose=Purpose.PLACEMENT, by=amina
    )
    handoff = learner.handoffs.get()
    client = Client()
    client.force_login(amina)
    seen = visit(browser, live_server.url, theme=theme, width=width)
    seen.carry(client)
    found = []
    addresses = ("/relais/", "/relais/?sens=envoyes", f"/relais/{handoff.pk}/", f"/personnes/{learner.pk}/lien/")
    for address in addresses:
        found += barriers(address, seen.go(address))
    seen.page.get_by_label("Par téléphone").check()
    seen.page.get_by_role("button", name="Créer le lien").click()
    assert seen.page.get_by_role("heading", name="Code à dicter").is_visible()
    found += barriers("the code", seen.page)
    assert found == []
    assert seen.refused == []


def test_by_keyboard_and_without_script_one_comes_in_by_code_and_answers(browser, live_server, made, learner) -> None:
    seen = visit(browser, live_server.url, width=360, script=False)
    page = seen.go("/code/")
    page.get_by_label("Votre code").focus()
    page.keyboard.type(made.code.lower())
    page.keyboard.press("Tab")
    page.keyboard.type("03/02/2004")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mon-parcours/")
    assert page.get_by_role("heading", name="Bonjour Inès").is_visible()
    assert page.get_by_role("button", name="Imprimer").count() == 0
    page.get_by_role("button", name="Oui, toujours").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Merci, c’est noté").wait_for()
    assert learner.situations.get(kind=Kind.INTERNSHIP).confirmed_on == timezone.localdate()


def test_an_employer_answers_from_a_phone(browser, live_server, learner, amina) -> None:
    employer = makers.organisation(OrganisationKind.EMPLOYER)
    asked = actions.hand_over(learner=learner, receiver=employer, purpose=Purpose.PLACEMENT, by=amina)
    hosting = links.make_hosting_link(handoff=asked, by=amina)
    seen = visit(browser, live_server.url, width=360)
    page = seen.go(where(hosting))
    page.get_by_role("button", name="Ouvrir ma page").click()
    page.get_by_label("Premier jour chez vous").fill((timezone.localdate() + timedelta(days=3)).isoformat())
    page.get_by_role("button", name="Dire oui").click()
    assert page.get_by_text("Vous accueillez").is_visible()
    asked.refresh_from_db()
    assert asked.status == HandoffStatus.ACCEPTED


def test_the_address_of_a_link_is_told_to_nobody(browser, live_server, made) -> None:
    """Control of the reason for « strict-origin »: the form passes, and the path of the link is in no Referer."""
    seen = visit(browser, live_server.url)
    told: list[str] = []
    seen.page.on("request", lambda request: told.append(request.all_headers().get("referer", "")))
    seen.go(where(made)).get_by_role("button", name="Ouvrir ma page").click()
    assert seen.page.get_by_role("heading", name="Bonjour Inès").is_visible()
    assert any(told)
    assert not any("/l/" in referer for referer in told)
