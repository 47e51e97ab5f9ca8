"""Processes to kill: `python -m tests.partners.crash COMMAND`, on the database that DATABASE_URL names.

`enqueue KIND N` promises N jobs, `mail N` queues N messages; `worker` runs them, with a guard taken out by `--no-sweep` or `--no-heart`.
The job numbered HELD stops in the middle of its first run, after touching CRASH_FLAG, to be killed there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.db import transaction

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()

from partners import jobs, journal, outbox, worker

HELD = 5


def hold(number: int) -> None:
    flag = os.environ.get("CRASH_FLAG")
    if flag and number == HELD and not Path(flag).exists():
        Path(flag).touch()
        time.sleep(float(os.environ.get("CRASH_HOLD", "60")))
    time.sleep(0.01)


@jobs.handler("crash_short", attempts=20)
def short(*, number: int) -> None:
    journal.record("effect", learner=number)
    hold(number)


@jobs.handler("crash_slow", slow=True, attempts=20)
def slow(*, number: int) -> Callable[[], None]:
    hold(number)
    return lambda: journal.record("effect", learner=number)


def main(command: str, *arguments: str) -> None:
    if command == "enqueue":
        kind, count = arguments
        with transaction.atomic():
            for number in range(int(count)):
                jobs.enqueue(kind, key=f"{number}", args={"number": number})
        return
    if command == "mail":
        for number in range(int(arguments[0])):
            outbox.queue(
                key=f"{number}", purpose="trial", to="ines@example.org", subject=f"n° {number}", body="Bonjour"
            )
        return
    if "--no-sweep" in arguments:
        jobs.sweep = lambda: 0
    if "--no-heart" in arguments:
        jobs.keep = lambda name: None
    worker.TEND = 0.5
    worker.Worker().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
