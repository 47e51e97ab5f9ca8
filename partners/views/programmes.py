"""Programmes of training bodies: the list, a page each, adding one, changing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners.directory_filters import ProgrammeFilter
from partners.editing import stamp
from partners.models import Programme
from partners.offer_access import programme_bodies
from partners.offer_actions import add_programme, edit_programme
from partners.paging import page_of
from partners.panels import panels_of
from partners.programme_forms import FACTS, LEVELS, ProgrammeForm
from partners.referentials.known import certification_names, occupation_names

# Where one came from, by a word in the address: one goes back there with the new programme chosen.
CAME_FROM = {"cohorte": "cohorts:cohort_new", "convention": "partners:agreement_new"}


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """The catalogue, for every professional; one's own body first is a matter of searching its name."""
    found = ProgrammeFilter(request.GET, queryset=Programme.objects.visible_to(request.user), request=request)
    page = page_of(found.qs, request.GET.get("page"))
    context = {"filter": found, "page": page, "may_add": bool(programme_bodies(request.user))}
    return render(request, "partners/programme_list.html", context)


@require_safe
def programme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One programme, for every professional; its panels hold the cohorts and agreements that this user may see."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user).for_list(), pk=pk)
    names = occupation_names(programme.occupations)
    context = {
        "programme": programme,
        "occupations": [(code, names.get(code, "")) for code in programme.occupations],
        "certified": certification_names([programme.certification]).get(programme.certification, ""),
        "level": dict(LEVELS).get(programme.target_level, "") if programme.target_level else "",
        "panels": panels_of("programme", request.user, programme),
        "may_edit": programme.provider_id in programme_bodies(request.user),
    }
    return render(request, "partners/programme_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def programme_new(request: HttpRequest) -> HttpResponse:
    """Add a programme. For managers and coordinators of a training body."""
    bodies = programme_bodies(request.user)
    if not bodies:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = ProgrammeForm(posted, user=request.user, new=True, initial={"provider": bodies[0]})
    if form.is_valid() and (made := form.saved(add_programme, dict, by=request.user)):
        messages.success(request, _("Le programme « %(title)s » est au catalogue.") % {"title": made})
        return redirect(_back(request, made))
    context = {"form": form, "came_from": request.GET.get("pour", "") if _came_from(request) else ""}
    return render(request, "partners/programme_form.html", context, status=422 if form.is_bound else 200)


def _came_from(request: HttpRequest) -> str | None:
    return CAME_FROM.get(request.GET.get("pour", ""))


def _back(request: HttpRequest, programme: Programme) -> str:
    """The form that one left, with the new programme chosen; else the page of the programme."""
    if view := _came_from(request):
        name = "programmes" if request.GET["pour"] == "convention" else "programme"
        return f"{reverse(view)}?{name}={programme.pk}"
    return reverse("partners:programme_detail", args=[programme.pk])


def _shown(programme: Programme) -> dict[str, Any]:
    programme.refresh_from_db()
    own = programme.references.filter(importer=programme.provider_id).order_by("pk").first()
    facts = model_to_dict(programme, FACTS)
    return {**facts, "reference": own.code if own else "", "shown": stamp(programme, FACTS)}


@require_http_methods(["GET", "HEAD", "POST"])
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a programme. For managers and coordinators of its training body; 403 for others, who may see it."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user).for_list(), pk=pk)
    if programme.provider_id not in programme_bodies(request.user):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = ProgrammeForm(posted, user=request.user, initial=_shown(programme))
    if form.is_valid():
        given = {"programme": programme, "by": request.user, "shown": form.cleaned_data["shown"]}
        if form.saved(edit_programme, lambda: _shown(programme), **given) is not None:
            messages.success(request, _("Le programme est à jour."))
            return redirect("partners:programme_detail", pk)
    context = {"form": form, "programme": programme}
    return render(request, "partners/programme_form.html", context, status=422 if form.is_bound else 200)
