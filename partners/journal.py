"""The journal's pen: one line an act, ids and codes only. Nothing is ever altered; see the triggers of migration 0002."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.db import models

CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,80}")


class NotACode(ValueError):
    """Somebody tried to write a name or free text into the journal."""


def record(
    verb: str,
    subject: models.Model | None = None,
    *,
    by: Any = None,
    organisation: Any = None,
    learner: Any = None,
    channel: str = "",
    **data: Any,
) -> None:
    """Write one line: who (`by`, None for a job), for which organisation, what, on which object and person.

    `data`: ids, counts, dates and codes, or lists and dicts of them. Raises NotACode on anything else.
    """
    # Looked up by name, since the models of partners use lifecycles and lifecycles write here.
    event = apps.get_model("partners", "Event")
    event._base_manager.create(
        actor_id=_pk(by),
        organisation_id=_pk(organisation),
        verb=_code(verb),
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=_pk(subject),
        learner_id=_pk(learner),
        channel=_code(channel),
        data={_code(key): _plain(value) for key, value in data.items()},
    )


def _pk(thing: Any) -> int | None:
    return getattr(thing, "pk", thing)


def _code(text: str) -> str:
    if not CODE.fullmatch(text):
        raise NotACode("The journal holds ids and codes, never a name nor free text.")
    return text


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict):
        return {_code(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return _code(str(value))
