"""Pages of cohorts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohorts.filters import CohortFilter
from cohorts.glance import cards_of
from cohorts.models import Cohort
from partners.paging import page_of


@require_safe
def cohort_list(request: HttpRequest) -> HttpResponse:
    """The cohorts this person may see, filtered, by pages."""
    found = CohortFilter(request.GET, queryset=Cohort.objects.visible_to(request.user), request=request)
    page = page_of(found.qs, request.GET.get("page"))
    filtered = any(request.GET.get(name) for name in found.filters)
    context = {"filter": found, "page": page, "cards": cards_of(page.object_list), "filtered": filtered}
    return render(request, "cohorts/cohort_list.html", context)
