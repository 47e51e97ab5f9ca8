"""Lists by pages: the ids of one page first, then its rows, so that a list pays for its page only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator

PER_PAGE = 25


def page_of(
    rows: Any, number: str | None, per_page: int = PER_PAGE, order: Sequence[str] = (), within: Any = None
) -> Page[Any]:
    """One page of `rows` in `order` (the model's own by default), hydrated by their `for_list`, which keeps that order.

    A number out of bounds gives the nearest page. `within`: where the page is read from, when `rows` are dear to filter twice.
    """
    order = order or rows.model._meta.ordering
    page = Paginator(rows.order_by(*order).values_list("pk", flat=True), per_page).get_page(number)
    ids = list(page.object_list)
    source = rows if within is None else within
    page.object_list = list(source.filter(pk__in=ids).for_list()) if ids else []
    return page
