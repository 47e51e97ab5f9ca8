"""The person answers the seat they are offered, by their own link."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts import offering
from cohorts.access import PersonActor
from cohorts.own_seat import NO, YES, answerable
from learners.states import LinkPurpose
from learners.views.visits import Visit, behind_link
from partners.lifecycle import Refused


@behind_link(LinkPurpose.PATH)
@require_POST
def own_seat(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Yes at once; a no is asked once more, with what it changes. The link is not used by it."""
    row = next((one for one in answerable(visit.link.learner) if one.pk == pk), None)
    said = request.POST.get("reponse")
    if row is None or said not in {YES, NO}:
        raise Http404
    if said == NO and "sur" not in request.POST:
        return render(request, "cohorts/own_seat_no.html", {"row": row})
    act = offering.accept_seat if said == YES else offering.withdraw
    try:
        act(application=row, by=PersonActor(visit.link.learner_id, visit.channel))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("Merci, c’est noté. À bientôt\u00a0!") if said == YES else _("Merci, c’est noté."))
    return redirect("learners:link_page")
