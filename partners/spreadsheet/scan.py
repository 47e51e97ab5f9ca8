"""A streaming look at the XML of a sheet: how far its cells reach, and which hold a formula or an error value."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from partners.spreadsheet.limits import Limits, Rejected

# A cell whose shape needs no second look: near, with its address, holding a value that calamine shows as it is.
ODD_CELL = re.compile(
    rb'<c(?! r="[A-C]?[A-Z][0-9]{1,5}"(?: s="[0-9]+")?(?: t="(?:s|n|b|inlineStr|str)")?(?:/>|><(?:v|is)>))(?=[ >/])'
)
ODD_CELL_LARGE = re.compile(ODD_CELL.pattern.replace(b"{1,5}", b"{1,7}"))
PREFIXED = re.compile(rb":(?:c|row)[ >/]")
CELL_TAG = re.compile(rb"<(?:\w+:)?c((?:\s[^>]*)?)>")
ADDRESS = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,3})([0-9]{1,7})["\']')
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
VALUE = re.compile(rb"<(?:\w+:)?(?:v|is|t)[\s>]")
CELL_END = re.compile(rb"</(?:\w+:)?c\s*>")
ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br\s*=\s*["\']([0-9]+)["\']')
ERROR_TYPE = re.compile(rb'\bt\s*=\s*["\']e["\']')
LONGEST = 4 << 20  # no cell of a spreadsheet holds more
NEAR = 104  # columns A to CZ need no second look


@dataclass
class Marks:
    """Cells that need a word: column number (0 is A) → sheet rows."""

    formulas: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    errors: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


class SheetScan:
    """Fed with the bytes of one sheet, in order, refuses it as soon as it goes too far. Memory: one chunk."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.odd = ODD_CELL_LARGE if limits.rows > 99_999 else ODD_CELL
        self.marks = Marks()
        self.rest = b""
        self.rows = self.last_row = self.far_column = 0
        self.slow = False

    def feed(self, chunk: bytes) -> None:
        chunk = self.rest + chunk
        cut = max(
            chunk.rfind(b"<c "), chunk.rfind(b"<c>"), chunk.rfind(b":c "), chunk.rfind(b":c>"), chunk.rfind(b"<row")
        )
        cut = chunk.rfind(b"<", 0, cut + 1) if cut >= 0 else chunk.rfind(b"<")
        if len(chunk) - max(cut, 0) > LONGEST:
            raise Rejected(
                "Une cellule de ce classeur est trop longue.",
                "Raccourcissez-la, puis enregistrez de nouveau le fichier.",
            )
        self.rest = chunk[max(cut, 0) :]
        self._look(chunk[: max(cut, 0)])

    def finish(self) -> Marks:
        self._look(self.rest)
        self.rest = b""
        return self.marks

    def _look(self, chunk: bytes) -> None:
        self.slow = self.slow or PREFIXED.search(chunk) is not None
        self._count_rows(chunk)
        if self.slow:
            for cell in CELL_TAG.finditer(chunk):
                self._cell(chunk, cell.start())
        else:
            for odd in self.odd.finditer(chunk):
                self._cell(chunk, odd.start())
        self._bound(self.far_column, self.last_row)

    def _count_rows(self, chunk: bytes) -> None:
        self.rows += chunk.count(b"<row")
        if self.slow:
            self.rows += len(re.findall(rb":row[\s>/]", chunk))
        where = chunk.rfind(b"<row")
        found = ROW_NUMBER.match(chunk, where) if where >= 0 else None
        if found and len(found[1]) > 7:
            self._too_many()
        self.last_row = max(self.last_row, self.rows, int(found[1]) if found else 0)
        if self.last_row > self.limits.rows:
            self._too_many()

    def _cell(self, chunk: bytes, start: int) -> None:
        """Weigh one unusual cell: where it is, whether it counts, whether it holds a formula or an error."""
        tag = CELL_TAG.match(chunk, start)
        if tag is None or tag[1].rstrip().endswith(b"/"):
            return  # formatting alone: calamine leaves it out
        end = CELL_END.search(chunk, tag.end())
        body_end = end.start() if end else len(chunk)
        address = ADDRESS.search(tag[1])
        if address is None:
            raise Rejected(
                "Une cellule de ce classeur n’a pas d’adresse.", "Enregistrez-le de nouveau depuis votre tableur."
            )
        column, row = column_number(address[1]), int(address[2])
        formula = FORMULA.search(chunk, tag.end(), body_end) is not None
        if formula:
            self.marks.formulas[column].add(row)
        if ERROR_TYPE.search(tag[1]):
            self.marks.errors[column].add(row)
        if formula or VALUE.search(chunk, tag.end(), body_end):
            self._reach(column, row)

    def _reach(self, column: int, row: int) -> None:
        if row > self.limits.rows:
            self._too_many()
        self.last_row = max(self.last_row, row)
        if column >= NEAR or self.slow:
            self.far_column = max(self.far_column, column + 1)
            self._bound(self.far_column, self.last_row)

    def _bound(self, columns: int, rows: int) -> None:
        # A sheet is held as a full rectangle once read: a single far cell would make it immense.
        if self.far_column and columns * rows > self.limits.grid:
            raise Rejected(
                "Une feuille de ce classeur s’étend sur trop de colonnes.",
                "Effacez les cellules perdues à droite du tableau, puis enregistrez de nouveau le fichier.",
            )

    def _too_many(self) -> None:
        raise Rejected(
            f"Une feuille compte plus de {self.limits.rows:,} lignes, lignes vides comprises.".replace(",", "\u202f"),
            "Supprimez les lignes vides, partagez le fichier, ou demandez un import en ligne de commande avec --large.",
        )


def column_number(letters: bytes) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
