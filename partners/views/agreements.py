"""Agreements between a training body and a funder: the list, a page each, adding one, changing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners.agreement_forms import FACTS, SHARES, AgreementForm
from partners.directory_filters import AgreementFilter
from partners.editing import stamp
from partners.models import Agreement
from partners.offer_access import agreement_bodies
from partners.offer_actions import add_agreement, edit_agreement
from partners.outcome_rules import rules_named
from partners.paging import page_of
from partners.panels import panels_of


@require_safe
def agreement_list(request: HttpRequest) -> HttpResponse:
    """The agreements to which one's organisation is a party."""
    found = AgreementFilter(request.GET, queryset=Agreement.objects.visible_to(request.user), request=request)
    page = page_of(found.qs, request.GET.get("page"))
    context = {"filter": found, "page": page, "may_add": bool(agreement_bodies(request.user))}
    return render(request, "partners/agreement_list.html", context)


def _promises(agreement: Agreement) -> list[tuple[Any, Any]]:
    labels = AgreementForm.base_fields
    return [(labels[name].label, value) for name in SHARES if (value := getattr(agreement, name)) is not None]


@require_safe
def agreement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement, for its two parties; 404 for anybody else."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.user).for_list(), pk=pk)
    context = {
        "agreement": agreement,
        "programmes": agreement.programmes.all(),
        "rules": rules_named(agreement.rules),
        "own_rule": next(iter(rules_named([agreement.own_rule])), None),
        "promises": _promises(agreement),
        "panels": panels_of("agreement", request.user, agreement),
        "may_edit": agreement.provider_id in agreement_bodies(request.user),
    }
    return render(request, "partners/agreement_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_new(request: HttpRequest) -> HttpResponse:
    """Record an agreement. For managers of a training body."""
    bodies = agreement_bodies(request.user)
    if not bodies:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    chosen = {"programmes": request.GET.getlist("programmes"), "provider": bodies[0]}
    form = AgreementForm(posted, user=request.user, initial=chosen)
    if form.is_valid() and (made := form.saved(add_agreement, dict, by=request.user)):
        messages.success(request, _("La convention est enregistrée : rattachez-lui ses cohortes."))
        return redirect("partners:agreement_detail", made.pk)
    return render(request, "partners/agreement_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _shown(agreement: Agreement) -> dict[str, Any]:
    agreement.refresh_from_db()
    own = agreement.references.filter(importer=agreement.provider_id).order_by("pk").first()
    facts = model_to_dict(agreement, FACTS)
    return {**facts, "reference": own.code if own else "", "shown": stamp(agreement, FACTS)}


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an agreement. For managers of its training body; 403 for its funder, who reads it."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.user).for_list(), pk=pk)
    if agreement.provider_id not in agreement_bodies(request.user):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = AgreementForm(posted, user=request.user, agreement=agreement, initial=_shown(agreement))
    if form.is_valid():
        given = {"agreement": agreement, "by": request.user, "shown": form.cleaned_data["shown"]}
        if form.saved(edit_agreement, lambda: _shown(agreement), **given) is not None:
            messages.success(request, _("La convention est à jour. Les bilans déjà figés n’ont pas changé."))
            return redirect("partners:agreement_detail", pk)
    context = {"form": form, "agreement": agreement}
    return render(request, "partners/agreement_form.html", context, status=422 if form.is_bound else 200)
