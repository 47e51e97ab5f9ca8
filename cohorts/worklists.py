"""What waits about what persons ask by themselves: their requests, by the day by which they are to be answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import DirectRequest
from learners.states import Verdict
from partners.offer_access import programme_bodies
from partners.working_days import working_days_between
from partners.worklist import MOST, Line, Subject, WorkList

SOON = 1  # working days


def _to_settle(user: Any) -> Any:
    """What this user's training bodies are to answer; what the person contests comes first, then by deadline."""
    waiting = DirectRequest.objects.visible_to(user).waiting().filter(programme__provider__in=programme_bodies(user))
    contested = Case(When(verdict=Verdict.CONTESTED, then=Value(0)), default=Value(1), output_field=IntegerField())
    return waiting.order_by(contested, "deadline_on", "pk")


def find_late(user: Any, today: date) -> list[Subject]:
    late = _to_settle(user).filter(deadline_on__lt=today)
    return [("request", pk) for pk in late.values_list("pk", flat=True)[:MOST]]


def find_requests(user: Any, today: date) -> list[Subject]:
    return [("request", pk) for pk in _to_settle(user).values_list("pk", flat=True)[:MOST]]


def show_requests(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    ids = [pk for kind, pk in subjects if kind == "request"]
    rows = _to_settle(user).select_related("programme", "cohort").in_bulk(ids)
    return [_line(rows[pk], today) for pk in ids if pk in rows]


def _line(row: DirectRequest, today: date) -> Line:
    tag, tone = delay_of(row.deadline_on, today)
    if row.verdict == Verdict.CONTESTED:
        tag, tone = _("La personne dit que c’est faux"), "red"
    what = _("%(kind)s, %(training)s") % {
        "kind": row.get_kind_display().capitalize(),
        "training": row.cohort or row.programme,
    }
    url = reverse("cohorts:request_detail", args=[row.pk])
    about = _("par %(way)s") % {"way": row.get_way_display()} if row.typed_by_id else ""
    return Line(
        f"{row.first_name} {row.last_name}", what, _("Répondre"), url, about=about, tag=tag, tone=tone,
        due=row.deadline_on,
    )  # fmt: skip


def delay_of(day: date, today: date) -> tuple[str, str]:
    """How long is left, in words, and its tint."""
    if day < today:
        late = max(working_days_between(day, today), 1)
        words = ngettext("En retard de %(n)d jour ouvré", "En retard de %(n)d jours ouvrés", late)
        return words % {"n": late}, "red"
    left = working_days_between(today, day)
    if not left:
        return _("À répondre aujourd’hui"), "amber"
    words = ngettext("%(n)d jour ouvré", "%(n)d jours ouvrés", left) % {"n": left}
    return words, "amber" if left <= SOON else "grey"


LISTS = (
    WorkList(
        "demandes-en-retard", gettext_lazy("Demandes directes en retard"), 15, find_late, show_requests, tone="red",
        hint=gettext_lazy("Des personnes ont demandé une formation, et le délai de réponse est passé."),
    ),
    WorkList(
        "demandes-directes", gettext_lazy("Demandes directes"), 35, find_requests, show_requests,
        hint=gettext_lazy("Des personnes ont demandé une formation par elles-mêmes, ou un rappel."),
    ),
)  # fmt: skip
