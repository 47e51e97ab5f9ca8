"""The ways in by link and by code, and the pages by which professionals give them."""

# ruff: noqa: F401, F811 -- fixtures are imported, then named
from __future__ import annotations

import logging
import re
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from config.logs import PlacesOnly
from learners import actions, links
from learners.models import PersonalLink, Sharing
from learners.states import Purpose
from learners.views import visits
from partners import attempts
from partners.models import Event, Message
from partners.states import OrganisationKind
from tests import makers
from tests.learners.links_world import BORN, SHUT, TYPED, asked, enter_code, inside, learner, made, stage, where

pytestmark = pytest.mark.django_db
PRIVATE_PAGES = ["/mon-parcours/", "/mon-parcours/reponse/emploi/", "/mes-accueils/"]


# --- coming in -------------------------------------------------------------------------------------------------
def test_reading_the_link_changes_nothing_and_says_nothing_of_the_person(client, made, learner) -> None:
    before = PersonalLink.objects.values().get(), Event.objects.count()
    response = client.get(where(made))
    assert response.status_code == 200
    text = response.content.decode()
    for private in (learner.first_name, learner.last_name, str(learner.holder)):
        assert private not in text
    assert text.count("<button") == 1
    assert (PersonalLink.objects.values().get(), Event.objects.count()) == before
    assert "sessionid" not in response.cookies
    assert client.get("/mon-parcours/").status_code == SHUT


def test_the_button_opens_the_path_and_nothing_else(client, made, learner) -> None:
    response = client.post(where(made))
    assert (response.status_code, response.url) == (302, "/mon-parcours/")
    page = client.get("/mon-parcours/")
    assert page.status_code == 200
    assert learner.first_name in page.content.decode()
    assert not page.wsgi_request.user.is_authenticated
    assert client.get("/mes-accueils/").status_code == SHUT
    for other in ("/", f"/personnes/{learner.pk}/", "/relais/", f"/personnes/{learner.pk}/lien/"):
        assert client.get(other).status_code == 302, other  # to sign-in


def test_the_session_is_new_and_whoever_was_signed_in_is_out(client, made, amina) -> None:
    client.force_login(amina)
    was = client.session.session_key
    assert "déconnecte" in client.get(where(made)).content.decode()
    client.post(where(made))
    assert client.session.session_key != was
    assert "_auth_user_id" not in client.session
    assert client.get(f"/personnes/{made.link.learner_id}/lien/").status_code == 302


def test_signing_in_shuts_the_visit(made, amina) -> None:
    client = inside(made)
    client.force_login(amina)
    assert client.get("/mon-parcours/").status_code == SHUT


def test_a_visit_lasts_half_an_hour(made) -> None:
    client = inside(made)
    for seconds, status in ((visits.SECONDS - 60, 200), (visits.SECONDS + 60, SHUT)):
        session = client.session
        session[visits.KEY] = {**session[visits.KEY], "since": timezone.now().timestamp() - seconds}
        session.save()
        assert client.get("/mon-parcours/").status_code == status


def test_every_link_that_does_not_open_is_answered_alike(made, client) -> None:
    row, answers = PersonalLink.objects.filter(pk=made.link.pk), []
    address = where(made)
    for shut in ({"used_at": timezone.now()}, {"revoked_at": timezone.now()}, {"ends_at": timezone.now()}):
        was = row.values(*shut).get()
        row.update(**shut)
        answers += [client.get(address), client.post(address)]
        row.update(**was)
    altered = address[:-2] + ("A" if address[-2] != "A" else "B") + "/"
    answers += [client.get(altered), client.post(altered), client.get("/l/x/"), client.get("/mon-parcours/")]
    assert {response.status_code for response in answers} == {SHUT}
    assert len({response.content for response in answers}) == 1
    assert "appelez votre conseiller" in answers[0].content.decode()


def test_revoking_shuts_who_is_already_in(made, amina) -> None:
    client = inside(made)
    links.revoke(link=made.link, by=amina)
    assert client.get("/mon-parcours/").status_code == SHUT


def test_leaving_leaves_nothing_behind(made) -> None:
    client = inside(made)
    assert client.post("/mon-parcours/fermer/").status_code == 302
    assert client.get("/mon-parcours/").status_code == SHUT


def test_pages_are_kept_by_no_cache_listed_nowhere_and_tell_no_address(made) -> None:
    client = inside(made)
    for address in (where(made), "/code/", *PRIVATE_PAGES):
        response = client.get(address)
        assert response.headers["Cache-Control"] == "no-store, private", address
        assert response.headers["Referrer-Policy"] == "strict-origin", address
        assert "noindex" in response.headers["X-Robots-Tag"], address


def test_a_log_line_holds_no_token(made) -> None:
    record = logging.LogRecord("django.security.csrf", logging.WARNING, "", 0, "Forbidden: %s", (where(made),), None)
    assert logging.Formatter().format(record).endswith(where(made))  # what a plain formatter would have kept
    assert PlacesOnly().format(record) == "Forbidden: /l/…/"


def test_a_forged_request_is_refused(made, stage) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(where(made)).status_code == 403
    assert links.by_token(where(made).split("/")[2]) == made.link


# --- by code ---------------------------------------------------------------------------------------------------
def test_a_code_and_the_birth_date_open_the_same_page(client, made, learner) -> None:
    response = enter_code(client, made.code.lower().replace("-", " "))
    assert (response.status_code, response.url) == (302, "/mon-parcours/")
    assert learner.first_name in client.get("/mon-parcours/").content.decode()


def test_whatever_is_wrong_the_answer_is_the_same(made) -> None:
    said = set()
    for code, born_on in ((made.code, "04/02/2004"), ("ZZZZ-9999", TYPED), ("é", TYPED), (made.code[:-1] + "é", TYPED)):
        response = enter_code(Client(), code, born_on)
        found = re.search(r'<div class="error-summary".*?</div>', response.content.decode(), re.DOTALL)
        said.add((response.status_code, found[0] if found else ""))
    PersonalLink.objects.update(used_at=timezone.now())
    response = enter_code(Client(), made.code)
    found = re.search(r'<div class="error-summary".*?</div>', response.content.decode(), re.DOTALL)
    said.add((response.status_code, found[0] if found else ""))
    assert len(said) == 1
    [(status, summary)] = said
    assert status == 422
    assert "ne vont pas ensemble" in summary


def test_after_ten_wrong_codes_the_right_one_is_refused_from_there_and_accepted_from_elsewhere(client, made) -> None:
    wrong = [enter_code(client, f"ZZZZ-{n:04d}").content for n in range(2000, 2000 + attempts.MOST)]
    last = enter_code(client, made.code)
    assert last.status_code == 422
    assert "ne vont pas ensemble" in wrong[0].decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.77")
    assert enter_code(elsewhere, made.code).status_code == 302


def test_right_codes_from_one_place_are_not_counted(made) -> None:
    """A whole group comes in from the computers of one organisation."""
    assert {enter_code(Client(), made.code).status_code for _ in range(attempts.MOST + 3)} == {302}


# --- for professionals -----------------------------------------------------------------------------------------
def test_the_page_of_links_shows_who_made_what_and_never_the_secret(client, made, learner, amina) -> None:
    client.force_login(amina)
    text = client.get(f"/personnes/{learner.pk}/lien/").content.decode()
    assert "Amina Fictive-Conseil" in text
    assert "Ouvert" in text
    for secret in (made.code, where(made), made.link.token_hash, str(made.link.code_hash)):
        assert secret not in text


def test_a_link_goes_by_e_mail(client, learner, amina) -> None:
    client.force_login(amina)
    response = client.post(f"/personnes/{learner.pk}/lien/", {"way": "email"}, follow=True)
    assert "part par courriel" in response.content.decode()
    assert Message.objects.get(purpose="personal_link").to == learner.email


def test_a_code_is_shown_once_to_be_read_aloud(client, learner, amina) -> None:
    client.force_login(amina)
    text = client.post(f"/personnes/{learner.pk}/lien/", {"way": "phone"}).content.decode()
    [code] = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", text)
    assert enter_code(Client(), code).status_code == 302
    assert "/l/" not in text


def test_the_slip_is_one_page_of_real_text_with_its_code(client, learner, amina) -> None:
    client.force_login(amina)
    response = client.post(f"/personnes/{learner.pk}/lien/", {"way": "paper"})
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store, private"
    document = PdfReader(BytesIO(response.content))
    assert len(document.pages) == 1
    assert document.metadata.title == "Votre code personnel"
    assert document.trailer["/Root"]["/Lang"] == "fr-FR"
    text = document.pages[0].extract_text()
    assert all(
        words in text for words in ("Inès", "localhost:8000/code/", "page 1 sur 1", "Mission locale du Val fictif")
    )
    assert learner.last_name not in text
    [code] = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", text)
    assert enter_code(Client(), code).status_code == 302
    fonts = document.pages[0]["/Resources"]["/Font"].values()
    assert all("/FontFile2" in font.get_object()["/FontDescriptor"] for font in fonts)


def test_an_employer_s_link_goes_to_the_employer(client, learner, amina, asked) -> None:
    client.force_login(amina)
    client.post(f"/personnes/{learner.pk}/lien/", {"handoff": asked.pk})
    message = Message.objects.get(purpose="hosting_link")
    assert message.to == "accueil@example.org"
    assert learner.last_name not in message.body + message.subject


def test_a_handoff_of_somebody_else_is_refused_in_the_form(client, learner, amina) -> None:
    other = makers.learner()
    employer = makers.organisation(OrganisationKind.EMPLOYER, email="x@example.org")
    theirs = actions.hand_over(
        learner=other, receiver=employer, purpose=Purpose.PLACEMENT, by=makers.member(other.holder)
    )
    client.force_login(amina)
    assert client.post(f"/personnes/{learner.pk}/lien/", {"handoff": theirs.pk}).status_code == 422
    assert not PersonalLink.objects.exists()


def test_without_an_address_no_link_goes_by_e_mail(client, mission_locale, amina) -> None:
    silent = makers.learner(mission_locale, by=amina)
    client.force_login(amina)
    assert client.post(f"/personnes/{silent.pk}/lien/", {"way": "email"}).status_code == 422


def test_who_does_not_see_the_person_does_not_see_the_page_and_who_does_not_hold_may_not(
    client, learner, sam, coline, made
) -> None:
    client.force_login(sam)
    assert client.get(f"/personnes/{learner.pk}/lien/").status_code == 404
    assert client.post(f"/personnes/{learner.pk}/lien/", {"way": "phone"}).status_code == 404
    Sharing.objects.create(
        learner=learner, organisation=coline.working_for[0].organisation, basis="referral", since=date(2026, 1, 5)
    )
    client.force_login(coline)
    assert client.get(f"/personnes/{learner.pk}/lien/").status_code == 403
    assert client.post(f"/personnes/{learner.pk}/lien/{made.link.pk}/annuler/").status_code == 403
    assert PersonalLink.objects.filter(revoked_at=None).count() == 1


def test_revoking_by_the_page(client, learner, amina, made) -> None:
    client.force_login(amina)
    address = f"/personnes/{learner.pk}/lien/{made.link.pk}/annuler/"
    assert client.get(address).status_code == 405
    assert "ne s’ouvre plus" in client.post(address, follow=True).content.decode()
    assert client.post(f"/personnes/{learner.pk}/lien/{made.link.pk + 1}/annuler/").status_code == 404
    assert Client().get(where(made)).status_code == SHUT


def test_the_journal_of_the_person_says_who_did_it_by_link(client, made, stage, learner, amina, asked) -> None:
    inside(made).post("/mon-parcours/toujours/", {"situation": stage.pk})
    hosting = inside(links.make_hosting_link(handoff=asked, by=amina))
    hosting.post("/mes-accueils/", {"saying": "yes", "starts_on": timezone.localdate().isoformat()})
    client.force_login(amina)
    text = client.get(f"/personnes/{learner.pk}/journal/").content.decode()
    said = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    for words in ("La personne elle-même", "L’employeur, par lien", "a pris le relais", "a ouvert un lien personnel"):
        assert words in said
