"""One appointment: what came of it, another time, what the person answers, the slip of the exercise."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts import appointments, trials
from cohorts.access import PersonActor, leads
from cohorts.appointment_forms import MoveForm, TrialForm
from cohorts.appointment_rows import guests_of, hour, trial_words
from cohorts.models import Appointment
from cohorts.states import AppointmentOutcome, RecordSource
from cohorts.views.appointments import back_to_slots, free_slots
from learners.states import LinkPurpose
from learners.views.visits import Visit, behind_link
from partners.lifecycle import Refused
from partners.models import User

ANSWERS = {"oui": True, "non": False}


def _seen(request: HttpRequest, pk: int) -> Appointment:
    rows = Appointment.objects.visible_to(request.user).select_related(
        "application__learner", "application__cohort__programme__provider", "application__referred_by", "slot"
    )
    return cast("Appointment", get_object_or_404(rows, pk=pk))


def _led(request: HttpRequest, pk: int) -> Appointment:
    """The same, for an act of who leads the selection: 403 for who only brings the person's answer."""
    found = _seen(request, pk)
    if not leads(request.user, found.application):
        raise PermissionDenied
    return found


@require_safe
def appointment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection, and whoever follows the person where they were referred from: when, where, the answer."""
    return _page(request, _seen(request, pk))


def _page(request: HttpRequest, row: Appointment, **forms: Any) -> HttpResponse:
    application = row.application
    led, ahead = leads(request.user, application), row.starts_at > timezone.now()
    excused = row.outcome == AppointmentOutcome.EXCUSED and row.coming is False
    context: dict[str, Any] = {
        "row": row,
        "guest": guests_of([row], request.user)[0],
        "day": timezone.localtime(row.starts_at).date(),
        "hour": hour(row.starts_at),
        "leads": led,
        "ahead": ahead,
        "answers": ahead
        and (not row.outcome or excused)
        and (led or appointments.speaks_for(request.user, application)),
        "outcomes": AppointmentOutcome.choices,
    }
    if led:
        others = free_slots(request.user, application.cohort).filter(kind=row.kind).exclude(pk=row.slot_id)
        context |= {
            "move": MoveForm(slots=others) if ahead and not row.outcome else None,
            "trial": TrialForm(),
            "trials": [trial_words(one) for one in application.trials.order_by("done_at", "pk")],
            **forms,
        }
    return render(request, "cohorts/appointment_detail.html", context, status=422 if forms else 200)


@require_POST
def appointment_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection says, in one tap, what came of it."""
    row = _led(request, pk)
    said = request.POST.get("outcome", "")
    try:
        appointments.note_outcome(
            appointment=row, outcome=cast("AppointmentOutcome", said), by=cast("User", request.user)
        )
    except Refused as reason:
        messages.warning(request, str(reason))
    except ValidationError as wrong:
        messages.warning(request, wrong.messages[0])
    else:
        words = {"who": guests_of([row], request.user)[0].who, "what": AppointmentOutcome(said).label}
        messages.success(request, _("C’est noté pour %(who)s : %(what)s.") % words)
    return redirect(back_to_slots(row.application.cohort_id, past=row.starts_at <= timezone.now()))


@require_POST
def appointment_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection gives the person another time."""
    row = _led(request, pk)
    others = free_slots(request.user, row.application.cohort).filter(kind=row.kind).exclude(pk=row.slot_id)
    form = MoveForm(request.POST, slots=others)
    if not form.is_valid():
        return _page(request, row, move=form)
    try:
        told = appointments.move(appointment=row, slot=form.cleaned_data["slot"], by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("Le rendez-vous est déplacé : %(told)s.") % {"told": told})
    return redirect("cohorts:appointment_detail", pk)


@require_POST
def appointment_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection, or who follows the person, brings their answer."""
    row = _seen(request, pk)
    _answered(request, row, cast("User", request.user))
    return redirect("cohorts:appointment_detail", pk)


def _answered(request: HttpRequest, row: Appointment, by: User | PersonActor) -> None:
    coming = ANSWERS.get(request.POST.get("reponse", ""))
    if coming is None:
        messages.warning(request, _("Choisissez une réponse."))
        return
    try:
        appointments.reply(appointment=row, coming=coming, by=by)
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("C’est noté."))


@require_POST
def appointment_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection keys in the slip that the person brought, or filled at the exercise."""
    row, form = _led(request, pk), TrialForm(request.POST)
    if not form.is_valid():
        return _page(request, row, trial=form)
    given = {"application": row.application, "by": request.user, "source": RecordSource.PAPER}
    try:
        made = form.made(trials.record_trial, **given)
    except Refused as reason:
        messages.warning(request, str(reason))
        return redirect("cohorts:appointment_detail", pk)
    if made is None:
        return _page(request, row, trial=form)
    messages.success(request, _("Le résultat de l’exercice est joint à la candidature."))
    return redirect("cohorts:appointment_detail", pk)


@behind_link(LinkPurpose.PATH)
@require_POST
def own_appointment(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The young person says, on their own page, whether they come; the link is not used by it."""
    mine = visit.link.learner.applications.values_list("appointments", flat=True)
    if pk not in mine:
        raise Http404
    row = appointments.of_number(pk)
    _answered(request, row, PersonActor(visit.link.learner_id, visit.channel))
    return redirect("learners:link_page")
