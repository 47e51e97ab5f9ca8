"""What somebody had before their eyes when they started to type: one keyed digest a field, carried by the form.

Comparing it with the row tells which fields somebody else has changed meanwhile, without carrying any value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "learners.versions"
LENGTH = 16


class Changed(Exception):
    """Somebody else has changed these fields since they were shown."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def version(row: Any, fields: Iterable[str]) -> str:
    """The digests of the values of `row`, field by field."""
    return ";".join(f"{name}:{_digest(row, name)}" for name in fields)


def changed_since(seen: str, row: Any, fields: Iterable[str]) -> list[str]:
    """The fields of `row` whose value is not the one that was seen; all of them when nothing readable was."""
    digests = dict(part.partition(":")[::2] for part in seen.split(";"))
    return [name for name in fields if not constant_time_compare(digests.get(name, ""), _digest(row, name))]


def _digest(row: Any, name: str) -> str:
    field = row._meta.get_field(name)
    value = field.value_to_string(row) if getattr(row, field.attname) is not None else ""
    # A profile that nobody has answered yet has no row: it is known by its person.
    one_each = "learner" in {known.name for known in row._meta.concrete_fields if known.one_to_one}
    whose = f"learner {row.learner_id}" if one_each else row.pk
    return salted_hmac(SALT, f"{row._meta.label}.{whose}.{name}={value}").hexdigest()[:LENGTH]
