"""The calendar of a cohort: half-days by month, the week they are made from, one half-day, and the address agendas follow."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import agenda, planning, starting
from cohorts.access import may_edit_cohort
from cohorts.calendar_forms import SessionForm, StartForm, WeekForm, Why
from cohorts.calendar_rows import changes_of, months_of, totals
from cohorts.marking import may_mark
from cohorts.models import Cohort, Session
from cohorts.models.cohorts import FEWEST
from partners.lifecycle import Refused
from partners.models import User

ACTS = {"annuler": planning.cancel_session, "retablir": planning.restore_session}


def _cohort(request: HttpRequest, pk: int, *, edits: bool = True) -> Cohort:
    found = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("programme__provider"), pk=pk)
    if edits and not may_edit_cohort(request.user, found):
        raise PermissionDenied
    return cast("Cohort", found)


@require_safe
def timetable(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever sees the cohort: when it trains. Nobody is named."""
    cohort = _cohort(request, pk, edits=False)
    edits = may_edit_cohort(request.user, cohort)
    secret = planning.feed_of(cohort) if edits else ""
    feed = str(settings.SITE_URL) + reverse("cohorts:timetable_feed", args=[secret]) if secret else ""
    context = {
        "cohort": cohort, "months": months_of(cohort), "totals": totals(cohort), "edits": edits, "feed": feed,
        "changes": changes_of(cohort), "today": timezone.localdate(), "marks": may_mark(request.user, cohort),
    }  # fmt: skip
    return render(request, "cohorts/timetable.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def timetable_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changes the cohort: the week and its exceptions; what they would change is read before it is written."""
    cohort = _cohort(request, pk)
    week, stays, place = planning.week_of(cohort)
    form = WeekForm(request.POST if request.method == "POST" else None, week=week, stays=stays, place=place)
    found = None
    if form.is_valid():
        past = form.cleaned_data["past"]
        if "write" in request.POST:
            given: dict[str, Any] = {"week": form.week, "stays": form.stays, "place": form.cleaned_data["place"]}
            planning.set_timetable(cohort=cohort, past=past, by=cast("User", request.user), **given)
            messages.success(request, _("Le calendrier est écrit."))
            return redirect("cohorts:timetable", pk)
        found = planning.difference(cohort, form.week, form.stays, past=past)
    context = {"cohort": cohort, "form": form, "found": found}
    return render(request, "cohorts/timetable_form.html", context, status=422 if form.is_bound and not found else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def session_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changes the cohort: one more half-day."""
    cohort = _cohort(request, pk)
    form = SessionForm.new(cohort, timezone.localdate(), request.POST if request.method == "POST" else None)
    if form.is_valid() and form.acted(planning.add_session, cohort=cohort, by=request.user):
        messages.success(request, _("La demi-journée est au calendrier."))
        return redirect("cohorts:timetable", pk)
    return render(
        request, "cohorts/session_form.html", {"cohort": cohort, "form": form}, status=422 if form.is_bound else 200
    )


def _session(request: HttpRequest, pk: int) -> Session:
    rows = Session.objects.visible_to(request.user).select_related("cohort__programme__provider")
    return cast("Session", get_object_or_404(rows, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def half_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changes the cohort: one half-day, what happened to it, moving it or changing it."""
    session = _session(request, pk)
    if not may_edit_cohort(request.user, session.cohort):
        raise PermissionDenied
    form = SessionForm.of(session, request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = form.acted(planning.change_session, session=session, by=request.user)
        if done is not None:
            messages.success(request, _("C’est enregistré.") if done else _("Rien n’a changé."))
            return redirect("cohorts:timetable", session.cohort_id)
    return _half_day(request, session, form=form, status=422 if form.is_bound else 200)


def _half_day(request: HttpRequest, session: Session, *, form: Any, status: int, why: Any = None) -> HttpResponse:
    context = {
        "session": session, "cohort": session.cohort, "form": form, "why": why or Why(prefix="why"),
        "changes": session.changes.select_related("by"),
    }  # fmt: skip
    return render(request, "cohorts/half_day.html", context, status=status)


@require_POST
def half_day_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Strike a half-day out, or hold it after all, with why."""
    session = _session(request, pk)
    if act not in ACTS:
        raise Http404
    if not may_edit_cohort(request.user, session.cohort):
        raise PermissionDenied
    why = Why(request.POST, prefix="why")
    if why.is_valid():
        try:
            ACTS[act](session=session, by=cast("User", request.user), reason=why.cleaned_data["reason"])
        except Refused as reason:
            messages.warning(request, str(reason))
        return redirect("cohorts:timetable", session.cohort_id)
    return _half_day(request, session, form=SessionForm.of(session), why=why, status=422)


@login_not_required
@require_safe
def timetable_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Anybody who was given the address: the half-days, for an agenda that follows them. Nobody is named."""
    cohort = planning.followed(token)
    if cohort is None:
        raise Http404
    content = agenda.timetable_feed(agenda.held_in(cohort.pk), cohort.title)
    return HttpResponse(content, content_type=agenda.MIME)


@require_POST
def feed_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut the address that agendas follow, and give another."""
    cohort = _cohort(request, pk)
    planning.renew_feed(cohort=cohort, by=cast("User", request.user))
    messages.success(request, _("L’ancienne adresse ne marche plus. En voici une nouvelle."))
    return redirect("cohorts:timetable", pk)


@require_safe
def cohort_step_page(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Who changes the cohort: what a step asks for, before it is taken."""
    cohort = _cohort(request, pk)
    if step not in starting.COHORT.steps:
        raise Http404
    one = starting.COHORT.steps[step]
    context = {
        "cohort": cohort, "step": one, "shut": one.shut(cohort), "entered": starting.entered(cohort), "form": StartForm(),
        "fewer": step == "start" and starting.entered(cohort) < FEWEST and starting.allows_fewer(cohort), "fewest": FEWEST,
    }  # fmt: skip
    return render(request, "cohorts/cohort_step.html", context)


@require_POST
def cohort_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Who changes the cohort: it starts, is over, closes."""
    cohort, form = _cohort(request, pk), StartForm(request.POST)
    if step not in starting.COHORT.steps or not form.is_valid():
        raise Http404
    try:
        starting.move(
            cohort=cohort, step=step, by=cast("User", request.user), derogation=form.cleaned_data["derogation"]
        )
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("La cohorte est «\u00a0%(state)s\u00a0».") % {"state": cohort.get_status_display()})
    return redirect("cohorts:cohort_detail", pk)
