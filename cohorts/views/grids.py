"""The grid of a programme: its words, and what was written before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohorts.grid_forms import GridForm, shown_in, worded
from cohorts.grids import Shown, edit_grid, latest_grid, may_write_grid, versions_of
from partners.models import Programme


@require_http_methods(["GET", "HEAD", "POST"])
def grid_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Managers and coordinators of the training body: five questions and their anchors, and the versions."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user).for_list(), pk=pk)
    if not may_write_grid(request.user, programme):
        raise PermissionDenied
    grid = latest_grid(programme)
    form = GridForm(request.POST if request.method == "POST" else None, initial=shown_in(grid))
    if form.is_valid():
        given = {"programme": programme, "by": request.user, "shown": form.cleaned_data["shown"]}
        if form.saved(_written, lambda: shown_in(latest_grid(programme)), **given) is not None:
            messages.success(request, _("La grille est à jour."))
            return redirect("cohorts:grid_edit", pk)
    context = {"form": form, "programme": programme, "grid": grid, "versions": versions_of(programme)}
    return render(request, "cohorts/grid_form.html", context, status=422 if form.is_bound else 200)


def _written(*, programme: Programme, by: Any, shown: str, **typed: str) -> Shown:
    return edit_grid(programme=programme, by=by, shown=shown, words=worded(typed))
