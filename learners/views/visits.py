"""Thirty minutes behind a personal link: a session of its own, for one purpose, and nobody's account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from learners import links
from learners.models import PersonalLink

KEY = "personal_link"
SECONDS = 30 * 60
View = Callable[..., HttpResponse]
# Neither kept nor listed, and its address is told to nobody. « no-referrer » would make browsers send « Origin: null »
# with the form, which the protection against forged requests refuses: the origin alone is told, never the path.
HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class Visit(NamedTuple):
    """Somebody who came in by a link. `channel`: by the link itself, or by its code."""

    link: PersonalLink
    channel: str
    answered: bool


def unlisted(view: View) -> View:
    """A page for who has no account, kept by no cache and listed nowhere."""

    @login_not_required
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return shown


def behind_link(purpose: str) -> Callable[[View], View]:
    """A page that only a link of that purpose opens, for half an hour; the view is given the visit."""

    def shut(view: View) -> View:
        @unlisted
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            visit = current(request, purpose)
            return dead(request) if visit is None else view(request, visit, *args, **kwargs)

        return shown

    return shut


def enter(request: HttpRequest, link: PersonalLink, channel: str) -> None:
    """Begin a visit in a new session; whoever was signed in on this device is no more."""
    logout(request)
    request.session[KEY] = {"link": link.pk, "since": timezone.now().timestamp(), "channel": channel, "answered": False}
    links.seen_in(link)


def current(request: HttpRequest, purpose: str) -> Visit | None:
    """The visit of this request, if its half hour is not over and its link still lets it in."""
    kept = request.session.get(KEY)
    if kept is None or request.user.is_authenticated:
        return None
    if timezone.now().timestamp() - kept["since"] > SECONDS:
        leave(request)
        return None
    link = links.entered(kept["link"], purpose, answered=kept["answered"])
    return None if link is None else Visit(link, kept["channel"], kept["answered"])


def has_answered(request: HttpRequest) -> None:
    """The link is used: only this visit goes on, to read what was recorded."""
    request.session[KEY] = {**request.session[KEY], "answered": True}


def leave(request: HttpRequest) -> None:
    request.session.flush()


def dead(request: HttpRequest) -> HttpResponse:
    """One page and one status for every link that does not open, whatever the reason."""
    return render(request, "learners/link_dead.html", status=410)
