"""The first page: what waits for this person, list by list, and their cohorts at a glance."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cohorts.glance import cards_of
from cohorts.models import Cohort
from learners.models import Responsibility
from partners import to_do
from partners.paging import PER_PAGE, page_of

FOLLOWED = timedelta(days=190)  # a cohort stays in sight while people are asked what became of them, six months on
COUNTED = 1000  # beyond, « 1 000 + »


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is to do, and the cohorts under way. For everybody who is signed in; each sees what waits for them."""
    today = timezone.localdate()
    cohorts = page_of(Cohort.objects.visible_to(request.user).filter(ends_on__gte=today - FOLLOWED), None, per_page=6)
    held = Responsibility.objects.visible_to(request.user).open().of(request.user)[: COUNTED + 1].count()
    lists = to_do.to_do(request.user, today)
    context = {
        "lists": lists, "cards": cards_of(cohorts.object_list), "held": min(held, COUNTED), "more_held": held > COUNTED,
    }  # fmt: skip
    return render(request, "placements/home.html", context)


@require_safe
def work_list(request: HttpRequest, code: str) -> HttpResponse:
    """One list of what is to do, by pages; 404 when nothing waits there any more."""
    today = timezone.localdate()
    found = to_do.one_list(request.user, code, today)
    if found is None:
        raise Http404
    page = Paginator(found.items, PER_PAGE).get_page(request.GET.get("page"))
    lines = to_do.lines_of(request.user, found, list(page.object_list), today)
    context = {"list": found.work_list, "page": page, "lines": lines, "capped": found.capped}
    return render(request, "placements/work_list.html", context)
