"""Guarded reading of 100,000 × 25 cells against bare python-calamine and openpyxl.

uv run python benchmarks/read_spreadsheet.py [--rows 100000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from openpyxl import Workbook, load_workbook
from python_calamine import load_workbook as calamine

from benchmarks.measuring import medians, ratio, show
from partners.spreadsheet import LARGE, Spreadsheet

COLUMNS = 25


def write(path: Path, rows: int) -> Path:
    book = Workbook(write_only=True)
    page = book.create_sheet("Feuille")
    page.append([f"Colonne {number}" for number in range(COLUMNS)])
    for row in range(rows):
        words = [f"mot{(row * column) % 50}" for column in range(12)]
        day = date(2000, 1, 1) + timedelta(row % 3000)
        known = [
            f"P{row}",
            f"Durand{row % 9000}",
            "Zoé",
            "F",
            day,
            f"p{row}@exemple.fr",
            "0612345678",
            None,
            "1 rue des Lilas",
        ]
        page.append([*known, "44000", row * 1.5, True, "oui", *words])
    book.save(path)
    return path


def guarded(path: Path) -> None:
    for table in Spreadsheet(path, LARGE).tables:
        for _ in table.rows():
            pass


def bare(path: Path) -> None:
    for _ in calamine(str(path)).get_sheet_by_index(0).iter_rows():
        pass


def streamed(path: Path) -> None:
    for _ in load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True):
        pass


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "large.xlsx", asked.rows)
        variants = {"product": guarded, "calamine iter_rows": bare, "openpyxl read_only": streamed}
        found = medians({name: (lambda read=read: read(path)) for name, read in variants.items()}, asked.rounds)
    show(found)
    ratio("product / calamine", found["product"] / found["calamine iter_rows"], 1.3, most=True)
    ratio("openpyxl / product", found["openpyxl read_only"] / found["product"], 8, most=False)


if __name__ == "__main__":
    main()
