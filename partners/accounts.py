"""How allauth is bent to the house: who may come in, tries counted for all processes, secrets encrypted, mail queued."""

from __future__ import annotations

import base64
import time
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from partners import attempts, outbox
from partners.account_words import ERRORS, HERE, MAILS, SAID, SECOND_FACTOR_ERRORS, WAYS
from partners.doors import SECOND_FACTORS
from partners.journal import record
from partners.models import Membership, User

FRESH = 300  # seconds during which a second factor just shown need not be shown again
REMEMBERED = 90 * 24 * 3600  # seconds during which a browser is known
JUST_SIGNED_IN = 900  # seconds after the password during which a first second factor is set up without asking again
PASSWORD_RESET = "password_reset"  # noqa: S105 -- the purpose of a message


class Backend(AuthenticationBackend):
    """Accounts that may come in: active, and with a place somewhere or on the platform's staff."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.is_active and (user.is_staff or has_a_place(user)))

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session, with whether it has a second factor; its place is checked at each request."""
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
        user = User._default_manager.annotate(second_factor=Exists(factors)).filter(pk=user_id).first()
        return user if user is not None and user.is_active else None


def has_a_place(user: User) -> bool:
    """Whether somebody works somewhere, or waits there for an approval."""
    return bool(user.working_for) or Membership.objects.filter(user=user, active=True).exists()


def has_fresh_factor(request: HttpRequest) -> bool:
    """Whether who asks has shown a second factor again within five minutes: a password or an open session is not enough."""
    shown = [
        one
        for one in get_authentication_records(request, request.user)
        if one.get("method") == "mfa" and one.get("reauthenticated")
    ]
    return bool(shown) and 0 <= time.time() - shown[-1]["at"] < FRESH


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail and password, by invitation only."""

    error_messages = DefaultAccountAdapter.error_messages | ERRORS

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    # --- tries ---------------------------------------------------------------------------------------------
    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account these credentials open, None if none. Wrong tries are counted, per account and per place.

        Raises ValidationError when too many were made. From a browser that signed in as this account before, tries are
        counted apart: nobody elsewhere can keep its owner out.
        """
        email = str(credentials.get("email", "")).lower()
        place = truncate_ip(attempts.place(request))
        who = f"{email}@{_known_as(email)}" if knows(request, email) else email
        for door, key in (("sign_in", who), ("sign_in_place", place)):
            if not attempts.spend(door, key):
                self._tell_blocked(door, key)
                raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, **credentials)
        Backend.unstash_authenticated_user()  # a disabled account is refused like a wrong password
        if user is None:
            self._tell_failed(email)
            return None
        attempts.give_back("sign_in", who)
        attempts.give_back("sign_in_place", place)
        return user

    def _tell_failed(self, email: str) -> None:
        """The journal keeps the number of an account that exists, and nothing of an address that is nobody's."""
        record("sign_in_failed", User.objects.filter(email=email).first(), channel="password")

    def _tell_blocked(self, door: str, key: str) -> None:
        if attempts.spend(f"{door}_told", key, most=1):  # one line for a whole burst
            record("sign_in_blocked", channel=door)

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    # --- after the password --------------------------------------------------------------------------------
    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_login"))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        remember(response, user.email)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Always, but for the first second factor, right after the password that let one in."""
        request = self.request
        records = get_authentication_records(request, request.user)
        just_in = [one for one in records if one["method"] == "password" and time.time() - one["at"] < JUST_SIGNED_IN]
        return not (just_in and not has_second_factor(request.user))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A second factor where there is one; the password only to set the first one up."""
        offered = [
            method | {"description": WAYS[method["id"]]} for method in super().get_reauthentication_methods(user)
        ]
        strong = [method for method in offered if method["id"] != "reauthenticate"]
        return strong if user.is_authenticated and has_second_factor(user) else offered

    # --- words and mail ------------------------------------------------------------------------------------
    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if not kwargs.get("message"):
            kwargs["message"] = str(SAID.get(message_template or "", ""))
        if kwargs["message"]:
            super().add_message(request, level, None, *args, **kwargs)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell somebody that the locks of their account changed."""
        self._queue(template_prefix, user.email, key=f"account-{uuid4().hex}", purpose="account_notice")

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Queue the message; its secret is drawn when it leaves. An account never opened has its invitation instead."""
        if user.has_usable_password() and Backend().user_can_authenticate(user):
            key = f"{PASSWORD_RESET}-{user.pk}-{uuid4().hex}"
            self._queue("account/email/password_reset_key", user.email, key=key, purpose=PASSWORD_RESET)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        self._queue(template_prefix, email, key=f"account-{uuid4().hex}", purpose="account_notice")

    def _queue(self, template_prefix: str, to: str, *, key: str, purpose: str) -> None:
        subject, body = MAILS[template_prefix]
        outbox.queue(key=key, purpose=purpose, to=to, subject=str(subject), body=str(body))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted in the table, and the last one is never taken away."""

    error_messages = DefaultMFAAdapter.error_messages | SECOND_FACTOR_ERRORS

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=SECOND_FACTORS)
        return others.exclude(pk=authenticator.pk).exists()

    def build_totp_svg(self, url: str) -> str:
        """The address as a square to photograph, drawn with attributes alone."""
        import qrcode

        code = qrcode.QRCode(border=2)
        code.add_data(url)
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        return f'<svg viewBox="0 0 {len(rows)} {len(rows)}" aria-hidden="true"><path fill="#000" d="{path}"/></svg>'

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 -- allauth's name
        return str(_("Clé de ce poste"))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Relais"}


def has_second_factor(user: Any) -> bool:
    known: bool | None = getattr(user, "second_factor", None)
    return known or Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists()


def _box() -> MultiFernet:
    """Encrypts with a key of today's SECRET_KEY, reads with those it replaced too."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = [
        salted_hmac("partners.accounts.box", "", secret=secret, algorithm="sha256").digest() for secret in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


# --- Browsers that are known ---------------------------------------------------------------------------------
def knows(request: HttpRequest, email: str) -> bool:
    """Whether this browser signed in as this account before."""
    said = request.get_signed_cookie(
        settings.KNOWN_PLACE_COOKIE, default="", salt="partners.accounts.known", max_age=REMEMBERED
    )
    return constant_time_compare(said or "", _known_as(email))


def remember(response: HttpResponse, email: str) -> None:
    response.set_signed_cookie(
        settings.KNOWN_PLACE_COOKIE,
        _known_as(email),
        salt="partners.accounts.known",
        max_age=REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known_as(email: str) -> str:
    return salted_hmac("partners.accounts.known", email.lower(), algorithm="sha256").hexdigest()[:32]


# --- Messages whose secret is drawn when they leave ------------------------------------------------------------
def fill_reset(message: Any) -> str:
    """The text of a message that lets one choose another password, with its address, valid for an hour."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    user = User.objects.filter(pk=int(message.key.split("-")[1])).first()
    if user is None:
        raise ValidationError(_("Ce compte n’existe plus."))
    where = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    return str(message.body).replace(HERE, f"{settings.SITE_URL}{where}")
