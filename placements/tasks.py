"""The jobs of placements: one line each, with ids."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from partners import jobs
from placements import actions, alerts, imports, refresh, self_check


@jobs.handler(actions.JOB, slow=True, attempts=4, gave_up=actions.report_failed)
def run_report(*, run: int) -> object:
    return actions.run_report(run)


@jobs.handler("check_facts", every=timedelta(days=1), at=timedelta(hours=4))
def check_facts() -> dict[str, int]:
    return refresh.mend()


@jobs.handler(self_check.JOB, every=timedelta(days=1), at=timedelta(hours=3, minutes=45), slow=True, attempts=2)
def check_everything() -> object:
    """Before the facts are mended: what has drifted is to be seen."""
    return self_check.nightly()


@jobs.handler(imports.CHECK, slow=True, attempts=4, gave_up=imports.failed)
def check_import(*, run: int) -> object:
    return imports.check(run)


@jobs.handler(imports.ANNOTATE, slow=True, attempts=2)
def annotate_import(*, run: int) -> None:
    imports.annotate_copy(run)


@jobs.handler(imports.WRITE, slow=True, attempts=4, gave_up=imports.failed)
def write_import(*, run: int) -> object:
    return imports.write(run)


@jobs.handler("forget_imports", every=timedelta(days=1), at=timedelta(hours=3, minutes=30))
def forget_imports() -> dict[str, int]:
    return imports.forget()


@jobs.handler("gap_alerts", every=timedelta(days=1), at=timedelta(hours=7, minutes=30))
def gap_alerts() -> dict[str, int]:
    return alerts.alert(timezone.localdate())
