"""One person's training: entry, trial, presence, certificates, follow-up, exit and what follows; and the exits of a cohort."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import declaring, leaving
from cohorts.access import may_edit_cohort
from cohorts.certificates import completion_certificates, entry_certificates
from cohorts.corrections import ASKED, correct_entry_record
from cohorts.enrolment_forms import RecordForm
from cohorts.exit_forms import ExitForm, FollowUpForm
from cohorts.exits import LABELS, ExitKind, in_trial, kind_of_exit
from cohorts.marking import may_mark
from cohorts.models import Cohort, Declaration, Enrolment
from cohorts.register import hours_of
from cohorts.roll import halves_of
from cohorts.roster import third_day
from cohorts.views.sheets import taught_cohort
from learners.models import Learner
from partners.models import User
from partners.panels import panels_of

MOST = 400


def taught_enrolment(request: HttpRequest, pk: int) -> Enrolment:
    """An entry of somebody whom this user teaches: 404 for who is not seen, 403 for who does not teach there."""
    people = Learner.objects.visible_to(request.user)
    rows = Enrolment.objects.visible_to(request.user).filter(learner__in=people)
    found = get_object_or_404(
        rows.select_related("learner__holder", "cohort__programme__provider", "exit_noted_by"), pk=pk
    )
    if not may_mark(request.user, found.cohort):
        raise PermissionDenied
    return cast("Enrolment", found)


@require_safe
def enrolment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: all that is known of one person's training, and what is to do about it."""
    one = taught_enrolment(request, pk)
    halves = halves_of([one])[one.pk]
    context = {
        "enrolment": one, "learner": one.learner, "cohort": one.cohort, "hours": hours_of(halves),
        "first": next((half for half in halves if half.attended), None), "edits": may_edit_cohort(request.user, one.cohort),
        "kind": LABELS[kind_of_exit(one.exit_reason)] if one.exited_on else "",
        "in_trial": in_trial(one.exited_on, one.trial_ends_on), "next": leaving.what_follows(one),
        "records": one.entry_records.order_by("-version"), "today": timezone.localdate(),
        "declarations": one.declarations.select_related("agreement__funder", "told_by"), "follow_up": FollowUpForm(initial={"channel": one.follow_up_channel or one.learner.channel}),
        "panels": panels_of("enrolment", request.user, one),
    }  # fmt: skip
    return render(request, "cohorts/enrolment_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_exit(request: HttpRequest, pk: int) -> HttpResponse:
    """Managers and coordinators: the last half-day, why, and what follows."""
    one = taught_enrolment(request, pk)
    if not may_edit_cohort(request.user, one.cohort):
        raise PermissionDenied
    if one.exited_on is not None:
        messages.info(request, _("Cette sortie est déjà enregistrée\u00a0: corrigez-la ici si elle est fausse."))
        return redirect("cohorts:enrolment_edit", pk)
    known = leaving.last_day(one)
    over = one.cohort.ends_on < timezone.localdate()
    form = ExitForm(
        request.POST if request.method == "POST" else None, initial={"on": known, "reason": "completed" if over else ""}
    )
    by = cast("User", request.user)
    if form.is_valid() and form.recorded(lambda **typed: leaving.record_exit(enrolment=one, by=by, **typed)):
        messages.success(
            request, _("La sortie de %(who)s est enregistrée. Dites maintenant ce qui suit.") % {"who": one.learner}
        )
        return redirect("cohorts:enrolment_detail", pk)
    context = {"form": form, "enrolment": one, "learner": one.learner, "cohort": one.cohort, "known": known}
    return render(request, "cohorts/exit_form.html", context, status=422 if form.is_bound else 200)


@require_POST
def enrolment_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: the follow-up is announced, the person has chosen how they are asked."""
    one, form = taught_enrolment(request, pk), FollowUpForm(request.POST)
    if form.is_valid():
        leaving.announce_follow_up(enrolment=one, channel=form.cleaned_data["channel"], by=cast("User", request.user))
        messages.success(request, _("Le suivi est annoncé."))
    else:
        messages.warning(request, _("Choisissez comment la personne veut être jointe."))
    return redirect("cohorts:enrolment_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Managers and coordinators: correct the facts of the day of entry; the versions before stay readable."""
    one = taught_enrolment(request, pk)
    if not may_edit_cohort(request.user, one.cohort):
        raise PermissionDenied
    current = one.entry_records.filter(current=True).first()
    form = RecordForm(
        request.POST if request.method == "POST" else None, initial=model_to_dict(current, ASKED) if current else {}
    )
    if form.is_valid():
        changed = correct_entry_record(enrolment=one, values=form.cleaned_data, by=cast("User", request.user))
        messages.success(request, _("Une nouvelle version est écrite.") if changed else _("Rien n’a changé."))
        return redirect("cohorts:enrolment_detail", pk)
    context = {
        "form": form,
        "enrolment": one,
        "learner": one.learner,
        "cohort": one.cohort,
        "versions": one.entry_records.order_by("-version"),
    }
    return render(request, "cohorts/entry_record.html", context, status=422 if form.is_bound else 200)


def _pdf(content: bytes, name: str) -> HttpResponse:
    named = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store, private"}
    return HttpResponse(content, "application/pdf", headers=named)


@require_safe
def certificate(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Who teaches: the certificate of entry, or of what was done."""
    one = taught_enrolment(request, pk)
    draw = entry_certificates if kind == "entree" else completion_certificates
    return _pdf(draw([one]), f"{kind}-{one.pk}")


@require_safe
def certificates(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Who teaches: the certificates of everybody, in one file."""
    cohort = taught_cohort(request, pk)
    rows = _people(request, cohort)
    if kind == "realisation":
        rows = rows.filter(exited_on__isnull=False)
    found = list(rows[:MOST])
    if not found:
        messages.info(request, _("Personne n’est encore sorti\u00a0: ces certificats s’éditent à la sortie."))
        return redirect("cohorts:exit_list", pk)
    draw = entry_certificates if kind == "entree" else completion_certificates
    return _pdf(draw(found), f"{kind}-cohorte-{cohort.pk}")


def _people(request: HttpRequest, cohort: Cohort) -> Any:
    people = Learner.objects.visible_to(request.user)
    rows = Enrolment.objects.visible_to(request.user).filter(cohort=cohort, learner__in=people)
    return rows.select_related("learner", "cohort__programme__provider").order_by("learner__name_key", "pk")


@require_safe
def exit_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: the roster, who entered late, how each left; early jobs apart from those who gave up; declarations."""
    cohort = taught_cohort(request, pk)
    rows = list(_people(request, cohort))
    kinds = Counter(kind_of_exit(one.exit_reason) for one in rows if one.exited_on)
    told = (
        Declaration.objects.visible_to(request.user)
        .filter(enrolment__cohort=cohort)
        .select_related("agreement__funder", "enrolment__learner")
    )
    context = {
        "cohort": cohort, "edits": may_edit_cohort(request.user, cohort), "third": third_day(cohort),
        "rows": [(one, LABELS[kind_of_exit(one.exit_reason)] if one.exited_on else "", in_trial(one.exited_on, one.trial_ends_on)) for one in rows],
        "kinds": [(LABELS[kind], kinds[kind]) for kind in ExitKind], "entered": len(rows), "left": sum(kinds.values()),
        "rostered": sum(one.rostered_at is not None for one in rows),
        "trial": sum(in_trial(one.exited_on, one.trial_ends_on) for one in rows),
        "waiting": told.filter(told_on=None), "told": told.exclude(told_on=None).count(),
        "on_time": sum(one.told_on <= one.due_on for one in told.exclude(told_on=None) if one.told_on),
    }  # fmt: skip
    return render(request, "cohorts/exit_list.html", context)


@require_POST
def declaration_told(request: HttpRequest, pk: int) -> HttpResponse:
    """Managers and coordinators: the funder was told by another way."""
    rows = Declaration.objects.visible_to(request.user).select_related("enrolment__cohort__programme")
    one = get_object_or_404(rows, pk=pk)
    declaring.mark_told(declaration=one, by=cast("User", request.user))
    messages.success(request, _("C’est noté\u00a0: le financeur le sait."))
    return redirect("cohorts:exit_list", one.enrolment.cohort_id)
