"""The first page: what waits for this person, and their cohorts at a glance."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cohorts.glance import cards_of
from cohorts.models import Cohort
from partners.models import Agreement
from partners.paging import page_of
from placements.models import ReportRun

FOLLOWED = timedelta(days=190)  # a cohort stays in sight while people are asked what became of them, six months on


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The last reports and the cohorts under way."""
    since = timezone.localdate() - FOLLOWED
    cohorts = page_of(Cohort.objects.visible_to(request.user).filter(ends_on__gte=since), None, per_page=6)
    runs = ReportRun.objects.visible_to(request.user).for_list()[:4]
    may_ask = Agreement.objects.visible_to(request.user).exists()
    context = {"cards": cards_of(cohorts.object_list), "runs": runs, "may_ask": may_ask}
    return render(request, "placements/home.html", context)
