"""Facts and days kept true: read the sources of some people, compute, write. The same reads whatever their number.

A change of one situation or enrolment changes the facts of all enrolments of that person, and who held when changes
their days, so a person is the unit. On PostgreSQL the row of each is held meanwhile: of two changes at one moment, the
second reads what the first one wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max, Min
from django.db.models.signals import post_delete, post_save

from cohorts.models import Application, Enrolment, EntryRecord
from learners.models import Handoff, Learner, Responsibility, Situation
from learners.signals import situations_changed
from learners.states import HandoffStatus
from partners.bulk import load
from partners.lifecycle import moved
from placements import ledger
from placements.facts import Life, facts_of, ledger_of
from placements.models import EnrolmentFacts, FollowUp
from placements.models.facts import CodeField
from placements.sources import Who, lives_and_days, lives_of, these

FEW = 50  # people; above it, deleting and loading beats row by row
BATCH = 4_000
SAMPLE = 500  # people looked at again every night
FIELDS = list(EnrolmentFacts._meta.concrete_fields)
COLUMNS = [field.attname for field in FIELDS]
IN_ORDER = itemgetter(*COLUMNS)
CODED = [(field.attname, field.places) for field in FIELDS if isinstance(field, CodeField)]


def refresh(enrolment_ids: Iterable[int]) -> int:
    """Recompute the facts of the people enrolled so; the number of rows written."""
    learners = Enrolment._base_manager.filter(pk__in=list(enrolment_ids)).values_list("learner_id", flat=True)
    return refresh_people(learners)


@transaction.atomic(savepoint=False)
def refresh_people(learner_ids: Iterable[int]) -> int:
    """Recompute the facts and days of these people, in the transaction of the caller; the number of facts written."""
    people = sorted(set(learner_ids))
    if len(people) <= FEW:
        if not people:
            return 0
        lives, days = lives_and_days(these(people))
        ledger.keep(_accounts(lives), days)
        return _upsert(_rows(lives))
    written = 0
    for at in range(0, len(people), BATCH):
        who = these(people[at : at + BATCH])
        lives = lives_of(who)
        ledger.replace(_accounts(lives))
        written += _replace(who, lives)
    return written


def rebuild(progress: Callable[[int], Any] = lambda people: None) -> int:
    """Recompute every fact and day, all or nothing; the number of facts. `progress` is told how many ids were gone through."""
    bounds = Learner._base_manager.aggregate(low=Min("pk"), high=Max("pk"))
    written = 0
    with transaction.atomic():
        ledger.empty()
        EnrolmentFacts._base_manager.all()._raw_delete(connection.alias)
        if bounds["low"] is None:
            return 0
        for low in range(bounds["low"], bounds["high"] + 1, BATCH):
            lives = lives_of(("BETWEEN %s AND %s", [low, low + BATCH - 1]), lock=False)
            ledger.fill(_accounts(lives))
            written += _load(_rows(lives))
            progress(BATCH)
    return written


@transaction.atomic
def mend(people: int = SAMPLE) -> dict[str, int]:
    """Recompute the facts and days of some people drawn at random, and write those that had drifted; how many of each."""
    drawn = list(Learner._base_manager.order_by("?").values_list("pk", flat=True)[:people])
    lives, runs = lives_and_days(these(drawn)) if drawn else ({}, {})
    computed = {row[0]: row for row in _rows(lives)}
    stored = {row[0]: row for row in _stored(drawn)}
    wrong = {pk: row for pk, row in computed.items() if stored.get(pk) != row}
    _upsert(wrong.values())
    days = ledger.keep(_accounts(lives), runs)
    return {"people": len(lives), "checked": len(computed), "mended": len(wrong), "days_mended": days}


class Drift(NamedTuple):
    """What is not what its definition gives: enrolments by their facts, persons by their days."""

    facts: set[int]
    days: set[int]


def drifted(people: Sequence[int]) -> Drift:
    """Compare what is stored of these people with what their sources give, and write nothing."""
    lives, runs = lives_and_days(these(people)) if people else ({}, {})
    computed = {row[0]: row for row in _rows(lives)}
    stored = {row[0]: row for row in _stored(people)}
    facts = {pk for pk in computed.keys() | stored.keys() if computed.get(pk) != stored.get(pk)}
    return Drift(facts, {row[0] for row in set(ledger.rows_of(_accounts(lives))) ^ runs.keys()})


def _accounts(lives: dict[int, Life]) -> ledger.Accounts:
    return {learner: ledger_of(life) for learner, life in lives.items()}


def _stored(people: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    rows = EnrolmentFacts._base_manager.filter(learner__in=people).values(*COLUMNS)
    for row in rows:
        yield _coded(row)


# --- Watching ----------------------------------------------------------------------------------------------


def watch() -> None:
    """Refresh a person whenever a row that their facts or days come from is saved, deleted or moved along its lifecycle.

    Bulk writes send no such signal: whoever makes one calls `refresh_people`, or, in learners, sends `situations_changed`.
    """
    situations_changed.connect(_changed)
    for model in (Learner, Situation, Responsibility, Enrolment, EntryRecord, Application, Handoff, FollowUp):
        post_save.connect(_saved, sender=model)
        post_delete.connect(_deleted, sender=model)
        moved.connect(_moved, sender=model)


def _changed(*, learner_ids: Iterable[int], **_: Any) -> None:
    refresh_people(learner_ids)


def _saved(*, instance: Any, raw: bool = False, created: bool = False, **_: Any) -> None:
    if not raw and not (created and isinstance(instance, Learner)):
        refresh_people([_person(instance)])


def _moved(*, instance: Any, **_: Any) -> None:
    """Of the moves of a handoff, its acceptance alone says something of a day."""
    if not isinstance(instance, Handoff) or instance.status == HandoffStatus.ACCEPTED:
        refresh_people([_person(instance)])


def _deleted(*, instance: Any, origin: Any = None, **_: Any) -> None:
    """What goes with its person or its enrolment leaves nothing to refresh."""
    begun = getattr(origin, "model", type(origin))
    if begun is type(instance) and not isinstance(instance, Learner):
        refresh_people([_person(instance)])


def _person(instance: Any) -> int:
    if isinstance(instance, Learner):
        return instance.pk
    if isinstance(instance, EntryRecord | FollowUp):
        return instance.enrolment.learner_id
    return int(instance.learner_id)


# --- Writing -----------------------------------------------------------------------------------------------


def _rows(lives: dict[int, Life]) -> Iterator[tuple[Any, ...]]:
    """Rows of facts ready for the table, in the order of COLUMNS; who is enrolled nowhere has none."""
    for life in lives.values():
        if life.stays:
            for facts in facts_of(life):
                yield _coded(facts)


def _coded(facts: dict[str, Any]) -> tuple[Any, ...]:
    for name, places in CODED:
        code = facts[name]
        if code is not None:
            facts[name] = places[code]
    return IN_ORDER(facts)


def _load(rows: Iterable[tuple[Any, ...]]) -> int:
    ready = list(rows)
    load(EnrolmentFacts, COLUMNS, ready)
    return len(ready)


def _replace(who: Who, lives: dict[int, Life]) -> int:
    clause, ids = who
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM {TABLE} WHERE "learner_id" {clause}', ids)  # noqa: S608 -- names of ours, ids apart
    return _load(_rows(lives))


def _upsert(rows: Iterable[tuple[Any, ...]]) -> int:
    as_date = connection.ops.adapt_datefield_value
    ready = [[as_date(value) if type(value) is date else value for value in row] for row in rows]
    with connection.cursor() as cursor:
        if len(ready) == 1:  # a pipeline for one row would be slower than the row
            cursor.execute(UPSERT, ready[0])
        elif ready:
            cursor.executemany(UPSERT, ready)
    return len(ready)


TABLE = f'"{EnrolmentFacts._meta.db_table}"'
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
CHANGED = ", ".join(f'"{name}" = excluded."{name}"' for name in islice(COLUMNS, 1, None))
UPSERT = (  # names of our own table; the values are parameters
    f"INSERT INTO {TABLE} ({NAMES}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608
    f' ON CONFLICT ("enrolment_id") DO UPDATE SET {CHANGED}'
)
