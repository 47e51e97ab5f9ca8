"""Conditions of entry: the applications of a cohort to check, and one of them with its two acts."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cohorts import appeals
from cohorts.access import rates, selects
from cohorts.eligibility_checks import Outcome, confirm_many, findings_of, rule_out, vouch
from cohorts.eligibility_forms import BatchForm, ConfirmForm, RuleOutForm
from cohorts.eligibility_rows import as_checked, lines_of, order, shown
from cohorts.models import Application, Cohort
from cohorts.states import APPLICATION, ApplicationStatus
from learners.eligibility import all_met
from learners.models import Learner
from partners.models import User

PER_PAGE = 30


def leading_or_out(request: HttpRequest, cohort: Cohort) -> None:
    """Go on for who leads the selection: 404 for who assesses it, to whom nobody has a name; 403 for others."""
    if rates(request.user, cohort):
        raise Http404
    if not selects(request.user, cohort):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def eligibility(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection: the applications to check, or checked; those of whom all is met are confirmed at once."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("programme__provider"), pk=pk)
    leading_or_out(request, cohort)
    mine = Application.objects.visible_to(request.user).filter(cohort=cohort)
    done = request.GET.get("etat") == "faites" and request.method != "POST"
    page = Paginator(order(mine, done=done), PER_PAGE).get_page(request.GET.get("page"))
    form = BatchForm(request.POST if request.method == "POST" else None, rows=order(mine, done=False))
    if form.is_valid():
        _tell(request, confirm_many(applications=form.cleaned_data["applications"], by=cast("User", request.user)))
        return redirect("cohorts:eligibility", pk)
    lines = lines_of(request.user, page.object_list, timezone.localdate())
    context = {
        "cohort": cohort, "page": page, "lines": lines, "done": done, "form": form,
        "ready": sum(line.ready for line in lines), "hidden": sum(not line.who for line in lines),
    }  # fmt: skip
    return render(request, "cohorts/eligibility.html", context, status=422 if form.is_bound else 200)


def _tell(request: HttpRequest, outcomes: list[Outcome]) -> None:
    done = sum(not one.refusal for one in outcomes)
    if done:
        said = ngettext(
            "%(n)d candidature est confirmée éligible.", "%(n)d candidatures sont confirmées éligibles.", done
        )
        messages.success(request, said % {"n": done})
    for one in outcomes:
        if one.refusal:
            words = {"who": one.application.learner, "why": one.refusal}
            messages.warning(request, _("%(who)s\u00a0: %(why)s") % words)


@require_http_methods(["GET", "HEAD", "POST"])
def eligibility_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection: each condition, what would prove it, and a yes or a no that somebody answers for."""
    known = Learner.objects.visible_to(request.user).known_to(request.user)
    mine = Application.objects.visible_to(request.user).select_related(
        "learner__holder", "cohort__programme__provider", "handoff", "referred_by"
    )
    application = get_object_or_404(mine, pk=pk)
    leading_or_out(request, application.cohort)
    get_object_or_404(known, pk=application.learner_id)
    found = findings_of(application, timezone.localdate())
    said = request.POST.get("avis", "") if request.method == "POST" else ""
    confirm = ConfirmForm(request.POST if said == "oui" else None, needed=not all_met(found))
    no = RuleOutForm(request.POST if said == "non" else None)
    if _done(request, application, confirm, no):
        return redirect("cohorts:eligibility", application.cohort_id)
    context = {
        "application": application, "learner": application.learner, "found": shown(found), "confirm": confirm, "no": no,
        "needed": not all_met(found), **_around(application, request.user),
    }  # fmt: skip
    return render(request, "cohorts/eligibility_of.html", context, status=422 if request.method == "POST" else 200)


def _done(request: HttpRequest, application: Application, confirm: ConfirmForm, no: RuleOutForm) -> bool:
    given: dict[str, Any] = {"application": application, "by": request.user}
    if confirm.is_valid() and confirm.acted(vouch, **given) is not None:
        messages.success(request, _("L’éligibilité est confirmée."))
        return True
    if no.is_valid() and no.acted(rule_out, **given) is not None:
        messages.success(request, _("C’est noté. La personne est prévenue qu’une réponse l’attend sur sa page."))
        return True
    return False


def _around(application: Application, user: Any) -> dict[str, Any]:
    """The acts that are open from here, and what was said before."""
    checks = application.checks.select_related("by")
    review = appeals.open_review(application)
    return {
        "steps": {step.name for step, _shut in APPLICATION.offered(application, by=user)},
        "checks": [(one, as_checked(one)) for one in checks],
        "submitted": application.status == ApplicationStatus.SUBMITTED,
        "review": review,
        "may_ask": review is None and appeals.may_be_reviewed(application),
    }
