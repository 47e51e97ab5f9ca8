"""Tables of a file, row by row as the sheet shows them, once the guard has let it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, load_workbook

from partners.spreadsheet import delimited
from partners.spreadsheet.guard import AGAIN, inspect
from partners.spreadsheet.limits import USUAL, Limits, Rejected
from partners.spreadsheet.scan import Marks

ZIP = b"PK\x03\x04"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Table:
    """One sheet. `rows()` starts at row 1 of the sheet and at column `left` (0 is A); an empty cell is ""."""

    title: str
    marks: Marks
    source: _Book | _Delimited

    def rows(self) -> Iterator[list[Any]]:
        return self.source.rows(self.title)

    @property
    def left(self) -> int:
        return self.source.left


class Spreadsheet:
    """A file that was found safe to read. `tables`: its sheets in order; a CSV has one, without a title."""

    def __init__(self, path: Path, limits: Limits = USUAL) -> None:
        """Raises Rejected with the reason, before any content is read."""
        self.path = path
        self.is_csv = _is_csv(path)
        self.tables: list[Table]
        if self.is_csv:
            text = _Delimited(path, limits)
            self.tables = [Table("", Marks(), text)]
        else:
            sheets = inspect(path, limits).sheets
            book = _Book(path)
            self.tables = [Table(title, marks, book) for title, marks in sheets.items()]


def _is_csv(path: Path) -> bool:
    try:
        with path.open("rb") as raw:
            head = raw.read(8)
    except OSError as absent:
        raise Rejected("Ce fichier est introuvable ou illisible.", "Vérifiez son nom et son emplacement.") from absent
    if head.startswith((ZIP[:2], OLE)):
        return False
    if path.suffix.lower() in {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}:
        raise Rejected("Ce fichier n’est pas un classeur XLSX.", AGAIN)
    return True


class _Delimited:
    left = 0

    def __init__(self, path: Path, limits: Limits) -> None:
        self.limits = limits
        self.text = delimited.read_text(path, limits)

    def rows(self, title: str) -> Iterator[list[Any]]:
        return delimited.rows(self.text, self.limits)


class _Book:
    """Calamine, opened once; `left` is that of the sheet read last."""

    def __init__(self, path: Path) -> None:
        self.left = 0
        self.book: CalamineWorkbook = self._safely(load_workbook, str(path))

    def rows(self, title: str) -> Iterator[list[Any]]:
        sheet = self._safely(self.book.get_sheet_by_name, title)
        self.left = sheet.start[1] if sheet.start else 0
        return sheet.iter_rows()  # type: ignore[no-any-return]

    def _safely(self, read: Any, argument: str) -> Any:
        try:
            return read(argument)
        except CalamineError as broken:
            raise Rejected("Ce classeur contient du XML abîmé.", AGAIN) from broken
        except BaseException as panic:
            if type(panic).__name__ == "PanicException":  # how a fault inside calamine reaches Python
                raise Rejected("Ce classeur contient du XML abîmé.", AGAIN) from panic
            raise
