"""A clean workbook as a grid that a defect can spoil in one place, and where the fault must be reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.oracle.columns import BY_NAME, SHEETS
from tests.oracle.model import Book
from tests.oracle.write import clean_cell


@dataclass(frozen=True)
class Place:
    """One acceptable place of an error: sheet, row as the file shows it, columns (None = any)."""

    sheet: str | None
    row: int | None
    columns: frozenset[str] | None = None


@dataclass(frozen=True)
class Expected:
    """Where the error must be, and words of which one must stand in its reason or its fix.

    alone: no error may stand anywhere else (a broken key breaks what refers to it, so not always).
    """

    places: tuple[Place, ...]
    words: tuple[str, ...] = ()
    alone: bool = True


class Draft:
    """Rows of cells per sheet; row 1 is the header, book row n stands in row n + 2."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.grid: dict[str, list[list[Any]]] = {}
        for sheet in SHEETS:
            rows = getattr(book, sheet.field)
            body = [[clean_cell(c, getattr(row, c.field)) for c in sheet.columns] for row in rows]
            self.grid[sheet.name] = [[c.header for c in sheet.columns], *body]

    def place_of(self, sheet: str, header: str) -> int:
        """Return the index of a column, found by its header without what stands in brackets."""
        headers = [c.header.split(" (")[0] for c in BY_NAME[sheet].columns]
        return headers.index(header)

    def find(self, sheet: str, wanted: Callable[[Any], bool] = lambda row: True) -> int:
        """Return the sheet row (from 2) of the first row of the book that is wanted; LookupError if none."""
        rows = getattr(self.book, BY_NAME[sheet].field)
        for number, row in enumerate(rows):
            if wanted(row):
                return number + 2
        raise LookupError(sheet)

    def get(self, sheet: str, row: int, header: str) -> Any:
        """Return one cell."""
        return self.grid[sheet][row - 1][self.place_of(sheet, header)]

    def set(self, sheet: str, row: int, header: str, value: Any) -> Place:
        """Spoil one cell, and return its place."""
        self.grid[sheet][row - 1][self.place_of(sheet, header)] = value
        return Place(sheet, row, frozenset({header}))

    def add(self, sheet: str, cells: list[Any]) -> int:
        """Append a row and return its number."""
        self.grid[sheet].append(cells)
        return len(self.grid[sheet])

    def copy(self, sheet: str, row: int, **changes: Any) -> int:
        """Append a copy of a row with some cells changed (keys are headers), and return its number."""
        number = self.add(sheet, list(self.grid[sheet][row - 1]))
        for header, value in changes.items():
            self.set(sheet, number, header, value)
        return number

    def save(self, path: Path) -> None:
        """Write the grid; a text that begins with = becomes a formula."""
        workbook = Workbook()
        workbook.remove(workbook.active)
        for name, rows in self.grid.items():
            page = workbook.create_sheet(name)
            for row in rows:
                page.append(row)
        workbook.save(path)


FAR_FUTURE = date(2090, 1, 15)
