"""A migrated database of its own for the tests that start, and kill, real processes; migrated once for all of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.partners.processes import Site, ask, environment, is_sqlite, server


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    name = f"relais_template_{uuid4().hex[:12]}"
    url = f"sqlite:///{folder / 'template.sqlite3'}" if is_sqlite() else f"{server()}/{name}"
    if not is_sqlite():
        ask(f"{server()}/postgres", f"CREATE DATABASE {name}")
    site = Site(folder, url, environment(folder, url))
    site.run("manage.py", "migrate", "--verbosity", "0")
    if is_sqlite():
        site.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    yield url
    if not is_sqlite():
        ask(f"{server()}/postgres", f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def site(template: str, tmp_path: Path) -> Iterator[Site]:
    """A fresh copy of the migrated database, with nothing running on it."""
    name = f"relais_crash_{uuid4().hex[:12]}"
    if is_sqlite():
        url = f"sqlite:///{tmp_path / 'crash.sqlite3'}"
        shutil.copy(urlsplit(template).path[1:], tmp_path / "crash.sqlite3")
    else:
        url = f"{server()}/{name}"
        ask(f"{server()}/postgres", f"CREATE DATABASE {name} TEMPLATE {template.rpartition('/')[2]}")
    made = Site(tmp_path, url, environment(tmp_path, url))
    yield made
    made.stop_all()
    if not is_sqlite():
        ask(f"{server()}/postgres", f"DROP DATABASE {name} WITH (FORCE)")
