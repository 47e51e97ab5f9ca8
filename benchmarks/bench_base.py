"""A base for one benchmark, thrown away afterwards: never the one that DATABASE_URL names."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import django
from django.core.management import call_command


def prepared(name: str) -> str:
    """Point Django at a fresh, migrated base and start it; returns its URL. With BENCH_BASE, joins that base instead."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    joined = os.environ.get("BENCH_BASE")
    url = joined or _fresh(name)
    os.environ["DATABASE_URL"] = url
    django.setup()
    if not joined:
        call_command("migrate", verbosity=0)
    return url


def _fresh(name: str) -> str:
    asked = os.environ.get("DATABASE_URL", "")
    if not asked.startswith("postgres"):
        folder = tempfile.mkdtemp(prefix="relais-bench-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return f"sqlite:///{folder}/{name}.sqlite3"
    import psycopg

    server, _, base = asked.rpartition("/")
    own = f"{base}_bench"
    with psycopg.connect(asked, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{own}"')
    return f"{server}/{own}"
