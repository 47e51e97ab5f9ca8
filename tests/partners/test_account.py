"""Signing in and out, as the visitor sees it."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from partners.models import Event, Membership
from tests.makers import SECRET
from tests.people import PASSWORD

SIGN_IN, CODE, HOME = "/compte/connexion/", "/compte/second-facteur/code/", "/"

pytestmark = pytest.mark.django_db


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def code(step: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + step))


def enter(client, user):
    assert sign_in(client, user.email).url == CODE
    return client.post(CODE, {"code": code()})


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_a_member_signs_in_with_the_email_whatever_its_case_then_a_code(client, coline):
    assert sign_in(client, "  COLINE@Example.org ").url == CODE
    assert client.get(HOME).status_code == 302  # not yet
    answer = client.post(CODE, {"code": code()})
    assert (answer.status_code, answer.url) == (302, HOME)
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize(("email", "password"), [("coline@example.org", "faux"), ("personne@example.org", PASSWORD)])
def test_a_wrong_email_and_a_wrong_password_are_refused_with_the_same_sentence(client, coline, email, password):
    answer = sign_in(client, email, password)
    assert answer.status_code == 200
    assert "Courriel ou mot de passe incorrect." in answer.content.decode()
    assert client.get(HOME).status_code == 302


def test_what_was_typed_stays_but_never_the_password(client, coline):
    page = sign_in(client, "coline@example.org", "mot-de-passe-perdu").content.decode()
    assert 'value="coline@example.org"' in page
    assert "mot-de-passe-perdu" not in page


def test_a_disabled_account_is_refused_like_a_wrong_password(client, coline):
    coline.is_active = False
    coline.save()
    assert "Courriel ou mot de passe incorrect." in sign_in(client, coline.email).content.decode()
    assert client.get(HOME).status_code == 302


def test_one_lands_where_one_was_going_but_never_on_another_site(client, coline):
    assert client.get("/bilans/").url == f"{SIGN_IN}?next=/bilans/"
    assert sign_in(client, coline.email, next="/bilans/").url == CODE
    assert client.post(CODE, {"code": code(-1)}).url == "/bilans/"
    client.post("/compte/deconnexion/")
    sign_in(client, coline.email, next="https://ailleurs.example/")
    assert client.post(CODE, {"code": code(0)}).url == HOME


def test_signing_out_takes_a_post_and_clears_what_the_browser_kept(client, coline):
    client.force_login(coline)
    assert client.get("/compte/deconnexion/").status_code == 405
    answer = client.post("/compte/deconnexion/")
    assert answer.url == SIGN_IN
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(HOME).status_code == 302


def test_whoever_left_every_organisation_is_signed_out_at_the_next_request_and_told_so(client, coline):
    client.force_login(coline)
    assert client.get(HOME).status_code == 200
    Membership.objects.update(active=False)
    answer = client.get(HOME, follow=True)
    assert answer.redirect_chain == [(f"{SIGN_IN}?next=/", 302)]
    assert "votre accès est fermé" in answer.content.decode()
    assert "Courriel ou mot de passe incorrect." in sign_in(client, coline.email).content.decode()


def test_a_wrong_code_is_refused_and_a_code_serves_once(client, coline):
    sign_in(client, coline.email)
    assert "Ce code n’est pas le bon" in client.post(CODE, {"code": "000000"}).content.decode()
    once = code()
    assert client.post(CODE, {"code": once}).url == HOME
    client.post("/compte/deconnexion/")
    sign_in(client, coline.email)
    assert "a déjà servi" in client.post(CODE, {"code": once}).content.decode()


def test_the_session_changes_its_key_when_one_signs_in(client, coline):
    sign_in(client, coline.email)
    before = client.session.session_key
    client.post(CODE, {"code": code()})
    assert client.session.session_key != before
