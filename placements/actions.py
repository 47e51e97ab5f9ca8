"""Acts of placements. Placeholder until the whole verb is written: asking for a report."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from placements.models import Report, ReportRun


@transaction.atomic
def ask_report(*, agreement: Any, starts_on: date, ends_on: date, as_of: date, profile: str, by: Any) -> ReportRun:
    report = Report.objects.create(agreement=agreement, starts_on=starts_on, ends_on=ends_on, profile=profile, created_by=by)
    return ReportRun.objects.create(report=report, as_of=as_of)
