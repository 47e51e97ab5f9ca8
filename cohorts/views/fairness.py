"""The fairness of the selection of a cohort: the page, and the file to give, as PDF or workbook."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cohorts.access import rates, reads_fairness
from cohorts.fair_figures import STAGES
from cohorts.fair_files import file_pdf, file_workbook
from cohorts.fair_rows import Reading, read_for, scope_words
from cohorts.fair_words import definitions
from cohorts.models import Cohort
from partners.journal import record

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ADMITTED = "admitted"
POOLED = "24"


def _cohort(request: HttpRequest, pk: int) -> Cohort:
    return get_object_or_404(Cohort.objects.visible_to(request.user).select_related("programme__provider"), pk=pk)


@require_safe
def fairness(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection, and funders without names; closed to whoever assesses until decisions are announced."""
    cohort = _cohort(request, pk)
    if rates(request.user, cohort):
        return render(request, "cohorts/fairness.html", {"cohort": cohort, "closed": True}, status=403)
    if not reads_fairness(request.user, cohort):
        raise PermissionDenied
    reading = read_for(request.user, cohort, pooled=request.GET.get("periode") == POOLED)
    stage = next((one for one in STAGES if one.code == request.GET.get("etape")), None)
    stage = stage or next(one for one in STAGES if one.code == ADMITTED)
    context = {
        "cohort": cohort, "closed": False, "reading": reading, "stages": STAGES, "stage": stage,
        "parts": reading.parts(stage.code), "scope": scope_words(reading), "definitions": definitions(),
    }  # fmt: skip
    return render(request, "cohorts/fairness.html", context)


@require_safe
def fairness_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    return _file(request, pk, file_pdf, "application/pdf", "pdf")


@require_safe
def fairness_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    return _file(request, pk, file_workbook, XLSX, "xlsx")


def _file(
    request: HttpRequest, pk: int, made: Callable[[Reading, Reading], bytes], kind: str, ending: str
) -> HttpResponse:
    """This cohort, then those of its programme; nobody's name, whoever asks. Written in the journal."""
    cohort = _cohort(request, pk)
    if not reads_fairness(request.user, cohort):
        raise PermissionDenied
    one, several = (read_for(request.user, cohort, pooled=pooled, names=False) for pooled in (False, True))
    response = HttpResponse(made(one, several), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="equite-cohorte-{cohort.pk}.{ending}"'
    response.headers["Cache-Control"] = "no-store, private"
    if request.method == "GET":
        record("export_fairness", cohort, by=request.user, organisation=cohort.programme.provider_id, format=ending)
    return response
