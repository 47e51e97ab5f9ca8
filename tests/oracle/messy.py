"""The same data as a clean workbook, written the untidy way that workbook.md promises to understand."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.oracle.columns import SHEETS, Column, Sheet
from tests.oracle.model import Book

NBSP = "\u00a0"
DATE_FORMATS = ("dd/mm/yyyy", "dd/mm/yy", "yyyy-mm-dd", "[$-40C]d mmmm yyyy", "d-mmm-yy")
# §Reading: what stands in brackets in a header is a comment.
COMMENTS = ("(obligatoire)", "(20 à 30)", "(oui/non/nsp)", "(codes séparés par des virgules)", "(INSEE)")
EXTRA_HEADERS = ("Observations", "Âge", "Dossier interne", "Colonne1", None, "Saisi par", "Total")
EXTRA_CELLS = ("à revoir", 19, "=1+1", None, None, date(2020, 5, 5), "oui", 3.5)
EXTRA_SHEETS = ("Mode d'emploi", "Listes", "Feuil1", "Statistiques 2025")
TITLES = ("Classeur de suivi", "Mis à jour par l'équipe", "Personne", "Référence", 2026, None)
# Only the order of situations and of enrolments means something (§1 of rules.md, order of recording).
ORDERED = {"Situations", "Inscriptions"}


def strip_accents(text: str) -> str:
    """Remove the accents and nothing else."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


class Mess:
    """Draw one untidy spelling of a value; each method keeps what the value means."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def spaced(self, text: str) -> str:
        """§Reading, text: no-break spaces, runs of spaces, ends, NFD."""
        rng = self.rng
        if rng.random() < 0.15:
            text = text.replace(" ", rng.choice([NBSP, "  ", f" {NBSP}"]))
        if rng.random() < 0.15:
            text = rng.choice([f" {text}", f"{text} ", f"{text}{NBSP}", f"  {text}  "])
        return unicodedata.normalize("NFD", text) if rng.random() < 0.15 else text

    def cased(self, text: str) -> str:
        """Whatever the case and the accents."""
        rng = self.rng
        if rng.random() < 0.3:
            text = strip_accents(text)
        return rng.choice([text, text, text.upper(), text.lower(), text.capitalize()])

    def word(self, column: Column, value: str) -> Any:
        """A code or its French label, in any case, with or without accents."""
        assert column.words is not None
        text = self.rng.choice(column.words[value])
        if text.isdigit():
            return self.rng.choice([int(text), text, f" {text}"])
        return self.spaced(self.cased(text))

    def date(self, value: date) -> Any:
        """An Excel date with or without time, JJ/MM/AAAA or AAAA-MM-JJ."""
        rng = self.rng
        if rng.random() < 0.45:
            text = value.strftime(rng.choice(["%d/%m/%Y", "%Y-%m-%d"]))
            return rng.choice([text, text, text, f" {text} ", f"{text}{NBSP}"])
        moment = time(rng.randrange(24), rng.randrange(60)) if rng.random() < 0.3 else time(0)
        return datetime.combine(value, moment)

    def yes_no(self, value: bool) -> Any:
        """§Tolerant: oui/non/o/n/x/1/0, Excel TRUE and FALSE."""
        if value:
            return self.rng.choice(["oui", "Oui", "OUI ", "o", "O", "x", "X", 1, "1", True])
        return self.rng.choice(["non", "Non", "NON", "n", "N", " n", 0, "0", False])

    def number(self, value: float) -> Any:
        """A number, or a text with a decimal comma or point."""
        text = str(int(value)) if float(value).is_integer() else repr(float(value))
        return self.rng.choice([value, text.replace(".", ","), text, f"{text} ".replace(".", ",")])

    def phone(self, value: str) -> Any:
        """Any usual form; nine digits when stored as a number."""
        pairs = [value[place : place + 2] for place in range(0, 10, 2)]
        national = value[1:]
        grouped = f"{national[0]} {' '.join(pairs[1:])}"
        split = [mark.join(pairs) for mark in (" ", ".", "-", NBSP)]
        abroad = [f"+33 {grouped}", f"+33{national}", f"0033{national}", f"+33 (0){grouped}"]
        return self.rng.choice([value, int(national), *split, *abroad])

    def digits(self, value: str) -> Any:
        """A code stored as text or as a number, which loses its zero."""
        return int(value) if value.isdigit() and self.rng.random() < 0.5 else self.spaced(value)

    def list(self, column: Column, values: list[str]) -> str:
        """Commas or semicolons, with or without spaces; rule codes in any case."""
        parts = [self.cased(value) for value in values] if column.field == "rules" else values
        return self.rng.choice([",", ", ", ";", "; ", " ; "]).join(parts)

    def blank(self, column: Column) -> Any:
        """A blank: nothing, spaces, or nsp where the answer is three-valued."""
        if column.kind == "bool3" and self.rng.random() < 0.4:
            return self.rng.choice(["nsp", "NSP", "Nsp "])
        return self.rng.choice([None, None, None, "", "  ", NBSP])

    def cell(self, column: Column, value: Any) -> Any:
        """Draw one spelling of a value of a column."""
        if value is None or value == []:
            return self.blank(column)
        if column.words is not None:
            return self.word(column, value)
        writers = {
            "date": self.date, "bool": self.yes_no, "bool3": self.yes_no, "number": self.number,
            "integer": self.number, "phone": self.phone, "postcode": self.digits, "insee": self.digits,
            "siret": self.digits, "ref": self.digits, "list": lambda v: self.list(column, v),
            "rule": lambda v: self.spaced(self.cased(v)),
        }  # fmt: skip
        if column.kind == "qpv" and value == "non":
            return self.rng.choice(["non", "Non", "NON "])
        if column.field == "employer":
            return self.digits(value)
        return writers.get(column.kind, self.spaced)(value)

    def header(self, column: Column) -> str:
        """Whatever the case, accents, spaces; with or without what stands in brackets."""
        text = column.header.split(" (")[0]
        if self.rng.random() < 0.3:
            text = f"{text} {self.rng.choice(COMMENTS)}"
        return self.spaced(self.cased(text))


class MessySheet:
    """One sheet with its columns mixed, others among them, titles above and empty rows between."""

    def __init__(self, mess: Mess, sheet: Sheet) -> None:
        self.mess, self.rng = mess, mess.rng
        self.plan: list[Column | None] = [*sheet.columns, *[None] * self.rng.randrange(4)]
        self.rng.shuffle(self.plan)

    def titles(self) -> list[list[Any]]:
        """Rows above the header: at most 19, none with all required columns."""
        count = self.rng.choice([0, 0, 1, 2, 5, 19])
        return [[self.rng.choice(TITLES), None, self.rng.choice([None, None, "Export"])] for _ in range(count)]

    def header(self) -> list[Any]:
        """The header row."""
        extra = iter(self.rng.sample(EXTRA_HEADERS, 4))
        return [next(extra) if column is None else self.mess.header(column) for column in self.plan]

    def row(self, row: Any) -> list[Any]:
        """One row of data."""
        return [
            self.rng.choice(EXTRA_CELLS) if column is None else self.mess.cell(column, getattr(row, column.field))
            for column in self.plan
        ]

    def lines(self, rows: list[Any]) -> list[list[Any]]:
        """The whole sheet."""
        lines = [*self.titles(), self.header()]
        for row in rows:
            if self.rng.random() < 0.05:
                lines.append(self.rng.choice([[], [None] * 3, ["", "  "]]))
            lines.append(self.row(row))
        return lines + [[None, " "]] * self.rng.choice([0, 0, 3, 220])


def _sheet_name(mess: Mess, name: str) -> str:
    name = mess.rng.choice([name, name.upper(), name.lower(), name.capitalize()])
    return mess.rng.choice([name, f" {name}", f"{name} ", name])


def _dated(mess: Mess, page: Any, line: list[Any]) -> list[Any]:
    """Give Excel dates one of the formats people choose."""
    cells = []
    for value in line:
        if isinstance(value, date) and mess.rng.random() < 0.5:
            cell = WriteOnlyCell(page, value)
            cell.number_format = mess.rng.choice(DATE_FORMATS)
            cells.append(cell)
        else:
            cells.append(value)
    return cells


def write_messy(book: Book, path: Path, seed: int) -> None:
    """Write the book to path in the untidy way drawn by the seed."""
    mess = Mess(Random(f"messy-{seed}"))
    rng = mess.rng
    workbook = Workbook(write_only=True)
    if rng.random() < 0.15:
        workbook.epoch = CALENDAR_MAC_1904
    pages: list[Sheet | str] = [*SHEETS, *rng.sample(EXTRA_SHEETS, rng.randrange(4))]
    rng.shuffle(pages)
    for sheet in pages:
        if isinstance(sheet, str):
            workbook.create_sheet(sheet).append(["Note", 1, None, "=SUM(B1:B1)"])
            continue
        page = workbook.create_sheet(_sheet_name(mess, sheet.name))
        rows = list(getattr(book, sheet.field))
        if sheet.name not in ORDERED:
            rng.shuffle(rows)
        for line in MessySheet(mess, sheet).lines(rows):
            page.append(_dated(mess, page, line))
    workbook.save(path)
