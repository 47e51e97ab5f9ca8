"""The jobs of placements: one line each, with ids."""

from __future__ import annotations

from datetime import timedelta

from partners import jobs
from placements import actions, refresh


@jobs.handler(actions.JOB, slow=True, attempts=4, gave_up=actions.report_failed)
def run_report(*, run: int) -> object:
    return actions.run_report(run)


@jobs.handler("check_facts", every=timedelta(days=1), at=timedelta(hours=4))
def check_facts() -> dict[str, int]:
    return refresh.mend()
