"""Access behind glass: opened and closed by the platform's staff, seen by the managers of the organisation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from partners.break_glass import close_glass, open_glass, open_of
from partners.forms import GlassForm
from partners.lifecycle import Refused
from partners.models import BreakGlass
from partners.paging import page_of
from partners.views.my_organisation import ask_fresh_factor


@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: HttpRequest) -> HttpResponse:
    """The platform's staff open an organisation's files, with a fresh second factor; its managers read who did, and why."""
    user: Any = request.user
    if not user.is_staff and (request.method == "POST" or not user.managed_ids):
        raise PermissionDenied
    form = GlassForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        ask_fresh_factor(request)
        try:
            glass = open_glass(**form.cleaned_data, by=user)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("Les dossiers de %(org)s sont ouverts.") % {"org": glass.organisation})
            return redirect("learners:learner_list")
    page = page_of(BreakGlass.objects.visible_to(user), request.GET.get("page"), order=("-starts_at", "-pk"))
    context = {"form": form, "page": page, "open": open_of(user), "now": timezone.now()}
    return render(request, "partners/break_glass.html", context, status=422 if form.is_bound else 200)


@require_POST
def break_glass_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close what one opened, before its end: the member of the platform's staff who did."""
    glass = get_object_or_404(BreakGlass.objects.visible_to(request.user), pk=pk)
    closed = close_glass(glass=glass, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("L’accès exceptionnel est fermé.") if closed else _("Il était déjà fermé."))
    return redirect("partners:break_glass")
