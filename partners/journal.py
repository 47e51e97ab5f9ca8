"""The journal's pen: one line an act, ids and codes only, never altered afterwards.

Triggers (migration 0002) refuse UPDATE, DELETE and TRUNCATE. One door is left to delete old lines: `purge`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from partners.nir import contains_nir

# A capital followed by a small letter is how names are written, and no code of ours.
CODE = re.compile(r"(?![A-Za-z0-9_.:+-]*[A-Z][a-z])[A-Za-z0-9_.:+-]{0,80}")
DIGEST = re.compile(r"[0-9a-f]{64}")  # one SHA-256 in a hundred holds a run of digits shaped like an NIR
LONGEST_ID = 10**12  # thirteen digits and more are somebody's number
DOOR = "partners_journaldoor"


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


def record_each(verb: str, learners: Iterable[int], *, organisation: int | None = None, by: Any = None) -> None:
    """Write one line a person of what a file did to many: the same act, for the same organisation."""
    event = apps.get_model("partners", "Event")
    lines = [
        event(actor_id=_pk(by), organisation_id=organisation, verb=_code(verb), learner_id=learner, data={})
        for learner in learners
    ]
    event._base_manager.bulk_create(lines, batch_size=1_000)


def _pk(thing: Any) -> int | None:
    pk: int | None = getattr(thing, "pk", thing)
    return pk


def _code(text: str) -> str:
    if not CODE.fullmatch(text) or (contains_nir(text) and not DIGEST.fullmatch(text)):
        raise NotACode("The journal holds ids and codes, never a name nor free text.")
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, int) and abs(value) >= LONGEST_ID:
        raise NotACode("This number is too long for an id or a count.")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict):
        return {_code(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return _code(str(value))


@transaction.atomic
def purge(*, before: datetime) -> int:
    """Delete the lines older than `before` and count them: the retention job's door, and the only one.

    The door is a row that the triggers look for. It exists inside this transaction alone, so that nobody else can
    go through, and a crash shuts it. The purge itself leaves a line.
    """
    event = apps.get_model("partners", "Event")
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {DOOR} (id) VALUES (1)")  # noqa: S608 -- a constant
        deleted: int = event._base_manager.filter(at__lt=before).delete()[0]
        cursor.execute(f"DELETE FROM {DOOR}")  # noqa: S608 -- a constant
    record("purge_journal", deleted=deleted)
    return deleted
