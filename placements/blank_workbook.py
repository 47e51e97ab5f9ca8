"""The takeover workbook with nothing in it yet: its sheets, their columns, and the words that some columns take."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from partners.cells import Day, Number, Whole, Words, YesNo
from partners.code_cells import Level
from partners.workbook import Column
from placements.intake import WORKBOOK

LISTS = "Listes"
ROWS = 2_000  # in which a list and a format are offered
REQUIRED = PatternFill("solid", fgColor="FF0F5C5C")
OPTIONAL = PatternFill("solid", fgColor="FFE9E4DA")
YES_NO = ("oui", "non")
LEVELS = ("sans diplôme", "2", "3", "4", "5", "6", "7", "8")


def blank_workbook() -> bytes:
    """An XLSX with the nine sheets, headers alone: bold on dark what is required, a list where words are closed."""
    book = Workbook()
    book.remove(book.active)
    offered: dict[tuple[str, ...], int] = {}
    for sheet in WORKBOOK:
        page = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        for number, column in enumerate(sheet.columns, 1):
            _head(page, number, column)
            _offer(page, number, column, offered)
    _lists(book, offered)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _head(page: Any, number: int, column: Column) -> None:
    cell = page.cell(1, number, column.title)
    cell.font = Font(bold=column.required, color="FFFFFFFF" if column.required else "FF1D2433")
    cell.fill = REQUIRED if column.required else OPTIONAL
    cell.alignment = Alignment(vertical="center")
    cell.comment = Comment(_said(column), "Relais", height=90, width=280)
    letter = get_column_letter(number)
    page.column_dimensions[letter].width = max(12, len(column.title) + 3)
    # A whole column in one format: codes and phones keep their zero, dates show as people write them.
    page.column_dimensions[letter].number_format = _format(column)


def _format(column: Column) -> str:
    if isinstance(column.cell, Day):
        return "DD/MM/YYYY"
    return "General" if isinstance(column.cell, Whole | Number) else "@"


def _said(column: Column) -> str:
    words = ["Obligatoire." if column.required else "Facultatif."]
    if column.link:
        words.append(f"Référence de la feuille {column.link}" + (" ou texte libre." if column.loose else "."))
    if column.many:
        words.append("Plusieurs\u00a0: séparez par des virgules.")
    if isinstance(column.cell, Day):
        words.append("Date, JJ/MM/AAAA.")
    return " ".join(words)


def words_of(column: Column) -> tuple[str, ...]:
    """What a column takes, where that is a short closed list."""
    cell = column.cell
    if isinstance(cell, Words):
        return tuple(cell.labels.get(code, code) for code in dict.fromkeys(cell.words.values()))
    if isinstance(cell, YesNo):
        return (*YES_NO, "nsp") if cell.unsaid else YES_NO
    if isinstance(cell, Whole) and cell.among:
        return tuple(map(str, cell.among))
    return LEVELS if isinstance(cell, Level) else ()


def _offer(page: Any, number: int, column: Column, offered: dict[tuple[str, ...], int]) -> None:
    words = words_of(column)
    if not words:
        return
    place = get_column_letter(offered.setdefault(words, len(offered) + 1))
    # Only offered: the check on the page says what is wrong, and how to mend it.
    choice = DataValidation(
        type="list", formula1=f"{LISTS}!${place}$2:${place}${len(words) + 1}", allow_blank=True, showErrorMessage=False
    )
    letter = get_column_letter(number)
    choice.add(f"{letter}2:{letter}{ROWS}")
    page.add_data_validation(choice)


def _lists(book: Any, offered: dict[tuple[str, ...], int]) -> None:
    page = book.create_sheet(LISTS)
    for words, place in offered.items():
        page.cell(1, place, "Valeurs possibles").font = Font(bold=True)
        page.column_dimensions[get_column_letter(place)].width = max(map(len, words)) + 2
        for row, word in enumerate(words, 2):
            page.cell(row, place, word)
