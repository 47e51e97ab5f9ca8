"""What waits for an assessor: codes to rate, the least rated first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.ratings import Mine, ToRate, sheets_of
from cohorts.worklists import delay_of
from partners.worklist import MOST, Line, Subject, WorkList

KIND = "to_rate"


def find_sheets(user: Any, today: date) -> list[Subject]:
    return [(KIND, one.pk) for one in sheets_of(user)[:MOST]]


def show_sheets(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    rows = {one.pk: one for one in sheets_of(user)}
    return [_line(rows[pk], today) for kind, pk in subjects if kind == KIND and pk in rows]


def _line(one: ToRate, today: date) -> Line:
    tag, tone = delay_of(one.due, today) if one.due else ("", "grey")
    what = _("Troisième avis demandé") if one.third else _("À évaluer sans nom, avec la grille")
    act = _("Reprendre") if one.mine == Mine.DRAFT else _("Évaluer")
    url = reverse("cohorts:assess_sheet", args=[one.cohort.pk, one.code])
    return Line(one.code, what, act, url, about=str(one.cohort), tag=tag, tone=tone, due=one.due)


LISTS = (
    WorkList(
        "candidatures-a-evaluer", lazy("Candidatures à évaluer"), 33, find_sheets, show_sheets, tone="amber",
        hint=lazy("Deux personnes au moins notent chaque candidature, sous un code, avant le comité."),
    ),
)  # fmt: skip
