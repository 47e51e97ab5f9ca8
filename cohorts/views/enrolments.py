"""An entry, corrected from the page of the person."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohorts.access import may_edit_cohort
from cohorts.corrections import correct_enrolment
from cohorts.enrolment_forms import EnrolmentForm
from cohorts.models import Enrolment
from learners.models import Learner
from learners.versions import Changed
from partners.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an entry: for the managers and coordinators of the training body, who see the person."""
    people = Learner.objects.visible_to(request.user)
    mine = Enrolment.objects.visible_to(request.user).filter(learner__in=people)
    enrolment = get_object_or_404(mine.select_related("learner", "cohort__programme"), pk=pk)
    if not may_edit_cohort(request.user, enrolment.cohort):
        raise PermissionDenied
    form = EnrolmentForm(request.POST if request.method == "POST" else None, instance=enrolment)
    if form.is_valid():
        seen = form.cleaned_data.pop("seen")
        try:
            changed = correct_enrolment(
                enrolment=enrolment, values=form.cleaned_data, seen=seen, by=cast("User", request.user)
            )
        except Changed as stale:
            form.overtaken(stale.fields, mine.get(pk=pk))
        else:
            messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
            return redirect("learners:learner_detail", enrolment.learner_id)
    context = {"form": form, "learner": enrolment.learner, "cohort": enrolment.cohort}
    return render(request, "cohorts/enrolment_form.html", context, status=422 if form.is_bound else 200)
