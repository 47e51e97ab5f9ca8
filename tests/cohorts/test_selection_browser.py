"""A selection from the first check to the first yes, by those who do it, in a real browser: a desk, two phones without scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from cohorts import appointments
from cohorts.models import Application, Appointment, TeamMember
from cohorts.states import AppointmentOutcome, Criterion
from learners import links
from learners.models import Situation
from partners.models import Message, Programme
from tests import makers
from tests.cohorts.selection_world import Selection
from tests.visits import Visit, barriers, browser, visit  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKS = {"Nour": 4, "Élie": 2}


@pytest.fixture
def at() -> Selection:
    made = Selection(seats=20)
    Programme.objects.filter(pk=made.cohort.programme_id).update(age_min=16, age_max=29, neet_required=True)
    for first in MARKS:
        row = made.applicant("submitted", first_name=first, last_name="Fictif-Choisi", born_on="2004-02-03")
        Situation.objects.create(
            learner=row.learner, kind="job_seeking", starts_on=timezone.localdate() - timedelta(days=60),
            confirmed_on=timezone.localdate(), evidence="document",
        )  # fmt: skip
    return made


def at_page(seen: Visit, user: Any, name: str, *args: Any) -> Page:
    seen.enter(user)
    return seen.go(reverse(f"cohorts:{name}", args=args))


def code_of(first: str) -> str:
    return Application.objects.get(learner__first_name=first).code


def test_from_the_first_check_to_the_first_yes(browser, live_server, at) -> None:  # noqa: F811
    desk = visit(browser, live_server.url)
    confirms_and_invites(desk, at)
    comes(at)
    for assessor in (at.ada, at.basile):
        rates(visit(browser, live_server.url, "dark", 360, script=False), at, assessor)
    decides(desk, at)
    says_yes(visit(browser, live_server.url, width=360, script=False), at)
    page = at_page(desk, at.coline, "seat_answers", at.cohort.pk)
    assert page.get_by_text("1 confirmées, 1 proposées, sur 20 places").is_visible()
    assert (desk.refused, desk.hosts) == ([], {urlsplit(live_server.url).netloc})


def confirms_and_invites(desk: Visit, at: Selection) -> None:
    page = at_page(desk, at.coline, "eligibility", at.cohort.pk)
    assert page.get_by_text("Âge : rempli").count() == 2
    page.get_by_role("button", name="Confirmer celles qui sont cochées").click()
    assert page.get_by_text("2 candidatures sont confirmées éligibles.").is_visible()
    page = desk.go(reverse("cohorts:appointment_list", args=[at.cohort.pk]))
    page.get_by_label("Type de rendez-vous").select_option(label="entretien")
    page.get_by_label("Jour").fill(str(timezone.localdate() + timedelta(days=2)))
    page.get_by_label("De", exact=True).fill("09:00")
    page.get_by_label("À", exact=True).fill("10:00")
    page.get_by_label("Lieu").fill("12 rue de l’Essai, salle 2")
    page.get_by_label("Places").fill("2")
    page.get_by_role("button", name="Ouvrir", exact=True).click()
    for first in MARKS:
        page.get_by_label(first).check()
    page.get_by_label("Créneau", exact=True).select_option(index=1)
    page.get_by_role("button", name="Inviter", exact=True).click()
    assert Appointment.objects.count() == 2
    assert Message.objects.filter(purpose="appointment_interview").count() == 2
    assert barriers("rendez-vous", page) == []


def comes(at: Selection) -> None:
    """Both came, as is noted that evening: the hour is moved to a while ago, for a clock that jumps stops the browser."""
    Appointment.objects.update(starts_at=timezone.now() - timedelta(hours=3))
    for one in Appointment.objects.all():
        appointments.note_outcome(appointment=one, outcome=AppointmentOutcome.ATTENDED, by=at.coline)


def rates(phone: Visit, at: Selection, assessor: Any) -> None:
    """Each code on a phone without scripts; no name is anywhere."""
    for first, mark in MARKS.items():
        page = at_page(phone, assessor, "assess_sheet", at.cohort.pk, code_of(first))
        assert first not in page.content()
        assert "Fictif-Choisi" not in page.content()
        for criterion in Criterion:
            page.locator(f"input[name=mark_{criterion.value}][value='{mark}']").check()
        page.get_by_role("button", name="Relire et verrouiller").click()
        page.locator("main form button[type=submit]").click()
    assert phone.refused == []


def decides(desk: Visit, at: Selection) -> None:
    page = at_page(desk, at.coline, "committee", at.cohort.pk)
    codes = page.locator("table.order th[scope=row]").all_inner_texts()
    assert codes == [code_of("Nour"), code_of("Élie")]
    page.get_by_role("button", name="Préparer les décisions proposées").click()
    page.get_by_role("link", name="Annoncer 2 décisions").click()
    page.get_by_role("button", name="Annoncer 2 décisions").click()
    assert page.get_by_text("Annoncé : 2 admis, 0 en attente, 0 non retenus.").is_visible()
    assert Message.objects.filter(purpose="application_admitted").count() == 2
    assert TeamMember.objects.filter(cohort=at.cohort).count() == 2


def says_yes(phone: Visit, at: Selection) -> None:
    row = Application.objects.get(learner__first_name="Nour")
    made = links.make_path_link(learner=row.learner, by=at.adviser, way="paper")
    page = phone.go(urlsplit(made.address).path)
    page.get_by_role("button").first.click()
    page.get_by_role("button", name="Oui, je prends la place").click()
    row.refresh_from_db()
    assert row.status == "confirmed"
    assert phone.refused == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1360), ("dark", 360)])
def test_what_a_person_does_not_meet_stays_on_the_page(browser, live_server, at, theme, width) -> None:  # noqa: F811
    who = makers.learner(at.sender, by=at.adviser)
    seen = visit(browser, live_server.url, theme, width)
    seen.enter(at.adviser)
    page = seen.go(f"{reverse('cohorts:referral_new')}?personne={who.pk}")
    assert page.get_by_text("Ni en emploi ni en formation : à prouver").first.is_visible()
    assert barriers(f"orienter, {theme} {width}", page) == []
