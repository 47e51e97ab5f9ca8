"""The directory of partners: the list, a partner's page, adding one, changing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners.directory_filters import OrganisationFilter
from partners.directory_forms import FACTS, NewOrganisationForm, OrganisationForm
from partners.editing import stamp
from partners.models import Organisation
from partners.offer_access import kinds_to_add, may_add_partner, may_edit_organisation
from partners.offer_actions import add_partner, edit_organisation
from partners.paging import page_of
from partners.panels import panels_of
from partners.referentials.known import commune_names
from partners.states import OrganisationKind


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Every partner, for every professional: the directory holds organisations, never persons."""
    found = OrganisationFilter(request.GET, queryset=Organisation.objects.visible_to(request.user), request=request)
    page = page_of(found.qs, request.GET.get("page"))
    places = commune_names({one.commune for one in page.object_list if one.commune})
    rows = [(one, places.get(one.commune, one.commune)) for one in page.object_list]
    context = {"filter": found, "page": page, "rows": rows, "may_add": may_add_partner(request.user)}
    return render(request, "partners/organisation_list.html", context)


@require_safe
def organisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One partner, for every professional; the panels hold what this user shares with it, and nothing else."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    context = {
        "organisation": organisation,
        "place": commune_names([organisation.commune]).get(organisation.commune, organisation.commune),
        "panels": panels_of("organisation", request.user, organisation),
        "may_edit": may_edit_organisation(request.user, organisation),
    }
    return render(request, "partners/organisation_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Add a missing partner. For the platform's staff, and for managers of prescribers and training bodies."""
    kinds = kinds_to_add(request.user)
    if not kinds:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = NewOrganisationForm(posted, user=request.user, kinds=kinds, initial={"kind": request.GET.get("kind", "")})
    if form.is_valid():
        kind = OrganisationKind(form.cleaned_data.pop("kind"))
        if made := form.saved(add_partner, dict, by=request.user, kind=kind):
            messages.success(request, _("« %(name)s » est dans l’annuaire.") % {"name": made})
            return redirect("partners:organisation_detail", made.pk)
    return render(request, "partners/organisation_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _shown(organisation: Organisation) -> dict[str, Any]:
    organisation.refresh_from_db()
    return {**model_to_dict(organisation, FACTS), "shown": stamp(organisation, FACTS)}


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a partner. For the platform's staff and its own managers; 403 for others, who may see it."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    if not may_edit_organisation(request.user, organisation):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = OrganisationForm(posted, user=request.user, organisation=organisation, initial=_shown(organisation))
    if form.is_valid():
        given = {"organisation": organisation, "by": request.user, "shown": form.cleaned_data["shown"]}
        if form.saved(edit_organisation, lambda: _shown(organisation), **given) is not None:
            messages.success(request, _("La fiche est à jour."))
            return redirect("partners:organisation_detail", pk)
    context = {"form": form, "organisation": organisation}
    return render(request, "partners/organisation_form.html", context, status=422 if form.is_bound else 200)
