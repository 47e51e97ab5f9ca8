"""Reports: the list, asking for one, the page of a run, its two files."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners.models import Agreement, User
from partners.paging import page_of
from placements.actions import ask_report
from placements.forms import ReportForm, last_year
from placements.models import ReportRun
from placements.reports.page import page_of_report
from placements.states import RunStatus

FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
MOST_AGREEMENTS = 30  # on the list page; the form knows them all
EVERY = 2  # seconds between two looks at a run under way


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Runs that this person may see, by pages, and the agreements one may report on."""
    page = page_of(ReportRun.objects.visible_to(request.user), request.GET.get("page"))
    agreements = Agreement.objects.visible_to(request.user).for_list()[:MOST_AGREEMENTS]
    return render(request, "placements/report_list.html", {"page": page, "agreements": agreements})


@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Ask for a report; answer with the page where it will stand."""
    posted = request.POST if request.method == "POST" else None
    initial = {**last_year(timezone.localdate()), **request.GET.dict()}
    form = ReportForm(posted, user=request.user, initial=initial)
    if form.is_valid():
        run = ask_report(**form.cleaned_data, by=cast("User", request.user))
        messages.success(request, _("Le bilan est demandé."))
        return redirect("placements:report_run", run.pk)
    return render(request, "placements/report_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def report_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The report when it is ready; before, how far it is, looked at again by itself."""
    run = get_object_or_404(ReportRun.objects.visible_to(request.user).for_list(), pk=pk)
    if run.status == RunStatus.READY:
        return render(request, "placements/report_ready.html", {"run": run, "page": page_of_report(run.content or {})})
    waiting = run.status != RunStatus.FAILED and request.GET.get("attendre") != "non"
    response = render(request, "placements/report_run.html", {"run": run, "refreshing": waiting, "again": _again(run)})
    if waiting:
        response.headers["Refresh"] = str(EVERY)
    return response


def _file_name(run: ReportRun, kind: str) -> str:
    report = run.report
    name = f"bilan-{report.agreement.code}-{report.starts_on}-{report.ends_on}.{kind}"
    return name.replace("/", "-").replace("\\", "-")


def _again(run: ReportRun) -> str:
    """The same request, for the address of the form."""
    report = run.report
    wanted: dict[str, Any] = {
        "agreement": report.agreement_id, "starts_on": report.starts_on, "ends_on": report.ends_on,
        "as_of": run.as_of, "profile": report.profile,
    }  # fmt: skip
    return urlencode(wanted)


@require_safe
def report_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The frozen workbook or document, byte for byte, kept by no cache."""
    runs = ReportRun.objects.visible_to(request.user).filter(status=RunStatus.READY)
    run = get_object_or_404(runs.select_related("report__agreement").only(kind, "as_of", "report"), pk=pk)
    if not getattr(run, kind):
        raise Http404
    response = HttpResponse(bytes(getattr(run, kind)), content_type=FILES[kind])
    response.headers["Content-Disposition"] = content_disposition_header(True, _file_name(run, kind))
    response.headers["Cache-Control"] = "no-store, private"
    return response
