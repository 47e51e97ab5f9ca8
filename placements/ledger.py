"""The ledger as it is stored: the days of each person in runs, each on the account of who held. Derived, like facts.

Runs are written for ever (`learners.continuity`): a day that passes changes nothing, only a fact does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from learners.continuity import GAP, Charge
from learners.models import Responsibility
from partners.bulk import load
from placements.models import DayRun

COLUMNS = ["learner_id", "organisation_id", "kind", "starts_on", "ends_on"]
TABLE = f'"{DayRun._meta.db_table}"'
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
SPAN = 100_000
BEGIN = f"""
    INSERT INTO {TABLE} ({NAMES})
    SELECT r.learner_id, r.organisation_id, '{GAP}', r.since, NULL
      FROM {Responsibility._meta.db_table} r
     WHERE r.until IS NULL AND r.learner_id BETWEEN %s AND %s
       AND NOT EXISTS (SELECT 1 FROM {TABLE} d WHERE d.learner_id = r.learner_id)
"""  # noqa: S608 -- names of ours
MANY = 200  # rows; above it, loading beats one statement
Row = tuple[int, int | None, str, date, date | None]
Accounts = Mapping[int, list[Charge]]  # person → their days


def rows_of(accounts: Accounts) -> list[Row]:
    return [
        (learner, one.holder, one.kind, one.first, one.last) for learner, charges in accounts.items() for one in charges
    ]


def keep(accounts: Accounts, stored: Mapping[Row, int]) -> int:
    """Write what is not there yet of a few people, and take away what is no more; the number of people it changed.

    `stored`: the rows that they have, with their ids. In the caller's transaction, which holds the row of each person.
    """
    wanted = set(rows_of(accounts))
    gone = [pk for row, pk in stored.items() if row not in wanted]
    fresh = [row for row in wanted if row not in stored]
    if not gone and not fresh:
        return 0
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(f'DELETE FROM {TABLE} WHERE "id" IN ({_places(gone)})', gone)  # noqa: S608 -- names of ours, ids apart
        if fresh:
            _insert(cursor, fresh)
    return len({row[0] for row in fresh} | {row[0] for row in stored if row not in wanted})


def replace(accounts: Accounts) -> int:
    """The same for many: all their rows anew; the number of rows."""
    people = list(accounts)
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM {TABLE} WHERE "learner_id" IN ({_places(people)})', people)  # noqa: S608
    return fill(accounts)


def fill(accounts: Accounts) -> int:
    """Load the days of people who have none; the number of rows."""
    rows = rows_of(accounts)
    load(DayRun, COLUMNS, rows)
    return len(rows)


def begin(people: Sequence[int]) -> None:
    """Write the days of new people of whom nothing is known but who holds: a gap from then on, in one statement each 100,000.

    Those who have days already are left alone: whatever else is known of somebody comes first, by `replace`.
    """
    for at in range(0, len(people), SPAN):
        some = people[at : at + SPAN]
        with connection.cursor() as cursor:
            cursor.execute(BEGIN, [min(some), max(some)])


def empty() -> None:
    """Take away every row, and let nobody write one before the end of the transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608


def _insert(cursor: Any, rows: list[Row]) -> None:
    if len(rows) > MANY:
        load(DayRun, COLUMNS, rows)
        return
    as_date = connection.ops.adapt_datefield_value
    values = [
        (learner, holder, kind, as_date(first), None if last is None else as_date(last))
        for learner, holder, kind, first, last in rows
    ]
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(values))
    cursor.execute(
        f"INSERT INTO {TABLE} ({NAMES}) VALUES {places}",  # noqa: S608 -- names of ours, values apart
        [value for row in values for value in row],
    )


def _places(values: Iterable[Any]) -> str:
    return ", ".join("%s" for _ in values)
