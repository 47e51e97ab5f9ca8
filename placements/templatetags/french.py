"""French dates and figures in templates: the same words as in the workbook and the PDF."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from placements.reports import french

register = template.Library()
register.filter("day", french.day)
register.filter("short_day", french.short_day)
register.filter("thousands", french.whole)


@register.filter
def period(thing: Any) -> str:
    """année 2025, or du 3 mars 2025 au 2 mars 2026, for anything that has a start and an end."""
    start, end = thing.starts_on, thing.ends_on
    if (start.day, start.month, end.day, end.month) == (1, 1, 31, 12) and start.year == end.year:
        return f"année{french.NBSP}{start.year}"
    return french.period(start, end)


@register.filter
def moment(value: datetime) -> str:
    """22 novembre 2026 à 10 h 12, in the zone of the site."""
    return french.moment(timezone.localtime(value))
