"""From the page of a person: pass the baton on, close the file, open it again, name who follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from learners import actions
from learners.access import holds, may_write_to, reopens_for
from learners.handoff_forms import CloseForm, ProposeForm, WhomForm
from learners.models import Handoff, Learner, Responsibility
from learners.naming import NameForm
from learners.receivers import ASKED, former_referent, preview, receivers
from learners.referents import assign_referent, naming_in
from learners.states import Purpose
from learners.views.baton import offered
from learners.views.person import person_or_404
from partners.lifecycle import Refused
from partners.models import User
from partners.offer_access import may_add_partner


def _held(request: HttpRequest, pk: int) -> Learner:
    """A person this user sees, for who writes in the name of their holder; 403 for who only sees."""
    learner, _sight = person_or_404(request, pk)
    if not may_write_to(request.user, learner):
        raise PermissionDenied
    return learner


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Who holds proposes: first what and to whom, then from when and with whose agreement, seeing what will be shown."""
    learner = _held(request, pk)
    whom = WhomForm(request.GET if "objet" in request.GET else None, initial={"q": request.GET.get("q", "")})
    context: dict[str, Any] = {"learner": learner, "whom": whom, "asked": ASKED}
    if not whom.is_valid():
        return render(request, "learners/hand_over.html", context, status=422 if whom.is_bound else 200)
    purpose = whom.cleaned_data["objet"]
    found = receivers(request.user, purpose, but=learner.holder_id)
    form = ProposeForm(request.POST if request.method == "POST" else None, purpose=purpose, offered=found)
    if form.is_valid() and form.done(_proposing(learner, purpose, cast("User", request.user))):
        messages.success(request, _proposed(purpose, form.cleaned_data["receiver"]))
        return redirect("learners:learner_detail", pk)
    context |= {
        "form": form, "offered": offered(learner, found, request), "preview": preview(learner, purpose),
        "may_add": may_add_partner(request.user), "purpose": purpose, "chosen": ASKED[purpose][0],
    }  # fmt: skip
    return render(request, "learners/hand_over.html", context, status=422 if form.is_bound else 200)


def _proposing(learner: Learner, purpose: str, by: User) -> Callable[..., Handoff]:
    """The verb, addressed to who followed the person there, when it goes back to them."""

    def act(*, receiver: Any, **typed: Any) -> Handoff:
        to = former_referent(learner, receiver) if purpose == Purpose.RETURN else None
        given = {**typed, "purpose": Purpose(purpose), "addressed_to": to}
        return actions.hand_over(learner=learner, receiver=receiver, by=by, **given)

    return act


def _proposed(purpose: str, receiver: Any) -> str:
    if purpose == Purpose.PLACEMENT:
        return _("C’est proposé à %(org)s. Envoyez-lui maintenant le lien par lequel il répond.") % {"org": receiver}
    return _("C’est proposé à %(org)s. Vous tenez le relais tant qu’il ne l’a pas accepté.") % {"org": receiver}


@require_http_methods(["GET", "HEAD", "POST"])
def file_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Who holds ends the follow-up, with a reason; the page says what ends with it."""
    learner = _held(request, pk)
    held = Responsibility.objects.visible_to(request.user).filter(learner=learner, until=None).first()
    form = CloseForm(request.POST if request.method == "POST" else None, since=held.since if held else None)
    if form.is_valid() and form.done(actions.close_file, learner=learner, by=request.user):
        messages.success(request, _("Le suivi est clos. Vous lisez encore ce dossier pendant 30 jours."))
        return redirect("learners:learner_detail", pk)
    open_ = Handoff.objects.visible_to(request.user).filter(learner=learner).awaiting_reply().for_list()
    context = {"learner": learner, "form": form, "handoffs": open_}
    return render(request, "learners/file_close.html", context, status=422 if form.is_bound else 200)


@require_POST
def file_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow again somebody whose file was closed, in the name of one's organisation."""
    learner, sight = person_or_404(request, pk)
    holder = reopens_for(request.user, learner, sight)
    if holder is None:
        raise PermissionDenied
    try:
        actions.reopen_file(learner=learner, holder=holder, by=cast("User", request.user))
        messages.success(request, _("Le suivi est rouvert : %(org)s tient le relais.") % {"org": holder})
    except Refused as reason:
        messages.warning(request, str(reason))
    return redirect("learners:learner_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def referent_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the colleague who follows this person: for managers, and the coordinators of a training body."""
    learner, _sight = person_or_404(request, pk)
    by = cast("User", request.user)
    if not holds(by, learner) or learner.holder_id not in naming_in(by):
        raise PermissionDenied
    form = NameForm(request.POST if request.method == "POST" else None, by=by)
    if form.is_valid():
        try:
            assign_referent(learner=learner, referent=form.cleaned_data["referent"], by=by)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(
                request, _("%(who)s suit maintenant cette personne.") % {"who": form.cleaned_data["referent"]}
            )
            return redirect("learners:learner_detail", pk)
    context = {"learner": learner, "form": form}
    return render(request, "learners/referent_form.html", context, status=422 if form.is_bound else 200)
