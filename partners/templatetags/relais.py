"""Tags of every page: links of the menu, gauges."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()
LONG = 1000  # units across a gauge


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: Any, name: str, label: str) -> dict[str, Any]:
    """A line of the menu, marked when the page shown is it or stands under it."""
    href = reverse(name)
    path = context["request"].path if "request" in context else ""
    return {"href": href, "label": label, "here": path == href or (href != "/" and path.startswith(href))}


@register.inclusion_tag("components/gauge.html")
def gauge(card: Any) -> dict[str, Any]:
    """A bar of `card.value` out of `card.most`, with a mark at `card.minimum` if there is one; read aloud as its words."""
    most = max(card.most, card.value, 1)
    mark = str(LONG * card.minimum // most) if card.minimum else ""
    return {
        "tone": card.tone,
        "width": str(LONG * card.value // most),
        "mark": mark,
        "words": f"{card.reached}, {card.aim}",
    }
