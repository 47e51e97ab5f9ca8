"""What keeps others out: tries, second factors, sessions that end, passwords, addresses that exist. Each with its control."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from config import account_urls
from partners import accounts, attempts, jobs
from partners.models import Event, Message, User
from tests.doors import code, enter_afresh
from tests.makers import SECRET, member
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN, CODE = "/compte/connexion/", "/compte/second-facteur/code/"
FORGOTTEN = "/compte/mot-de-passe/oublie/"


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password}, **more)


def is_blocked(answer) -> bool:
    return "Trop d’essais" in answer.content.decode()


# --- tries -----------------------------------------------------------------------------------------------------
def test_one_account_takes_ten_wrong_passwords_from_anywhere_and_then_even_the_right_one_waits(coline):
    tries = [sign_in(Client(), coline.email, "faux", REMOTE_ADDR=f"192.0.2.{n}") for n in range(12)]
    assert [is_blocked(answer) for answer in tries] == [False] * 10 + [True] * 2
    assert is_blocked(sign_in(Client(), coline.email, REMOTE_ADDR="192.0.2.99"))


def test_one_place_takes_ten_wrong_passwords_over_many_accounts(coline, body):
    emails = [member(body).email for _ in range(11)]
    tries = [sign_in(Client(), email, "faux") for email in emails]
    assert [is_blocked(answer) for answer in tries] == [False] * 10 + [True]
    assert sign_in(Client(), coline.email, REMOTE_ADDR="192.0.2.1").url == CODE  # elsewhere nobody is kept out


def test_an_unknown_address_is_counted_like_a_known_one(coline):
    tries = [sign_in(Client(), "personne@example.org", "faux", REMOTE_ADDR=f"192.0.2.{n}") for n in range(11)]
    assert [is_blocked(answer) for answer in tries] == [False] * 10 + [True]


def test_right_passwords_are_not_counted(coline):
    for _ in range(15):
        assert sign_in(Client(), coline.email).url == CODE


def test_nobody_elsewhere_keeps_somebody_out_of_the_browser_they_use(client, coline):
    sign_in(client, coline.email)
    client.post(CODE, {"code": code()})
    client.post("/compte/deconnexion/")
    for n in range(12):
        sign_in(Client(), coline.email, "faux", REMOTE_ADDR=f"192.0.2.{n}")
    assert is_blocked(sign_in(Client(), coline.email, REMOTE_ADDR="192.0.2.50"))
    assert sign_in(client, coline.email).url == CODE


def test_a_known_browser_has_ten_tries_too_and_another_accounts_browser_none_more(client, coline, theo):
    sign_in(client, coline.email)
    client.post(CODE, {"code": code()})
    client.post("/compte/deconnexion/")
    tries = [sign_in(client, coline.email, "faux", REMOTE_ADDR=f"192.0.2.{n}") for n in range(11)]
    assert [is_blocked(answer) for answer in tries] == [False] * 10 + [True]
    request = client.get(SIGN_IN).wsgi_request
    assert (accounts.knows(request, coline.email), accounts.knows(request, theo.email)) == (True, False)


def test_a_block_ends_by_itself(coline):
    for n in range(11):
        sign_in(Client(), coline.email, "faux", REMOTE_ADDR=f"192.0.2.{n}")
    with time_machine.travel(timezone.now() + attempts.WITHIN + timedelta(seconds=1)):
        assert sign_in(Client(), coline.email).url == CODE


def test_ten_codes_of_the_second_factor(client, coline):
    sign_in(client, coline.email)
    tries = [client.post(CODE, {"code": "000000"}) for _ in range(11)]
    assert [is_blocked(answer) for answer in tries] == [False] * 10 + [True]
    assert is_blocked(client.post(CODE, {"code": code()}))


def test_control_without_the_count_nothing_is_blocked(coline, monkeypatch):
    monkeypatch.setattr(attempts, "spend", lambda *args, **kwargs: True)
    assert not any(is_blocked(sign_in(Client(), coline.email, "faux")) for _ in range(12))


# --- no address is told ----------------------------------------------------------------------------------------
def without_tokens(answer) -> tuple[int, str]:
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return answer.status_code, re.sub(r"[\w.]+@example\.org", "", page)


def test_sign_in_and_reset_answer_the_same_for_who_exists_and_who_does_not(coline, theo):
    User.objects.filter(pk=theo.pk).update(is_active=False)
    wrong = {without_tokens(sign_in(Client(), who, "faux")) for who in ("coline@example.org", "rien@example.org")}
    wrong.add(without_tokens(sign_in(Client(), theo.email)))
    assert len(wrong) == 1
    asked = [
        Client().post(FORGOTTEN, {"email": who}, follow=True) for who in (coline.email, "rien@example.org", theo.email)
    ]
    assert len({without_tokens(answer) for answer in asked}) == 1
    jobs.run_all()
    assert [one.to for one in mail.outbox] == [[coline.email]]


def test_a_hash_is_worked_out_for_who_does_not_exist(coline, monkeypatch):
    """What takes time is done once in both cases."""
    worked: list[str] = []
    from django.contrib.auth.hashers import MD5PasswordHasher

    original = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: (worked.append("x"), original(self, *args))[1])
    counts = []
    for who in ("rien@example.org", coline.email):
        worked.clear()
        sign_in(Client(), who, "faux")
        counts.append(len(worked))
    assert counts == [1, 1]


# --- forgotten passwords ---------------------------------------------------------------------------------------
def asked_link(client, user) -> str:
    client.post(FORGOTTEN, {"email": user.email})
    jobs.run_all()
    return re.search(r"http://[^/]+(/compte/\S+)", mail.outbox[-1].body).group(1)


def test_a_forgotten_password_is_chosen_again_once_and_the_second_factor_still_stands(client, coline):
    where = asked_link(client, coline)
    assert where.split("-")[-1][:8] not in "\n".join(Message.objects.values_list("body", flat=True))
    form = client.get(where, follow=True).redirect_chain[-1][0]
    assert (
        client.post(form, {"password1": "nouveau-cheval-brun", "password2": "nouveau-cheval-brun"}).status_code == 302
    )
    assert client.get("/").status_code == 302  # not signed in
    assert sign_in(client, coline.email, "nouveau-cheval-brun").url == CODE
    assert client.get("/").status_code == 302
    assert "plus valable" in Client().get(where).content.decode()
    assert {"reset_password"} <= set(Event.objects.values_list("verb", flat=True))


def test_a_link_for_a_forgotten_password_lasts_an_hour(client, coline):
    where = asked_link(client, coline)
    with time_machine.travel(timedelta(minutes=61)):
        assert "plus valable" in client.get(where, follow=True).content.decode()


def test_who_never_chose_a_password_has_an_invitation_and_no_reset(client, body):
    guest = member(body)
    User.objects.filter(pk=guest.pk).update(password="!")
    client.post(FORGOTTEN, {"email": guest.email})
    assert not Message.objects.exists()


# --- the second factor -----------------------------------------------------------------------------------------
def plain_routes(patterns=None, before: str = "/") -> list[str]:
    """Every address without a variable part."""
    found = []
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        path = before + str(one.pattern).removeprefix("^").removesuffix("$")
        if hasattr(one, "url_patterns"):
            found += plain_routes(one.url_patterns, path)
        elif "<" not in path and "(" not in path:
            found.append(path)
    return found


# What opens to anybody: trainings, and what asks for a link or a code of its own.
OPEN = ("/compte/", "/code/", "/formations/", "/mon-parcours/", "/mes-accueils/")


def test_nobody_without_a_second_factor_goes_anywhere_but_where_one_is_set_up(client, coline):
    Authenticator.objects.filter(user=coline).delete()
    client.force_login(coline)
    routes = plain_routes()
    assert len(routes) > 30
    public = {SIGN_IN, "/compte/mot-de-passe/oublie/", "/compte/mot-de-passe/oublie/envoye/"}
    public |= {"/compte/mot-de-passe/oublie/change/"}
    opened = {path for path in routes if client.get(path).status_code == 200}
    shut = {path for path in opened if "Personnes et rôles" in client.get(path).content.decode()}
    assert shut == set()
    ours = {path for path in opened if not path.startswith(OPEN)}
    assert ours == set()
    allowed = {"/compte/second-facteur/", "/compte/second-facteur/application/", "/compte/second-facteur/cles/ajouter/"}
    assert {path for path in opened if path.startswith("/compte/")} - public <= allowed | {"/compte/confirmer/"}


def test_control_with_a_second_factor_the_same_pages_open(client, coline):
    client.force_login(coline)
    assert client.get("/mon-organisme/").status_code == 200


def test_the_first_second_factor_is_set_up_right_after_the_password_and_opens_the_house(
    client, coline, django_capture_on_commit_callbacks
):
    Authenticator.objects.filter(user=coline).delete()
    assert sign_in(client, coline.email).url == "/"
    assert client.get("/").url == "/compte/second-facteur/"
    assert "Une dernière étape" in client.get("/compte/second-facteur/").content.decode()
    page = client.get("/compte/second-facteur/application/")
    secret = page.context["form"].secret
    assert "<svg" in page.content.decode()

    now = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/compte/second-facteur/application/", {"code": now})
    assert answer.url == "/compte/second-facteur/secours/"
    assert client.get("/").status_code == 200
    kept = Authenticator.objects.get(user=coline, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept
    assert "add_factor" in set(Event.objects.values_list("verb", flat=True))


def test_the_last_second_factor_is_never_taken_away(client, coline):
    enter_afresh(client, coline)
    page = client.post("/compte/second-facteur/application/retirer/")
    assert "seul second facteur" in page.content.decode()
    assert Authenticator.objects.filter(user=coline).exists()


def test_a_recovery_code_serves_once_in_place_of_the_application(client, coline):
    enter_afresh(client, coline)
    client.post("/compte/second-facteur/secours/nouveaux/")
    kept = Authenticator.objects.get(user=coline, type=Authenticator.Type.RECOVERY_CODES)
    one = kept.wrap().get_unused_codes()[0]
    client.post("/compte/deconnexion/")
    sign_in(client, coline.email)
    assert client.post(CODE, {"code": one}).url == "/"
    client.post("/compte/deconnexion/")
    sign_in(client, coline.email)
    assert client.post(CODE, {"code": one}).status_code == 200


def test_the_platforms_own_door_leads_to_the_same_sign_in(client):
    assert client.get("/admin/login/?next=/admin/").url == "/compte/connexion/?next=/admin/"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code in {302, 405}


def test_secrets_are_read_with_the_key_that_was_replaced(settings):
    box = accounts.SecondFactorAdapter()
    kept = box.encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert box.decrypt(kept) == SECRET
    assert SECRET not in kept


# --- sessions --------------------------------------------------------------------------------------------------
def test_a_session_ends_after_an_hour_without_activity(client, coline):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client.force_login(coline)
    for minutes, status in ((59, 200), (118, 200), (178, 302)):
        with time_machine.travel(start + timedelta(minutes=minutes, seconds=1), tick=False):
            assert client.get("/mon-organisme/").status_code == status, minutes


def test_a_session_ends_after_twelve_hours_whatever_one_does(client, coline):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client.force_login(coline)
    for half_hours in range(1, 24):
        with time_machine.travel(start + timedelta(minutes=30 * half_hours), tick=False):
            assert client.get("/mon-organisme/").status_code == 200, half_hours
    with time_machine.travel(start + timedelta(hours=12), tick=False):
        answer = client.get("/mon-organisme/", follow=True)
    assert answer.redirect_chain[0][0] == f"{SIGN_IN}?next=/mon-organisme/"
    assert "douze heures" in answer.content.decode()


def test_one_sees_and_closes_ones_own_sessions_and_nobody_elses(coline, theo):
    here, there, other = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0"), Client(), Client()
    for client, user, step in ((here, coline, -1), (there, coline, 0), (other, theo, 0)):
        sign_in(client, user.email)
        assert client.post(CODE, {"code": code(step)}).url == "/"
    page = here.get("/compte/sessions/").content.decode()
    assert "Firefox · Linux" in page
    theirs = UserSession.objects.get(user=theo)
    here.post("/compte/sessions/", {"session": theirs.pk})
    assert other.get("/compte/sessions/").status_code == 200
    here.post("/compte/sessions/", {"session": UserSession.objects.get(session_key=there.session.session_key).pk})
    assert there.get("/compte/sessions/").status_code == 302
    assert here.get("/compte/sessions/").status_code == 200


def test_changing_the_password_closes_the_other_sessions(coline):
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(coline)
    new = "un-autre-cheval-brun"
    answer = here.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert here.get("/compte/sessions/").status_code == 200
    assert there.get("/compte/sessions/").status_code == 302
    assert Message.objects.filter(purpose="account_notice", to=coline.email).exists()


def test_a_disabled_account_is_out_at_once(client, coline):
    client.force_login(coline)
    assert client.get("/compte/sessions/").status_code == 200
    User.objects.filter(pk=coline.pk).update(is_active=False)
    assert client.get("/compte/sessions/").status_code == 302


# --- addresses -------------------------------------------------------------------------------------------------
KEPT = {
    "account_login", "account_logout", "account_reauthenticate", "account_change_password", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "usersessions_list",
}  # fmt: skip


def test_no_address_of_allauth_exists_beyond_a_closed_list():
    assert {one.name for one in account_urls.urlpatterns} == KEPT
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    ours = {name for name in names if name.startswith(("account_", "mfa_", "usersessions_", "socialaccount_"))}
    assert ours == KEPT


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "inactive/", "login/", "login/code/", "confirm-email/", "2fa/", "3rdparty/", "password/set/"],
)
def test_what_is_not_in_the_list_is_not_there(client, path):
    assert client.get(f"/compte/{path}").status_code in {302, 404}
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/compte/{path}").status_code in {302, 403, 404}


def test_every_page_of_the_account_is_ours(client, coline):
    enter_afresh(client, coline)
    client.post("/compte/second-facteur/secours/nouveaux/")
    for pattern in account_urls.urlpatterns:
        path = f"/compte/{pattern.pattern}"
        if "<" in path or "^" in path:
            continue
        answer = client.get(path)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            page = answer.content.decode()
            assert '<html lang="fr">' in page, path
            assert (page.count("<h1"), page.count("<main ")) == (1, 1), path
            assert "Menu:" not in page, path


# --- the journal -----------------------------------------------------------------------------------------------
def test_doors_leave_lines_with_numbers_and_never_an_address(client, coline):
    sign_in(client, "inconnue.canari@example.org", "faux")
    sign_in(client, coline.email, "faux")
    sign_in(client, coline.email)
    client.post(CODE, {"code": "000000"})
    client.post(CODE, {"code": code()})
    client.post("/compte/deconnexion/")
    lines = list(Event.objects.order_by("pk").values_list("verb", "subject_id", "actor_id"))
    assert lines == [
        ("sign_in_failed", None, None),
        ("sign_in_failed", coline.pk, None),
        ("wrong_code", coline.pk, None),
        ("sign_in", coline.pk, coline.pk),
        ("sign_out", coline.pk, coline.pk),
    ]
    assert "canari" not in str(list(Event.objects.values()))


def test_cookies_are_the_hosts_alone_in_production():
    from tests.config.test_settings import PRODUCTION, read

    found = read("KNOWN_PLACE_COOKIE", "SESSION_COOKIE_NAME", "DEMO", **PRODUCTION)
    assert found["KNOWN_PLACE_COOKIE"].startswith("__Host-")
    assert found["DEMO"] is False
    assert settings.DEMO is False
