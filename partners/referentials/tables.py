"""A publisher's CSV as lines one can question, and the sentence that refuses a broken one.

Reads what publishers write: UTF-8 with or without BOM, UTF-16, cp1252; `,` `;` or tab; cells wrapped by a spreadsheet
as `="01004"`; newlines inside quoted cells; trailing empty columns. Knows no list in particular; no query.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

HEAD_BYTES = 65_536
FAULTS_SHOWN = 10
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
WRAPPED = re.compile(r'^="?(.*?)"?$', re.DOTALL)
LOST_ZERO = re.compile(r"([0-9]{4,5})(?:\.0)?")


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where, what, and how to mend it (French sentences without file name)."""

    what: str
    mend: str
    line: int | None = None
    column: str = ""
    unit: str = "ligne"

    def __str__(self) -> str:
        place = [f"{self.unit} {self.line}"] if self.line else []
        place += [f"colonne «\u00a0{self.column}\u00a0»"] if self.column else []
        return f"{', '.join(place)}\u00a0: {self.what} {self.mend}" if place else f"{self.what} {self.mend}"


class Broken(Exception):
    """A file that cannot be loaded; `faults` in order of line, the first ones only."""

    def __init__(self, file: str, *faults: Fault, more: int = 0) -> None:
        super().__init__(file, faults)
        self.file, self.faults, self.more = file, faults, more

    def __str__(self) -> str:
        said = [
            f"{self.file}, {fault}" if fault.line or fault.column else f"{self.file}\u00a0: {fault}"
            for fault in self.faults
        ]
        if self.more:
            said.append(f"{self.file}\u00a0: et {self.more} autres fautes.")
        return "\n".join(said)


def plain(header: str) -> str:
    """A column name whatever its accents, case, spaces or leading `#`: "Libellé d acheminement" → libelle_d_acheminement."""
    text = unicodedata.normalize("NFKD", header)
    kept = "".join(letter for letter in text if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", kept.lower()).strip("_")


def unwrap(cell: str) -> str:
    """A cell without its spreadsheet wrapping (`="01004"` → 01004), runs of spaces and newlines made one space."""
    return " ".join(WRAPPED.sub(r"\1", cell.strip()).split())


def with_zero(code: str) -> str:
    """A code of five digits whose leading zero a spreadsheet ate: "1053" → "01053"; anything else as it is."""
    found = LOST_ZERO.fullmatch(code)
    return found[1].zfill(5) if found else code


def decode(raw: bytes, *, cut: bool = False) -> str:
    """The text of a file, lines ending by \\n; `cut`: `raw` is only its beginning. UnicodeDecodeError when it is no text."""
    text = decode_as_is(raw, cut=cut)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode_as_is(raw: bytes, *, cut: bool) -> str:
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="ignore" if cut else "strict")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if cut and error.start >= len(raw) - 3:
            return raw[: error.start].decode("utf-8")
        return raw.decode("cp1252")


def split_header(text: str) -> tuple[list[str], str]:
    """Column names as written, and the separator: whichever of `;` `,` tab cuts the first line into most cells."""
    best: tuple[list[str], str] = ([], ",")
    for separator in ";,\t":
        cells = first_row(text, separator)
        if len(cells) > len(best[0]):
            best = ([unwrap(cell) for cell in cells], separator)
    return best


def first_row(text: str, separator: str, skip: int = 0) -> list[str]:
    """The cells of the first row, or of a later one; none when there is no such row or it is no table."""
    try:
        return next(islice(csv.reader(io.StringIO(text), delimiter=separator), skip, None), [])
    except csv.Error:
        return []


@dataclass(frozen=True)
class Layout:
    """How one publisher writes one list.

    `columns`: our field → its column (as `plain` writes it), all needed to recognise the file; `extra`: those it may
    lack. `values`: what it writes → what we store, for the column `kind`. `names`: file names it is published under.
    `partial`: an extract, which never serves to refuse a code. `complement`: adds to the main file of the list.
    """

    publisher: str
    names: tuple[str, ...]
    columns: dict[str, str]
    extra: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    partial: bool = False
    complement: bool = False

    def fits(self, header: list[str]) -> bool:
        return set(self.columns.values()) <= {plain(name) for name in header}

    def missing(self, header: list[str]) -> list[str]:
        there = {plain(name) for name in header}
        return [column for column in self.columns.values() if column not in there]


@dataclass(frozen=True)
class Line:
    """One row of a file, asked by our own field names. `number`: that of its first physical line."""

    number: int
    cells: dict[str, str]
    layout: Layout
    written: dict[str, str]
    torn: Fault | None = None

    def get(self, name: str) -> str:
        """The cell unwrapped, "" when blank or when the publisher has no such column."""
        return unwrap(self.cells.get(name, ""))

    def fault(self, name: str, what: str, mend: str) -> Fault:
        return Fault(what, mend, self.number, self.written.get(name, name))

    def text(self, name: str, limit: int) -> str:
        """A required text of at most `limit` characters."""
        value = self.get(name)
        if not value:
            raise BadCell(self.fault(name, "la cellule est vide.", "Complétez-la ou retirez la ligne."))
        if len(value) > limit:
            raise BadCell(
                self.fault(
                    name,
                    f"le texte dépasse {limit} caractères.",
                    "Vérifiez que la ligne n’a pas absorbé les suivantes.",
                )
            )
        return value

    def code(self, name: str, is_right: Callable[[str], bool], example: str) -> str:
        """A required code of the right form, its lost zero given back."""
        value = with_zero(self.get(name).upper())
        if not is_right(value):
            shown = value or "(vide)"
            raise BadCell(
                self.fault(
                    name, f"«\u00a0{shown}\u00a0» n’est pas un code attendu ici.", f"Écrivez-le comme {example}."
                )
            )
        return value

    def kind(self) -> str:
        """What the column `kind` says, in our own words."""
        value = self.get("kind")
        if value not in self.layout.values:
            known = ", ".join(self.layout.values)
            raise BadCell(
                self.fault("kind", f"le type «\u00a0{value}\u00a0» est inconnu.", f"Types attendus\u00a0: {known}.")
            )
        return self.layout.values[value]

    def degrees(self, name: str, limit: float) -> float | None:
        """A coordinate in degrees, None when blank; decimal comma accepted."""
        value = self.get(name).replace(",", ".")
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not -limit <= number <= limit:
            raise BadCell(
                self.fault(
                    name,
                    f"«\u00a0{value}\u00a0» n’est pas une coordonnée.",
                    f"Donnez des degrés entre -{limit:.0f} et {limit:.0f}.",
                )
            )
        return number


class BadCell(Exception):
    """A line is refused; carries its Fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def lines_of(path: Path, raw: bytes, layout: Layout) -> Iterator[Line]:
    """The lines of a file, blank ones skipped, torn ones saying so. Raises Broken when the file is no table."""
    text = decoded(path, raw)
    header, separator = split_header(text)
    places = {plain(name): place for place, name in reversed(list(enumerate(header))) if name}
    wanted = {name: places[column] for name, column in (layout.columns | layout.extra).items() if column in places}
    written = {name: header[place] for name, place in wanted.items()}
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    width = max(places.values(), default=0) + 1
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if number == 1 or not any(cell.strip() for cell in cells):
                continue
            found = {name: cells[place] if place < len(cells) else "" for name, place in wanted.items()}
            if any(cell.strip() for cell in found.values()):
                yield Line(number, found, layout, written, torn(cells, width, number))
    except csv.Error as error:
        raise Broken(path.name, Fault(f"le fichier est mal formé ({error}).", RELOAD, before + 1)) from error


RELOAD = "Téléchargez-le de nouveau chez son éditeur."


def decoded(path: Path, raw: bytes) -> str:
    try:
        text = decode(raw)
    except UnicodeDecodeError as error:
        raise Broken(path.name, Fault("ce n’est pas un fichier de texte lisible.", RELOAD)) from error
    if "\0" in text:
        raise Broken(
            path.name,
            Fault("le fichier contient des caractères nuls.", RELOAD, text.count("\n", 0, text.index("\0")) + 1),
        )
    return text


def torn(cells: list[str], width: int, number: int) -> Fault | None:
    """A line cut short, or that a stray separator made longer; blank cells beyond the header are nothing."""
    what = f"la ligne a {len(cells)} cellules au lieu de {width}"
    if len(cells) < width:
        return Fault(f"{what}, le fichier est sans doute coupé.", RELOAD, number)
    if any(cell.strip() for cell in cells[width:]):
        return Fault(f"{what}.", "Mettez entre guillemets la cellule qui contient le séparateur.", number)
    return None
