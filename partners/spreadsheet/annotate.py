"""The faulty file given back: its cells coloured with the reason as a comment, and a sheet *Erreurs* that lists all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from partners.cells import fold_header
from partners.spreadsheet.limits import LARGE, USUAL
from partners.spreadsheet.reading import Spreadsheet

ERRORS = "Erreurs"
TITLES = ("Feuille", "Ligne", "Colonne", "Valeur", "Raison", "Comment corriger")
WIDTHS = (16, 8, 24, 28, 70, 70)
RED = PatternFill("solid", fgColor="FFC7CE")
BOLD = Font(bold=True)
NOT_PRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
LETTERS = re.compile("[A-Z]{1,3}")
HEADER_WITHIN = 20


class Located(Protocol):
    """What is said of a cell, or of a sheet, or of the file."""

    @property
    def sheet(self) -> str | None: ...
    @property
    def row(self) -> int | None: ...
    @property
    def column(self) -> str | None: ...
    @property
    def value(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def fix(self) -> str: ...


def annotate(source: Path, errors: Sequence[Located], out: Path, *, rows: int) -> None:
    """Write `out`: `source` with its faulty cells marked, and all errors in a sheet.

    `rows`: length of the longest sheet; above the usual limit, or when openpyxl cannot read what calamine can, only
    the sheet *Erreurs* is written. Text is never taken for a formula.
    """
    listed = list(errors)
    book = _copy(source) if rows <= USUAL.rows else None
    if book is None:
        _errors_alone(listed, out)
        return
    _mark(book, listed)
    if ERRORS in book.sheetnames:
        del book[ERRORS]
    sheet = book.create_sheet(ERRORS)
    for number, line in enumerate(_lines(listed), 1):
        for column, value in enumerate(line, 1):
            as_text(sheet.cell(number, column), value)
            if number == 1:
                sheet.cell(1, column).font = BOLD
    _dress(sheet)
    book.save(out)


def as_text(cell: Any, value: Any) -> None:
    """Put a value in a cell; text stays text, even when it starts with an equals sign."""
    if isinstance(value, str):
        value = NOT_PRINTED.sub(" ", value)
        cell.value = value
        if value:
            cell.data_type = "s"
    else:
        cell.value = value


def _copy(source: Path) -> Workbook | None:
    book = Spreadsheet(source, LARGE) if not _is_zip(source) else None
    if book is not None:
        return _from_rows(book)
    try:
        return load_workbook(source)
    except Exception:
        return None


def _is_zip(source: Path) -> bool:
    with source.open("rb") as raw:
        return raw.read(2) == b"PK"


def _from_rows(source: Spreadsheet) -> Workbook:
    book = Workbook()
    del book["Sheet"]
    sheet = book.create_sheet("CSV")
    for number, row in enumerate(source.tables[0].rows(), 1):
        for column, value in enumerate(row, 1):
            if value:
                as_text(sheet.cell(number, column), value)
    return book


def _mark(book: Workbook, listed: Sequence[Located]) -> None:
    sheets = {fold_header(sheet.title): sheet for sheet in book.worksheets}
    only = book.worksheets[0] if len(book.worksheets) == 1 else None
    headers: dict[str, dict[str, int]] = {}
    for error in listed:
        if error.sheet is None or error.row is None or error.column is None:
            continue
        sheet = sheets.get(fold_header(error.sheet), only)
        if sheet is None:
            continue
        if sheet.title not in headers:
            headers[sheet.title] = _header(sheet)
        column = headers[sheet.title].get(fold_header(error.column)) or _lettered(error.column)
        if column:
            cell = sheet.cell(error.row, column)
            if isinstance(cell, Cell):  # a merged cell holds nothing to mark
                cell.fill = RED
                cell.comment = Comment(f"{error.reason} {error.fix}", "Relais", height=120, width=320)


def _header(sheet: Worksheet) -> dict[str, int]:
    """Folded title → column, from the first rows; the earliest row wins."""
    found: dict[str, int] = {}
    for row in sheet.iter_rows(min_row=1, max_row=HEADER_WITHIN):
        filled = [cell for cell in row if isinstance(cell.value, str)]
        if len(filled) < 2:
            continue  # a title above the table
        for cell in filled:
            found.setdefault(fold_header(str(cell.value)), cell.column)
    return found


def _lettered(name: str) -> int | None:
    return column_index_from_string(name) if LETTERS.fullmatch(name) else None


def _errors_alone(listed: Sequence[Located], out: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ERRORS)
    _dress(sheet)
    for line in _lines(listed):
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet)
            as_text(cell, value)
            cells.append(cell)
        sheet.append(cells)
    book.save(out)


def _lines(listed: Sequence[Located]) -> Iterable[tuple[Any, ...]]:
    yield TITLES
    for error in listed:
        yield error.sheet, error.row, error.column, error.value, error.reason, error.fix


def _dress(sheet: Any) -> None:
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
