"""What a long writing leaves behind it, noted while it writes: the ids it made, and what stood where it changed a row.

Nothing is noted outside `noting`, so that who does not ask pays nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import models

Ranges = list[list[int]]


@dataclass
class Traces:
    """`made`: label of model → ids. `changed`: label → id → column → what stood there before the first change."""

    made: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[str, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))

    def ranges(self) -> dict[str, Ranges]:
        """The ids made, as runs without a hole."""
        return {label: in_ranges(ids) for label, ids in self.made.items() if ids}


_noted: ContextVar[Traces | None] = ContextVar("traces", default=None)


@contextmanager
def noting() -> Iterator[Traces]:
    """Note what is written meanwhile through `note_made`, `noted_rows` and `amend`."""
    traces = Traces()
    token = _noted.set(traces)
    try:
        yield traces
    finally:
        _noted.reset(token)


def note_made(model: type[models.Model], ids: Iterable[int]) -> None:
    """These rows are new."""
    traces = _noted.get()
    if traces is not None:
        traces.made[model._meta.label_lower].extend(ids)


def noted_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterable[Sequence[Any]]:
    """The same rows; the ids they bear are noted as they pass."""
    if _noted.get() is None or "id" not in columns:
        return rows
    return _passing(model, list(columns).index("id"), rows)


def _passing(model: type[models.Model], place: int, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for row in rows:
        note_made(model, [row[place]])
        yield row


def amend(rows: models.QuerySet[Any, Any], **values: Any) -> int:
    """Update `rows` with these columns, noting first what each held; the number of rows."""
    traces = _noted.get()
    if traces is not None and values:
        before = traces.changed[rows.model._meta.label_lower]
        new = set(traces.made.get(rows.model._meta.label_lower, ()))
        for pk, *held in rows.values_list("pk", *values):
            if pk not in new:
                before[pk] = dict(zip(values, held, strict=True)) | before.get(pk, {})
    return rows.update(**values) if values else 0


def in_ranges(ids: Iterable[int]) -> Ranges:
    """[3, 4, 5, 9] → [[3, 5], [9, 9]]."""
    found: Ranges = []
    for pk in sorted(set(ids)):
        if found and found[-1][1] == pk - 1:
            found[-1][1] = pk
        else:
            found.append([pk, pk])
    return found
