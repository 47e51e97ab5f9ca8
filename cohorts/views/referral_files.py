"""Orienter by spreadsheet: the blank model, the sheet dropped, what was found in it, likely duplicates to settle, what was sent."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cohorts import referral_files
from cohorts.referral_forms import ReferralFileForm, SettleForm
from cohorts.referral_sheet import ALREADY, CREATED, KNOWN
from cohorts.referral_workbooks import blank_referrals
from cohorts.views.referrals import senders_of
from learners.models import Learner
from partners.import_files import copy_of
from partners.lifecycle import Refused
from partners.models import ImportRun, User
from partners.paging import PER_PAGE
from partners.states import ImportKind, ImportStatus

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNDER_WAY = (ImportStatus.CHECKING, ImportStatus.WRITING)
RECENT = 8


def _mine(request: HttpRequest) -> Any:
    rows = ImportRun.objects.visible_to(request.user).filter(kind=ImportKind.REFERRALS)
    return rows.select_related("by", "organisation")


@require_http_methods(["GET", "HEAD", "POST"])
def referral_file_new(request: HttpRequest) -> HttpResponse:
    """Drop a sheet, with where its persons go. Nothing of it is written yet."""
    senders = senders_of(request)
    words = request.GET.get("formation", "")[:100]
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReferralFileForm(*posted, senders=senders, words=words, initial={"offer": request.GET.get("vers", "")[:30]})
    if form.is_valid():
        sent = form.cleaned_data
        run = referral_files.receive(
            upload=sent["file"], organisation=sent["sender"], offer=sent["offer"], by=cast("User", request.user)
        )
        return redirect("cohorts:referral_file", run.pk)
    context = {"form": form, "words": words, "kept": [], "recent": _mine(request).for_list()[:RECENT]}
    return render(request, "cohorts/referral_file_form.html", context, status=422 if form.is_bound else 200)


@require_safe
def referral_file_blank(request: HttpRequest) -> HttpResponse:
    """The sheet to fill in: it holds nothing of anybody."""
    senders_of(request)
    response = HttpResponse(blank_referrals(), content_type=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="modele-d-orientation.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def referral_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a sheet is: read, to correct, to settle and confirm, or sent. Only who dropped it confirms."""
    run = get_object_or_404(_mine(request), pk=pk)
    if request.method == "POST":
        return _confirm(request, run)
    if run.status in UNDER_WAY:
        return _progress(request, run)
    if run.status == ImportStatus.CHECKED:
        return _preview(request, run, SettleForm(asked=referral_files.asked_of(run), user=request.user), 200)
    if run.status == ImportStatus.DONE:
        return _done(request, run)
    problems = Paginator(run.findings.get("problems", []), PER_PAGE).get_page(request.GET.get("page"))
    context = {"run": run, "page": problems, "marked": default_storage.exists(copy_of(run)), "found": run.findings}
    return render(request, "cohorts/referral_file_faulty.html", context)


def _confirm(request: HttpRequest, run: ImportRun) -> HttpResponse:
    if run.by_id != request.user.pk:
        raise PermissionDenied
    form = SettleForm(request.POST, asked=referral_files.asked_of(run), user=request.user)
    if run.status == ImportStatus.CHECKED and not form.is_valid():
        return _preview(request, run, form, 422)
    try:
        referral_files.confirm(run=run, settled=form.settled, by=request.user)
    except Refused as reason:
        if run.status not in (*UNDER_WAY, ImportStatus.DONE):  # a second click finds it under way, which says enough
            messages.warning(request, str(reason))
    return redirect("cohorts:referral_file", run.pk)


def _progress(request: HttpRequest, run: ImportRun) -> HttpResponse:
    part = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    context = {"run": run, "refreshing": request.GET.get("attendre") != "non"}
    return render(request, f"cohorts/referral_file_progress.html{part}", context)


def _preview(request: HttpRequest, run: ImportRun, form: SettleForm, status: int) -> HttpResponse:
    rows = referral_files.rows_of(run)
    states = [row.state for row in rows]
    context = {
        "run": run, "form": form, "offer": referral_files.offer_of(run), "found": run.findings,
        "new": states.count(CREATED), "known": states.count(KNOWN), "already": states.count(ALREADY),
        "sendable": len(states) - states.count(ALREADY), "author": run.by_id == request.user.pk,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "cohorts/referral_file_preview.html", context, status=status)


def _done(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Row by row; a name where one sees the person."""
    rows = referral_files.rows_of(run)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    seen = Learner.objects.visible_to(request.user).filter(pk__in=[row.learner for row in page.object_list])
    names = {one.pk: str(one) for one in seen}
    context = {
        "run": run, "page": page, "lines": [(row, names.get(row.learner or 0, "")) for row in page.object_list],
        "sent": sum(row.state in {CREATED, KNOWN} for row in rows), "already": sum(row.state == ALREADY for row in rows),
    }  # fmt: skip
    return render(request, "cohorts/referral_file_done.html", context)


@require_safe
def referral_file_annotated(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sheet given back with its faulty cells marked, kept by no cache."""
    name = copy_of(get_object_or_404(_mine(request), pk=pk))
    if not default_storage.exists(name):
        raise Http404
    file = default_storage.open(name)
    response = FileResponse(file, as_attachment=True, filename="copie-annotee.xlsx", content_type=XLSX)
    response.headers["Cache-Control"] = "no-store, private"
    return response
