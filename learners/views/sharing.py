"""Who sees a person: narrowed or extended by who holds them, refused by the person, by whatever channel they say it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from learners import actions
from learners.access import may_write_to
from learners.handoff_forms import ObjectionForm, SharingForm
from learners.models import Learner, Sharing
from learners.sharing import Onlooker, change_sharing, effects_of_objection, onlookers, record_objection
from learners.versions import Changed
from learners.views.person import person_or_404, writable_or_403
from partners.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def sharing_edit(request: HttpRequest, pk: int, sharing_pk: int) -> HttpResponse:
    """Who holds narrows or extends what a partner sees, and until when: in force at the partner's next page."""
    learner, _sight = person_or_404(request, pk)
    if not may_write_to(request.user, learner):
        raise PermissionDenied
    mine = Sharing.objects.visible_to(request.user).select_related("organisation", "learner__holder")
    sharing = get_object_or_404(mine, pk=sharing_pk, learner=learner, objected_on=None)
    form = SharingForm(request.POST if request.method == "POST" else None, instance=sharing)
    if form.is_valid() and _changed(request, form, mine.get(pk=sharing_pk)):
        messages.success(request, _("C’est enregistré, et déjà en vigueur."))
        return redirect("learners:learner_detail", pk)
    context = {"learner": learner, "form": form, "organisation": sharing.organisation}
    return render(request, "learners/sharing_form.html", context, status=422 if form.is_bound else 200)


def _changed(request: HttpRequest, form: SharingForm, sharing: Sharing) -> bool:
    values = dict(form.cleaned_data)
    try:
        change_sharing(sharing=sharing, values=values, seen=values.pop("seen"), by=cast("User", request.user))
    except Changed as stale:
        form.overtaken(stale.fields, sharing)
        return False
    return True


def _onlooker(request: HttpRequest, learner: Learner, organisation: int) -> Onlooker:
    """A partner of that number that sees this person, or saw them until they said no; 404 for any other."""
    rows = Sharing.objects.visible_to(request.user).filter(learner=learner).select_related("organisation")
    for one in onlookers(learner, list(rows), timezone.localdate()):
        if one.organisation.pk == organisation and not one.ended:
            return one
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def sharing_object(request: HttpRequest, pk: int, organisation: int) -> HttpResponse:
    """Who writes about the person records that they say no to a partner; the page first says what it changes."""
    learner, _sight = writable_or_403(request, pk)
    onlooker = _onlooker(request, learner, organisation)
    if not onlooker.may_object:
        messages.warning(request, _why_not(onlooker))
        return redirect("learners:learner_detail", pk)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.done(_recording(learner, onlooker, cast("User", request.user))):
        messages.success(request, _("C’est enregistré. %(org)s ne voit plus rien.") % {"org": onlooker.organisation})
        return _after(request, pk)
    context = {
        "learner": learner, "organisation": onlooker.organisation, "form": form,
        "effects": effects_of_objection(learner, onlooker.organisation),
    }  # fmt: skip
    return render(request, "learners/sharing_object.html", context, status=422 if form.is_bound else 200)


def _why_not(onlooker: Onlooker) -> str:
    if onlooker.objected:
        return _("La personne a déjà dit non à %(org)s.") % {"org": onlooker.organisation}
    return _("%(org)s tient le relais\u00a0: le relais se passe à un autre, il ne se cache pas.") % {
        "org": onlooker.organisation
    }


def _recording(learner: Learner, onlooker: Onlooker, by: User) -> Any:
    return lambda **typed: record_objection(learner=learner, organisation=onlooker.organisation, by=by, **typed)


def _after(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the person, unless it is one's own organisation that sees nothing any more."""
    if Learner.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("learners:learner_detail", pk)
    return redirect("learners:learner_list")


@require_http_methods(["GET", "HEAD", "POST"])
def sharing_lift(request: HttpRequest, pk: int, organisation: int) -> HttpResponse:
    """Who writes about the person records that they changed their mind: the partner sees again what it saw."""
    learner, _sight = writable_or_403(request, pk)
    onlooker = _onlooker(request, learner, organisation)
    if onlooker.objected is None:
        raise Http404
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        channel = form.cleaned_data["channel"]
        by = cast("User", request.user)
        actions.lift_objection(learner=learner, organisation=onlooker.organisation, by=by, channel=channel)
        messages.success(request, _("L’opposition est levée."))
        return redirect("learners:learner_detail", pk)
    context = {"learner": learner, "organisation": onlooker.organisation, "form": form, "since": onlooker.objected}
    return render(request, "learners/sharing_lift.html", context, status=422 if form.is_bound else 200)
