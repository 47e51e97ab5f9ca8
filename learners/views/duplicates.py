"""Likely duplicates: pairs to settle, two files side by side, what was settled and how to come back on it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners.duplicate_forms import MergeForm
from learners.duplicates import in_words, may_settle, pairs_known_to, signs_of, told_apart
from learners.merge_undoing import Undone, foreseen, may_undo
from learners.merging import merge, reconsider, tell_apart, undo_merge
from learners.models import Learner
from learners.settled import apart_seen, merges_seen, settled
from learners.side_by_side import compared, foresee, suggested
from partners.lifecycle import Refused
from partners.models import User

PER_PAGE = 25
VIEWS = ("reunies", "distinctes")


@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Pairs that look alike among whom one knows, the most alike first, with what they have in common."""
    page = Paginator(pairs_known_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    pairs = list(page.object_list)
    people = Learner.objects.visible_to(request.user).select_related("holder")
    found = people.in_bulk([pk for pair in pairs for pk in pair[:2]])
    rows = [(found[one.first], found[one.second], in_words(one.signs)) for one in pairs]
    return render(request, "learners/duplicate_list.html", {"page": page, "rows": rows})


def _two(request: HttpRequest, first: int, second: int) -> tuple[Learner, Learner]:
    """Two persons this user sees, the older file first; 404 for anybody else, 403 for who may not say who they are."""
    people = Learner.objects.visible_to(request.user).filter(merged_into=None).select_related("holder")
    found = people.in_bulk([first, second])
    if len(found) < 2:
        raise Http404
    two = found[min(first, second)], found[max(first, second)]
    if not may_settle(request.user, *two):
        raise PermissionDenied
    return two


@require_safe
def duplicate_pair(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two files side by side, and what each answer would do."""
    two = _two(request, first, second)
    asked = next((one for one in two if str(one.pk) == request.GET.get("garde")), None)
    return _side_by_side(request, two, asked or suggested(*two))


def _side_by_side(
    request: HttpRequest, two: tuple[Learner, Learner], kept: Learner, form: MergeForm | None = None
) -> HttpResponse:
    absorbed = two[1] if kept is two[0] else two[0]
    context = {
        "first": two[0],
        "second": two[1],
        "lines": compared(request.user, *two),
        "why": in_words(signs_of(*two)),
        "apart": bool(told_apart([one.pk for one in two]) & {(two[0].pk, two[1].pk)}),
        "two": two,
        "plan": foresee(kept, absorbed),
        "form": form,
        "taken": request.POST.getlist("reprend"),
    }
    return render(request, "learners/duplicate_pair.html", context, status=422 if form else 200)


@require_POST
def duplicate_merge(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """It is one person: one file of two."""
    two = _two(request, first, second)
    form = MergeForm(request.POST, first=two[0], second=two[1])
    if not form.is_valid():
        kept = next((one for one in two if str(one.pk) == request.POST.get("garde")), suggested(*two))
        return _side_by_side(request, two, kept, form)
    try:
        merge(kept=form.kept, absorbed=form.absorbed, by=cast("User", request.user), fill=form.cleaned_data["reprend"])
    except Refused as reason:
        messages.warning(request, str(reason))
        return redirect("learners:duplicate_list")
    messages.success(
        request,
        _("Les deux fiches n’en font plus qu’une. Si c’était une erreur, défaites la réunion plus bas sur cette page."),
    )
    return redirect("learners:learner_detail", form.kept.pk)


@require_POST
def duplicate_apart(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """They are two persons: not shown side by side again."""
    two = _two(request, first, second)
    try:
        tell_apart(first=two[0], second=two[1], by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("C’est noté : ce sont deux personnes. Vous pouvez revenir sur cet avis."))
    return redirect("learners:duplicate_list")


@require_POST
def duplicate_reconsider(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Somebody had said that they are two: it is open again."""
    two = _two(request, first, second)
    reconsider(first=two[0], second=two[1], by=cast("User", request.user))
    messages.success(request, _("La question est de nouveau ouverte."))
    return redirect("learners:duplicate_pair", two[0].pk, two[1].pk)


@require_safe
def merge_list(request: HttpRequest) -> HttpResponse:
    """What was settled among whom one knows: files merged, or persons told apart."""
    view = request.GET.get("vue") if request.GET.get("vue") in VIEWS else VIEWS[0]
    rows: Any = merges_seen(request.user) if view == VIEWS[0] else apart_seen(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    done = settled(request.user, list(page.object_list)) if view == VIEWS[0] else []
    views = [(VIEWS[0], _("Fiches réunies")), (VIEWS[1], _("Homonymes"))]
    return render(
        request, "learners/duplicate_settled.html", {"page": page, "view": view, "views": views, "done": done}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Make two files of one again: what comes back and what cannot, then the act."""
    done = get_object_or_404(merges_seen(request.user), pk=pk)
    if done.undone_at is None and not may_undo(request.user, done):
        raise PermissionDenied
    if request.method == "POST":
        try:
            messages.success(request, _told(undo_merge(merge=done, by=cast("User", request.user))))
        except Refused as reason:
            messages.warning(request, str(reason))
        return redirect("learners:learner_detail", done.kept_id)
    return render(request, "learners/duplicate_undo.html", {"merge": done, "plan": foreseen(done)})


def _told(undone: Undone) -> str:
    """What came back and what could not, in sentences."""
    said = [_("Ce sont de nouveau deux fiches.")]
    if undone.lost:
        said.append(
            ngettext(
                "%(n)d ligne supprimée depuis n’a pas pu être remise.",
                "%(n)d lignes supprimées depuis n’ont pas pu être remises.",
                undone.lost,
            )
            % {"n": undone.lost}
        )
    if undone.left:
        said.append(
            ngettext(
                "%(n)d ligne reste où elle est maintenant.",
                "%(n)d lignes restent où elles sont maintenant.",
                undone.left,
            )
            % {"n": undone.left}
        )
    if undone.ended:
        said.append(_("Le changement de référent qui avait pris fin est à redemander."))
    if undone.stays_open:
        said.append(_("La fiche gardée a changé de mains depuis : son suivi reste ouvert."))
    return " ".join(said)
