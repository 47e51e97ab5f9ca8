"""A streaming look at the XML of a sheet: how far its cells reach, then which hold a formula or an error value.

The first look comes before anything is opened; the second may run beside the reading. Both keep one chunk in memory.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from partners.spreadsheet.limits import Limits, Rejected

# A cell that needs no second look: near, its address first. A sheet of a million rows has addresses of seven digits.
NEAR_CELL = rb'<c(?! r="[A-C]?[A-Z][0-9]{1,%d}")(?=[ >/])'
PREFIXED = re.compile(rb":(?:c|row)[ >/]")
CELL_TAG = re.compile(rb"<(?:\w+:)?c((?:\s[^>]*)?)>")
ADDRESS = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,3})([0-9]{1,7})["\']')
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
VALUE = re.compile(rb"<(?:\w+:)?(?:v|is|t|f)[\s>/]")
CELL_END = re.compile(rb"</(?:\w+:)?c\s*>")
ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br\s*=\s*["\']([0-9]+)["\']')
ERROR_TYPE = re.compile(rb'\bt\s*=\s*["\']e["\']')
# One of these stands in every chunk that holds a formula or an error value.
TELLTALES = (b"<f", b":f", b'"e"', b"'e'")
CELL_STARTS = (b"<c ", b"<c>", b":c ", b":c>", b"<row", b":row")
TAIL = 1 << 13
LONGEST = 4 << 20  # no cell of a spreadsheet holds more
NEAR = 104  # columns A to CZ


@dataclass
class Marks:
    """Cells that need a word: column number (0 is A) → sheet rows."""

    formulas: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    errors: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


class Scan:
    """Fed with the bytes of one sheet, in order; looks at chunks that hold whole cells."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, chunk: bytes) -> None:
        chunk = self.rest + chunk
        # The last cell begins near the end; looking further back is for the rare long one.
        cut = _last_cell(chunk, max(len(chunk) - TAIL, 0))
        if cut < 0:
            cut = _last_cell(chunk, 0)
        cut = max(chunk.rfind(b"<", 0, cut + 1) if cut >= 0 else chunk.rfind(b"<"), 0)
        if len(chunk) - cut > LONGEST:
            raise Rejected(
                "Une cellule de ce classeur est trop longue.",
                "Raccourcissez-la, puis enregistrez de nouveau le fichier.",
            )
        self.rest = chunk[cut:]
        self.look(chunk[:cut])

    def finish(self) -> None:
        self.look(self.rest)
        self.rest = b""

    def look(self, chunk: bytes) -> None:
        raise NotImplementedError


class Reach(Scan):
    """How far a sheet goes; refuses it as soon as it goes too far."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.odd = re.compile(NEAR_CELL % (7 if limits.rows > 99_999 else 5))
        self.rows = self.last_row = self.far_column = 0
        self.slow = False

    def look(self, chunk: bytes) -> None:
        self.slow = self.slow or PREFIXED.search(chunk) is not None
        self._count_rows(chunk)
        for cell in (CELL_TAG if self.slow else self.odd).finditer(chunk):
            self._cell(chunk, cell.start())
        self._bound()

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
        """Weigh one unusual cell: where it is, and whether it holds anything."""
        tag = CELL_TAG.match(chunk, start)
        if tag is None or tag[1].rstrip().endswith(b"/"):
            return  # formatting alone: calamine leaves it out
        end = CELL_END.search(chunk, tag.end())
        address = ADDRESS.search(tag[1])
        if address is None:
            raise Rejected(
                "Une cellule de ce classeur n’a pas d’adresse.", "Enregistrez-le de nouveau depuis votre tableur."
            )
        if VALUE.search(chunk, tag.end(), end.start() if end else len(chunk)):
            self._reached(column_number(address[1]), int(address[2]))

    def _reached(self, column: int, row: int) -> None:
        if row > self.limits.rows:
            self._too_many()
        self.last_row = max(self.last_row, row)
        if column >= NEAR or self.slow:
            self.far_column = max(self.far_column, column + 1)
            self._bound()

    def _bound(self) -> None:
        # A sheet is held as a full rectangle once read: a single far cell would make it immense.
        if self.far_column * self.last_row > self.limits.grid:
            raise Rejected(
                "Une feuille de ce classeur s’étend sur trop de colonnes.",
                "Effacez les cellules perdues à droite du tableau, puis enregistrez de nouveau le fichier.",
            )

    def _too_many(self) -> None:
        raise Rejected(
            f"Une feuille compte plus de {self.limits.rows:,} lignes, lignes vides comprises.".replace(",", "\u202f"),
            "Supprimez les lignes vides, partagez le fichier, ou demandez un import en ligne de commande avec --large.",
        )


class Marking(Scan):
    """Where formulas and error values are, which calamine shows as plain values or blanks."""

    def __init__(self) -> None:
        super().__init__()
        self.marks = Marks()

    def look(self, chunk: bytes) -> None:
        if not any(telltale in chunk for telltale in TELLTALES):
            return
        for tag in CELL_TAG.finditer(chunk):
            if tag[1].endswith(b"/"):
                continue
            address = ADDRESS.search(tag[1])
            if address is None:
                continue
            if ERROR_TYPE.search(tag[1]):
                self.marks.errors[column_number(address[1])].add(int(address[2]))
            if chunk[tag.end() : tag.end() + 3] in (b"<v>", b"<is"):
                continue
            end = CELL_END.search(chunk, tag.end())
            if FORMULA.search(chunk, tag.end(), end.start() if end else len(chunk)):
                self.marks.formulas[column_number(address[1])].add(int(address[2]))


def _last_cell(chunk: bytes, start: int) -> int:
    return max(chunk.rfind(tag, start) for tag in CELL_STARTS)


def column_number(letters: bytes) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
