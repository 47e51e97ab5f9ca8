"""Seats and answers: who was told what, and what a person answered by phone, on paper or face to face."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import carrying, offering
from cohorts.committee_forms import AnswerForm, CarryForm, EndWaitForm
from cohorts.ending_wait import end_wait
from cohorts.models import Application
from cohorts.sitting import answers_of
from cohorts.views.committee import led_or_403
from learners.models import Learner
from partners.lifecycle import Refused
from partners.models import User

TYPED = {"oui": offering.accept_seat, "non": offering.withdraw}
NOTED = {"silence": offering.lapse, "condition": offering.meet_condition}
DONE = {
    "oui": lazy("La place de %(who)s est notée."), "non": lazy("C’est noté\u00a0: %(who)s renonce."),
    "silence": lazy("Sans réponse de %(who)s\u00a0: la place est rendue."), "condition": lazy("La condition de %(who)s est remplie."),
}  # fmt: skip


@require_safe
def seat_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection: seats offered and confirmed, the waiting list, who was not kept."""
    cohort = led_or_403(request, pk)
    context = {
        "cohort": cohort, "answers": answers_of(cohort, request.user),
    }  # fmt: skip
    return render(request, "cohorts/seat_answers.html", context)


@require_POST
def seats_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the free seats to the first who wait."""
    cohort = led_or_403(request, pk)
    n = len(offering.offer_next(cohort.pk))
    words = ngettext("%(n)d place proposée.", "%(n)d places proposées.", max(n, 1)) % {"n": n}
    messages.success(request, words) if n else messages.info(
        request, _("Personne n’attend, ou aucune place n’est libre.")
    )
    return redirect("cohorts:seat_answers", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def seat_answer(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """What one person answered, or did not: who leads writes it, and says how they know."""
    if step not in {*TYPED, *NOTED}:
        raise Http404
    rows = Application.objects.visible_to(request.user).named_to(request.user)
    application = get_object_or_404(rows.select_related("cohort__programme__provider", "learner"), pk=pk)
    led_or_403(request, application.cohort_id)
    form = AnswerForm(request.POST if request.method == "POST" else None) if step in TYPED else None
    if request.method == "POST" and (form is None or form.is_valid()):
        return _noted(request, application, step, form)
    context = {"application": application, "cohort": application.cohort, "step": step, "form": form}
    return render(request, "cohorts/seat_answer.html", context, status=422 if request.method == "POST" else 200)


def _noted(request: HttpRequest, application: Application, step: str, form: AnswerForm | None) -> HttpResponse:
    by = cast("User", request.user)
    try:
        if form is not None:
            TYPED[step](application=application, by=by, **form.behalf)
        else:
            NOTED[step](application=application, by=by)
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, DONE[step] % {"who": application.learner})
    return redirect("cohorts:seat_answers", application.cohort_id)


@require_http_methods(["GET", "HEAD", "POST"])
def waiting_close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the waiting list: all who still wait are told at once, in the same words."""
    cohort = led_or_403(request, pk)
    form = EndWaitForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (n := form.acted(end_wait, cohort=cohort, by=cast("User", request.user))):
        said = ngettext("%(n)d personne est prévenue.", "%(n)d personnes sont prévenues.", n) % {"n": n}
        messages.success(request, f"{_('La liste d’attente est close.')} {said}")
        return redirect("cohorts:seat_answers", pk)
    context = {"cohort": cohort, "form": form, "waiting": answers_of(cohort, request.user).waiting}
    return render(request, "cohorts/waiting_close.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def carry_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up again, in a cohort that recruits, the application of somebody to whom it was promised and whom the body follows."""
    rows = Application.objects.visible_to(request.user).filter(learner__in=Learner.objects.visible_to(request.user))
    application = get_object_or_404(rows.select_related("cohort__programme__provider", "learner"), pk=pk)
    led_or_403(request, application.cohort_id)
    offered = carrying.cohorts_for(application)
    if not offered:
        messages.warning(request, _("Cette personne n’est plus à proposer, ou aucune cohorte ne recrute."))
        return redirect("cohorts:cohort_detail", application.cohort_id)
    form = CarryForm(request.POST if request.method == "POST" else None, cohorts=offered)
    given = {"application": application, "by": cast("User", request.user)}
    if form.is_valid() and (made := form.acted(carrying.carry_over, **given)):
        messages.success(request, _("La candidature de %(who)s est reprise.") % {"who": application.learner})
        return redirect("cohorts:eligibility", made.cohort_id)
    context = {"application": application, "form": form}
    return render(request, "cohorts/carry_over.html", context, status=422 if form.is_bound else 200)
