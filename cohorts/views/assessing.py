"""Rating the applicants of a cohort, under their codes: the list, one sheet, locking, abstaining, paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohorts import assessing, ratings
from cohorts.agreement import TELLING
from cohorts.assess_forms import AbstainForm, KeyForm, SheetForm, filled
from cohorts.grid_pdf import blank_grids
from cohorts.grids import grid_of
from cohorts.models import Application, Cohort
from cohorts.rating_words import drift_of, items_of
from cohorts.ratings import Mine
from cohorts.selection_nav import tabs_of
from cohorts.states import Criterion
from partners.lifecycle import Refused
from partners.models import User


def _cohort(request: HttpRequest, pk: int, may: Any) -> Cohort:
    """404 for who may not see the cohort, 403 for who may not do this there."""
    rows = Cohort.objects.visible_to(request.user).select_related("programme__provider", "grid")
    cohort: Cohort = get_object_or_404(rows, pk=pk)
    if not may(request.user, cohort):
        raise PermissionDenied
    return cohort


def _coded(cohort: Cohort, code: str) -> Application:
    found = ratings.coded(cohort).filter(code=code).select_related("cohort__programme").first()
    if found is None:
        raise Http404
    return found


@require_safe
def assess_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who rates: their codes, and what others think of those they closed; who leads: all that is locked."""
    cohort = _cohort(request, pk, ratings.may_follow)
    board = ratings.board_of(cohort, request.user)
    items = items_of(board)
    context = {
        "cohort": cohort, "leads": board.leads, "asked": [one for one in items if one.asked and not board.leads],
        "others": [one for one in items if board.leads or not one.asked], "drift": drift_of(board), "telling": TELLING,
        "tabs": tabs_of(request.user, cohort, "assess_list"),
    }  # fmt: skip
    return render(request, "cohorts/assess_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assess_sheet(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One candidate at a time: the grid in words, the pieces, a draft that is kept."""
    cohort = _cohort(request, pk, ratings.may_assess)
    application, grid, by = _coded(cohort, code), grid_of(cohort), cast("User", request.user)
    sheets = ratings.sheets_by([application]).get(application.pk, [])
    row = ratings.row_of(application, sheets, by, ratings.assessors_of(cohort))
    over = application.status not in ratings.RATED and request.method != "POST"
    if over or row.mine in (Mine.LOCKED, Mine.ABSTAINED):
        return _closed(request, cohort, row, sheets)
    posted = request.POST if request.method == "POST" else None
    form = SheetForm(posted, grid=grid, initial=filled(assessing.drafted(_own(application, by))))
    if form.is_valid() and _kept(form, application, by):
        if request.POST.get("suite") != "verrouiller":
            messages.success(request, _("Le brouillon de %(code)s est gardé. Vous seul le voyez.") % {"code": code})
            return redirect("cohorts:assess_sheet", pk, code)
        if form.want_all():
            return redirect("cohorts:assess_lock", pk, code)
    context = {
        "cohort": cohort, "code": code, "form": form, "grid": grid, "row": row, "pieces": ratings.pieces_of(application)
    }  # fmt: skip
    return render(request, "cohorts/assess_sheet.html", context, status=422 if form.is_bound else 200)


def _own(application: Application, by: User) -> Any:
    return application.assessments.filter(assessor=by.pk).first()


def _kept(form: SheetForm, application: Application, by: User) -> bool:
    """Whether what was typed is in the draft now."""

    def act() -> None:
        sheet = assessing.open_sheet(application=application, by=by)
        assessing.save_marks(assessment=sheet, by=by, marks=form.marks, shown=form.cleaned_data["shown"])

    done = form.acted(act) is not None
    form.renew(assessing.drafted(_own(application, by)))
    return done


def _closed(request: HttpRequest, cohort: Cohort, row: ratings.Row, sheets: Sequence[ratings.Sheet]) -> HttpResponse:
    """A sheet that does not change any more, beside those of others."""
    [item] = items_of(ratings.Board([row], leads=False))
    mine = next((one for one in sheets if one.assessor == request.user.pk), None)
    notes = [(one.label, mine.marks.get(one.value), mine.notes.get(one.value, "")) for one in Criterion] if mine else []
    context = {"cohort": cohort, "item": item, "mine": mine, "notes": notes}
    return render(request, "cohorts/assess_closed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assess_lock(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Read again what is about to stand for ever, then lock it."""
    cohort = _cohort(request, pk, ratings.may_assess)
    application, by, grid = _coded(cohort, code), cast("User", request.user), grid_of(cohort)
    sheet = _own(application, by)
    if sheet is not None and (sheet.submitted_at or sheet.abstained):
        return redirect("cohorts:assess_sheet", pk, code)
    kept = assessing.drafted(sheet)
    missing = [str(one.label) for one in Criterion if one.value not in kept or kept[one.value].mark is None]
    if sheet is None or missing:
        messages.warning(request, _("Il manque une note\u00a0: complétez la grille, puis verrouillez."))
        return redirect("cohorts:assess_sheet", pk, code)
    if request.method == "POST":
        try:
            assessing.lock(assessment=sheet, by=by, seen=request.POST.get("grille", ""))
        except Refused as reason:
            messages.warning(request, str(reason))
        else:
            messages.success(request, _("L’évaluation de %(code)s est verrouillée.") % {"code": code})
            return redirect("cohorts:assess_list", pk)
        return redirect("cohorts:assess_sheet", pk, code)
    rows = [
        (one, kept[one.criterion].mark, one.anchors[kept[one.criterion].mark or 0], kept[one.criterion].note)
        for one in grid.criteria
    ]
    return render(request, "cohorts/assess_lock.html", {"cohort": cohort, "code": code, "rows": rows, "grid": grid})


@require_http_methods(["GET", "HEAD", "POST"])
def assess_abstain(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Say why one does not rate this code; somebody else is asked."""
    cohort = _cohort(request, pk, ratings.may_assess)
    application, by = _coded(cohort, code), cast("User", request.user)
    form = AbstainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            sheet = assessing.open_sheet(application=application, by=by)
            assessing.abstain(assessment=sheet, by=by, reason=form.cleaned_data["reason"])
        except Refused as reason:
            messages.warning(request, str(reason))
        else:
            messages.success(
                request, _("Vous ne notez pas %(code)s\u00a0: un autre évaluateur est demandé.") % {"code": code}
            )
        return redirect("cohorts:assess_list", pk)
    context = {"cohort": cohort, "code": code, "form": form}
    return render(request, "cohorts/assess_abstain.html", context, status=422 if form.is_bound else 200)


@require_safe
def assess_grids(request: HttpRequest, pk: int) -> HttpResponse:
    """The grids to fill by hand, one for each code that is still to be rated."""
    cohort = _cohort(request, pk, ratings.may_key)
    content = blank_grids(grid_of(cohort), cohort.title, ratings.to_print(cohort))
    return HttpResponse(
        content, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="grilles-{cohort.pk}.pdf"'},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def assess_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Type what is on paper, read it back, then lock it."""
    cohort = _cohort(request, pk, ratings.may_key)
    form = KeyForm(request.POST if request.method == "POST" else None, grid=grid_of(cohort), cohort=cohort)
    context = {"cohort": cohort, "form": form}
    step = request.POST.get("etape", "")
    if form.is_valid() and step != "corriger":
        if step != "enregistrer":
            return render(request, "cohorts/assess_key_check.html", context | _read_back(form))
        data = form.cleaned_data
        given = {"application": form.application, "assessor": data["assessor"].user, "reason": data["reason"]}
        if form.acted(assessing.key_in, by=request.user, marks=form.marks, **given) is not None:
            words = {"code": data["code"], "who": data["assessor"].user}
            messages.success(request, _("L’évaluation de %(code)s par %(who)s est enregistrée.") % words)
            return redirect("cohorts:assess_key", pk)
    status = 422 if form.is_bound and step != "corriger" else 200
    return render(request, "cohorts/assess_key.html", context, status=status)


def _read_back(form: KeyForm) -> dict[str, Any]:
    """What was typed, criterion by criterion, and the same to send again."""
    marks = form.marks
    told = [] if form.cleaned_data["reason"] else [
        (one, marks[one.criterion].mark, one.anchors[marks[one.criterion].mark or 0], marks[one.criterion].note)
        for one in form.grid.criteria
    ]  # fmt: skip
    again = [(field.html_name, field.value() if field.value() is not None else "") for field in form]
    return {"told": told, "again": again, "who": form.cleaned_data["assessor"].user, "typed": form.cleaned_data}
