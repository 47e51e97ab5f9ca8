"""Tables of a file, row by row as the sheet shows them, once the guard has let it in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, load_workbook

from partners.spreadsheet import delimited
from partners.spreadsheet.guard import AGAIN, Inspection, inspect
from partners.spreadsheet.limits import USUAL, Limits, Rejected
from partners.spreadsheet.scan import Marks

ZIP = b"PK\x03\x04"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Table:
    """One sheet. `rows()` starts at row 1 of the sheet and at column `left` (0 is A); an empty cell is "".

    `left` and `marks` are those of the sheet read last: ask them after `rows`.
    """

    title: str
    source: _Book | _Delimited

    def rows(self) -> Iterator[list[Any]]:
        return self.source.rows(self.title)

    @property
    def left(self) -> int:
        return self.source.left

    @property
    def marks(self) -> Marks:
        return self.source.marks


class Spreadsheet:
    """A file that was found safe to read. `tables`: its sheets in order; a CSV has one, without a title."""

    def __init__(self, path: Path, limits: Limits = USUAL) -> None:
        """Raises Rejected with the reason, before any content is read."""
        self.path = path
        self.is_csv = _is_csv(path)
        self.tables: list[Table]
        if self.is_csv:
            text = _Delimited(path, limits)
            self.tables = [Table("", text)]
        else:
            seen = inspect(path, limits)
            book = _Book(seen)
            self.tables = [Table(title, book) for title in seen.sheets]


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
    marks = Marks()

    def __init__(self, path: Path, limits: Limits) -> None:
        self.limits = limits
        self.text = delimited.read_text(path, limits)

    def rows(self, title: str) -> Iterator[list[Any]]:
        return delimited.rows(self.text, self.limits)


class _Book:
    """Calamine, opened once; `left` and `marks` are those of the sheet read last."""

    def __init__(self, seen: Inspection) -> None:
        self.seen = seen
        self.left = 0
        self.marks = Marks()
        self.book: CalamineWorkbook = self._safely(load_workbook, str(seen.path))

    def rows(self, title: str) -> Iterator[list[Any]]:
        # Calamine works without the interpreter's lock: the search for formulas costs no time of its own beside it.
        with ThreadPoolExecutor(1) as beside:
            marking = beside.submit(self.seen.marks, title)
            sheet = self._safely(self.book.get_sheet_by_name, title)
            self.marks = marking.result()
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
