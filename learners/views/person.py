"""One person: the page, the correction of who they are, the sensitive profile, the journal."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from learners import access
from learners.corrections import acting_for, correct_learner, correct_sensitive
from learners.documents import QUOTA
from learners.forms import LearnerForm, SensitiveForm
from learners.geocoder import is_on
from learners.identity import national
from learners.locating import declared_before
from learners.message_rows import about
from learners.models import Document, Learner, SensitiveProfile
from learners.path_of_person import Path, passings, path_of, rows_of
from learners.referents import naming_in
from learners.settled import merges_of, where_it_went
from learners.sharing import onlookers
from learners.situations import age_on
from learners.steps import Part, gather, gather_dates
from learners.tellings import journal_of, told
from learners.versions import Changed
from partners.journal import record
from partners.models import User
from partners.referentials.known import commune_names, district_names

LAST_EVENTS = 6
EVENTS = 50
RECENT, MOST_TURNS = 8, 20  # handoffs in full, then a line each; still older ones are counted


def person_or_404(request: HttpRequest, pk: int) -> tuple[Learner, access.Sight]:
    """A person this user sees, and how much of them; 404 for anybody else, existing or not."""
    people = Learner.objects.visible_to(request.user).select_related("holder")
    learner = get_object_or_404(people, pk=pk)
    return learner, access.sights(request.user, [learner])[learner.pk]


def writable_or_403(request: HttpRequest, pk: int) -> tuple[Learner, access.Sight]:
    """The same, for an act: 403 for who sees the person and may not write."""
    learner, sight = person_or_404(request, pk)
    if not sight.write:
        raise PermissionDenied
    return learner, sight


def _kept_instead(request: HttpRequest, pk: int) -> HttpResponse:
    """To the file that stands for one that was merged, for who knows that one; else nobody is there."""
    kept = where_it_went(request.user, pk)
    if kept is None:
        raise Http404
    messages.info(request, _("La fiche que vous cherchez a été réunie avec celle-ci : c’est la même personne."))
    return redirect("learners:learner_detail", kept.pk)


@require_safe
def learner_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a person, for whoever sees them; what is beyond their sight is not read at all."""
    try:
        learner, sight = person_or_404(request, pk)
    except Http404:
        return _kept_instead(request, pk)
    today = timezone.localdate()
    context: dict[str, Any] = {"learner": learner, "sight": sight, "today": today, **_header(learner, sight)}
    if sight.path:
        context |= _path(request, learner)
    else:
        context["stays"] = gather_dates(request.user, learner)
    if sight.documents:
        documents = list(
            Document.objects.visible_to(request.user).filter(learner=learner).select_related("organisation")
        )
        context["documents"] = [one for one in documents if one.removed_at is None]
        context["removed"] = [one for one in documents if one.removed_at is not None]
        context["room"] = QUOTA - len(context["documents"])
    return render(request, "learners/learner_detail.html", context)


def _header(learner: Learner, sight: access.Sight) -> dict[str, Any]:
    """Age, place and district in words."""
    if not (sight.contacts or sight.path):
        return {"age": None}
    today = timezone.localdate()
    return {
        "phone": national(learner.phone).replace(" ", "\u00a0"),
        "age": age_on(learner.born_on, today) if learner.born_on else None,
        "place": commune_names([learner.commune]).get(learner.commune, learner.commune) if learner.commune else "",
        "district": district_names([learner.district]).get(learner.district, "") if learner.district else "",
        "declared_before": declared_before(learner) if sight.contacts else "",
        "may_locate": sight.contacts and sight.write and bool(learner.address) and is_on(),
    }


def _path(request: HttpRequest, learner: Learner) -> dict[str, Any]:
    """The path, who takes turns, what other apps add, and the last acts."""
    today = timezone.localdate()
    rows = rows_of(learner)
    part: Part = gather(request.user, learner, today)
    path: Path = path_of(learner, rows, part, today)
    turns = passings(rows.handoffs, today)
    return {
        "path": path,
        "holder": next((one for one in rows.responsibilities if one.until is None), None),
        "responsibilities": rows.responsibilities[::-1],
        "passings": turns[:RECENT],
        "older": turns[RECENT:MOST_TURNS],
        "oldest": len(turns[MOST_TURNS:]),
        "onlookers": onlookers(learner, rows.sharings, today),
        **_acts(cast("User", request.user), learner),
        "cards": part.cards,
        "merges": merges_of(request.user, learner),
        "went_to": where_it_went(request.user, learner.pk) if learner.merged_into_id else None,
        "mine": set(cast("User", request.user).organisation_ids),
        "tellings": told(journal_of(learner)[:LAST_EVENTS]),
        "writings": about(request.user, learner),
    }


def _acts(by: User, learner: Learner) -> dict[str, bool]:
    """What may be done with the baton from this page."""
    held = access.holds(by, learner)
    return {
        "may_hand_over": held,
        "may_name": held and learner.holder_id in naming_in(by),
        "may_reopen": access.reopens_for(by, learner, access.Sight(path=True)) is not None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def learner_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct who a person is and how to reach them: for who may write about them and sees their contacts."""
    learner, sight = writable_or_403(request, pk)
    if not sight.contacts:
        raise PermissionDenied
    form = LearnerForm(request.POST if request.method == "POST" else None, instance=learner)
    if form.is_valid():
        by, seen = cast("User", request.user), form.cleaned_data.pop("seen")
        try:
            changed = correct_learner(learner=learner, values=form.cleaned_data, seen=seen, by=by)
        except Changed as stale:
            form.overtaken(stale.fields, Learner.objects.visible_to(request.user).get(pk=pk))
        else:
            _tell_saved(request, changed)
            return redirect("learners:learner_detail", pk)
    context = {"form": form, "learner": Learner.objects.visible_to(request.user).get(pk=pk)}
    return render(request, "learners/learner_form.html", context, status=422 if form.is_bound else 200)


def _tell_saved(request: HttpRequest, changed: list[str]) -> None:
    messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))


@require_http_methods(["GET", "HEAD", "POST"])
def learner_sensitive(request: HttpRequest, pk: int) -> HttpResponse:
    """What selection never sees: for who was given the right to read it, each reading written in the journal."""
    learner, sight = person_or_404(request, pk)
    if not sight.sensitive or (request.method == "POST" and not sight.write):
        raise PermissionDenied
    by = cast("User", request.user)
    profile = SensitiveProfile(learner=learner) if not hasattr(learner, "sensitive") else learner.sensitive
    form = SensitiveForm(request.POST if request.method == "POST" else None, instance=profile)
    if form.is_valid():
        seen = form.cleaned_data.pop("seen")
        try:
            changed = correct_sensitive(learner=learner, values=form.cleaned_data, seen=seen, by=by)
        except Changed as stale:
            now = Learner.objects.visible_to(by).select_related("sensitive").get(pk=pk)
            form.overtaken(stale.fields, now.sensitive)
        else:
            _tell_saved(request, changed)
            return redirect("learners:learner_detail", pk)
    record(
        "read_sensitive", profile if profile.pk else None, by=by, organisation=acting_for(by, learner), learner=learner
    )
    context = {"form": form, "learner": learner, "sight": sight}
    return render(request, "learners/learner_sensitive.html", context, status=422 if form.is_bound else 200)


@require_safe
def learner_journal(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was done about a person, by pages: for who sees their path."""
    learner, sight = person_or_404(request, pk)
    if not sight.path:
        raise PermissionDenied
    page = Paginator(journal_of(learner), EVENTS).get_page(request.GET.get("page"))
    context = {"learner": learner, "page": page, "tellings": told(page.object_list)}
    return render(request, "learners/learner_journal.html", context)
