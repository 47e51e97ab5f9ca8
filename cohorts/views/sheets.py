"""The register: the sheet of a half-day on a phone, the week of a cohort, and the trainer's signature."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import marking
from cohorts.models import Cohort, Session
from cohorts.roll import begins, expected, sealed_from
from cohorts.sheet_rows import Row, sheet_of, sums_of, typed_in
from cohorts.week_rows import monday_of, week_of
from partners.lifecycle import Refused
from partners.models import User


def taught_session(request: HttpRequest, pk: int, *, whole: bool = False) -> Session:
    """A half-day that this user may take the register of: 404 for one that they may not see, 403 for who does not teach there.

    `whole`: 403 as well for who assesses one of its people elsewhere: what follows names everybody.
    """
    rows = Session.objects.visible_to(request.user).select_related("cohort__programme__provider")
    found = get_object_or_404(rows, pk=pk)
    if not marking.may_mark(request.user, found.cohort) or (whole and sealed_from(request.user, found.cohort_id)):
        raise PermissionDenied
    return cast("Session", found)


def taught_cohort(request: HttpRequest, pk: int, *, whole: bool = False) -> Cohort:
    """A cohort in which this user teaches: 404 for one that they may not see, 403 for who does not teach there.

    `whole`: as of a half-day.
    """
    found = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("programme__provider"), pk=pk)
    if not marking.may_mark(request.user, found) or (whole and sealed_from(request.user, found.pk)):
        raise PermissionDenied
    return cast("Cohort", found)


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: note everybody of a half-day at once; what somebody else wrote meanwhile comes back beside it."""
    session = taught_session(request, pk)
    if request.method != "POST":
        return _sheet(request, session, sheet_of(session, request.user))
    typed = typed_in(request.POST, [row.enrolment.pk for row in sheet_of(session, request.user)])
    try:
        saved = marking.save_sheet(session=session, lines=typed.values(), by=cast("User", request.user))
    except Refused as reason:
        return _sheet(request, session, sheet_of(session, request.user, typed), refused=str(reason))
    if saved.clashes:
        kept = {one.mine.enrolment_id: one.mine for one in saved.clashes}
        return _sheet(request, session, sheet_of(session, request.user, kept, saved.clashes), clashes=len(kept))
    done = ngettext("%(n)d ligne est notée.", "%(n)d lignes sont notées.", len(saved.written) or 1)
    messages.success(request, done % {"n": len(saved.written)} if saved.written else _("Rien n’a changé."))
    return redirect("cohorts:sheet", pk)


def _sheet(
    request: HttpRequest, session: Session, rows: list[Row], *, refused: str = "", clashes: int = 0
) -> HttpResponse:
    around = Session.objects.visible_to(request.user).filter(cohort=session.cohort_id, cancelled=False)
    context = {
        "session": session, "cohort": session.cohort, "rows": rows, "sums": sums_of(rows), "refused": refused,
        "clashes": clashes, "open": not session.cancelled and timezone.now() >= begins(session),
        "before": around.filter(_other(session, later=False)).order_by("-day", "-half").first(),
        "after": around.filter(_other(session, later=True)).order_by("day", "half").first(),
    }  # fmt: skip
    return render(request, "cohorts/sheet.html", context, status=422 if refused else 409 if clashes else 200)


def _other(session: Session, *, later: bool) -> Any:
    how = "gt" if later else "lt"
    return Q(**{f"day__{how}": session.day}) | Q(day=session.day, **{f"half__{how}": session.half})


@require_POST
def sheet_line(request: HttpRequest, pk: int, enrolment: int) -> HttpResponse:
    """One tap: note one person, and give their row back."""
    session = taught_session(request, pk)
    there = expected(session).exclude(pk__in=sealed_from(request.user, session.cohort_id))
    if not there.filter(pk=enrolment).exists():
        raise Http404
    typed, clashes, refused = typed_in(request.POST, [enrolment]), [], ""
    try:
        saved = marking.save_sheet(session=session, lines=typed.values(), by=cast("User", request.user))
        clashes = saved.clashes
    except Refused as reason:
        refused = str(reason)
    kept = typed if refused or clashes else {}
    rows = sheet_of(session, request.user, kept, clashes)
    row = next((one for one in rows if one.enrolment.pk == enrolment), None)
    context = {"session": session, "row": row, "open": True, "refused": refused, "sums": sums_of(rows), "tapped": True}
    return render(request, "cohorts/sheet_line.html", context)


@require_POST
def sheet_rest(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: everybody of whom nothing is noted is there."""
    session = taught_session(request, pk)
    try:
        n = marking.mark_rest(session=session, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        words = ngettext("%(n)d personne est notée présente.", "%(n)d personnes sont notées présentes.", n or 1)
        messages.success(request, words % {"n": n} if n else _("Tout le monde était déjà noté."))
    return redirect("cohorts:sheet", pk)


@require_POST
def sheet_countersign(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches signs the sheet as they see it."""
    session = taught_session(request, pk)
    seen = {int(name[1:]): int(str(value)) for name, value in request.POST.items() if _numbered(name, value)}
    try:
        marking.countersign(session=session, seen=seen, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("La feuille est signée."))
    return redirect("cohorts:sheet", pk)


def _numbered(name: str, value: Any) -> bool:
    return name[:1] == "v" and name[1:].isdigit() and str(value).isdigit() and len(name) < 20 and len(str(value)) < 10


@require_safe
def register_week(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: people by half-days of a week, what is not noted, what is not signed."""
    cohort = taught_cohort(request, pk)
    asked = parse_date(request.GET.get("semaine", "")) if len(request.GET.get("semaine", "")) == 10 else None
    monday = monday_of(asked or _near(cohort))
    context = {
        "cohort": cohort, "week": week_of(cohort, monday, request.user), "monday": monday, "friday": monday + timedelta(days=4),
        "before": monday - timedelta(days=7), "after": monday + timedelta(days=7), "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "cohorts/register_week.html", context)


def _near(cohort: Cohort) -> date:
    """Today, or the nearest day of the training."""
    return min(max(timezone.localdate(), cohort.starts_on), cohort.ends_on)
