"""Absences: who is not heard of, what was done about it, and how it ended; for who teaches and for who was asked to help."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from cohorts import absences
from cohorts.absence_rows import figures_of, streak_rows
from cohorts.marking import may_mark
from cohorts.models import AbsenceAlert
from cohorts.states import AlertOutcome, AlertStatus
from cohorts.views.sheets import taught_cohort
from learners.helping import name_obstacle
from learners.models import Learner
from learners.states import Obstacle
from partners.fields import SELECT
from partners.lifecycle import Refused
from partners.models import User
from partners.states import Channel

NAMED = [(value, label) for value, label in Obstacle.choices if value != Obstacle.UNSAID]


class OutcomeForm(forms.Form):
    """How an absence ended."""

    outcome = forms.ChoiceField(
        label=lazy("Comment cela s’est terminé"),
        choices=[("", lazy("Choisir")), *AlertOutcome.choices],
        widget=forms.Select(attrs=SELECT),
    )


class CallForm(forms.Form):
    """One attempt to reach the person."""

    channel = forms.ChoiceField(label=lazy("Par"), choices=Channel.choices, widget=forms.Select(attrs=SELECT))
    reached = forms.ChoiceField(
        label=lazy("La personne"),
        choices=(("non", lazy("n’a pas répondu")), ("oui", lazy("a été jointe"))),
        widget=forms.Select(attrs=SELECT),
    )


class ObstacleForm(forms.Form):
    """What the person says keeps them away."""

    obstacle = forms.ChoiceField(
        label=lazy("Le frein que la personne a nommé"),
        choices=[("", lazy("Choisir")), *NAMED],
        widget=forms.Select(attrs=SELECT),
    )


@require_safe
def absence_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: who is absent without a word, alerts under way, how the others ended."""
    cohort = taught_cohort(request, pk)
    alerts = (
        AbsenceAlert.objects.visible_to(request.user).filter(enrolment__cohort=cohort).select_related(*absences.AROUND)
    )
    context = {
        "cohort": cohort, "streaks": streak_rows(cohort, request.user), "figures": figures_of(cohort),
        "open": alerts.filter(status=AlertStatus.OPEN), "closed": alerts.filter(status=AlertStatus.CLOSED)[:60],
    }  # fmt: skip
    return render(request, "cohorts/absence_list.html", context)


def _alert(request: HttpRequest, pk: int) -> AbsenceAlert:
    rows = AbsenceAlert.objects.visible_to(request.user).filter(
        enrolment__learner__in=Learner.objects.visible_to(request.user)
    )
    found = get_object_or_404(rows.select_related(*absences.AROUND), pk=pk)
    if not absences.may_act(request.user, found):
        raise PermissionDenied
    return cast("AbsenceAlert", found)


@require_safe
def absence_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches, and the adviser who was asked: the half-days missed, calls, the obstacle, the outcome."""
    return _page(request, _alert(request, pk))


def _page(request: HttpRequest, alert: AbsenceAlert, **forms_: Any) -> HttpResponse:
    context = {
        "alert": alert, "enrolment": alert.enrolment, "cohort": alert.enrolment.cohort, "missed": absences.missed_of(alert),
        "calls": alert.calls.select_related("by"), "teaches": may_mark(request.user, alert.enrolment.cohort),
        "outcome_form": OutcomeForm(), "call_form": CallForm(),
        "obstacle_form": ObstacleForm(initial={"obstacle": alert.handoff.obstacle if alert.handoff else ""}), **forms_,
    }  # fmt: skip
    return render(request, "cohorts/absence_detail.html", context, status=422 if forms_ else 200)


@require_POST
def absence_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on an alert: a call, the obstacle named, absences explained, the outcome, its reading."""
    alert, by = _alert(request, pk), cast("User", request.user)
    if act not in ACTS:
        raise Http404
    try:
        told = ACTS[act](request, alert, by)
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, told)
    return redirect("cohorts:absence_detail", pk)


def _call(request: HttpRequest, alert: AbsenceAlert, by: User) -> str:
    reached = request.POST.get("reached") == "oui"
    absences.note_call(alert=alert, channel=request.POST.get("channel", ""), reached=reached, by=by)
    return _("L’essai est noté.")


def _obstacle(request: HttpRequest, alert: AbsenceAlert, by: User) -> str:
    if alert.handoff is None:
        raise Refused(
            _("Personne n’a été appelé à l’aide\u00a0: le frein se note avec l’accompagnement de la personne.")
        )
    name_obstacle(handoff=alert.handoff, obstacle=request.POST.get("obstacle", ""), by=by)
    return _("Le frein est noté.")


def _explain(request: HttpRequest, alert: AbsenceAlert, by: User) -> str:
    chosen = [int(one) for one in request.POST.getlist("sessions") if one.isdigit() and len(one) < 18]
    reason = request.POST.get("reason", "")[:200]
    if not chosen or not reason.strip():
        raise Refused(_("Cochez les demi-journées, et écrivez ce qui les explique."))
    done = absences.explain(enrolment=alert.enrolment, sessions=chosen, reason=reason, by=by)
    return _("%(n)d absences sont justifiées.") % {"n": done}


def _close(request: HttpRequest, alert: AbsenceAlert, by: User) -> str:
    absences.close_alert(alert=alert, outcome=request.POST.get("outcome", ""), by=by)
    return _("L’issue est notée.")


def _read(request: HttpRequest, alert: AbsenceAlert, by: User) -> str:
    absences.read_outcome(alert=alert, by=by)
    return _("C’est lu.")


ACTS = {"appel": _call, "frein": _obstacle, "justifier": _explain, "issue": _close, "lu": _read}
