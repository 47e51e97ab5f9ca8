"""Every indicator, rule and word, with what it counts and where it comes from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from placements.definitions import chapters


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """For everybody who is signed in: it holds definitions, no figure and no person."""
    return render(request, "placements/definitions.html", {"chapters": chapters()})
