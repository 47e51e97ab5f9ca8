"""Workbooks of referrals: the blank sheet to fill and send, and the list of what became of those sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cohorts.referral_news import News, code_of
from cohorts.referral_sheet import ReferralForm
from partners.cells import Day, Words, YesNo
from partners.code_cells import Level
from partners.spreadsheet.annotate import as_text
from partners.workbook import Column

LISTS, ROWS = "Listes", 1_000
REQUIRED = PatternFill("solid", fgColor="FF0F5C5C")
OPTIONAL = PatternFill("solid", fgColor="FFE9E4DA")
LEVELS = ("sans diplôme", "2", "3", "4", "5", "6", "7", "8")
WIDTHS = (14, 24, 30, 26, 34, 20, 14, 34, 12, 14)


# --- to fill -----------------------------------------------------------------------------------------------------
def blank_referrals() -> bytes:
    """The sheet with nothing in it: dark headers are required, closed lists are in the cells."""
    book = Workbook()
    page: Any = book.active
    page.title = ReferralForm.title
    page.freeze_panes = "A2"
    lists = book.create_sheet(LISTS)
    for number, column in enumerate(ReferralForm.columns, 1):
        _head(page, number, column)
        if words := words_of(column):
            _offer(page, lists, number, column.title, words)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _head(page: Any, number: int, column: Column) -> None:
    cell = page.cell(1, number, column.title)
    cell.font = Font(bold=column.required, color="FFFFFFFF" if column.required else "FF1D2433")
    cell.fill = REQUIRED if column.required else OPTIONAL
    cell.alignment = Alignment(vertical="center")
    day = isinstance(column.cell, Day)
    said = ["Obligatoire." if column.required else "Facultatif.", *(["Date, JJ/MM/AAAA."] if day else [])]
    cell.comment = Comment(" ".join(said), "Relais", height=60, width=240)
    letter = get_column_letter(number)
    page.column_dimensions[letter].width = max(12, len(column.title) + 3)
    # A whole column in one format: codes and phones keep their zero, dates show as people write them.
    page.column_dimensions[letter].number_format = "DD/MM/YYYY" if day else "@"


def words_of(column: Column) -> tuple[str, ...]:
    """What a column takes, where that is a short closed list."""
    cell = column.cell
    if isinstance(cell, Words):
        return tuple(str(cell.labels.get(code, code)) for code in dict.fromkeys(cell.words.values()))
    if isinstance(cell, YesNo):
        return ("oui", "non")
    return LEVELS if isinstance(cell, Level) else ()


def _offer(page: Any, lists: Any, number: int, title: str, words: tuple[str, ...]) -> None:
    place = lists.max_column + 1 if lists.cell(1, 1).value else 1
    letter = get_column_letter(place)
    lists.cell(1, place, title).font = Font(bold=True)
    lists.column_dimensions[letter].width = max(map(len, words)) + 2
    for row, word in enumerate(words, 2):
        lists.cell(row, place, word)
    # Only offered: the check on the page says what is wrong, and how to mend it.
    choice = DataValidation(
        type="list",
        formula1=f"{LISTS}!${letter}$2:${letter}${len(words) + 1}",
        allow_blank=True,
        showErrorMessage=False,
    )
    here = get_column_letter(number)
    choice.add(f"{here}2:{here}{ROWS}")
    page.add_data_validation(choice)


# --- what became of them -----------------------------------------------------------------------------------------
def headings() -> list[str]:
    return [
        _("Code"), _("Personne"), _("Organisme de formation"), _("Formation"), _("Groupe"), _("Orienté par"), _("Envoyée le"),
        _("Étape"), _("Jours d’attente"), _("Dernière nouvelle"),
    ]  # fmt: skip


def list_workbook(rows: Iterable[News]) -> tuple[int, IO[bytes]]:
    """How many rows, and the workbook, rewound: written as it is read."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Orientations"))
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "C2"
    sheet.append([_cell(sheet, words, bold=True) for words in headings()])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in _values(row)])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(WIDTHS))}{count + 1}"
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    book.save(file)
    file.seek(0)
    return count, file


def _values(row: News) -> list[Any]:
    one = row.handoff
    return [
        code_of(one), row.who, str(one.receiver), row.where, row.group, str(one.created_by or ""), one.sent_on, row.words,
        row.waiting, row.last_on,
    ]  # fmt: skip


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A text stays one, whatever its first sign."""
    cell = WriteOnlyCell(sheet)
    as_text(cell, value or None if isinstance(value, str) else value)
    if bold:
        cell.font = Font(bold=True)
    return cell
