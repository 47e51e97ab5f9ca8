"""From the sheets of a file to batches: the header found, every cell judged, each fault located."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from partners.cells import Fault, Lists, fold_header, tidy
from partners.nir import contains_nir
from partners.spreadsheet import Spreadsheet, Table
from partners.workbook.batch import Batch
from partners.workbook.problems import Problems
from partners.workbook.sheets import Column, Sheet

HEADER_WITHIN = 20
SLICE = 20_000
NIR = Fault(
    "Cette cellule contient ce qui ressemble à un numéro de sécurité sociale, que Relais ne garde jamais.",
    "Effacez ce numéro.",
)
FORMULA = Fault(
    "Cette cellule contient une formule.", "Remplacez-la par sa valeur (copier, puis collage spécial « valeurs »)."
)
ERROR = Fault("Cette cellule contient une erreur du tableur.", "Remplacez-la par la bonne valeur, ou videz-la.")
BLANK = Fault("Cette cellule est obligatoire.", "Remplissez-la.")
# Thirteen signs that might be a number: one search of it tells a whole column clean.
MAYBE = re.compile(r"[0-9](?:[\s.\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u200b\u2060\ufeff]*[0-9ABab]){12}")
ERRORS_SHEET = fold_header("Erreurs")


def read_sheets(
    book: Spreadsheet, sheets: Iterable[Sheet], lists: Lists, problems: Problems, told: Callable[[int], Any]
) -> dict[str, Batch]:
    """A batch for each sheet, empty when the file lacks it. Missing sheets and columns are errors but in a CSV.

    `told` is called with the number of rows gone through.
    """
    wanted = {fold_header(sheet.title): sheet for sheet in sheets}
    batches = {sheet.title: Batch(sheet, problems) for sheet in wanted.values()}
    if book.is_csv:
        _read_csv(book.tables[0], batches, lists, problems, told)
        return batches
    for table in book.tables:
        sheet = wanted.get(fold_header(table.title))
        if sheet is None:
            if fold_header(table.title) != ERRORS_SHEET:
                _other_sheet(table, problems)
        elif batches[sheet.title].present:
            fault = Fault("Deux feuilles portent ce nom.", "Gardez-en une seule.")
            problems.error(sheet.title, None, None, table.title, fault)
        else:
            read_table(table, batches[sheet.title], lists, told)
    for batch in batches.values():
        if not batch.present:
            batch.whole = False
            fault = Fault("Cette feuille manque.", "Ajoutez-la, au besoin avec sa seule ligne de titres.")
            problems.error(batch.sheet.title, None, None, None, fault)
    return batches


def _read_csv(
    table: Table, batches: dict[str, Batch], lists: Lists, problems: Problems, told: Callable[[int], Any]
) -> None:
    for batch in batches.values():
        first = list(islice(table.rows(), HEADER_WITHIN))
        if _find_header(first, batch.sheet) is not None:
            read_table(table, batch, lists, told)
            return
    names = " ou ".join(batches)
    fault = Fault(
        f"Les colonnes de ce CSV ne sont pas celles de {names}.", "Reprenez les titres de colonnes du modèle."
    )
    problems.error(None, None, None, None, fault)


def read_table(table: Table, batch: Batch, lists: Lists, told: Callable[[int], Any]) -> None:
    """Fill `batch` with the rows of `table`, and tell its problems."""
    batch.present = True
    rows = iter(table.rows())
    first = list(islice(rows, HEADER_WITHIN))
    at = _find_header(first, batch.sheet)
    if at is None:
        batch.whole = False
        _missing_columns(first, batch)
        return
    left = table.left
    places = _places(first[at], at + 1, batch)
    width = len(first[at])
    raw: list[list[Any]] = [[] for _ in range(width)]
    _scan_nir(first[: at + 1], left, batch)
    number = batch.header_row = at + 1
    pending = first[at + 1 :] or list(islice(rows, SLICE))
    while pending:
        told(len(pending))
        number = _take(pending, number, sorted(places), raw, batch)
        pending = list(islice(rows, SLICE))
    _judge(raw, places, left, table, batch, lists)


def _take(pending: list[list[Any]], number: int, read: list[int], raw: list[list[Any]], batch: Batch) -> int:
    """Add rows to the columns, left out those with nothing in a column that is read; returns the number of the last row."""
    kept = []
    width = len(raw)
    for given in pending:
        number += 1
        row = given if len(given) == width else (given + [""] * width)[:width]
        if row[read[0]] or any(not isinstance(row[position], str) or row[position].strip() for position in read):
            batch.rows.append(number)
            kept.append(row)
        elif any(row):
            _scan_nir_row(number, row, batch)
    for column, values in zip(raw, zip(*kept, strict=True), strict=False):
        column.extend(values)
    return number


def finds_header(table: Table, sheet: Sheet) -> bool:
    """Whether the required columns of `sheet` stand together in one of the first rows of `table`."""
    return _find_header(list(islice(table.rows(), HEADER_WITHIN)), sheet) is not None


def _find_header(first: list[list[Any]], sheet: Sheet) -> int | None:
    """Index of the first row that holds all required columns."""
    required = {column.folded for column in sheet.columns if column.required}
    for at, row in enumerate(first):
        if required <= {fold_header(value) for value in row if isinstance(value, str)}:
            return at
    return None


def _missing_columns(first: list[list[Any]], batch: Batch) -> None:
    """Tell which columns lack, seen from the row that looks most like a header."""
    titles = {column.folded for column in batch.sheet.columns}
    folded = [{fold_header(value) for value in row if isinstance(value, str)} for row in first]
    best = max(folded, key=lambda names: len(names & titles), default=set())
    for column in batch.sheet.columns:
        if column.required and column.folded not in best:
            fault = Fault(
                "Cette colonne obligatoire manque.",
                f"Ajoutez-la dans l’une des {HEADER_WITHIN} premières lignes, avec les autres titres.",
            )
            batch.problems.error(batch.sheet.title, None, column.title, None, fault)


def _places(header: list[Any], number: int, batch: Batch) -> dict[int, Column]:
    """Position in the row → column of the sheet."""
    by_name = {column.folded: column for column in batch.sheet.columns}
    places: dict[int, Column] = {}
    for position, value in enumerate(header):
        column = by_name.get(fold_header(value)) if isinstance(value, str) else None
        if column is None:
            continue
        title = " ".join(tidy(value).split())
        if column.attr in batch.headers:
            fault = Fault("Deux colonnes portent ce nom.", "Gardez-en une seule.")
            batch.problems.error(batch.sheet.title, number, title, value, fault)
            continue
        batch.headers[column.attr] = title
        places[position] = column
    return places


def _judge(  # noqa: PLR0917 -- one call, one sheet
    raw: list[list[Any]], places: dict[int, Column], left: int, table: Table, batch: Batch, lists: Lists
) -> None:
    count = len(batch.rows)
    for position in range(len(raw)):
        values = raw[position] or [""] * count
        raw[position] = []  # each column is freed as soon as it is read
        column = places.get(position)
        if column is None:
            _nir_in_column(values, _letter(left + position), batch)
            continue
        _marked(values, left + position, column, table, batch)
        if column.attr != "siret":
            for line in _nir_lines(values):
                batch.bad[column.attr].add(line)
                batch.problems.error(batch.sheet.title, batch.rows[line], batch.header(column.attr), values[line], NIR)
        _column(values, column, batch, lists)


def _column(values: list[Any], column: Column, batch: Batch, lists: Lists) -> None:
    read, faults = column.cell.column(values, lists)
    for line, fault in faults.items():
        if not batch.faulty(line, column.attr):
            batch.bad[column.attr].add(line)
            batch.problems.error(batch.sheet.title, batch.rows[line], batch.header(column.attr), values[line], fault)
    if column.required and None in read:
        for line, value in enumerate(read):
            if value is None and not batch.faulty(line, column.attr):
                batch.bad[column.attr].add(line)
                batch.problems.error(batch.sheet.title, batch.rows[line], batch.header(column.attr), None, BLANK)
    for line in batch.bad[column.attr]:
        read[line] = None
    batch.values[column.attr] = read


def _marked(values: list[Any], column_number: int, column: Column, table: Table, batch: Batch) -> None:
    """Formulas and error values, which calamine shows as if they were plain."""
    for rows, fault in (
        (table.marks.formulas.get(column_number), FORMULA),
        (table.marks.errors.get(column_number), ERROR),
    ):
        if not rows:
            continue
        lines = {row: line for line, row in enumerate(batch.rows)}
        for row in sorted(row for row in rows if row > batch.header_row):
            value = None
            if row in lines:
                batch.bad[column.attr].add(lines[row])
                value = values[lines[row]]
            batch.problems.error(batch.sheet.title, row, batch.header(column.attr), value, fault)


# --- social-security numbers ---------------------------------------------------------------------------------


def _nir_lines(values: list[Any]) -> list[int]:
    """Lines whose cell holds an NIR-like number. One search tells a whole column clean."""
    texts = [value if isinstance(value, str) else _digits(value) for value in values]
    if max(map(len, texts), default=0) < 13 or not MAYBE.search("\n;".join(texts)):
        return []
    return [line for line, text in enumerate(texts) if len(text) > 12 and contains_nir(text)]


def _digits(value: Any) -> str:
    """A number as its digits where it is long enough to be somebody's."""
    if (isinstance(value, float) and value >= 1e12 and value.is_integer()) or (
        isinstance(value, int) and value >= 10**12
    ):
        return str(int(value))
    return ""


def _nir_in_column(values: list[Any], name: str, batch: Batch) -> None:
    """A column nobody reads must not hold one either."""
    for line in _nir_lines(values):
        batch.problems.error(batch.sheet.title, batch.rows[line], name, values[line], NIR)


def _scan_nir(rows: list[list[Any]], left: int, batch: Batch) -> None:
    """Title rows and the header itself."""
    for number, row in enumerate(rows, 1):
        for position in _nir_lines(row):
            batch.problems.error(batch.sheet.title, number, _letter(left + position), row[position], NIR)


def _scan_nir_row(number: int, row: list[Any], batch: Batch) -> None:
    for position in _nir_lines(row):
        batch.problems.error(batch.sheet.title, number, _letter(position), row[position], NIR)


def _other_sheet(table: Table, problems: Problems) -> None:
    """A sheet of another name is left out, but for the numbers nobody may send."""
    for number, row in enumerate(table.rows(), 1):
        for position in _nir_lines(row):
            problems.error(table.title, number, _letter(table.left + position), row[position], NIR)


def _letter(position: int) -> str:
    """The letters by which a spreadsheet names a column: 0 is A."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
