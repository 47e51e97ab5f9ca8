"""Direct requests as a list and a page show them: in words, with how long is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import DirectRequest
from cohorts.states import RequestStatus
from cohorts.worklists import delay_of
from learners.identity import national
from learners.states import Verdict

TONES = {RequestStatus.TAKEN: "green", RequestStatus.SET_ASIDE: "grey"}


@dataclass(frozen=True)
class Row:
    """One request: its state or its delay in words, and the tint of it; `contested`: the person says that it is wrong."""

    request: DirectRequest
    tag: str
    tone: str
    contested: bool


def order(rows: Any, *, done: bool) -> Any:
    """What waits, the nearest deadline first; or what was settled, the latest first. For a list: one query."""
    rows = rows.select_related("programme__provider", "cohort", "typed_by", "typed_for", "settled_by")
    if done:
        settled = rows.exclude(status=RequestStatus.WAITING)
        return settled.order_by(F("settled_at").desc(nulls_last=True), "-pk")
    return rows.waiting().order_by("deadline_on", "pk")


def ask_rows(rows: Iterable[DirectRequest], today: date) -> list[Row]:
    return [_row(one, today) for one in rows]


def _row(one: DirectRequest, today: date) -> Row:
    contested = one.verdict == Verdict.CONTESTED
    if one.status == RequestStatus.WAITING:
        return Row(one, *delay_of(one.deadline_on, today), contested)
    said = str(one.get_status_display()).capitalize()
    if one.set_aside:
        said = _("%(status)s : %(why)s") % {"status": said, "why": one.get_set_aside_display()}
    return Row(one, said, TONES[RequestStatus(one.status)], contested)


def facts_of(one: DirectRequest) -> list[tuple[str, str]]:
    """What the person said, by its label; what they left blank is not there."""
    address = " ".join(filter(None, (one.address, one.postcode)))
    said = [
        (_("Date de naissance"), f"{one.born_on:%d/%m/%Y}" if one.born_on else ""),
        (_("Téléphone"), national(one.phone).replace(" ", "\u00a0")),
        (_("Courriel"), one.email),
        (_("Préfère être joint par"), str(one.get_channel_display()) if one.channel else ""),
        (_("Adresse"), address),
        (_("Situation"), str(one.get_situation_display()) if one.situation else ""),
        (_("Diplôme"), str(one.get_level_display()) if one.level else ""),
        (_("Disponible le"), f"{one.available_on:%d/%m/%Y}" if one.available_on else ""),
        (_("Quand appeler"), one.call_when),
        (_("Pourquoi cette formation"), one.why),
        (_("Accord donné le"), f"{timezone.localtime(one.agreed_at):%d/%m/%Y}"),
    ]
    return [(label, value) for label, value in said if value]
