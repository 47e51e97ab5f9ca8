"""What was typed for a person, on their own page, on the page of professionals, and among what is to do."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from learners import behalf, behalf_rows, links
from learners.behalf_rows import find_contested, show_contested
from learners.models import Behalf
from learners.states import Act, Verdict
from partners.models import Event, Membership
from partners.states import Role
from tests import makers
from tests.learners.links_world import SHUT, inside, learner, made  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(learner, amina) -> Behalf:
    return behalf.typed_for(
        learner=learner, act=Act.SITUATION, by=amina, organisation=learner.holder, channel="phone", mandate="oral"
    )


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- the person ----------------------------------------------------------------------------------------------------
def test_the_person_reads_who_typed_what_and_by_what_right(made, typed) -> None:
    page = inside(made).get("/mon-parcours/").content.decode()
    for words in ("Ce qui a été saisi pour vous", "Situation", "téléphone", "demande de vive voix", "C’est exact"):
        assert words in page, words


def test_without_anything_typed_nothing_is_said_of_it(made) -> None:
    assert "Ce qui a été saisi pour vous" not in inside(made).get("/mon-parcours/").content.decode()


@pytest.mark.parametrize(("said", "verdict"), [("exact", Verdict.CONFIRMED), ("faux", Verdict.CONTESTED)])
def test_the_person_says_so_and_their_link_still_opens(made, typed, said, verdict) -> None:
    client = inside(made)
    answer = client.post(f"/mon-parcours/saisi/{typed.pk}/", {"avis": said}, follow=True)
    assert "Merci" in answer.content.decode()
    assert Behalf.objects.get().verdict == verdict
    assert Event.objects.filter(channel="link", learner_id=typed.learner_id, verb__endswith="_typed").count() == 1
    assert inside(made).get("/mon-parcours/").status_code == 200


def test_nobody_says_so_for_somebody_else(made, typed, mission_locale, amina) -> None:
    other = makers.learner(mission_locale, by=amina)
    link = links.make_path_link(learner=other, by=amina, way="paper")
    assert inside(link).post(f"/mon-parcours/saisi/{typed.pk}/", {"avis": "faux"}).status_code == 404
    assert Client().post(f"/mon-parcours/saisi/{typed.pk}/", {"avis": "faux"}).status_code == SHUT
    assert Behalf.objects.get().verdict == ""


def test_the_paper_slip_says_what_was_typed(made, typed, amina) -> None:
    answer = signed_in(amina).post(f"/personnes/{typed.learner_id}/lien/", {"way": "paper"})
    document = PdfReader(BytesIO(answer.content))
    said = " ".join(document.pages[0].extract_text().split())
    assert (len(document.pages), f"situation le {timezone.localdate():%d/%m/%Y}" in said) == (1, True)


# --- professionals -------------------------------------------------------------------------------------------------
def test_the_page_of_the_person_shows_what_was_typed(typed, amina) -> None:
    page = signed_in(amina).get(f"/personnes/{typed.learner_id}/").content.decode()
    assert "Saisi pour la personne" in page
    assert "Pas encore d’avis" in page


def test_its_page_is_for_who_sees_the_person_or_typed_it(typed, amina, sam, coline) -> None:
    path = f"/saisies/{typed.pk}/"
    assert [signed_in(who).get(path).status_code for who in (amina, sam, coline)] == [200, 404, 404]
    Membership.objects.filter(user=amina).update(active=False)
    assert signed_in(amina).get(path).status_code in {302, 404}


def test_a_colleague_notes_that_the_person_confirms_and_never_who_typed_it(typed, amina, mission_locale) -> None:
    colleague = makers.member(mission_locale, Role.MANAGER)
    path = f"/saisies/{typed.pk}/avis/"
    assert signed_in(amina).post(path, {"avis": "exact"}).status_code == 403
    assert "Elle dit que c’est exact" not in signed_in(amina).get(f"/saisies/{typed.pk}/").content.decode()
    assert signed_in(colleague).post(path, {"avis": "exact", "par": "adviser"}).status_code == 302
    assert Behalf.objects.get().verdict == Verdict.CONFIRMED
    assert Event.objects.get(verb="confirm_typed").channel == "adviser"


def test_what_is_put_right_is_asked_again(typed, amina) -> None:
    behalf.say(behalf=typed, verdict=Verdict.CONTESTED, channel="link")
    client = signed_in(amina)
    assert "C’est corrigé" in client.get(f"/saisies/{typed.pk}/").content.decode()
    assert client.post(f"/saisies/{typed.pk}/corriger/").status_code == 302
    assert Behalf.objects.get().verdict == ""
    again = client.post(f"/saisies/{typed.pk}/corriger/", follow=True)
    assert "Un collègue vient de le faire" in again.content.decode()


# --- what is to do -------------------------------------------------------------------------------------------------
def test_who_typed_it_is_told_that_it_is_contested_and_nobody_else(typed, amina, sam, mission_locale) -> None:
    today, manager = timezone.localdate(), makers.member(mission_locale, Role.MANAGER)
    assert find_contested(amina, today) == []
    behalf.say(behalf=typed, verdict=Verdict.CONTESTED, channel="link")
    assert find_contested(amina, today) == [("behalf", typed.pk)]
    assert [find_contested(who, today) for who in (manager, sam)] == [[], []]
    [line] = show_contested(amina, [("behalf", typed.pk)], today)
    assert (line.who, line.tone, line.url) == (str(typed.learner), "red", f"/saisies/{typed.pk}/")
    assert "Saisies contestées" in signed_in(amina).get("/").content.decode()


def test_once_they_have_left_it_goes_to_the_managers(typed, amina, mission_locale) -> None:
    behalf.say(behalf=typed, verdict=Verdict.CONTESTED, channel="link")
    manager = makers.member(mission_locale, Role.MANAGER)
    Membership.objects.filter(user=amina).update(active=False)
    assert find_contested(manager, timezone.localdate()) == [("behalf", typed.pk)]


def test_who_typed_it_for_somebody_they_do_not_follow_reads_no_name(typed, amina, body) -> None:
    row = Behalf.objects.create(
        learner=makers.learner(body, last_name="Inconnue-Fictive"), act=Act.APPLICATION, organisation=typed.organisation,
        typed_by=amina, channel="phone", mandate="oral", done_on=timezone.localdate(),
    )  # fmt: skip
    behalf.say(behalf=row, verdict=Verdict.CONTESTED, channel="link")
    [line] = show_contested(amina, [("behalf", row.pk)], timezone.localdate())
    page = signed_in(amina).get(line.url).content.decode()
    assert "Inconnue-Fictive" not in line.who + page


def test_the_list_costs_the_same_at_two_sizes(typed, amina, learner) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            behalf_rows.show_contested(amina, find_contested(amina, timezone.localdate()), timezone.localdate())
        return len(queries)

    behalf.say(behalf=typed, verdict=Verdict.CONTESTED, channel="link")
    cost()  # where the user works is read once
    one = cost()
    for _ in range(4):
        Behalf.objects.create(
            learner=learner, act=Act.ANSWER, organisation=learner.holder, typed_by=amina, channel="phone", mandate="oral",
            done_on=timezone.localdate(), verdict=Verdict.CONTESTED, said_at=timezone.now(),
        )  # fmt: skip
    assert cost() == one
