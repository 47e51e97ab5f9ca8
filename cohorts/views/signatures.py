"""Files of signature tools, and the sources that contradict each other."""

from __future__ import annotations

import csv
import io
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import claims, signature_files
from cohorts.marking import may_mark
from cohorts.models import Attendance, AttendanceClaim, SignatureFile
from cohorts.roll import sealed_from
from cohorts.signature_forms import ColumnsForm, FileForm, SettleForm
from cohorts.signature_reading import Unreadable
from cohorts.states import ClaimStatus, FileStatus
from cohorts.views.sheets import taught_cohort
from partners.lifecycle import Refused
from partners.models import User

RISKY = ("=", "+", "-", "@", "\t")
SHOWN, PER_PAGE = 200, 25


def _file(request: HttpRequest, pk: int) -> SignatureFile:
    rows = SignatureFile.objects.visible_to(request.user).select_related("cohort__programme__provider", "columns")
    found = get_object_or_404(rows, pk=pk)
    if not may_mark(request.user, found.cohort) or sealed_from(request.user, found.cohort_id):
        raise PermissionDenied
    return cast("SignatureFile", found)


@require_http_methods(["GET", "HEAD", "POST"])
def signature_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: drop a file; those dropped before and what became of them."""
    cohort = taught_cohort(request, pk, whole=True)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            made = signature_files.receive(
                cohort=cohort, name=sent.name, content=sent.read(3_000_000), by=cast("User", request.user)
            )
        except (Unreadable, Refused) as why:
            form.add_error("file", str(why))
        except ValidationError:
            form.add_error("file", _("Le nom de ce fichier n’est pas pris\u00a0: renommez-le."))
        else:
            return redirect("cohorts:signature_file", made.pk)
    files = SignatureFile.objects.visible_to(request.user).filter(cohort=cohort).select_related("columns", "by")[:50]
    context = {"cohort": cohort, "form": form, "files": files}
    return render(request, "cohorts/signature_list.html", context, status=422 if form.is_bound else 200)


@require_safe
def signature_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: what a file would do, line by line; or, its columns not said, the page where they are."""
    file = _file(request, pk)
    if file.status == FileStatus.TO_MAP:
        return redirect("cohorts:signature_columns", pk)
    found = signature_files.check(file) if file.status == FileStatus.CHECKED else None
    context = {"cohort": file.cohort, "file": file, "found": found, "faults": found.faults[:SHOWN] if found else ()}
    return render(request, "cohorts/signature_file.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def signature_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: what each column of this tool means, said once."""
    file = _file(request, pk)
    if file.status not in (FileStatus.TO_MAP, FileStatus.CHECKED):
        return redirect("cohorts:signature_file", pk)
    table = signature_files.table_of(file)
    form = ColumnsForm(table, request.POST if request.method == "POST" else None)
    if form.is_valid():
        said: dict[str, Any] = {"tool": form.cleaned_data["tool"], "columns": form.columns, "marks": form.marks}
        try:
            signature_files.say_columns(file=file, by=cast("User", request.user), **said)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            return redirect("cohorts:signature_file", pk)
    samples = [row for _number, row in table.lines[:3]]
    context = {"cohort": file.cohort, "file": file, "form": form, "headers": table.headers, "samples": samples}
    return render(request, "cohorts/signature_columns.html", context, status=422 if form.is_bound else 200)


@require_POST
def signature_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: take the file up, or drop it."""
    file, by = _file(request, pk), cast("User", request.user)
    if "drop" in request.POST:
        signature_files.drop(file=file, by=by)
        messages.success(request, _("Ce fichier est abandonné\u00a0: rien n’en a été repris."))
        return redirect("cohorts:signature_list", file.cohort_id)
    try:
        done = signature_files.apply(file=file, by=by, only_good="only_good" in request.POST)
    except Refused as why:
        messages.warning(request, str(why))
        return redirect("cohorts:signature_file", pk)
    words = _("%(written)d lignes écrites, %(same)d déjà notées de même, %(against)d à départager.")
    messages.success(request, words % {"written": done.written, "same": done.same, "against": done.against})
    return redirect("cohorts:claim_list" if done.against else "cohorts:signature_list", file.cohort_id)


@require_safe
def signature_faults(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: the lines at fault with why, as a file to mend."""
    file = _file(request, pk)
    if file.status != FileStatus.CHECKED:
        return redirect("cohorts:signature_file", pk)
    found, out = signature_files.check(file), io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([*found.headers, _("Ligne"), _("Pourquoi")])
    for one in found.faults:
        writer.writerow([*map(_harmless, one.cells), one.number, one.why])
    named = {"Content-Disposition": 'attachment; filename="lignes-a-corriger.csv"'}
    return HttpResponse("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", headers=named)


def _harmless(cell: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.startswith(RISKY) else cell


# --- contradictions --------------------------------------------------------------------------------------------


@require_safe
def claim_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: what two sources tell otherwise, and how each was settled."""
    cohort = taught_cohort(request, pk)
    around = ("enrolment__learner", "session", "file__columns", "settled_by")
    rows = AttendanceClaim.objects.visible_to(request.user).filter(session__cohort=cohort).select_related(*around)
    page = Paginator(rows.filter(status=ClaimStatus.OPEN), PER_PAGE).get_page(request.GET.get("page"))
    held = Attendance.objects.visible_to(request.user).filter(session__in=[one.session_id for one in page.object_list])
    lines = {(row.enrolment_id, row.session_id): row for row in held.select_related("marked_by")}
    context = {
        "cohort": cohort, "page": page,
        "open": [(one, lines.get((one.enrolment_id, one.session_id))) for one in page.object_list],
        "done": rows.exclude(status=ClaimStatus.OPEN).order_by("-settled_at")[:60],
    }  # fmt: skip
    return render(request, "cohorts/claim_list.html", context)


@require_POST
def claim_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: which of the two is right, and why."""
    rows = AttendanceClaim.objects.visible_to(request.user).select_related("session__cohort__programme")
    claim, form = get_object_or_404(rows, pk=pk), SettleForm(request.POST)
    if not may_mark(request.user, claim.session.cohort):
        raise PermissionDenied
    if not form.is_valid():
        messages.warning(request, _("Dites laquelle des deux sources est juste."))
        return redirect("cohorts:claim_list", claim.session.cohort_id)
    take = form.cleaned_data["take"] == "reprendre"
    try:
        claims.settle(claim=claim, take=take, reason=form.cleaned_data["reason"], by=cast("User", request.user))
    except Refused as why:
        messages.warning(request, str(why))
    else:
        messages.success(request, _("Le registre est corrigé.") if take else _("Le registre est maintenu."))
    return redirect("cohorts:claim_list", claim.session.cohort_id)
