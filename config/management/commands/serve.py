"""`manage.py serve`: the web server and the workers together, each restarted when it dies."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

logger = logging.getLogger(__name__)
PR_SET_PDEATHSIG = 1
PATIENCE = 30  # seconds given to a child to finish what it does
MANAGE = str(settings.BASE_DIR / "manage.py")


def die_with_parent() -> None:
    """Ask Linux to stop this child if `serve` itself is killed; elsewhere, do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process to keep alive: started again one second after it ends, later and later if it keeps dying."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = field(default=0.0)
    due: float = field(default=0.0)

    def look(self) -> None:
        """Start it if it is not running and its turn has come."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            self.deaths = self.deaths + 1 if now - self.started < PATIENCE else 1
            self.due = now + min(2 ** (self.deaths - 1), PATIENCE)
            logger.error("%s ended with status %s: starting it again.", self.name, self.process.returncode)
            self.process = None
        if now >= self.due:
            self.started = now
            # No thread exists in this process, so running code between fork and exec is safe.
            self.process = subprocess.Popen(self.command, preexec_fn=die_with_parent)  # noqa: S603, PLW1509

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def keep_alive(children: list[Child], stopping: threading.Event, pause: float = 0.2) -> None:
    """Keep `children` running until `stopping`, then end them all, at once if they do not end by themselves."""
    while not stopping.is_set():
        for child in children:
            child.look()
        stopping.wait(pause)
    for child in children:
        child.stop()
    until = time.monotonic() + PATIENCE
    for child in children:
        child.wait(until)


def web(bind: str, processes: int, threads: int) -> list[str]:
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", bind]
    gunicorn += ["--no-control-socket", "--log-level", "warning"]
    return [*gunicorn, "--workers", str(processes), "--worker-class", "gthread", "--threads", str(threads)]


def workers(count: int) -> list[list[str]]:
    """The commands that run jobs: Celery's when there is a broker, our own otherwise."""
    if not settings.CELERY_BROKER_URL:
        return [[sys.executable, MANAGE, "worker"] for _ in range(count)]
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config.celery"]
    return [
        [*celery, "worker", "--concurrency", str(count), "--without-gossip", "--without-mingle"],
        [*celery, "beat"],
    ]


class Command(BaseCommand):
    help = "Lance ensemble le serveur web et l’exécution des tâches, et relance ce qui s’arrête."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8000", help="adresse et port (défaut : 127.0.0.1:8000)")
        parser.add_argument("--processes", type=int, default=2, help="processus web (défaut : 2)")
        parser.add_argument("--threads", type=int, default=4, help="fils par processus web (défaut : 4)")
        parser.add_argument("--workers", type=int, default=1, help="tâches exécutées en même temps (défaut : 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        serve(options["bind"], options["processes"], options["threads"], options["workers"], self.stdout.write)


def serve(bind: str, processes: int, threads: int, count: int, say: Callable[[str], Any]) -> None:
    """Run everything until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    children = [Child("web", web(bind, processes, threads))]
    children += [Child(f"worker {n}", command) for n, command in enumerate(workers(count), 1)]
    say(f"Relais répond sur http://{bind.replace('127.0.0.1', 'localhost')}\u00a0— Ctrl+C pour arrêter.")
    os.chdir(settings.BASE_DIR)
    keep_alive(children, stopping)
