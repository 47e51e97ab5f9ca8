"""The jobs of partners: one line each, with ids."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from partners import jobs, outbox


@jobs.handler("send_message", slow=True, attempts=8, gave_up=outbox.gave_up)
def send_message(*, message: int) -> object:
    return outbox.send(message)


@jobs.handler("tidy_jobs", every=timedelta(days=1), at=timedelta(hours=3))
def tidy_jobs() -> dict[str, int]:
    return {"deleted": jobs.tidy(timezone.now() - timedelta(days=30))}
