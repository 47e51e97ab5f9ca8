"""Reliability both ways: our own figure first, then each partner beside us. For discussion between partners, no ranking."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.access import acts_for
from learners.period_forms import PeriodForm
from learners.reliability import reliability
from learners.reliability_words import MEDIAN, lines, side_by_side
from partners.models import Organisation

PER_PAGE = 10


@require_safe
def reliability_page(request: HttpRequest) -> HttpResponse:
    """For managers and advisers: handoffs that their organisation sent or received, of the period in the address."""
    houses = [one.organisation for one in request.user.working_for if acts_for(request.user, one.organisation_id)]  # type: ignore[union-attr]
    if not houses:
        raise PermissionDenied
    house = next((one for one in houses if str(one.pk) == request.GET.get("organisme")), houses[0])
    asked = {"du", "au"} & set(request.GET)
    form = PeriodForm(request.GET if asked else None, today=timezone.localdate())
    context: dict[str, Any] = {"form": form, "house": house, "houses": houses, "median": MEDIAN}
    if form.is_bound and not form.is_valid():
        return render(request, "learners/reliability.html", context, status=422)
    return render(request, "learners/reliability.html", context | _figures(request, house, form))


def _figures(request: HttpRequest, house: Organisation, form: PeriodForm) -> dict[str, Any]:
    found = reliability(request.user, house, form.period)
    page = Paginator(found.partners, PER_PAGE).get_page(request.GET.get("page"))
    partners = [(one, side_by_side(one.ours, one.theirs)) for one in page.object_list]
    return {
        "period": form.period,
        "own": list(lines(found.own)) if found.own else [],
        "page": page,
        "partners": partners,
    }
