"""What holds at each request of somebody signed in: a place, a second factor, a session neither idle nor too old."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from partners.accounts import has_a_place

BEGAN, SEEN = "began", "seen"  # kept in the session, in seconds
EVERY = 60  # seconds between two notes of the last request
# Where one may go before having a second factor: to set one up, or out.
SETTING_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout"}
Answer = Callable[[HttpRequest], HttpResponse]


def note_sign_in(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


user_logged_in.connect(note_sign_in, dispatch_uid="config.sessions")


def guarded_sessions(answer: Answer) -> Answer:
    """Middleware: end the sessions that must end, and send whoever has no second factor to set one up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        was = request.user.is_authenticated
        if was and (reason := why_ended(request)):
            logout(request)
            messages.warning(request, reason)
            response: HttpResponse = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        else:
            response = answer(request)
        if was and not request.user.is_authenticated:
            # The known-place cookie stays: it gives no access.
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(request: HttpRequest, view: Any, *args: Any) -> HttpResponse | None:
        public = not getattr(view, "login_required", True)
        user: Any = request.user
        if not user.is_authenticated or public or user.second_factor:
            return None
        known = request.resolver_match.url_name if request.resolver_match else None
        return None if known in SETTING_UP else redirect("mfa_index")

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def why_ended(request: HttpRequest) -> str:
    """The sentence that says why this session is over, or nothing. Notes that it was used."""
    user: Any = request.user
    if not user.is_staff and not has_a_place(user):
        return _("Vous ne faites plus partie d’aucun organisme : votre accès est fermé.")
    now, session = int(time.time()), request.session
    began, seen = session.get(BEGAN, now), session.get(SEEN, now)
    if now - began >= settings.SESSION_LONGEST.total_seconds():
        return _("Votre session a duré douze heures. Connectez-vous de nouveau.")
    if now - seen >= settings.SESSION_IDLE.total_seconds():
        return _("Votre session s’est fermée après une heure sans activité. Connectez-vous de nouveau.")
    if BEGAN not in session or now - seen >= EVERY:
        session[BEGAN], session[SEEN] = began, now
    return ""
