"""The jobs of learners: one line each, with ids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from learners import clock, finding, locating
from partners import jobs


@jobs.handler("file_keys", every=timedelta(minutes=15))
def file_keys() -> dict[str, int]:
    return finding.file_keys()


@jobs.handler("handoff_clock", every=timedelta(days=1), at=timedelta(hours=7))
def handoff_clock() -> dict[str, int]:
    return clock.tick(timezone.localdate())


@jobs.handler(locating.ONE, slow=True, attempts=8)
def locate_address(learner: int) -> Callable[[], dict[str, str]] | None:
    return locating.by_job(learner)


@jobs.handler(locating.ALL, every=timedelta(hours=1))
def locate_addresses() -> dict[str, int] | None:
    return locating.ask_for_waiting()
