"""Which database may hold the demonstration: an empty one, or one that the journal says is a demonstration already.

Never another: the demonstration's passwords are printed, and `--reset` empties what it finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import localdate

from partners.journal import record
from partners.models import Event, Job

VERB = "build_demo"
OURS = ("partners", "learners", "cohorts", "placements")


@dataclass(frozen=True)
class Marked:
    """What the journal says of the demonstration that stands: its seed, the day its lives stop, when it was built."""

    seed: int
    today: date
    built_on: date


def mark(seed: int, today: date) -> None:
    """Say in the journal that this database is a demonstration."""
    record(VERB, seed=seed, today=today)


def marked() -> Marked | None:
    """The demonstration that stands here, None if there is none."""
    if not _exists(Event):
        return None
    try:
        with transaction.atomic():
            # Two columns alone: the table may be of another age than this program.
            found = Event._base_manager.filter(verb=VERB).order_by("-pk").values_list("data", "at").first()
    except DatabaseError:
        return None
    if found is None:
        return None
    data, at = found
    return Marked(int(data["seed"]), date.fromisoformat(data["today"]), localdate(at))


def is_empty() -> bool:
    """No table, or our tables without a row (but jobs, which the worker writes for itself)."""
    tables = set(connection.introspection.table_names())
    if tables and "django_migrations" not in tables:
        return False  # somebody else's
    models = [model for app in OURS for model in apps.get_app_config(app).get_models() if model is not Job]
    return not any(model._base_manager.exists() for model in models if model._meta.db_table in tables)


def refuse_if_real() -> None:
    """End the command with a sentence where there is something that is no demonstration."""
    if settings.PRODUCTION:
        raise CommandError(
            "La démonstration a des mots de passe publics\u00a0: elle ne se lance pas avec RELAIS_ENV=production. "
            "Retirez cette variable, puis relancez."
        )
    if marked() is None and not is_empty():
        raise CommandError(
            f"La base {where()} contient des données qui ne sont pas celles d’une démonstration\u00a0: rien n’y a été touché. "
            "Retirez DATABASE_URL pour que la démonstration prenne sa propre base, ou donnez-lui une base vide."
        )


def where() -> str:
    """The database, as one would look for it."""
    name = str(connection.settings_dict["NAME"])
    return name if connection.vendor == "sqlite" else f"{name} ({connection.display_name})"


def empty() -> None:
    """Leave nothing of a demonstration; the caller has made sure that it is one."""
    if connection.vendor == "sqlite":
        _delete_file(connection.settings_dict)
        return
    with connection.cursor() as cursor:
        names = ", ".join(map(connection.ops.quote_name, connection.introspection.table_names(cursor)))
        if names:
            cursor.execute(f"DROP TABLE {names} CASCADE")
        cursor.execute("DROP FUNCTION IF EXISTS partners_journal_is_append_only()")


def _delete_file(where_it_is: dict[str, Any]) -> None:
    connection.close()
    name = str(where_it_is["NAME"])
    for end in ("", "-wal", "-shm"):
        Path(name + end).unlink(missing_ok=True)


def _exists(model: Any) -> bool:
    return model._meta.db_table in connection.introspection.table_names()
