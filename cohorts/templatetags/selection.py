"""The tabs above the pages of one cohort's selection, and what stands beside an offer."""

from __future__ import annotations

from typing import Any

from django import template

from cohorts.selection_nav import tabs_of

register = template.Library()


@register.filter
def doubts_for(doubts: dict[str, Any], offer: Any) -> list[Any]:
    """What this person does not meet, or has to prove, of the conditions of an offer."""
    found: list[Any] = doubts.get(offer.code, [])
    return found


@register.inclusion_tag("cohorts/selection_tabs.html", takes_context=True)
def selection_tabs(context: Any, cohort: Any, current: str) -> dict[str, Any]:
    """`current`: the name of the address one is at."""
    return {"tabs": tabs_of(context["user"], cohort, current)}
