"""One's own sessions, and the door of those who are invited."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.usersessions.internal.flows.sessions import end_sessions
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from partners.account_actions import accept_invitation, invitation_of
from partners.account_forms import InvitedForm, refuse
from partners.doors import sessions_of
from partners.lifecycle import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in: each professional sees and closes their own sessions, nobody else's."""
    user: Any = request.user
    mine = sessions_of(user)
    if request.method == "POST":
        asked = request.POST.get("session")
        closed = [one for one in mine if str(one.pk) == asked or (not asked and not one.is_current())]
        end_sessions(request, closed)
        messages.success(request, _("C’est fait : ces sessions sont fermées."))
        return redirect("usersessions_list")
    rows = [(one, browser_of(one.user_agent)) for one in mine]
    return render(request, "usersessions/usersession_list.html", {"rows": rows, "others": len(rows) > 1})


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever holds the address of an invitation: a GET shows a form, a POST chooses the password and enters, once."""
    found = invitation_of(token)
    if found is None:
        return render(request, "partners/invitation_over.html", status=410)
    user = found.membership.user
    form = InvitedForm(request.POST or None, user=user)
    if form.is_bound and form.is_valid():
        try:
            accept_invitation(invitation=found, password=form.cleaned_data["password1"])
        except Refused:
            return render(request, "partners/invitation_over.html", status=410)
        except ValidationError as reason:
            refuse(form, reason)
        else:
            user.refresh_from_db()
            # Through the same steps as anybody: were there a second factor already, it is asked for.
            return perform_password_login(request, {}, Login(user=user))
    context = {"form": form, "invited": user, "organisation": found.membership.organisation}
    return render(request, "partners/invitation.html", context, status=422 if form.is_bound else 200)


def browser_of(agent: str) -> str:
    """What a browser says it is, in two words."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
    )
    browser = next((name for sign, name in browsers if sign in agent), _("Navigateur inconnu"))
    system = next((name for sign, name in (*systems, ("Linux", "Linux")) if sign in agent), "")
    return f"{browser} · {system}" if system else browser
