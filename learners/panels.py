"""What learners add to a partner's page: the handoffs between that partner and us, counted."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.access import acts_for
from learners.models import Handoff
from learners.reliability import last_year, reliability
from learners.reliability_words import lines
from learners.states import HandoffStatus as S
from partners.panels import Panel, Row

WAITING = (S.PROPOSED, S.RECEIVED)


def handoffs_between(user: Any, organisation: Any) -> Panel | None:
    """How many handoffs went each way between the user's organisations and this one, and what became of them."""
    mine = [pk for pk in user.organisation_ids if pk != organisation.pk]
    if not mine or organisation.pk in user.organisation_ids:
        return None
    seen = Handoff.objects.visible_to(user)
    rows = [
        _way(_("Envoyés à cet organisme"), seen.filter(sender__in=mine, receiver=organisation)),
        _way(_("Reçus de cet organisme"), seen.filter(sender=organisation, receiver__in=mine)),
    ]
    return Panel(
        "relais",
        _("Relais entre nous"),
        [row for row in rows if row is not None],
        empty=_("Aucun relais n’est encore passé entre vous."),
        act=(_("Voir les relais"), reverse("learners:handoff_list")),
    )


def delays_between(user: Any, organisation: Any) -> Panel | None:
    """How soon each acknowledges the other's handoffs, over twelve months, ours first: for who answers for us."""
    houses = [one.organisation for one in user.working_for if acts_for(user, one.organisation_id)]
    if not houses or organisation.pk in user.organisation_ids:
        return None
    found = reliability(user, houses[0], last_year(timezone.localdate()), partner=organisation.pk).partners
    if not found:
        return None
    ways = ((_("Ce que nous faisons des leurs"), found[0].ours), (_("Ce qu’ils font des nôtres"), found[0].theirs))
    return Panel(
        "delais",
        _("Délais entre nous"),
        [_acknowledged(text, way) for text, way in ways if way.count],
        aside=_("douze derniers mois"),
        empty=_("Aucun relais entre vous depuis douze mois."),
        note=_("Accusés de réception. Ceux qui attendent encore comptent dans la médiane."),
        act=(_("Voir la fiabilité réciproque"), reverse("learners:reliability")),
    )


def _acknowledged(text: str, way: Any) -> Row:
    line = next(line for line in lines(way) if line.code == "acknowledge")
    return Row(text, about=" · ".join(line.notes), figure=line.figure)


def _way(text: str, handoffs: Any) -> Row | None:
    counts: dict[str, int] = handoffs.aggregate(
        all=Count("pk"),
        waiting=Count("pk", filter=Q(status__in=WAITING)),
        accepted=Count("pk", filter=Q(status=S.ACCEPTED)),
        declined=Count("pk", filter=Q(status=S.DECLINED)),
        returned=Count("pk", filter=Q(status=S.RETURNED)),
    )
    if not counts["all"]:
        return None
    words = [
        ngettext("%(n)d en attente", "%(n)d en attente", n) % {"n": n} if (n := counts["waiting"]) else "",
        ngettext("%(n)d accepté", "%(n)d acceptés", n) % {"n": n} if (n := counts["accepted"]) else "",
        ngettext("%(n)d décliné", "%(n)d déclinés", n) % {"n": n} if (n := counts["declined"]) else "",
        ngettext("%(n)d sans réponse", "%(n)d sans réponse", n) % {"n": n} if (n := counts["returned"]) else "",
    ]
    return Row(text, about=" · ".join(filter(None, words)), figure=str(counts["all"]))
