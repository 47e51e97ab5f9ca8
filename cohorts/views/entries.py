"""Confirming an entry, from the page of a cohort or of a referral."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohorts.access import may_confirm_entry
from cohorts.enrolment_forms import EntryForm
from cohorts.entry import confirm_entry, known_before, why_not
from cohorts.models import Application
from learners.models import Learner
from partners.models import User
from partners.referentials.known import district_names

LATELY = timedelta(days=14)  # who is confirmed later than that did not enter with the others


@require_http_methods(["GET", "HEAD", "POST"])
def entry_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The training body's managers, coordinators and trainers: the day of entry and a few facts; the baton moves to them."""
    mine = Application.objects.visible_to(request.user).named_to(request.user)
    application = get_object_or_404(mine.select_related("learner__holder", "cohort__programme__provider"), pk=pk)
    if not may_confirm_entry(request.user, application.cohort):
        raise PermissionDenied
    if reason := why_not(application):
        return _told(request, application, reason)
    form = EntryForm(request.POST if request.method == "POST" else None, initial=_known(application))
    if form.is_valid() and form.confirmed(_confirming(application, cast("User", request.user))):
        words = {"who": application.learner, "org": application.cohort.programme.provider}
        messages.success(request, _("L’entrée de %(who)s est confirmée. %(org)s tient maintenant le relais.") % words)
        return redirect("cohorts:cohort_detail", application.cohort_id)
    if form.is_bound and (reason := why_not(mine.get(pk=pk))):  # a colleague was quicker than the form
        return _told(request, application, reason)
    context = {"form": form, "application": application, "learner": application.learner, **_around(application)}
    return render(request, "cohorts/entry_form.html", context, status=422 if form.is_bound else 200)


def _confirming(application: Application, by: User) -> Callable[..., Any]:
    return lambda **typed: confirm_entry(application=application, by=by, **typed)


def _told(request: HttpRequest, application: Application, reason: str) -> HttpResponse:
    """Back to where one sees what became of it."""
    messages.warning(request, reason)
    if Learner.objects.visible_to(request.user).filter(pk=application.learner_id).exists():
        return redirect("learners:learner_detail", application.learner_id)
    return redirect("cohorts:cohort_detail", application.cohort_id)


def _known(application: Application) -> dict[str, Any]:
    """What the files know already, to be read again with the person."""
    learner, cohort = application.learner, application.cohort
    before = known_before(learner, min(cohort.starts_on, timezone.localdate()))
    return {
        "on": cohort.starts_on if timedelta() <= timezone.localdate() - cohort.starts_on <= LATELY else None,
        "sex": learner.sex, "born_on": learner.born_on, "level": learner.level, "status": before.status,
        "unemployed_since": before.unemployed_since, "in_education": before.in_education,
    }  # fmt: skip


def _around(application: Application) -> dict[str, Any]:
    code = application.learner.district
    return {
        "district": district_names([code]).get(code, "") if code else "",
        "early": application.cohort.starts_on > timezone.localdate(),
    }
