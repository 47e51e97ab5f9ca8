"""The jobs of placements: one line each, with ids."""

from __future__ import annotations

from partners import jobs
from placements import actions


@jobs.handler(actions.JOB, slow=True, attempts=4, gave_up=actions.report_failed)
def run_report(*, run: int) -> object:
    return actions.run_report(run)
