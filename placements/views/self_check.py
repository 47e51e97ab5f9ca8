"""The last nightly check, for the platform's staff: what was proved, and by number what is not as it must be."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from placements.self_check import last_done, shown


@require_safe
def self_check(request: HttpRequest) -> HttpResponse:
    """Numbers only: nobody is named here, and the platform's staff sees no file by it."""
    if not getattr(request.user, "is_staff", False):
        raise PermissionDenied
    job = last_done()
    return render(request, "placements/self_check.html", {"job": job, "proofs": shown(job) if job else []})
