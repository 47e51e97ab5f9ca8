"""A half-day in a real browser: the trainer taps on a phone, the wall shows a square, another phone signs without scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from cohorts import signing_links
from tests.cohorts.training_world import Training
from tests.visits import barriers, browser, visit  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_tap_notes_and_a_phone_signs_by_the_square(browser, live_server, settings) -> None:  # noqa: F811
    settings.SITE_URL = live_server.url
    at = Training(3)
    session, (one, two, _three) = at.half(), at.people
    links = {given.enrolment.pk: given.made.address for given in signing_links.give_links(cohort=at.cohort, by=at.theo)}
    desk = visit(browser, live_server.url, "dark", 360)
    desk.enter(at.theo)
    page = desk.go(reverse("cohorts:sheet", args=[session.pk]))
    row = page.locator(f"#p{two.pk}")
    with page.expect_response(lambda answer: f"/emargement/{two.pk}/" in answer.url):
        row.locator("input[value=absent]").check()
    page.get_by_text("1 notés sur 3").wait_for()
    assert at.line(two, session).mark == "absent"
    assert barriers("feuille", page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wall = desk.go(reverse("cohorts:room", args=[session.pk]))
    assert wall.locator("svg.room-square").is_visible()
    address = wall.locator(".room-frame").get_attribute("data-address") or ""
    phone = visit(browser, live_server.url, width=360, script=False)
    signs(phone, links[one.pk].replace("http://localhost:8000", live_server.url), address)
    row_of_one = at.line(one, session)
    assert (row_of_one.mark, row_of_one.signed_by) == ("present", "room")
    assert (desk.refused, desk.hosts) == ([], {urlsplit(live_server.url).netloc})


def signs(phone: Any, link: str, address: str) -> None:
    page = phone.go(urlsplit(link).path)
    page.get_by_role("button", name="Ouvrir ma page").click()
    page = phone.go(urlsplit(address).path)
    page.get_by_role("button", name="Je signe ma présence").click()
    assert page.get_by_text("Vous avez signé").is_visible()
