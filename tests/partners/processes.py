"""A database of its own, and processes to start and kill around it, for the tests that need real ones."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0  # seconds: no test measures it, it only bounds a failure


def is_sqlite() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Run one statement on a connection of its own."""
    if url.startswith("sqlite"):
        with sqlite3.connect(urlsplit(url).path[1:], timeout=30) as base:
            rows = base.execute(sql).fetchall()
        base.close()
        return rows
    with psycopg.connect(url, autocommit=True) as base:
        cursor = base.execute(sql)
        return cursor.fetchall() if cursor.description else []


@dataclass
class Site:
    """One database, its settings, and the processes started on it."""

    folder: Path
    url: str
    environment: dict[str, str]
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment | environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / f"{len(self.running)}.log").open("w"),
            text=True,
        )
        self.running.append(process)
        return process

    def run(self, *command: str, **environment: str) -> None:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment | environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return ask(self.url, sql)

    def statuses(self, kind: str) -> dict[str, int]:
        return dict(self.rows(f"SELECT status, count(*) FROM partners_job WHERE kind LIKE '{kind}%' GROUP BY status"))  # type: ignore[arg-type]

    def effects(self) -> list[int]:
        return [
            number for (number,) in self.rows("SELECT learner_id FROM partners_event WHERE verb = 'effect' ORDER BY 1")
        ]

    def stop_all(self) -> None:
        for process in self.running:
            kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """`kill -9` of a process and of all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"still waiting for {what}"
        time.sleep(0.05)


def server() -> str:
    base = settings.DATABASES["default"]
    secret = f":{base['PASSWORD']}" if base["PASSWORD"] else ""
    return f"postgres://{base['USER']}{secret}@{base['HOST']}:{base['PORT'] or 5432}"


def environment(folder: Path, url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    told = {"DATABASE_URL": url, "RELAIS_VAR_DIR": str(folder), "JOB_LEASE_SECONDS": "2", "JOB_RESEND_SECONDS": "2"}
    return kept | told | {"CRASH_FLAG": str(folder / "flag"), "PYTHONWARNINGS": "ignore"}
