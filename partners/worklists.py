"""What waits about partners: a new manager to approve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Membership
from partners.worklist import MOST, Line, Subject, WorkList


def _waiting(user: Any) -> QuerySet[Membership]:
    """Somebody else asked for them: nobody approves what they asked for themselves."""
    mine = Membership.objects.visible_to(user).filter(organisation__in=user.managed_ids, active=True, awaiting=True)
    return mine.exclude(asked_by=user).exclude(user=user)


def find_approvals(user: Any, today: date) -> list[Subject]:
    return [("membership", pk) for pk in _waiting(user).order_by("pk").values_list("pk", flat=True)[:MOST]]


def show_approvals(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    rows = (
        _waiting(user).select_related("user", "asked_by").in_bulk([pk for kind, pk in subjects if kind == "membership"])
    )
    url = reverse("partners:my_organisation")
    return [
        Line(
            str(row.user), _("Nouveau responsable, à approuver"), _("Décider"), url, tone="amber",
            about=_("demandé par %(who)s") % {"who": row.asked_by} if row.asked_by else "",
        )
        for row in rows.values()
    ]  # fmt: skip


LISTS = (
    WorkList("responsables-a-approuver", gettext_lazy("Responsables à approuver"), 50, find_approvals, show_approvals),
)
