"""What was typed for a person: one act, what the person says of it, and what was put right since."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learners import behalf
from learners.access import acts_for
from learners.behalf_rows import row_of
from learners.models import Behalf, Learner
from learners.states import Verdict
from partners.lifecycle import Refused
from partners.models import User
from partners.states import Channel


def _seen(request: HttpRequest, pk: int) -> Behalf:
    rows = Behalf.objects.visible_to(request.user).select_related("organisation", "typed_by")
    found: Behalf = get_object_or_404(rows, pk=pk)
    return found


def _mine(request: HttpRequest, pk: int) -> Behalf:
    """The same, for an act: 403 for who does not answer for the organisation that typed it."""
    found = _seen(request, pk)
    if not acts_for(request.user, found.organisation_id):
        raise PermissionDenied
    return found


@require_safe
def behalf_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One act typed for a person, for who sees them, or typed it."""
    one = _seen(request, pk)
    person = Learner.objects.visible_to(request.user).filter(pk=one.learner_id).first()
    context = {"one": one, "row": row_of(request.user, one), "person": person}
    return render(request, "learners/behalf_detail.html", context)


@require_POST
def behalf_say(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the person said by telephone or face to face; whoever typed it never confirms it."""
    one, by = _mine(request, pk), cast("User", request.user)
    verdict = Verdict.CONFIRMED if request.POST.get("avis") == "exact" else Verdict.CONTESTED
    channel = Channel.ADVISER if request.POST.get("par") == Channel.ADVISER else Channel.PHONE
    try:
        behalf.say(behalf=one, verdict=verdict, channel=channel, by=by)
    except ValidationError as wrong:
        messages.warning(request, wrong.messages[0])
    else:
        messages.success(request, _("C’est noté."))
    return redirect("learners:behalf_detail", pk)


@require_POST
def behalf_mend(request: HttpRequest, pk: int) -> HttpResponse:
    """What was contested is put right: the person is asked again."""
    one = _mine(request, pk)
    try:
        behalf.ask_again(behalf=one, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("C’est noté. La question est posée de nouveau à la personne."))
    return redirect("learners:behalf_detail", pk)
