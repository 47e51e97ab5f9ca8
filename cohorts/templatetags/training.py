"""How a training is written: minutes as hours, the span of a half-day, the letter of a mark."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from cohorts.roll import begins, ends

register = template.Library()
NARROW, THOUSAND = "\u00a0", 1000


@register.filter
def hours(minutes: int | None) -> str:
    """90 → « 1 h 30 », 60 → « 1 h », 74 730 → « 1 245 h 30 »."""
    if minutes is None:
        return "–"
    whole, rest = divmod(int(minutes), 60)
    said = f"{whole:,}".replace(",", "\u202f") + f"{NARROW}h"
    return said + (f"{NARROW}{rest:02d}" if rest else "")


@register.filter
def hours_span(session: Any) -> str:
    """« 9 h – 12 h 30 »."""
    return f"{_hour(begins(session))} – {_hour(ends(session))}"


def _hour(moment: Any) -> str:
    here = timezone.localtime(moment)
    return f"{here.hour}{NARROW}h" + (f"{NARROW}{here:%M}" if here.minute else "")
