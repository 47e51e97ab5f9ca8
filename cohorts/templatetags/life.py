"""The tabs above the pages of one cohort's training."""

from __future__ import annotations

from typing import Any

from django import template

from cohorts.life_nav import life_tabs_of

register = template.Library()


@register.inclusion_tag("cohorts/life_tabs.html", takes_context=True)
def life_tabs(context: Any, cohort: Any, current: str) -> dict[str, Any]:
    """`current`: the name of the address one is at."""
    return {"tabs": life_tabs_of(context["user"], cohort, current)}
