"""The committee: the order on codes, one decision, the announcement, its letters."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import committee
from cohorts.access import selects
from cohorts.committee_forms import RulingForm
from cohorts.decision_letters import letters_of
from cohorts.models import Application, Cohort
from cohorts.offering import ruling_of
from cohorts.promises import promises_of
from cohorts.sitting import SHORT, VIEWS, sitting_of
from cohorts.states import ApplicationStatus, Criterion
from partners.lifecycle import Refused
from partners.models import Agreement, User


def led_or_403(request: HttpRequest, pk: int) -> Cohort:
    """The cohort, for who leads its selection; 404 for who may not see it, and for who assesses it as if it had none."""
    rows = Cohort.objects.visible_to(request.user).select_related("programme__provider")
    cohort: Cohort = get_object_or_404(rows, pk=pk)
    if not selects(request.user, cohort):
        raise PermissionDenied
    return cohort


def _application(request: HttpRequest, pk: int) -> Application:
    rows = Application.objects.visible_to(request.user).select_related("cohort__programme__provider", "learner")
    found: Application = get_object_or_404(rows, pk=pk)
    if not selects(request.user, found.cohort):
        raise PermissionDenied
    return found


@require_safe
def committee_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection: the order with its reasons, what is prepared, seats and promises."""
    cohort = led_or_403(request, pk)
    view = request.GET.get("voir", "tous")
    if view not in VIEWS:
        raise Http404
    agreements = Agreement.objects.visible_to(request.user).filter(cohorts=cohort).for_list()
    context = {
        "cohort": cohort, "sitting": sitting_of(cohort, view), "view": view, "criteria": [SHORT[one] for one in Criterion],
        "panels": [promises_of(cohort, agreements)],
    }  # fmt: skip
    return render(request, "cohorts/committee.html", context)


@require_POST
def committee_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare what the order proposes: seats and ranks; nobody is refused by it."""
    cohort = led_or_403(request, pk)
    try:
        n = committee.stage_order(cohort=cohort, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        words = ngettext("%(n)d décision préparée.", "%(n)d décisions préparées.", n) % {"n": n}
        messages.success(request, f"{words} {_('Rien n’est envoyé tant que vous n’avez pas annoncé.')}")
    return redirect("cohorts:committee", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def committee_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Announce all that is prepared at once; what it does is said first."""
    cohort = led_or_403(request, pk)
    if request.method == "POST":
        try:
            done = committee.release(cohort=cohort, by=cast("User", request.user))
        except Refused as reason:
            messages.warning(request, str(reason))
            return redirect("cohorts:committee", pk)
        words = {"yes": done.admitted, "wait": done.waiting, "no": done.refused}
        messages.success(
            request,
            _("Annoncé\u00a0: %(yes)d admis, %(wait)d en attente, %(no)d non retenus. Chacun est prévenu.") % words,
        )
        return redirect("cohorts:seat_answers", pk)
    staged = list(committee.staged_in(cohort).order_by("decision", "application__code"))
    rows = [one for one in staged if one.decision == "refused"]
    context = {"cohort": cohort, "staged": staged, "refusals": rows, "sitting": sitting_of(cohort)}
    return render(request, "cohorts/committee_release.html", context)


@require_safe
def committee_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """The letters of what is prepared, to read before it leaves; and of what was announced, to post."""
    cohort = led_or_403(request, pk)
    sent = request.GET.get("etat") == "annoncees"
    content = letters_of(cohort, request.user, announced=sent)
    if not content:
        messages.info(request, _("Aucune lettre\u00a0: rien n’est préparé, ou rien n’est annoncé encore."))
        return redirect("cohorts:committee", pk)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="lettres-de-decision.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def ruling_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the committee says of one code; prepared, not announced."""
    application = _application(request, pk)
    if application.status not in committee.AT_STAKE:
        messages.warning(request, _("La décision sur cette candidature est annoncée, ou elle n’est plus en jeu."))
        return redirect("cohorts:seat_answers", application.cohort_id)
    ruling = ruling_of(application) if application.status == ApplicationStatus.DECIDED else None
    form = RulingForm(request.POST if request.method == "POST" else None, initial=_said(ruling))
    given = {"application": application, "by": cast("User", request.user)}
    if form.is_valid() and form.acted(committee.stage, **given):
        messages.success(request, _("Décision préparée pour %(code)s. Rien n’est envoyé.") % {"code": application.code})
        return redirect("cohorts:committee", application.cohort_id)
    context = {
        "form": form, "application": application, "cohort": application.cohort, "ruling": ruling,
        "sheets": committee.sheets_of(application), "criteria": [one.label for one in Criterion],
    }  # fmt: skip
    return render(request, "cohorts/ruling_form.html", context, status=422 if form.is_bound else 200)


def _said(ruling: Any) -> dict[str, Any]:
    names = ("decision", "condition", "condition_by", "refusal", "words", "continuation")
    return {name: getattr(ruling, name) for name in names} if ruling is not None else {}


@require_POST
def ruling_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was prepared."""
    application = _application(request, pk)
    try:
        committee.unstage(application=application, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("Décision retirée pour %(code)s.") % {"code": application.code})
    return redirect("cohorts:committee", application.cohort_id)
