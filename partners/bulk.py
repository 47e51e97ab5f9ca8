"""Ready rows into a table, as fast as the database takes them, under all its constraints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import repeat
from typing import Any

from django.db import connection, models

from partners.traces import noted_rows


def load(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `columns`: COPY on PostgreSQL, executemany on SQLite."""
    if connection.vendor != "postgresql":
        rows = ([_plain(value) if type(value) in DRESSED else value for value in row] for row in rows)
    _insert(model, columns, rows)


def load_columns(model: type[models.Model], count: int, **columns: Any) -> None:
    """Insert `count` rows given by columns: a list has one value a row, anything else is the same in every row."""
    for name, values in columns.items():
        if not isinstance(values, list):
            columns[name] = repeat(
                _plain(values) if connection.vendor != "postgresql" and type(values) in DRESSED else values, count
            )
        elif connection.vendor != "postgresql" and _dressed(model, name):
            known = {value: None if value is None else _plain(value) for value in set(values)}
            columns[name] = map(known.__getitem__, values)
    _insert(model, list(columns), zip(*columns.values(), strict=True))


def _dressed(model: type[models.Model], column: str) -> bool:
    """Whether the values of a column are Python dates or decimals, which SQLite does not take as they are."""
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    return isinstance(field, models.DateField | models.DecimalField)


def _insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    rows = noted_rows(model, columns, rows)
    names = ", ".join(f'"{column}"' for column in columns)
    table = f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        insert = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 -- names of our own tables and columns
        cursor.executemany(insert, rows)  # type: ignore[arg-type]  # an iterable will do: rows are never all in memory


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


def _plain(value: Any) -> Any:
    """A date, a moment or a decimal as SQLite keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else str(value)


DRESSED = frozenset({date, datetime, Decimal})
