"""Write plain rows as a clean workbook: the nine sheets, their headers in row 1, codes, Excel dates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.oracle.columns import SHEETS, Column
from tests.oracle.model import Book


def clean_cell(column: Column, value: Any) -> Any:
    """Write one value as a clean file holds it: the first accepted word, a date, a number, oui or non."""
    if value is None or value == []:
        return None
    if column.words is not None:
        word = column.words[value][0]
        return int(word) if word.isdigit() else word
    if column.kind in {"bool", "bool3"}:
        return "oui" if value else "non"
    if column.kind == "list":
        return ", ".join(value)
    return value


def write_book(book: Book, path: Path) -> None:
    """Write the nine sheets to path, streaming; row n of a list stands in row n + 2."""
    workbook = Workbook(write_only=True)
    for sheet in SHEETS:
        page = workbook.create_sheet(sheet.name)
        page.append([column.header for column in sheet.columns])
        plan = [(column.field, column) for column in sheet.columns]
        for row in getattr(book, sheet.field):
            page.append([clean_cell(column, getattr(row, field)) for field, column in plan])
    workbook.save(path)
