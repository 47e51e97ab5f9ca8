"""Days on whose account: what an organisation's own ledger says, over a period kept in the address."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from placements.continuity import account_of, held_by
from placements.continuity_forms import PeriodForm


@require_safe
def continuity(request: HttpRequest) -> HttpResponse:
    """For who works with persons in an organisation that may hold the baton; names only of persons they see."""
    organisations = held_by(request.user)
    if not organisations:
        raise PermissionDenied
    form = PeriodForm(request.GET, organisations=organisations, today=timezone.localdate())
    account = account_of(request.user, **form.asked()) if form.is_valid() else None
    context = {"form": form, "account": account, "several": len(organisations) > 1}
    return render(request, "placements/continuity.html", context, status=200 if account else 422)
