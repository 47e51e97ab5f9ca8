"""Appointments of a cohort, for who leads its selection: slots, invitations, what came of each; and its calendar."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import agenda, appointments
from cohorts.access import selects
from cohorts.appointment_forms import InviteForm, SlotForm
from cohorts.appointment_rows import MOST_WAITING, names_of, slots_of, to_note, waiting_of, waiting_rows
from cohorts.models import Cohort, Slot
from partners.lifecycle import Refused
from partners.models import User


def _cohort(request: HttpRequest, pk: int) -> Cohort:
    """A cohort whose selection this user leads: 404 for one that they may not see, 403 for one that they do not lead."""
    found = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("programme__provider"), pk=pk)
    if not selects(request.user, found):
        raise PermissionDenied
    return cast("Cohort", found)


def free_slots(user: Any, cohort: Cohort) -> Any:
    """Slots to come where a place is free."""
    rows = Slot.objects.visible_to(user).filter(cohort=cohort, cancelled_at=None, starts_at__gt=timezone.now())
    return rows.filter(taken__lt=F("capacity")).order_by("starts_at", "pk")


@require_safe
def appointment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection: slots by day, who comes, who waits to be invited."""
    return _page(request, _cohort(request, pk))


def _page(request: HttpRequest, cohort: Cohort, **forms: Any) -> HttpResponse:
    past = request.GET.get("quand") == "passes"
    waiting = waiting_of(request.user, [cohort.pk])
    context = {
        "cohort": cohort,
        "past": past,
        "page": slots_of(cohort, request.user, past=past, number=request.GET.get("page")),
        "to_note": to_note(request.user, [cohort.pk]).count(),
        "waiting": waiting_rows(waiting, request.user),
        "many": waiting.count(),
        "most": MOST_WAITING,
        "slot_form": SlotForm(),
        "invite_form": InviteForm(slots=free_slots(request.user, cohort), people=waiting),
        **forms,
    }
    return render(request, "cohorts/appointment_list.html", context, status=422 if forms else 200)


@require_POST
def slot_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection opens one slot, or several in a row."""
    cohort, form = _cohort(request, pk), SlotForm(request.POST)
    if not form.is_valid():
        return _page(request, cohort, slot_form=form)
    try:
        made = form.made(appointments.open_slots, cohort=cohort, by=request.user)
    except Refused as reason:
        messages.warning(request, str(reason))
        return redirect("cohorts:appointment_list", pk)
    if made is None:
        return _page(request, cohort, slot_form=form)
    words = ngettext("%(n)d créneau est ouvert.", "%(n)d créneaux sont ouverts.", len(made)) % {"n": len(made)}
    messages.success(request, words)
    return redirect("cohorts:appointment_list", pk)


@require_POST
def appointment_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection invites those who are ticked to one slot; each is told what became of it."""
    cohort = _cohort(request, pk)
    waiting = waiting_of(request.user, [cohort.pk])
    form = InviteForm(request.POST, slots=free_slots(request.user, cohort), people=waiting)
    if not form.is_valid():
        return _page(request, cohort, invite_form=form)
    chosen, slot = list(form.cleaned_data["people"]), form.cleaned_data["slot"]
    try:
        results = appointments.invite(applications=chosen, slot=slot, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        _tell(request, results)
    return redirect("cohorts:appointment_list", pk)


def _tell(request: HttpRequest, results: list[appointments.Invited]) -> None:
    """How many were invited; then, by name, whom nobody wrote to, and whom nobody invited, with why."""
    done = [one for one in results if one.appointment is not None]
    if done:
        many = ngettext("%(n)d personne est invitée.", "%(n)d personnes sont invitées.", len(done)) % {"n": len(done)}
        messages.success(request, many)
    names = names_of([one.application for one in results], request.user)
    for one in results:
        if one.refused:
            messages.warning(request, f"{names[one.application.pk]}\u00a0: {one.refused}")


@require_http_methods(["GET", "HEAD", "POST"])
def slot_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the selection cancels a slot, after reading what follows."""
    slot = get_object_or_404(Slot.objects.visible_to(request.user).select_related("cohort__programme__provider"), pk=pk)
    if not selects(request.user, slot.cohort):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "cohorts/slot_cancel.html", {"slot": slot})
    try:
        told = appointments.cancel_slot(slot=slot, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        words = ngettext("%(n)d personne est prévenue", "%(n)d personnes sont prévenues", max(told, 1)) % {"n": told}
        messages.success(request, _("Le créneau est annulé ; %(words)s, et à inviter de nouveau.") % {"words": words})
    return redirect("cohorts:appointment_list", slot.cohort_id)


# --- calendars -----------------------------------------------------------------------------------------------------


def _calendar(slots: Any, name: str) -> HttpResponse:
    content = agenda.calendar_of(slots.select_related("cohort").order_by("starts_at", "pk"))
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return HttpResponse(content, content_type=agenda.MIME, headers=headers)


@require_safe
def own_calendar(request: HttpRequest) -> HttpResponse:
    """Whoever leads or takes part in selections: every slot of theirs, as a calendar that names no person."""
    return _calendar(Slot.objects.visible_to(request.user), "rendez-vous")


@require_safe
def cohort_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for one cohort: its leaders and its team."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user), pk=pk)
    if not (selects(request.user, cohort) or cohort.team.filter(user=request.user.pk).exists()):
        raise PermissionDenied
    return _calendar(Slot.objects.visible_to(request.user).filter(cohort=cohort), f"rendez-vous-{pk}")


def back_to_slots(cohort_id: int, *, past: bool) -> str:
    return reverse("cohorts:appointment_list", args=[cohort_id]) + ("?quand=passes" if past else "")
