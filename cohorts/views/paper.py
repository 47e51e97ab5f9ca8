"""The register on paper: sheets to print, and the page on which a filled one is keyed back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohorts import paper
from cohorts.models import Session
from cohorts.sheet_rows import sheet_of, typed_in
from cohorts.sheets_printed import printed
from cohorts.views.sheets import taught_cohort, taught_session
from cohorts.week_rows import monday_of
from partners.fields import SELECT, Words
from partners.lifecycle import Refused
from partners.models import User


class CodeForm(forms.Form):
    """The code at the top of a sheet."""

    use_required_attribute = False
    code = Words(label="", max_length=20)


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, "application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'})


@require_safe
def sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: the sheet of the day of this half-day, to sign on paper."""
    session = taught_session(request, pk, whole=True)
    held = Session.objects.visible_to(request.user).filter(cohort=session.cohort_id, day=session.day, cancelled=False)
    return _pdf(printed(session.cohort, held), f"emargement-{session.day:%Y-%m-%d}")


@require_safe
def week_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: the sheets of a week, a page for each day."""
    cohort = taught_cohort(request, pk, whole=True)
    asked = request.GET.get("semaine", "")
    monday = monday_of((parse_date(asked) if len(asked) == 10 else None) or timezone.localdate())
    held = cohort.sessions.filter(day__range=(monday, monday + timedelta(days=6)), cancelled=False)
    if not held.exists():
        messages.info(request, _("Aucune demi-journée cette semaine\u00a0: rien à imprimer."))
        return redirect("cohorts:register_week", pk)
    return _pdf(printed(cohort, held), f"emargement-semaine-{monday:%Y-%m-%d}")


@require_http_methods(["GET", "HEAD", "POST"])
def paper_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: the code of a sheet leads to its lines."""
    cohort = taught_cohort(request, pk)
    form = CodeForm(request.POST if request.method == "POST" else None)
    form.fields["code"].label = _("Code de la feuille")
    if form.is_valid():
        number = paper.session_number(form.cleaned_data["code"])
        if number and Session.objects.visible_to(request.user).filter(pk=number, cohort=cohort).exists():
            return redirect("cohorts:paper_sheet", number)
        form.add_error(
            "code", _("Aucune feuille de cette cohorte ne porte ce code. Il commence par F et finit par une lettre.")
        )
    return render(
        request, "cohorts/paper_key.html", {"cohort": cohort, "form": form}, status=422 if form.is_bound else 200
    )


class TrainerForm(forms.Form):
    """Which trainer signed the paper, if one did."""

    trainer = forms.ChoiceField(label="", required=False, widget=forms.Select(attrs=SELECT))

    def __init__(self, session: Session, by: User, data: Any = None) -> None:
        super().__init__(data)
        team = {one.user.pk: one.user for one in session.cohort.team.exclude(duty="assessor").select_related("user")}
        self.users: dict[str, User] = {str(pk): user for pk, user in {**team, by.pk: by}.items()}
        self.fields["trainer"].label = _("Feuille signée par")
        names = [(pk, str(user)) for pk, user in self.users.items()]
        self.fields["trainer"].choices = [("", _("Aucun formateur n’a signé")), *names]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def paper_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: the lines of a paper sheet, in its order; what is noted otherwise already becomes a contradiction."""
    session, by = taught_session(request, pk), cast("User", request.user)
    form, refused = TrainerForm(session, by, request.POST or None), ""
    rows = sheet_of(session, request.user)
    people = [row.enrolment.pk for row in rows]
    typed = typed_in(request.POST, people) if request.method == "POST" else {}
    signed = {one: f"s{one}" in request.POST for one in people}
    if request.method == "POST" and form.is_valid():
        who = form.users.get(form.cleaned_data["trainer"])
        try:
            done = paper.key_sheet(session=session, lines=typed.values(), signed=signed, countersigned_by=who, by=by)
        except Refused as reason:
            refused = str(reason)
        else:
            words = _("%(written)d lignes écrites, %(same)d déjà notées de même.")
            messages.success(request, words % {"written": done.written, "same": done.same})
            if done.against:
                told = _("%(n)d lignes disent autre chose que le registre\u00a0: elles attendent d’être départagées.")
                messages.warning(request, told % {"n": done.against})
                return redirect("cohorts:claim_list", session.cohort_id)
            return redirect("cohorts:sheet", pk)
    rows = sheet_of(session, request.user, typed)
    lines = [(row, signed.get(row.enrolment.pk, False)) for row in rows]
    context = {
        "session": session, "cohort": session.cohort, "lines": lines, "form": form, "refused": refused,
        "code": paper.sheet_code(session),
    }  # fmt: skip
    return render(request, "cohorts/paper_sheet.html", context, status=422 if request.method == "POST" else 200)
