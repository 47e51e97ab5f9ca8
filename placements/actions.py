"""Acts of placements: asking for a report, and freezing it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from partners.jobs import enqueue
from partners.journal import record
from partners.models import Agreement, User
from placements.models import Report, ReportRun
from placements.reports.assemble import canonical_json, report
from placements.reports.content import Content
from placements.reports.pdf import write_pdf
from placements.reports.xlsx import write_xlsx
from placements.states import Profile, RunStatus

JOB = "run_report"
DONE = (RunStatus.READY, RunStatus.FAILED)


@transaction.atomic
def ask_report(
    *,
    agreement: Agreement,
    starts_on: date,
    ends_on: date,
    as_of: date,
    profile: str = Profile.FUNDER,
    by: User | None = None,
) -> ReportRun:
    """Ask for a report: the row that people watch, and the job that will freeze it, in one transaction."""
    asked = Report(agreement=agreement, starts_on=starts_on, ends_on=ends_on, profile=profile, created_by=by)
    asked.full_clean()
    asked.save()
    run = ReportRun.objects.create(report=asked, as_of=as_of)
    record("ask_report", run, by=by, organisation=agreement.provider_id, profile=str(profile))
    enqueue(JOB, key=str(run.pk), args={"run": run.pk})
    return run


def run_report(run: int) -> Callable[[], None] | None:
    """Compute a run and give back what freezes it; None when it is already frozen. Safe to start again after a crash.

    Nothing is locked while it computes: the figures come from one snapshot, and the row is written once, at the end.
    """
    found = ReportRun.objects.select_related("report__agreement__provider", "report__agreement__funder").get(pk=run)
    if found.status in DONE:
        return None
    _show(run, 5)
    asked = found.report
    content, evidence = report(
        asked.agreement,
        reference=asked.agreement.code,
        start=asked.starts_on,
        end=asked.ends_on,
        as_of=found.as_of,
        profile=asked.profile,
    )
    _show(run, 50)
    xlsx = write_xlsx(content)
    _show(run, 80)
    pdf = write_pdf(content)
    frozen = {
        "status": RunStatus.READY,
        "progress": 100,
        "frozen_at": content.made_at,
        "result": canonical_json(content),
        "content": stored(content),
        "evidence": evidence,
        "sha256": content.sha256,
        "xlsx": xlsx,
        "pdf": pdf,
    }
    return lambda: freeze(run, frozen)


def freeze(run: int, frozen: dict[str, Any]) -> None:
    """Write a run once: the WHERE clause leaves alone one that is already frozen."""
    if ReportRun.objects.filter(pk=run).exclude(status__in=DONE).update(**frozen):
        record("freeze_report", ReportRun(pk=run), sha256=frozen["sha256"])


def report_failed(run: int) -> None:
    """Say so to whoever waits, when the job has been tried for the last time."""
    failure = _(
        "Le bilan n’a pas pu être produit. Demandez-le à nouveau\u202f; si cela se répète, prévenez l’administrateur."
    )
    ReportRun.objects.filter(pk=run).exclude(status__in=DONE).update(status=RunStatus.FAILED, failure=failure)


def stored(content: Content) -> dict[str, Any]:
    """A content as the JSON that a run keeps; `placements.reports.frozen.thaw` reads it back."""
    kept: dict[str, Any] = json.loads(json.dumps(asdict(content), default=lambda value: value.isoformat()))
    return kept


def _show(run: int, progress: int) -> None:
    """How far the work is, for those who watch: never backwards from frozen."""
    ReportRun.objects.filter(pk=run).exclude(status__in=DONE).update(status=RunStatus.RUNNING, progress=progress)
