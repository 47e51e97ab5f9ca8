"""Situations of a path: record, correct, say that it is still true, take out what never was."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from learners.corrections import confirm_situation, correct_situation, record_situation, remove_situation
from learners.forms import SituationForm
from learners.models import Learner, Situation
from learners.path_of_person import overlapping, situation_words
from learners.versions import Changed
from learners.views.person import writable_or_403
from partners.lifecycle import Refused
from partners.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def situation_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a situation: for who may write about this person."""
    learner, _sight = writable_or_403(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = SituationForm(posted, instance=Situation(learner=learner), user=request.user)
    if form.is_valid():
        made = record_situation(learner=learner, values=form.values, by=cast("User", request.user))
        messages.success(request, _("La situation est enregistrée."))
        _warn_of_overlaps(request, made)
        return redirect("learners:learner_detail", pk)
    context = {"form": form, "learner": learner}
    return render(request, "learners/situation_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def situation_edit(request: HttpRequest, pk: int, situation_pk: int) -> HttpResponse:
    """Correct a situation, whoever recorded it: for who may write about this person."""
    learner, _sight = writable_or_403(request, pk)
    situation = _situation_or_404(request, learner, situation_pk)
    form = SituationForm(request.POST if request.method == "POST" else None, instance=situation, user=request.user)
    if form.is_valid():
        by, seen = cast("User", request.user), form.cleaned_data["seen"]
        try:
            changed = correct_situation(situation=situation, values=form.values, seen=seen, by=by)
        except Changed as stale:
            form.overtaken(stale.fields, _situation_or_404(request, learner, situation_pk))
        else:
            messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
            _warn_of_overlaps(request, situation)
            return redirect("learners:learner_detail", pk)
    context = {"form": form, "learner": learner, "situation": _situation_or_404(request, learner, situation_pk)}
    return render(request, "learners/situation_form.html", context, status=422 if form.is_bound else 200)


@require_POST
def situation_confirm(request: HttpRequest, pk: int, situation_pk: int) -> HttpResponse:
    """« Toujours vrai ? » Yes, today: for who may write about this person."""
    learner, _sight = writable_or_403(request, pk)
    situation = _situation_or_404(request, learner, situation_pk)
    try:
        confirm_situation(situation=situation, by=cast("User", request.user), on=timezone.localdate())
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("C’est noté\u00a0: toujours vrai aujourd’hui."))
    return redirect("learners:learner_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def situation_remove(request: HttpRequest, pk: int, situation_pk: int) -> HttpResponse:
    """Take out a situation that never was, after having asked once: for who may write about this person."""
    learner, _sight = writable_or_403(request, pk)
    situation = _situation_or_404(request, learner, situation_pk)
    form = SituationForm(instance=situation, user=request.user)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            remove_situation(situation=situation, seen=seen, by=cast("User", request.user))
        except Changed:
            messages.warning(
                request, _("Quelqu’un vient de modifier cette situation\u00a0: relisez-la avant de la retirer.")
            )
            return redirect("learners:situation_edit", pk, situation_pk)
        messages.success(request, _("La situation est retirée du parcours."))
        return redirect("learners:learner_detail", pk)
    context = {"form": form, "learner": learner, "situation": situation, "words": situation_words(situation)}
    return render(request, "learners/situation_remove.html", context)


def _situation_or_404(request: HttpRequest, learner: Learner, pk: int) -> Situation:
    mine = Situation.objects.visible_to(request.user).filter(learner=learner)
    return get_object_or_404(mine.select_related("employer", "learner"), pk=pk)


def _warn_of_overlaps(request: HttpRequest, situation: Situation) -> None:
    """Two situations at one time may both be true: say so, and leave it to who knows."""
    others = Situation.objects.visible_to(request.user).filter(learner=situation.learner_id).exclude(pk=situation.pk)
    for other in overlapping(situation, others.select_related("employer"))[:3]:
        messages.warning(
            request,
            _(
                "Elle partage des jours avec «\u00a0%(other)s\u00a0», commencée le %(day)s. Si les deux sont vraies, tout va bien\u202f;"
                " sinon, corrigez l’une des deux."
            )
            % {"other": situation_words(other), "day": f"{other.starts_on:%d/%m/%Y}"},
        )
