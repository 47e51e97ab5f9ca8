"""Cohorts: the list, one cohort, opening one, changing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.access import may_edit_cohort, may_open_cohort, reads_profile
from cohorts.actions import edit_cohort, open_cohort, team_of
from cohorts.filters import CohortFilter
from cohorts.forms import FACTS, TEAMS, CohortForm
from cohorts.glance import cards_of, seats_gauge
from cohorts.marking import may_mark
from cohorts.models import Cohort
from cohorts.people import people_of
from cohorts.stages import stages_of
from cohorts.states import CohortStatus
from partners.editing import stamp
from partners.models import Agreement, Membership
from partners.paging import page_of
from partners.panels import panels_of


@require_safe
def cohort_list(request: HttpRequest) -> HttpResponse:
    """The cohorts this person may see, filtered, by pages."""
    found = CohortFilter(request.GET, queryset=Cohort.objects.visible_to(request.user), request=request)
    page = page_of(found.qs, request.GET.get("page"))
    filtered = any(request.GET.get(name) for name in found.filters)
    context = {
        "filter": found, "page": page, "cards": cards_of(page.object_list), "filtered": filtered,
        "may_add": may_open_cohort(request.user),
    }  # fmt: skip
    return render(request, "cohorts/cohort_list.html", context)


@require_safe
def cohort_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One cohort: for its training body, the funders of its agreements and who refers to it; by name, only who they see."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).for_list(), pk=pk)
    context = {
        "cohort": cohort,
        "card": cards_of([cohort])[0],
        "seats": seats_gauge(cohort),
        "stages": stages_of(cohort),
        "inside": cohort.programme.provider_id in request.user.organisation_ids,  # type: ignore[union-attr]
        "profiled": reads_profile(request.user, cohort),
        "team": cohort.team.select_related("user").order_by("duty", "user__last_name", "pk"),
        "agreements": Agreement.objects.visible_to(request.user).filter(cohorts=cohort).for_list(),
        "sessions": cohort.sessions.filter(day__gte=timezone.localdate(), cancelled=False)[:6],
        "page": people_of(cohort, request.user, request.GET.get("page")),
        "panels": panels_of("cohort", request.user, cohort),
        "may_edit": may_edit_cohort(request.user, cohort),
        "teaches": may_mark(request.user, cohort),
    }
    return render(request, "cohorts/cohort_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cohort_new(request: HttpRequest) -> HttpResponse:
    """Plan a cohort. For managers and coordinators of a training body."""
    if not may_open_cohort(request.user):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    chosen = {"programme": request.GET.get("programme"), "agreements": request.GET.getlist("agreements")}
    form = CohortForm(posted, user=request.user, initial=chosen)
    if form.is_valid() and (made := form.saved(open_cohort, dict, by=request.user)):
        messages.success(request, _("La cohorte « %(title)s » est enregistrée.") % {"title": made})
        return redirect("cohorts:cohort_detail", made.pk)
    return render(request, "cohorts/cohort_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _shown(cohort: Cohort, user: Any) -> dict[str, Any]:
    cohort.refresh_from_db()
    own = cohort.references.filter(importer=cohort.programme.provider_id).order_by("pk").first()
    team = team_of(cohort)
    members = dict(
        Membership.objects.visible_to(user)
        .filter(organisation=cohort.programme.provider_id, active=True, user__in=[who for who, _duty in team])
        .values_list("user_id", "pk")
    )
    teams = {
        name: [members[who] for who, duty in team if duty == wanted and who in members]
        for name, wanted in TEAMS.items()
    }
    return {
        **model_to_dict(cohort, FACTS), **teams, "reference": own.code if own else "",
        "recruiting": cohort.status == CohortStatus.RECRUITING, "shown": stamp(cohort, FACTS, team=team),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def cohort_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a cohort. For managers and coordinators of its body and who coordinates it; 403 for others, who may see it."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).for_list(), pk=pk)
    if not may_edit_cohort(request.user, cohort):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = CohortForm(posted, user=request.user, cohort=cohort, initial=_shown(cohort, request.user))
    if form.is_valid():
        given = {"cohort": cohort, "by": request.user, "shown": form.cleaned_data["shown"]}
        if form.saved(edit_cohort, lambda: _shown(cohort, request.user), **given) is not None:
            messages.success(request, _("La cohorte est à jour."))
            return redirect("cohorts:cohort_detail", pk)
    context = {"form": form, "cohort": cohort}
    return render(request, "cohorts/cohort_form.html", context, status=422 if form.is_bound else 200)
