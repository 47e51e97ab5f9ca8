"""How sheets of a report are laid: one helper writes every cell, so that text is text whatever it begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from placements.reports.french import NBSP, missing
from placements.reports.text import printable

WHOLE = "#,##0"
RATE = f'0.0"{NBSP}"%'
DAY = "dd/mm/yyyy"
NUMBER = "#,##0.##"
TRUTH = '"VRAI";"VRAI";"FAUX"'  # some readers show a boolean as a number
FACE = "Calibri"

_INK, _MUTED, _TEAL, _LINE, _TINT = "16213A", "5B6478", "0F5C5C", "E3E1D9", "E1F0EE"
TITLE = Font(name=FACE, size=16, bold=True, color=_INK)
SUBTITLE = Font(name=FACE, size=11, color=_TEAL)
SECTION = Font(name=FACE, size=12, bold=True, color=_INK)
PLAIN = Font(name=FACE, size=10, color=_INK)
STRONG = Font(name=FACE, size=10, bold=True, color=_INK)
MUTED = Font(name=FACE, size=9, color=_MUTED)
HEAD = Font(name=FACE, size=10, bold=True, color="FFFFFF")
HEAD_FILL = PatternFill("solid", fgColor=_TEAL)
TINT_FILL = PatternFill("solid", fgColor=_TINT)
GOOD_FILL = PatternFill("solid", fgColor="E1F2E6")
WARN_FILL = PatternFill("solid", fgColor="FDECD0")
BAD_FILL = PatternFill("solid", fgColor="FBE4E1")
UNDER = Border(bottom=Side(style="thin", color=_LINE))
_RISKY = ("=", "+", "-", "@", "\t", "\r")

Value = str | int | float | bool | date | datetime | None


def put(cell: Cell, value: Value, font: Font = PLAIN) -> Cell:
    """Write a value; a text is stored as text even when it looks like a formula or an error code."""
    cell.font = font
    if isinstance(value, str):
        cell.value = printable(value)
        cell.data_type = "s"
        # Keeps the text a text when someone edits the cell.
        cell.quotePrefix = value.startswith(_RISKY)
    else:
        cell.value = value
    return cell


def put_formula(cell: Cell, formula: str, font: Font = PLAIN) -> Cell:
    """Write a formula of our own; the only door for one."""
    cell.font = font
    cell.value = formula
    cell.data_type = "f"
    return cell


@dataclass(frozen=True)
class Column:
    """A column of a table: its header, its width in characters, the number format of its values."""

    head: str
    width: float
    form: str = ""

    @property
    def numeric(self) -> bool:
        return self.form in (WHOLE, RATE, NUMBER)


def new_sheet(book: Workbook, name: str, title: str, subtitle: str, *, wide: bool = True) -> Worksheet:
    """A sheet with its title on row 1, its subtitle on row 2, ready to print on A4."""
    sheet = book.create_sheet(name)
    put(sheet["A1"], title, TITLE)
    put(sheet["A2"], subtitle, SUBTITLE)
    sheet.row_dimensions[1].height = 24
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if wide else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.75, 0.3, 0.35
    return sheet


def finish(sheet: Worksheet, digest: str, columns: int, print_title_row: int = 0) -> None:
    """Footer with page numbers and digest, print area over all that is written, header row repeated."""
    sheet.oddFooter.left.text, sheet.oddFooter.left.size = f"SHA-256 {digest}", 7
    sheet.oddFooter.right.text, sheet.oddFooter.right.size = "page &P sur &N", 8
    sheet.print_area = f"A1:{get_column_letter(columns)}{sheet.max_row}"
    if print_title_row:
        sheet.print_title_rows = f"{print_title_row}:{print_title_row}"


def table(sheet: Worksheet, top: int, columns: Sequence[Column], rows: Sequence[Sequence[Value]], profile: str) -> int:
    """Lay a table with its header on row `top`; None shows as hidden or as a dash. Returns the row after its last one."""
    for index, column in enumerate(columns, start=1):
        head = put(sheet.cell(top, index), column.head, HEAD)
        head.fill = HEAD_FILL
        side = "right" if column.numeric else "left"
        head.alignment = Alignment(
            horizontal=side, vertical="center", wrap_text=True, indent=0 if column.numeric else 1
        )
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = max(column.width, sheet.column_dimensions[letter].width or 0)
    sheet.row_dimensions[top].height = 30
    for number, row in enumerate(rows, start=top + 1):
        for index, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            _cell(sheet.cell(number, index), column, value, profile)
        _height(sheet, number, columns, row)
    return top + 1 + len(rows)


def _cell(cell: Cell, column: Column, value: Value, profile: str) -> None:
    put(cell, missing(profile) if value is None else value)
    cell.border = UNDER
    side = "right" if column.numeric else "left"
    cell.alignment = Alignment(
        horizontal=side, vertical="top", wrap_text=not column.form, indent=0 if column.numeric else 1
    )
    if isinstance(value, bool):
        cell.number_format = TRUTH
    if column.form and not isinstance(value, str) and value is not None:
        cell.number_format = column.form


def _height(sheet: Worksheet, number: int, columns: Sequence[Column], row: Sequence[Value]) -> None:
    """Rows of wrapped text get their height here: readers do not all compute it on opening."""
    lines = max(
        (_lines(value, column.width) for column, value in zip(columns, row, strict=True) if isinstance(value, str)),
        default=1,
    )
    if lines > 1:
        sheet.row_dimensions[number].height = min(409.0, 13.5 * lines + 2)


def _lines(text: str, width: float) -> int:
    return max(1, -(-len(text) // max(1, int(width * 1.05))))


def freeze(sheet: Worksheet, top: int, columns: int, last: int, *, beside: int = 0, filtered: bool = True) -> None:
    """Freeze what is above and including the header row `top` (and `beside` columns), and give it a filter."""
    sheet.freeze_panes = sheet.cell(top + 1, beside + 1)
    if filtered and last > top:
        sheet.auto_filter.ref = f"A{top}:{get_column_letter(columns)}{last}"


def note(sheet: Worksheet, row: int, text: str, columns: int, *, width: float = 110) -> int:
    """A sentence across the table; returns the next row."""
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    put(sheet.cell(row, 1), text, MUTED).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[row].height = 13.5 * _lines(text, width) + 2
    return row + 1
