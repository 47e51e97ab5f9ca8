"""The demonstration's own door: walk in as one of its people, with a second factor that everybody knows.

It exists only where `manage.py demo` set DEMO (settings refuse that in production) and where the journal says that the
database is a demonstration. Elsewhere its address is not even there.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from partners.models import User
from placements.demo.base import marked

SECRET = "RELAISDEMONSTRATIONRELAISDEMO234"  # noqa: S105 -- of everybody's second factor, for whoever tries
WHAT = {
    "coline@example.org": _("coordinatrice, organisme de formation"),
    "theo@example.org": _("formateur, même organisme"),
    "rachid@example.org": _("coordinateur, autre organisme"),
    "amina@example.org": _("conseillère, mission locale"),
    "pascale@example.org": _("responsable, même mission locale"),
    "bruno@example.org": _("responsable, maison de l’emploi"),
    "elsa@example.org": _("employeuse"),
    "farid@example.org": _("financeur, Région"),
    "odile@example.org": _("financeuse, convention nominative"),
    "plateforme@example.org": _("administrateur de la plateforme"),
}
SIGN_IN_PAGES = {"account_login", "mfa_authenticate", "mfa_reauthenticate"}


def is_open() -> bool:
    """Whether this is the demonstration, and nothing else."""
    return bool(settings.DEMO) and not settings.PRODUCTION and marked() is not None


def equip() -> None:
    """Give everybody of the demonstration the second factor that it tells."""
    for user in User._default_manager.filter(authenticator=None):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})


def on_sign_in(request: HttpRequest) -> dict[str, Any]:
    """What the pages of sign-in show in the demonstration: who one may be, and the code of the moment."""
    known = request.resolver_match.url_name if request.resolver_match else None
    if known not in SIGN_IN_PAGES or not is_open():
        return {}
    people = {user.email: user for user in User._default_manager.filter(email__in=WHAT, is_active=True)}
    personas = [
        {"email": email, "first_name": people[email].first_name, "what": what}
        for email, what in WHAT.items()
        if email in people
    ]
    return {"personas": personas, "demo_code": format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))}


@login_not_required
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Walk in as one of the demonstration's people: for anybody, there; for nobody, elsewhere."""
    if not is_open():
        raise Http404
    user: Any = get_object_or_404(User._default_manager, email=request.POST.get("persona", ""), is_active=True)
    adapter = get_adapter()
    adapter.login(request, user)
    # As if the second factor had just been shown: the acts that ask for it are open for five minutes.
    record_authentication(request, user, "mfa", type="totp", reauthenticated=True)
    return adapter.post_login(
        request, user, email_verification="none", signal_kwargs=None, email=user.email, signup=False, redirect_url=None
    )
