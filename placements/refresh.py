"""Facts kept true: read the sources of some people, compute, write. The same five reads whatever their number.

A change of one situation or enrolment changes the facts of all enrolments of that person, so a person is the unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db import connection, models, transaction
from django.db.models import ExpressionWrapper, FilteredRelation, Max, Min, Q, QuerySet
from django.db.models.signals import post_delete, post_save

from cohorts.models import Application, Enrolment, EntryRecord
from cohorts.states import Decision
from learners.models import Handoff, Learner, Situation
from learners.situations import Span
from learners.states import PROVEN
from partners.bulk import load
from partners.lifecycle import moved
from placements.facts import Life, Stay, facts_of
from placements.models import EnrolmentFacts, FollowUp
from placements.models.facts import CodeField

FEW = 50  # people; above it, deleting and loading beats row by row
BATCH = 4_000
SAMPLE = 500  # people looked at again every night
FIELDS = list(EnrolmentFacts._meta.concrete_fields)
COLUMNS = [field.attname for field in FIELDS]
IN_ORDER = itemgetter(*COLUMNS)
CODED = [(field.attname, field.places) for field in FIELDS if isinstance(field, CodeField)]
HALF_TIME = 17.5
RECORD = (
    "sex", "born_on", "status", "unemployed_since", "in_education", "level", "district_status", "disability", "nationality",
    "foreign_background", "housing_exclusion", "rural",
)  # fmt: skip
WHO = "{who}"  # where the people stand in a source's SQL


def refresh(enrolment_ids: Iterable[int]) -> int:
    """Recompute the facts of the people enrolled so; the number of rows written."""
    learners = Enrolment._base_manager.filter(pk__in=list(enrolment_ids)).values_list("learner_id", flat=True)
    return refresh_people(learners)


def refresh_people(learner_ids: Iterable[int]) -> int:
    """Recompute the facts of all enrolments of these people, in the transaction of the caller; the number of rows written."""
    people = sorted(set(learner_ids))
    if len(people) <= FEW:
        return _upsert(_rows(_people(people))) if people else 0
    written = 0
    for at in range(0, len(people), BATCH):
        written += _replace(_people(people[at : at + BATCH]))
    return written


def rebuild(progress: Callable[[int], Any] = lambda people: None) -> int:
    """Recompute every fact, all or nothing; the number of rows written. `progress` is told how many ids were gone through."""
    bounds = Learner._base_manager.aggregate(low=Min("pk"), high=Max("pk"))
    written = 0
    with transaction.atomic():
        EnrolmentFacts._base_manager.all()._raw_delete(connection.alias)
        if bounds["low"] is None:
            return 0
        for low in range(bounds["low"], bounds["high"] + 1, BATCH):
            written += _load(_rows(("BETWEEN %s AND %s", [low, low + BATCH - 1])))
            progress(BATCH)
    return written


@transaction.atomic
def mend(people: int = SAMPLE) -> dict[str, int]:
    """Recompute the facts of some people drawn at random, and write those that had drifted; how many of each."""
    drawn = list(
        Learner._base_manager.filter(enrolments__isnull=False).order_by("?").values_list("pk", flat=True)[:people]
    )
    computed = {row[0]: row for row in _rows(_people(drawn))} if drawn else {}
    stored = {row[0]: row for row in _stored(drawn)}
    wrong = {pk: row for pk, row in computed.items() if stored.get(pk) != row}
    _upsert(wrong.values())
    return {"checked": len(computed), "mended": len(wrong)}


def _stored(people: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    rows = EnrolmentFacts._base_manager.filter(learner__in=people).values(*COLUMNS)
    for row in rows:
        yield _coded(row)


Who = tuple[str, list[int]]


def _people(ids: Sequence[int]) -> Who:
    return (f"IN ({', '.join(['%s'] * len(ids))})", list(ids)) if len(ids) > 1 else ("= %s", list(ids))


# --- Watching ----------------------------------------------------------------------------------------------


def watch() -> None:
    """Refresh a person whenever a row that their facts come from is saved, deleted or moved along its lifecycle.

    Bulk writes send no signal: whoever makes one calls `refresh_people`.
    """
    for model in (Learner, Situation, Enrolment, EntryRecord, Application, Handoff, FollowUp):
        post_save.connect(_saved, sender=model)
        post_delete.connect(_deleted, sender=model)
        moved.connect(_saved, sender=model)


def _saved(*, instance: Any, raw: bool = False, created: bool = False, **_: Any) -> None:
    if not raw and not (created and isinstance(instance, Learner)):
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


# --- Reading -----------------------------------------------------------------------------------------------


def _sources() -> dict[str, QuerySet[Any, Any]]:
    """What is read of a person; each row starts with the person's id."""
    in_force = FilteredRelation("entry_records", condition=Q(entry_records__current=True))
    return {
        "stays": Enrolment._base_manager.annotate(record=in_force)
        .order_by("pk")
        .values_list(
            "learner_id", "pk", "cohort_id", "entered_on", "exited_on", "exit_reason", "certification", "certified_on",
            "learner__sex", "learner__born_on", *(f"record__{name}" for name in RECORD),
        ),
        "spans": Situation._base_manager.annotate(
            half_time=ExpressionWrapper(Q(weekly_hours__gte=HALF_TIME), output_field=models.BooleanField(null=True))
        )
        .order_by("pk")
        .values_list(
            "learner_id", "pk", "kind", "starts_on", "ends_on", "planned_end_on", "confirmed_on", "half_time", "target_trade",
            "evidence",
        ),
        "admissions": Application._base_manager.filter(decision=Decision.ADMITTED, decided_on__isnull=False)
        .order_by()
        .values_list("learner_id", "cohort_id", "decided_on"),
        "announced": Handoff._base_manager.filter(accepted_on__isnull=False, expected_start_on__isnull=False)
        .order_by()
        .values_list("learner_id", "accepted_on", "expected_start_on"),
        "answers": FollowUp._base_manager.order_by().values_list(
            "enrolment__learner_id", "enrolment_id", "milestone", "result"
        ),
    }  # fmt: skip


@lru_cache(maxsize=8)
def _sql(vendor: str) -> dict[str, tuple[str, tuple[Any, ...]]]:
    """Each source compiled once: for one person the ORM would take longer to write the query than the base to answer it."""
    compiled = {}
    for name, rows in _sources().items():
        key = "enrolment__learner_id" if name == "answers" else "learner_id"
        sql, params = rows.filter(**{key: -1}).query.get_compiler(connection=connection).as_sql()
        if params[-1] != -1 or sql.count('"learner_id" = %s') != 1:
            raise AssertionError(f"the people of {name} are not where they were expected: {sql}")
        compiled[name] = (sql.replace('"learner_id" = %s', f'"learner_id" {WHO}'), tuple(params[:-1]))
    return compiled


def _lives(who: Who) -> Iterable[Life]:
    clause, ids = who
    lives: dict[int, Life] = defaultdict(Life)
    with connection.cursor() as cursor:
        for name, (sql, params) in _sql(connection.vendor).items():
            cursor.execute(sql.replace(WHO, clause), (*params, *ids))
            ADD[name](lives, cursor.fetchall())
            if not lives:  # enrolments are read first: without any there are no facts
                break
    return lives.values()


def _add_stays(lives: dict[int, Life], rows: Iterable[Any]) -> None:
    for learner, pk, cohort, entered, exited, reason, result, certified, sex, born, *record in rows:
        answers = [answer or "" for answer in record]
        # Sex and birth date may have been learnt after the entry was recorded: they were true that day too.
        answers[0], answers[1] = answers[0] or sex, answers[1] or born
        answers[3] = answers[3] or None
        lives[learner].stays.append(
            Stay(pk, learner, cohort, entered, exited, reason, result, certified, *answers)  # type: ignore[arg-type]
        )


def _add_spans(lives: dict[int, Life], rows: Iterable[Any]) -> None:
    for learner, pk, kind, start, end, planned, confirmed, half_time, trade, evidence in rows:
        if learner in lives:  # a person without enrolment has no facts
            lives[learner].spans.append(
                Span(kind, start, end, planned, confirmed, bool(half_time), bool(trade), evidence in PROVEN, pk)
            )


def _add_admissions(lives: dict[int, Life], rows: Iterable[Any]) -> None:
    for learner, cohort, decided in rows:
        if learner in lives:
            lives[learner].admissions[cohort] = decided


def _add_announced(lives: dict[int, Life], rows: Iterable[tuple[int, date, date]]) -> None:
    for learner, accepted, expected in rows:
        if learner in lives:
            lives[learner].announced.append((accepted, expected))


def _add_answers(lives: dict[int, Life], rows: Iterable[Any]) -> None:
    for learner, enrolment, milestone, result in rows:
        lives[learner].answers.setdefault((enrolment, milestone), []).append(result)


ADD: dict[str, Callable[[dict[int, Life], Iterable[Any]], None]] = {
    "stays": _add_stays,
    "spans": _add_spans,
    "admissions": _add_admissions,
    "announced": _add_announced,
    "answers": _add_answers,
}


# --- Writing -----------------------------------------------------------------------------------------------


def _rows(who: Who) -> Iterator[tuple[Any, ...]]:
    """Rows ready for the table, in the order of COLUMNS."""
    for life in _lives(who):
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


def _replace(who: Who) -> int:
    clause, ids = who
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM {TABLE} WHERE "learner_id" {clause}', ids)  # noqa: S608 -- names of ours, ids apart
    return _load(_rows(who))


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
