"""Signing in and out, as the visitor sees it."""

from __future__ import annotations

import pytest

from partners.models import Membership
from tests.people import PASSWORD

SIGN_IN, HOME = "/connexion/", "/"


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": email, "password": password, **more})


def test_a_member_signs_in_with_the_email_whatever_its_case(client, coline):
    answer = sign_in(client, "  COLINE@Example.org ")
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


def test_a_disabled_account_is_refused(client, coline):
    coline.is_active = False
    coline.save()
    sign_in(client, coline.email)
    assert client.get(HOME).status_code == 302


def test_one_lands_where_one_was_going_but_never_on_another_site(client, coline):
    assert client.get("/bilans/").url == f"{SIGN_IN}?next=/bilans/"
    assert sign_in(client, coline.email, next="/bilans/").url == "/bilans/"
    client.logout()
    assert sign_in(client, coline.email, next="https://ailleurs.example/").url == HOME


def test_signing_out_takes_a_post(client, coline):
    client.force_login(coline)
    assert client.get("/deconnexion/").status_code == 405
    assert client.post("/deconnexion/").url == SIGN_IN
    assert client.get(HOME).status_code == 302


def test_whoever_left_every_organisation_still_signs_in_and_is_told_so(client, coline):
    Membership.objects.update(active=False)
    client.force_login(coline)
    assert "n’est rattaché à aucun organisme" in client.get(HOME).content.decode()
