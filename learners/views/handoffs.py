"""Handoffs between partners (*relais*): received and sent, with their delays, and the steps open to who reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from learners.access import may_write_to
from learners.handoff_filters import HandoffFilter
from learners.handoff_rows import Row, chain_of, rows_of
from learners.models import Handoff
from learners.states import OPEN, Purpose
from partners.paging import page_of
from partners.panels import panels_of

SIDES = {"recus": "receiver", "envoyes": "sender"}
SHOWN = ("learner", "sender", "receiver", "received_by", "created_by", "addressed_to", "programme")


def side_of(asked: str | None) -> str:
    """The side that a list shows; « received » for anything else."""
    return asked if asked in SIDES else "recus"


@require_safe
def handoff_list(request: HttpRequest) -> HttpResponse:
    """Handoffs of the organisations one works for: received, or sent; filtered, by pages; names of persons one sees."""
    side = side_of(request.GET.get("sens"))
    mine = Handoff.objects.visible_to(request.user)
    asked = mine.filter(**{f"{SIDES[side]}__in": request.user.organisation_ids})  # type: ignore[union-attr]
    found = HandoffFilter(request.GET, queryset=asked, request=request)
    page = page_of(found.qs, request.GET.get("page"), order=Handoff.objects.none().LATEST, within=mine)
    context = {
        "side": side,
        "sides": [("recus", _("Reçus")), ("envoyes", _("Envoyés"))],
        "filter": found,
        "filtered": any(request.GET.get(name) for name in found.filters),
        "page": page,
        "rows": rows_of(request.user, list(page.object_list), timezone.localdate()),
    }
    return render(request, "learners/handoff_list.html", context)


@require_safe
def handoff_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One handoff for its two sides: what was asked, when it was answered, what came before and after, what one may do."""
    handoff = get_object_or_404(Handoff.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)
    [row] = rows_of(request.user, [handoff], timezone.localdate())
    hosting = handoff.purpose == Purpose.PLACEMENT and handoff.status in OPEN and bool(row.who)
    context = {
        "row": row,
        "handoff": handoff,
        "chain": _chain(request.user, handoff),
        "panels": panels_of("handoff", request.user, handoff) if row.who else [],
        "may_send_link": hosting and may_write_to(request.user, handoff.learner),
        "writer": handoff.sender_id in request.user.organisation_ids,  # type: ignore[union-attr]
    }
    return render(request, "learners/handoff_detail.html", context)


def _chain(user: Any, handoff: Handoff) -> list[Row]:
    """All that it follows and that follows it, as far as this user sees them, in order of time."""
    around = Handoff.objects.visible_to(user).filter(pk__in=chain_of(handoff))
    return rows_of(user, list(around.for_list())[::-1], timezone.localdate())
