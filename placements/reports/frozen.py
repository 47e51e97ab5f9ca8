"""What a run keeps of a report, read back: JSON to Content, by the types that Content declares."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from placements.reports.content import Content


def thaw(stored: dict[str, Any]) -> Content:
    """The content of a frozen run. Dates are ISO texts; keys that this version does not know are left aside."""
    return _dataclass(Content, stored)  # type: ignore[no-any-return]


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _dataclass(kind: Any, stored: dict[str, Any]) -> Any:
    hints = _hints(kind)
    # What a run frozen by an older version does not have keeps its default, if it has one.
    known = [field for field in fields(kind) if field.name in stored or field.default is MISSING]
    return kind(**{field.name: _value(hints[field.name], stored[field.name]) for field in known})


def _value(hint: Any, stored: Any) -> Any:
    if stored is None:
        return None
    choices = [choice for choice in get_args(hint) if choice is not NoneType]
    if NoneType in get_args(hint):
        return _value(choices[0], stored)
    if get_origin(hint) is tuple:
        inner = choices if choices[-1] is not Ellipsis else [choices[0]] * len(stored)
        return tuple(_value(kind, item) for kind, item in zip(inner, stored, strict=True))
    if hint in (date, datetime):
        return hint.fromisoformat(stored)
    return _dataclass(hint, stored) if is_dataclass(hint) else stored
