"""Acts on a handoff: acknowledged, taken, kept, declined, withdrawn, asked of somebody else. All work without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from learners import actions
from learners.access import acts_for
from learners.handoff_forms import AcceptForm, Acted, DeclineForm, ProposeForm, TakeBackForm, WhomForm
from learners.handoff_rows import ENDED, label_of, rows_of, why_not
from learners.models import Handoff
from learners.receivers import known_to, preview, receivers
from learners.sending import named
from learners.states import HANDOFF, Purpose, comes_back
from learners.views.handoffs import SHOWN, SIDES
from partners.lifecycle import Refused
from partners.models import User

MOST = 12
DONE = {
    "receive": lambda one: _("C’est noté\u00a0: vous l’avez reçu. Il reste à répondre."),
    "keep": lambda one: _("C’est noté\u00a0: toujours en cours. Le délai repart d’aujourd’hui."),
    "decline": lambda one: _("C’est décliné. %(org)s en est informé.") % {"org": one.sender},
    "withdraw": lambda one: _("C’est retiré. %(org)s ne voit plus la demande, et en est informé.") % {"org": one.receiver},
}  # fmt: skip


def _handoff(request: HttpRequest, pk: int, step: str) -> Handoff:
    """One of the two sides' handoffs, for who may take that step; 404 for a stranger, 403 for the other side."""
    mine = Handoff.objects.visible_to(request.user).select_related(*SHOWN)
    handoff: Handoff = get_object_or_404(mine, pk=pk)
    if not HANDOFF.steps[step].who(request.user, handoff):
        raise PermissionDenied
    return handoff


def _at_once(request: HttpRequest, pk: int, step: str, act: Callable[..., Any]) -> HttpResponse:
    """Do it, tell what came of it, and show the row as it is now, or the page."""
    handoff = _handoff(request, pk, step)
    try:
        act(handoff=handoff, by=request.user)
        messages.success(request, DONE[step](handoff))
    except Refused:
        handoff.refresh_from_db()
        messages.warning(request, why_not(handoff, step) or _("Quelqu’un vient de le faire avancer."))
    return _shown(request, handoff)


def _shown(request: HttpRequest, handoff: Handoff) -> HttpResponse:
    """The row for who acts from the list with scripts, the list or the page for who has none."""
    side = request.POST.get("sens", "")
    if request.htmx and side in SIDES:  # type: ignore[attr-defined]
        mine = Handoff.objects.visible_to(request.user).select_related(*SHOWN).get(pk=handoff.pk)
        [row] = rows_of(request.user, [mine], timezone.localdate())
        return render(request, "learners/handoff_list.html#row", {"row": row, "side": side, "swapped": True})
    if side in SIDES:
        return redirect(f"{reverse('learners:handoff_list')}?sens={side}")
    return redirect("learners:handoff_detail", handoff.pk)


@require_POST
def handoff_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """The receiver acknowledges, in their own name."""
    return _at_once(request, pk, "receive", actions.receive)


@require_POST
def handoff_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """The receiver says that it goes on: the clock starts again."""
    return _at_once(request, pk, "keep", actions.keep)


def _shut(request: HttpRequest, handoff: Handoff, step: str) -> HttpResponse | None:
    """Back to the page with the sentence, when the step cannot be taken any more."""
    if reason := why_not(handoff, step):
        messages.warning(request, reason)
        return redirect("learners:handoff_detail", handoff.pk)
    return None


def _overtaken(request: HttpRequest, handoff: Handoff, step: str) -> HttpResponse | None:
    """The same, once a colleague was quicker than the form."""
    handoff.refresh_from_db(fields=["status", "ended_on"])
    return _shut(request, handoff, step)


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The receiver takes it, with the date of the next situation; what comes back to us is taken in one click."""
    handoff = _handoff(request, pk, "accept")
    if over := _shut(request, handoff, "accept"):
        return over
    posted = request.POST if request.method == "POST" else None
    form: Acted = TakeBackForm(posted) if comes_back(handoff) else AcceptForm(posted, handoff=handoff)
    if form.is_valid() and form.done(actions.accept, handoff=handoff, by=request.user):
        handoff.refresh_from_db()
        messages.success(request, _accepted(handoff))
        return _shown(request, handoff)
    if form.is_bound and (over := _overtaken(request, handoff, "accept")):
        return over
    label = label_of(handoff, "accept", str(HANDOFF.steps["accept"].label))
    context = {"form": form, "handoff": handoff, "label": label, "row": _row(request, handoff)}
    return render(request, "learners/handoff_accept.html", context, status=422 if form.is_bound else 200)


def _accepted(handoff: Handoff) -> str:
    words = {"org": handoff.receiver}
    if handoff.purpose in (Purpose.TRANSFER, Purpose.RETURN):
        return _("C’est pris\u00a0: %(org)s tient maintenant le relais.") % words
    return _("C’est accepté, et l’autre organisme en est informé. Il garde le relais.")


def _row(request: HttpRequest, handoff: Handoff) -> Any:
    return rows_of(request.user, [handoff], timezone.localdate())[0]


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """The receiver says no, with a coded reason; the page says to whom it goes back."""
    handoff = _handoff(request, pk, "decline")
    if over := _shut(request, handoff, "decline"):
        return over
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.done(actions.decline, handoff=handoff, by=request.user):
        messages.success(request, DONE["decline"](handoff))
        return redirect("learners:handoff_detail", pk)
    if form.is_bound and (over := _overtaken(request, handoff, "decline")):
        return over
    context = {"form": form, "handoff": handoff, "row": _row(request, handoff), "named": named(handoff)}
    return render(request, "learners/handoff_decline.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The sender takes it back; asked once."""
    handoff = _handoff(request, pk, "withdraw")
    if over := _shut(request, handoff, "withdraw"):
        return over
    if request.method != "POST":
        return render(request, "learners/handoff_withdraw.html", {"handoff": handoff, "row": _row(request, handoff)})
    return _at_once(request, pk, "withdraw", actions.withdraw)


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_reroute(request: HttpRequest, pk: int) -> HttpResponse:
    """The sender asks somebody else what was declined or left without an answer; the chain is kept."""
    mine = Handoff.objects.visible_to(request.user).select_related(*SHOWN, "learner__holder")
    handoff = get_object_or_404(mine, pk=pk)
    if not acts_for(request.user, handoff.sender_id) or not _row(request, handoff).who:
        raise PermissionDenied
    if handoff.status not in ENDED:
        messages.warning(
            request, _("Ce relais n’est ni décliné, ni revenu sans réponse\u00a0: il n’y a rien à réorienter.")
        )
        return redirect("learners:handoff_detail", pk)
    found = receivers(request.user, handoff.purpose, but=handoff.sender_id).exclude(pk=handoff.receiver_id)
    form = ProposeForm(
        request.POST if request.method == "POST" else None, purpose=handoff.purpose, offered=found, again=True
    )
    if form.is_valid() and form.done(_rerouting(handoff, cast("User", request.user))):
        messages.success(request, _("C’est proposé à %(org)s.") % {"org": form.cleaned_data["receiver"]})
        return redirect("learners:handoff_detail", pk)
    whom = WhomForm(request.GET if "q" in request.GET else None, initial={"objet": handoff.purpose})
    context = {
        "form": form, "whom": whom, "handoff": handoff, "row": _row(request, handoff),
        "offered": offered(handoff.learner, found, request), "preview": preview(handoff.learner, handoff.purpose),
    }  # fmt: skip
    return render(request, "learners/handoff_reroute.html", context, status=422 if form.is_bound else 200)


def _rerouting(handoff: Handoff, by: User) -> Callable[..., Handoff]:
    return lambda **typed: actions.reroute(handoff=handoff, by=by, **typed)


def offered(learner: Any, found: Any, request: HttpRequest) -> list[Any]:
    """A few partners to choose from: those that answer the words typed, or that know the person; and the one chosen."""
    typed = request.GET.get("q", "").strip()[:100]
    shown = list(found.with_words(typed)[:MOST]) if typed else known_to(learner, found)
    chosen = request.POST.get("receiver", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 and int(chosen) not in {one.pk for one in shown}:
        shown += list(found.filter(pk=int(chosen)))
    return shown
