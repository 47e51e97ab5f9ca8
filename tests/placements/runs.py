"""Runs of reports for tests of pages: as a job leaves them, from the renderers' sample contents."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from partners.models import Agreement
from placements.actions import stored
from placements.models import Report, ReportRun
from placements.reports.content import Content
from placements.states import RunStatus
from tests.placements import contents

XLSX, PDF = b"PK\x03\x04 fictitious workbook", b"%PDF-1.7 fictitious document"


def asked(agreement: Agreement, profile: str = "funder", year: int = 2025, **fields: Any) -> ReportRun:
    """A run that waits for its turn."""
    report = Report.objects.create(
        agreement=agreement, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), profile=profile
    )
    return ReportRun.objects.create(report=report, as_of=date(2026, 10, 31), **fields)


def ready(agreement: Agreement, content: Content | None = None, **fields: Any) -> ReportRun:
    """A run frozen with its content, hash and files."""
    content = content or contents.normal()
    return asked(
        agreement, profile=content.profile, status=RunStatus.READY, progress=100, frozen_at=timezone.now(),
        content=stored(content), sha256=content.sha256, xlsx=XLSX, pdf=PDF, **fields,
    )  # fmt: skip
