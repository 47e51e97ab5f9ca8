"""Ready rows into a table, as fast as the database takes them, under all its constraints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models


def load(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `columns`: COPY on PostgreSQL, executemany on SQLite."""
    names = ", ".join(f'"{column}"' for column in columns)
    table = f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", map(_for_sqlite, rows))


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else will be given, growing; to be used in the transaction under way."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
            )
            return [pk for (pk,) in cursor.fetchall()]
        # The transaction holds SQLite's one write lock: the next ids are ours.
        cursor.execute(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"')  # noqa: S608 -- the name of a table of ours
        last = cursor.fetchone()[0]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        kept = cursor.fetchone()
        last = max(last, kept[0] if kept else 0)
        return list(range(last + 1, last + count + 1))


def _for_sqlite(row: Sequence[Any]) -> list[Any]:
    return [_plain(value) if type(value) in DRESSED else value for value in row]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):  # Django keeps UTC without saying so
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else str(value)


DRESSED = frozenset({date, datetime, Decimal})
