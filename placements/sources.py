"""What facts and days are computed from: everything that is known of some people, in the same reads whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection, models
from django.db.models import ExpressionWrapper, FilteredRelation, Q, QuerySet

from cohorts.models import Application, Enrolment
from cohorts.states import Decision
from learners.models import Handoff, Learner, Responsibility, Situation
from learners.situations import Span
from learners.states import PROVEN
from placements.facts import Life, Stay
from placements.ledger import Row
from placements.models import DayRun, FollowUp

Who = tuple[str, list[int]]  # a condition on a person's id, and its values
WHO = "{who}"  # where the people stand in a source's SQL
HALF_TIME = 17.5
RECORD = (
    "sex", "born_on", "status", "unemployed_since", "in_education", "level", "district_status", "disability", "nationality",
    "foreign_background", "housing_exclusion", "rural",
)  # fmt: skip


def these(ids: Iterable[int]) -> Who:
    """People by their ids."""
    some = list(ids)
    return (f"IN ({', '.join(['%s'] * len(some))})", some) if len(some) > 1 else ("= %s", some)


def lives_of(who: Who, *, lock: bool = True) -> dict[int, Life]:
    """All that is known of these people, read in the transaction of the caller, which holds their rows until its end."""
    return _read(who, MARKS, lock=lock)[0]


def lives_and_days(who: Who) -> tuple[dict[int, Life], dict[Row, int]]:
    """The same, with the rows of days that are stored of them, and their ids."""
    return _read(who, f"{MARKS} UNION ALL {RUNS}", lock=True)


def _read(who: Who, narrow: str, *, lock: bool) -> tuple[dict[int, Life], dict[Row, int]]:
    clause, ids = who
    with connection.cursor() as cursor:
        if lock and connection.vendor == "postgresql":
            cursor.execute(LOCK.replace(WHO, clause), ids)
        cursor.execute(narrow.replace(WHO, clause), ids * narrow.count(WHO))
        marks = cursor.fetchall()
        lives = _people(marks)
        for add, (sql, params) in zip((_add_stays, _add_spans), _wide(connection.vendor), strict=True):
            if lives:
                cursor.execute(sql.replace(WHO, clause), (*params, *ids))
                # Somebody may be added while everybody is read: their own act writes what is theirs.
                add(lives, (row for row in cursor.fetchall() if row[0] in lives))
    return lives, {(mark[0], mark[2], mark[7], mark[4], mark[5]): mark[3] for mark in marks if mark[1] == STORED}


# --- Narrow sources, all in one statement --------------------------------------------------------------------

ASKED, HELD, ADMITTED, ANSWERED, PERSON, STORED = range(6)


# The first part gives the columns their types. Names and constants are ours; the people are parameters.
MARKS = f"""
    SELECT learner_id, {ASKED}, id, id, sent_on, accepted_on, expected_start_on, purpose
      FROM {Handoff._meta.db_table} WHERE learner_id {WHO}
    UNION ALL
    SELECT learner_id, {HELD}, organisation_id, id, since, until, NULL, ''
      FROM {Responsibility._meta.db_table} WHERE learner_id {WHO}
    UNION ALL
    SELECT learner_id, {ADMITTED}, cohort_id, id, decided_on, NULL, NULL, ''
      FROM {Application._meta.db_table}
     WHERE decision = '{Decision.ADMITTED}' AND decided_on IS NOT NULL AND learner_id {WHO}
    UNION ALL
    SELECT e.learner_id, {ANSWERED}, e.id, f.milestone, NULL, NULL, NULL, f.result
      FROM {FollowUp._meta.db_table} f JOIN {Enrolment._meta.db_table} e ON e.id = f.enrolment_id WHERE e.learner_id {WHO}
    UNION ALL
    SELECT id, {PERSON}, id, id, closed_on, NULL, NULL, '' FROM {Learner._meta.db_table} WHERE id {WHO}
"""  # noqa: S608
RUNS = f"""
    SELECT learner_id, {STORED}, organisation_id, id, starts_on, ends_on, NULL, kind
      FROM {DayRun._meta.db_table} WHERE learner_id {WHO}
"""  # noqa: S608
LOCK = f"SELECT id FROM {Learner._meta.db_table} WHERE id {WHO} ORDER BY id FOR NO KEY UPDATE"  # noqa: S608


def _people(marks: list[Any]) -> dict[int, Life]:
    """From rows of (person, what, number, number, day, day, day, word), in any order."""
    lives = {mark[0]: Life(closed=mark[4]) for mark in marks if mark[1] == PERSON}
    for learner, _, organisation, _, since, until, *_ in sorted(
        (mark for mark in marks if mark[1] == HELD and mark[0] in lives), key=itemgetter(4, 3)
    ):
        lives[learner].begun.append(since)
        lives[learner].holds.append((organisation, since, until))
    for learner, what, one, other, first, second, third, word in marks:
        if what == ASKED and learner in lives:
            lives[learner].begun.append(first)
            if second and third:
                lives[learner].announced.append((second, third))
        elif what == ADMITTED and learner in lives:
            lives[learner].admissions[one] = first
        elif what == ANSWERED and learner in lives:
            lives[learner].answers.setdefault((one, other), []).append(word)
    return lives


# --- Wide sources --------------------------------------------------------------------------------------------


def _sources() -> tuple[QuerySet[Any, Any], ...]:
    """Enrolments and situations; each row starts with the person's id."""
    in_force = FilteredRelation("entry_records", condition=Q(entry_records__current=True))
    return (
        Enrolment._base_manager.annotate(record=in_force)
        .order_by("pk")
        .values_list(
            "learner_id", "pk", "cohort_id", "entered_on", "exited_on", "exit_reason", "certification", "certified_on",
            "learner__sex", "learner__born_on", *(f"record__{name}" for name in RECORD),
        ),
        Situation._base_manager.annotate(
            half_time=ExpressionWrapper(Q(weekly_hours__gte=HALF_TIME), output_field=models.BooleanField(null=True))
        )
        .order_by("pk")
        .values_list(
            "learner_id", "pk", "kind", "starts_on", "ends_on", "planned_end_on", "confirmed_on", "half_time", "target_trade",
            "evidence",
        ),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _wide(vendor: str) -> list[tuple[str, tuple[Any, ...]]]:
    """Each source compiled once: for one person the ORM would take longer to write the query than the base to answer it."""
    compiled = []
    for rows in _sources():
        sql, params = rows.filter(learner_id=-1).query.get_compiler(connection=connection).as_sql()
        if params[-1] != -1 or sql.count('"learner_id" = %s') != 1:
            raise AssertionError(f"the people are not where they were expected: {sql}")
        compiled.append((sql.replace('"learner_id" = %s', f'"learner_id" {WHO}'), tuple(params[:-1])))
    return compiled


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
        lives[learner].spans.append(
            Span(kind, start, end, planned, confirmed, bool(half_time), bool(trade), evidence in PROVEN, pk)
        )
