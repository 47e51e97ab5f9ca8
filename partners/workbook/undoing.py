"""Taking back exactly what an import wrote, as long as nothing was built on it.

`Written` is what must be kept meanwhile: ids as ranges, what stood where something was filled, and one seal a table
that tells whether a row was edited since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Q

from partners.models import Event
from partners.traces import Ranges, Traces, in_ranges

Written = dict[str, Any]
MOST_RANGES = 100  # in one condition


class Obstacle(NamedTuple):
    """What was built on an import since: rows of a table added, or (`added` is None) rows of a table edited."""

    model: type[models.Model]
    added: int | None


def written(traces: Traces) -> Written:
    """What undoing needs, as JSON; to be asked in the transaction that wrote."""
    filled = {label: rows for label, rows in traces.changed.items() if rows}
    ranges = traces.ranges()
    kept = {"created": ranges, "filled": filled, "seals": _seals(ranges, filled)}
    plain: Written = json.loads(json.dumps(kept, cls=DjangoJSONEncoder))
    return plain


def within(name: str, ranges: Ranges) -> Iterator[Q]:
    """Conditions, each small enough for a query, that together say: this column is in one of the ranges."""
    for at in range(0, len(ranges), MOST_RANGES):
        condition = Q(pk__in=[])
        for first, last in ranges[at : at + MOST_RANGES]:
            condition |= Q(**{f"{name}__gte": first, f"{name}__lte": last})
        yield condition


def made_of(kept: Written, label: str) -> Ranges:
    found: Ranges = kept.get("created", {}).get(label, [])
    return found


# --- what stands in the way --------------------------------------------------------------------------------------


def obstacles(kept: Written, *, derived: Collection[str] = ()) -> list[Obstacle]:
    """Whatever points at what was made and was not made with it, and what was edited since.

    `derived`: labels of tables that the program computes from others: they hold nothing of anybody's.
    """
    found = [Obstacle(model, count) for model, count in _added(kept, frozenset(derived)).items() if count]
    found += [Obstacle(Event, count) for count in [_told(kept)] if count]
    seals = _seals(kept.get("created", {}), kept.get("filled", {}))
    edited = [label for label, seal in kept.get("seals", {}).items() if seals.get(label) != seal]
    return found + [Obstacle(apps.get_model(label), None) for label in edited]


def _added(kept: Written, derived: frozenset[str]) -> dict[type[models.Model], int]:
    added: dict[type[models.Model], int] = {}
    for model, column, label in _pointers(kept):
        if model._meta.label_lower in derived or model is Event:
            continue
        added[model] = added.get(model, 0) + sum(
            _of_others(model, kept).filter(here).count() for here in within(column, made_of(kept, label))
        )
    return added


def _pointers(kept: Written) -> Iterator[tuple[type[models.Model], str, str]]:
    """(table, column, what it points at) of every key to a table in which something was made."""
    for model in apps.get_models(include_auto_created=True):
        for key in model._meta.concrete_fields:
            target = key.remote_field and key.remote_field.model._meta.label_lower
            if target and made_of(kept, target) and model._meta.managed:
                yield model, key.attname, target


def _of_others(model: type[models.Model], kept: Written) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model._base_manager.all()
    for made in within("pk", made_of(kept, model._meta.label_lower)):
        rows = rows.exclude(made)
    return rows


def _told(kept: Written) -> int:
    """Lines of the journal on what was made: each says that somebody did something with it."""
    about = list(within("learner_id", made_of(kept, "learners.learner")))
    for label, ranges in kept.get("created", {}).items():
        about += [Q(here, subject_type=label) for here in within("subject_id", ranges)]
    acts: set[int] = set()  # one may be on a person and on what is theirs
    for here in about:
        acts.update(Event._base_manager.filter(here).values_list("pk", flat=True))
    return len(acts)


# --- seals -------------------------------------------------------------------------------------------------------


def _seals(created: dict[str, Ranges], filled: dict[str, Any]) -> dict[str, str]:
    """One digest a table of all columns of the rows made or filled."""
    labels = sorted({*created, *filled})
    return {label: _seal(label, created.get(label, []), filled.get(label, {})) for label in labels}


def _seal(label: str, made: Ranges, filled: dict[Any, Any]) -> str:
    model = apps.get_model(label)
    digest = hashlib.sha256()
    ids = in_ranges([*map(int, filled)])
    for here in (*within("pk", made), *within("pk", ids)):
        for row in model._base_manager.filter(here).order_by("pk").values_list().iterator(chunk_size=5_000):
            digest.update(repr(row).encode())
    return digest.hexdigest()


# --- taking back -------------------------------------------------------------------------------------------------


def take_back(kept: Written, *, derived: Collection[str] = ()) -> None:
    """Delete what was made and put back what stood before; in the caller's transaction. Raises IntegrityError if a row
    came meanwhile that points at what goes."""
    for model, column, label in _pointers(kept):
        if model._meta.label_lower in derived:
            _delete(model, column, made_of(kept, label))
    for label, ranges in kept.get("created", {}).items():
        _delete(apps.get_model(label), "pk", ranges)
    for label, rows in kept.get("filled", {}).items():
        model = apps.get_model(label)
        for pk, columns in rows.items():
            model._base_manager.filter(pk=int(pk)).update(**_read_back(model, columns))
    if connection.vendor == "postgresql":  # SQLite's one writer let nobody in
        connection.check_constraints()


def _delete(model: type[models.Model], column: str, ranges: Ranges) -> None:
    """Rows by the table alone: no signal, no cascade; keys are checked at the end."""
    for here in within(column, ranges):
        model._base_manager.filter(here)._raw_delete(connection.alias)


def _read_back(model: type[models.Model], columns: dict[str, Any]) -> dict[str, Any]:
    """Values kept as JSON, as their columns hold them."""
    fields = {column: field for field in model._meta.concrete_fields for column in (field.attname, field.name)}
    return {column: value if value is None else fields[column].to_python(value) for column, value in columns.items()}
