"""The yearly balance as a workbook: the frames, and what they rest on; drawn, nothing asked of the database."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from cohorts.balance import Balance
from partners.spreadsheet.annotate import as_text

BOLD = Font(bold=True)


def balance_xlsx(one: Balance, *, body: str, since: date, until: date, count: str) -> bytes:
    """One sheet for each frame: lines, trainees, hours as the form asks them, and the minutes they were rounded from."""
    book = Workbook()
    del book["Sheet"]
    for frame in one.frames:
        sheet = book.create_sheet(frame.code)
        heading = (
            f"{frame.code} · {frame.title}", body,
            _("du %(start)s au %(end)s, comptés par %(count)s")
            % {"start": f"{since:%d/%m/%Y}", "end": f"{until:%d/%m/%Y}", "count": count},
        )  # fmt: skip
        for number, text in enumerate(heading, 1):
            as_text(sheet.cell(number, 1), text)
        sheet["A1"].font = BOLD
        _row(sheet, 5, (_("Ligne"), _("Stagiaires"), _("Heures"), _("Minutes exactes")), bold=True)
        for number, line in enumerate(frame.lines, 6):
            _row(sheet, number, (str(line.label), line.trainees, line.hours, line.minutes))
        _row(sheet, 6 + len(frame.lines), (_("Total"), frame.trainees, frame.hours, frame.minutes), bold=True)
        sheet.column_dimensions["A"].width = 62
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", 9
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _row(sheet: Any, number: int, cells: tuple[Any, ...], *, bold: bool = False) -> None:
    for place, value in enumerate(cells, 1):
        cell = sheet.cell(number, place)
        as_text(cell, value)
        if bold:
            cell.font = BOLD
