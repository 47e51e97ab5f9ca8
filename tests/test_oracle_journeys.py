"""Workbooks that arrive in other ways than one file from openpyxl: in two times, dry, as CSV, from LibreOffice."""

from __future__ import annotations

import csv
import subprocess
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.commands import build, differences, dump, run
from tests.oracle.columns import BY_NAME
from tests.oracle.draft import Draft
from tests.oracle.generate import TODAY, generate
from tests.oracle.model import Book
from tests.oracle.report import report
from tests.oracle.write import clean_cell, write_book
from tests.test_against_oracle import answers, created, sealed, taken_over

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", [11, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(12, 20))])
def test_a_book_that_comes_in_two_times_gives_the_figures_of_its_rows_in_that_order(seed: int, tmp_path: Path) -> None:
    book = generate(seed, 90)
    first = deepcopy(book)
    first.situations = book.situations[1::2]
    first.enrolments = book.enrolments[1::2]
    there = {(row.person, row.cohort) for row in first.enrolments}
    first.follow_ups = [row for row in book.follow_ups[::2] if (row.person, row.cohort) in there]
    write_book(first, tmp_path / "first.xlsx")
    write_book(book, tmp_path / "second.xlsx")
    taken_over(tmp_path / "first.xlsx")
    taken_over(tmp_path / "second.xlsx")
    merged = deepcopy(book)
    merged.situations = first.situations + [row for row in book.situations if row not in first.situations]
    merged.enrolments = first.enrolments + [row for row in book.enrolments if row not in first.enrolments]
    _, wrong = answers(merged, seed)
    assert wrong == []


def test_an_agreement_without_any_cohort_gives_zeros_and_no_rate(tmp_path: Path) -> None:
    book = generate(3, 30)
    empty = Book(book.organisations, book.programmes, book.agreements)
    write_book(empty, tmp_path / "empty.xlsx")
    assert taken_over(tmp_path / "empty.xlsx")["written"] == created(empty)
    ran = build("CONV-1", date(2024, 1, 1), date(2024, 12, 31), TODAY)
    expected = report(empty, "CONV-1", date(2024, 1, 1), date(2024, 12, 31), TODAY)
    assert differences(expected, sealed(ran.json)) == []
    assert {rule["high"] for rule in ran.json["rules"].values()} == {None}


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    book = generate(7, 40)
    draft = Draft(book)
    draft.save(tmp_path / "sound.xlsx")
    draft.set("Personnes", 3, "Sexe", "Z")
    draft.save(tmp_path / "faulty.xlsx")
    before = dump()
    assert run("import_workbook", tmp_path / "sound.xlsx", "--dry-run", "--json").status == 0
    assert run("import_workbook", tmp_path / "faulty.xlsx", "--dry-run", "--json").status == 1
    assert dump() == before


def write_csv(book: Book, name: str, path: Path, encoding: str, delimiter: str) -> None:
    """Write one sheet as CSV, dates as AAAA-MM-JJ."""
    sheet = BY_NAME[name]
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter)
        writer.writerow([column.header for column in sheet.columns])
        for row in getattr(book, sheet.field):
            writer.writerow([clean_cell(column, getattr(row, column.field)) for column in sheet.columns])


FORMS = [
    ("cp1252", ";"),
    *(pytest.param(form, marks=pytest.mark.full) for form in [("utf-8", ";"), ("utf-8-sig", ",")]),
]


@pytest.mark.parametrize("form", FORMS)
def test_persons_and_applications_come_as_csv_too(form: tuple[str, str], tmp_path: Path) -> None:
    book = generate(21, 40)
    for person in book.persons:  # cp1252 has no letter for these names
        person.last_name = person.last_name.encode("cp1252", "replace").decode("cp1252").replace("?", "e")
        person.first_name = person.first_name.encode("cp1252", "replace").decode("cp1252").replace("?", "e")
    rest = deepcopy(book)
    rest.persons, rest.applications, rest.situations, rest.enrolments, rest.follow_ups = [], [], [], [], []
    write_book(rest, tmp_path / "rest.xlsx")
    taken_over(tmp_path / "rest.xlsx")
    for name in ("Personnes", "Orientations"):
        write_csv(book, name, tmp_path / f"{name}.csv", *form)
        written: dict[str, Any] = taken_over(tmp_path / f"{name}.csv")["written"]
        assert {sheet: count for sheet, count in written.items() if count} == {name: created(book)[name]}
    write_book(book, tmp_path / "whole.xlsx")
    assert taken_over(tmp_path / "whole.xlsx")["written"]["Personnes"] == 0
    _, wrong = answers(book, 21)
    assert wrong == []


@pytest.mark.full
@pytest.mark.libreoffice
def test_a_file_saved_by_libreoffice_means_the_same(tmp_path: Path) -> None:
    book = generate(22, 60)
    write_book(book, tmp_path / "book.xlsx")
    target = tmp_path / "saved"
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", target, tmp_path / "book.xlsx"],
        check=True,
        capture_output=True,
        timeout=180,
    )
    assert taken_over(target / "book.xlsx")["written"] == created(book)
    _, wrong = answers(book, 22)
    assert wrong == []
