"""Read a clean workbook, cell by cell as openpyxl shows it, into the plain rows of model.py."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.oracle.columns import SHEETS, Column, Sheet
from tests.oracle.model import Book


def fold(word: str) -> str:
    """Lower-case a word; a clean file needs no more."""
    return word.strip().lower()


def _code(column: Column, value: Any) -> str:
    assert column.words is not None
    wanted = fold(str(value))
    for code, words in column.words.items():
        if wanted in {fold(word) for word in words}:
            return code
    raise ValueError(f"{column.header}: {value!r}")


def _bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"oui": True, "non": False, "nsp": None}[fold(str(value))]


def _date(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def cell(column: Column, value: Any) -> Any:
    """Turn one cell into the value of its field; None for a blank, [] for a blank list."""
    if column.kind == "list":
        return [] if value in (None, "") else [part.strip() for part in re.split("[,;]", str(value))]
    if value in (None, ""):
        return None
    readers = {
        "code": lambda v: _code(column, v),
        "date": _date,
        "bool": _bool,
        "bool3": _bool,
        "number": float,
        "integer": int,
        "phone": _phone,
    }
    return readers.get(column.kind, _text)(value)


def _phone(value: Any) -> str:
    return re.sub(r"^\+33", "0", _text(value))


def _bare(header: str) -> str:
    """§Reading: what stands in brackets in a header is a comment."""
    return header.replace("’", "'").split(" (", maxsplit=1)[0]


def _rows(sheet: Sheet, values: Any) -> list[Any]:
    lines = iter(values)
    header = [_bare(str(name)) for name in next(lines)]
    places = [(header.index(_bare(column.header)), column) for column in sheet.columns]
    found = []
    for line in lines:
        fields = {column.field: cell(column, line[i] if i < len(line) else None) for i, column in places}
        found.append(sheet.row(**fields))
    return found


def read_book(path: Path) -> Book:
    """Read the nine sheets of a clean file; ValueError on a word that is not in the lists."""
    workbook = load_workbook(path, read_only=True, data_only=True)
    book = Book()
    for sheet in SHEETS:
        setattr(book, sheet.field, _rows(sheet, workbook[sheet.name].iter_rows(values_only=True)))
    workbook.close()
    return book
