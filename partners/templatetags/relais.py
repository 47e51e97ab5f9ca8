"""Tags of every page: links of the menu, gauges."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse

from partners.break_glass import open_of, open_on
from partners.offer_access import referrers_of
from partners.states import Role

register = template.Library()
LONG = 1000  # units across a gauge


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: Any, name: str, label: str, icon: str) -> dict[str, Any]:
    """A line of the menu, marked when the page shown is it or stands under it."""
    href = reverse(name)
    path = context["request"].path if "request" in context else ""
    here = path == href or (href != "/" and path.startswith(href)) or (href == "/" and path.startswith("/a-faire/"))
    return {"href": href, "label": label, "icon": icon, "here": here}


@register.inclusion_tag("partners/break_glass_banner.html", takes_context=True)
def glass_banner(context: Any) -> dict[str, Any]:
    """On every page, what the platform's staff opened behind glass: until when, and the way to shut it."""
    return {"glass": open_of(context.get("user")), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("partners/break_glass_open.html")
def glass_open(organisation: Any) -> dict[str, Any]:
    """On an organisation's own page, what the platform reads of it at this moment."""
    return {"glass": open_on(organisation)}


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


@register.filter
def refers(user: Any) -> bool:
    """Whether this person refers people to trainings, for a prescriber."""
    return bool(referrers_of(user))


@register.filter
def has_account(user: Any) -> bool:
    """Whether this person works with people for an organisation that may hold the baton: days are on its account."""
    return any(one.organisation.can_hold and one.role != Role.READER for one in user.working_for)


@register.filter
def as_json(value: Any) -> str:
    """A value as an attribute carries it to a script: escaped by the template like any text."""
    return json.dumps(value, cls=DjangoJSONEncoder)
