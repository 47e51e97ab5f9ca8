"""Two people edit the same thing: whoever saves second is told, and nothing is overwritten unseen.

A form carries the stamp of what it showed. Saving locks the row and compares: a stamp that differs is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.lifecycle import Refused


class Overtaken(Refused):
    """Somebody saved between the reading and the saving."""


OVERTAKEN = _(
    "Quelqu’un d’autre a modifié cette fiche pendant que vous la remplissiez. Rien n’est encore enregistré : relisez"
    " ce qui a changé, puis enregistrez de nouveau si votre version est la bonne."
)


def stamp(thing: models.Model, fields: Iterable[str], **more: Any) -> str:
    """A digest of these fields as they are in the database now; `more`: what hangs on it without being a field."""
    values = {name: _plain(thing, name) for name in fields} | more
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _plain(thing: models.Model, name: str) -> Any:
    if thing._meta.get_field(name).many_to_many:
        return sorted(getattr(thing, name).values_list("pk", flat=True))
    field = thing._meta.get_field(name)
    value = getattr(thing, field.attname)  # type: ignore[union-attr]  # a concrete field has one
    return field.value_to_string(thing) if value is not None and not isinstance(value, list) else value  # type: ignore[union-attr]


def change(thing: models.Model, facts: dict[str, Any], *, shown: str, **more: Any) -> list[str]:
    """Write `facts` on the row of `thing`, and tell which fields changed; within a transaction.

    `shown`: the stamp that the form carried, "" when nobody looked before. Raises Overtaken, ValidationError.
    """
    fresh = type(thing)._base_manager.select_for_update().get(pk=thing.pk)
    if shown and shown != stamp(fresh, facts, **more):
        raise Overtaken(OVERTAKEN)
    many = {name: value for name, value in facts.items() if fresh._meta.get_field(name).many_to_many}
    plain = {name: value for name, value in facts.items() if name not in many}
    changed = [name for name, value in plain.items() if getattr(fresh, name) != value]
    for name in changed:
        setattr(fresh, name, plain[name])
    fresh.full_clean()
    fresh.save(update_fields=changed)
    for name, value in many.items():
        before, after = set(getattr(fresh, name).values_list("pk", flat=True)), {one.pk for one in value}
        if before != after:
            getattr(fresh, name).set(value)
            changed.append(name)
    thing.refresh_from_db(fields=changed or None)
    return changed
