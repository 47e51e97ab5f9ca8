"""Files brought in: the list, sending one, following it, reading what was found, importing, undoing."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.import_files import copy_of
from partners.import_forms import ImportForm
from partners.lifecycle import Refused
from partners.models import ImportRun, User
from partners.paging import PER_PAGE, page_of
from partners.states import ImportKind, ImportStatus
from placements import import_words, imports
from placements.blank_workbook import blank_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNDER_WAY = (ImportStatus.CHECKING, ImportStatus.WRITING)
KINDS_SHOWN = 12


def _mine(request: HttpRequest) -> Any:
    """Takeovers: a sheet of referrals has its own pages."""
    return ImportRun.objects.visible_to(request.user).filter(kind=ImportKind.TAKEOVER)


def _run(request: HttpRequest, pk: int, *, acting: bool = False) -> ImportRun:
    """404 for who may not see it, 403 for who sees it and may not act on it."""
    run = get_object_or_404(_mine(request).select_related("by", "organisation"), pk=pk)
    if acting and not imports.may_import(request.user, run):
        raise PermissionDenied
    return run


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """Files sent for the organisations one manages, and one's own. Empty for everybody else."""
    page = page_of(_mine(request), request.GET.get("page"))
    context = {"page": page, "may_import": bool(imports.importers_of(request.user))}
    return render(request, "placements/import_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Send a file: for managers of an organisation with advisers. Nothing of it is written yet."""
    importers = imports.importers_of(request.user)
    if not importers:
        raise PermissionDenied
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*posted, importers=importers)
    if form.is_valid():
        sent = form.cleaned_data
        run = imports.receive(upload=sent["file"], organisation=sent["organisation"], by=cast("User", request.user))
        return redirect("placements:import_run", run.pk)
    return render(request, "placements/import_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def import_blank(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in, for anybody signed in: it holds nothing of anybody."""
    response = HttpResponse(blank_workbook(), content_type=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="modele-de-classeur.xlsx"'
    return response


@require_safe
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a file is, then what was found in it or what became of it: for its author and the managers."""
    run = _run(request, pk)
    if run.status in UNDER_WAY:
        return _progress(request, run)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Refresh": "true"})
    if run.status == ImportStatus.FAILED:
        return render(request, "placements/import_run.html", {"run": run})
    if run.status in (ImportStatus.CHECKED, ImportStatus.FAULTY):
        return _preview(request, run)
    acts = imports.may_import(request.user, run)
    found: dict[str, Any] = run.findings
    context = {
        "run": run,
        "lines": import_words.lines(found),
        "written": import_words.results(found),
        "to_see": found.get("to_see", [])[:KINDS_SHOWN],
        "may_undo": acts and imports.may_undo(run),
    }
    return render(request, "placements/import_done.html", context)


def _progress(request: HttpRequest, run: ImportRun) -> HttpResponse:
    part = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    context = {"run": run, "refreshing": request.GET.get("attendre") != "non"}
    return render(request, f"placements/import_run.html{part}", context)


def _preview(request: HttpRequest, run: ImportRun) -> HttpResponse:
    found: dict[str, Any] = run.findings
    kind = request.GET.get("genre", "")
    problems = found.get("problems", [])
    chosen = int(kind) if kind.isascii() and kind.isdigit() and len(kind) < 6 else None
    if chosen is not None:
        problems = [problem for problem in problems if problem["kind"] == chosen]
    context = {
        "run": run,
        "found": found,
        "lines": import_words.lines(found),
        "effects": import_words.effects(found),
        "kinds": found.get("kinds", [])[:KINDS_SHOWN],
        "to_see": found.get("to_see", [])[:KINDS_SHOWN],
        "more_to_see": max(0, len(found.get("to_see", [])) - KINDS_SHOWN),
        "chosen": chosen,
        "page": Paginator(problems, PER_PAGE).get_page(request.GET.get("page")),
        "may_import": imports.may_import(request.user, run),
        "marked": default_storage.exists(copy_of(run)),
        "marking": bool(found.get("errors")) and not found.get("whole"),
    }
    return render(request, "placements/import_preview.html", context)


@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it written: for managers of the organisation it is for."""
    run = _run(request, pk, acting=True)
    try:
        imports.confirm(run=run, by=cast("User", request.user))
    except Refused as reason:
        if run.status not in (*UNDER_WAY, ImportStatus.DONE):  # a second click finds it under way, which says enough
            messages.warning(request, str(reason))
    return redirect("placements:import_run", pk)


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back all that an import wrote, within a day: for managers of the organisation it was for."""
    run = _run(request, pk, acting=True)
    try:
        imports.undo(run=run, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("L’import est annulé\u00a0: tout est comme avant."))
    return redirect("placements:import_run", pk)


@require_safe
def import_annotated(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file given back with its faulty cells marked: for its author and the managers, kept by no cache."""
    name = copy_of(_run(request, pk))
    if not default_storage.exists(name):
        raise Http404
    response = FileResponse(
        default_storage.open(name), as_attachment=True, filename="copie-annotee.xlsx", content_type=XLSX
    )
    response.headers["Cache-Control"] = "no-store, private"
    return response
