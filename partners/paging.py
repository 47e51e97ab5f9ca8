"""Lists by pages: the ids of one page first, then its rows, so that a list pays for its page only."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator

PER_PAGE = 25


def page_of(rows: Any, number: str | None, per_page: int = PER_PAGE) -> Page[Any]:
    """One page of `rows`, hydrated by their `for_list`. A number out of bounds gives the nearest page."""
    page = Paginator(rows.order_by(*rows.model._meta.ordering).values_list("pk", flat=True), per_page).get_page(number)
    ids = list(page.object_list)
    page.object_list = list(rows.filter(pk__in=ids).for_list()) if ids else []
    return page
