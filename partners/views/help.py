"""Help: a table of contents, and one page per journey."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.help_topics import GROUPS, TOPICS


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """For everybody who is signed in."""
    return render(request, "partners/help_page.html", {"groups": GROUPS})


@require_safe
def help_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One journey, for everybody who is signed in; 404 for an unknown one."""
    if slug not in TOPICS:
        raise Http404
    return render(request, TOPICS[slug].template, {"topic": TOPICS[slug], "groups": GROUPS})
