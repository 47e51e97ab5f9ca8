"""A base to measure on, made for one run and thrown away: SQLite in a temporary folder, or a database beside DATABASE_URL's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

NAME = "relais_benchmark"


@contextmanager
def ground() -> Iterator[str]:
    """Point Django at an empty, migrated base; gives its vendor. Call it before anything of Django is imported."""
    url = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        if url.startswith("postgres"):
            with _database(url):
                yield _start()
                _stop()
            return
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/base.sqlite3"
        yield _start()
        _stop()


def _start() -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    return connection.vendor


def _stop() -> None:
    from django.db import connections

    connections.close_all()


@contextmanager
def _database(url: str) -> Iterator[None]:
    import psycopg

    parts = urlsplit(url)
    os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{NAME}"))
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        try:
            yield
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
