"""The product against the oracle: other people's workbooks in, the figures of an independent reading out."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rfc8785

from tests.commands import build, differences, dump, empty_base, run
from tests.oracle.columns import SHEETS
from tests.oracle.defects import DEFECTS
from tests.oracle.draft import Draft, Expected, Place
from tests.oracle.generate import TODAY, generate
from tests.oracle.hostile import HOSTILE, header_too_low, without_column, without_sheet
from tests.oracle.messy import write_messy
from tests.oracle.model import Book
from tests.oracle.read import read_book
from tests.oracle.report import report
from tests.oracle.write import write_book

pytestmark = pytest.mark.django_db

REDUCED = [(1, 60), (2, 140)]
WIDE = [(seed, (40, 120, 250, 420)[seed % 4]) for seed in range(100, 148)]
SEEDS = [*REDUCED, *(pytest.param(*pair, marks=pytest.mark.full) for pair in WIDE)]
ALWAYS = (date(2015, 1, 1), date(2030, 12, 31))
AS_OF = (TODAY, date(2026, 5, 31), date(2025, 8, 31), date(2025, 2, 28), date(2024, 2, 29))


def questions(book: Book, seed: int) -> list[tuple[str, date, date, date]]:
    """Each agreement over all time as of today, then over drawn periods and days."""
    rng = Random(f"questions-{seed}")
    asked = []
    for agreement in book.agreements:
        asked.append((agreement.ref, *ALWAYS, TODAY))
        start = date(rng.choice([2023, 2024, 2025]), rng.randrange(1, 13), rng.randrange(1, 29))
        end = date(start.year + rng.choice([0, 1, 2]), 12, 31)
        asked.append((agreement.ref, start, end, rng.choice(AS_OF)))
        # A period that starts and ends on days when somebody enters or leaves.
        days = sorted(day for row in book.enrolments for day in (row.entry, row.exit) if day is not None)
        start, end = sorted(rng.sample(days, 2))
        asked.append((agreement.ref, start, end, rng.choice(days)))
    return asked


def sealed(found: dict[str, Any]) -> dict[str, Any]:
    """Check the hash of a report by the text, and return it without evidence and sha256."""
    rest = {key: value for key, value in found.items() if key != "sha256"}
    assert found["sha256"] == hashlib.sha256(rfc8785.dumps(rest)).hexdigest()
    assert len(rest.pop("evidence")) == 64
    return rest


def taken_over(path: Path) -> dict[str, Any]:
    """Import a file that has nothing wrong, and return what the command printed."""
    ran = run("import_workbook", path, "--json")
    assert ran.status == 0, ran.json["errors"][:5] if ran.out else ran.err
    assert ran.json["errors"] == []
    return ran.json


def answers(book: Book, seed: int) -> tuple[list[Any], list[str]]:
    """Ask all the questions; return the whole answers and what differs from the oracle."""
    whole, wrong = [], []
    for question in questions(book, seed):
        ran = build(*question)
        assert ran.status == 0, ran.err
        found = sealed(ran.json)
        whole.append(found)
        expected = report(book, *question)
        wrong += [f"{question[0]} {' '.join(map(str, question[1:]))} {line}" for line in differences(expected, found)]
    return whole, wrong


def created(book: Book) -> dict[str, int]:
    """Count the rows a first import creates; a row said twice is one row."""
    return {s.name: len({repr(row) for row in getattr(book, s.field)}) for s in SHEETS}


@pytest.mark.parametrize(("seed", "persons"), SEEDS)
def test_reports_agree_with_the_oracle_on_clean_and_untidy_files(seed: int, persons: int, tmp_path: Path) -> None:
    book = generate(seed, persons)
    write_book(book, tmp_path / "clean.xlsx")
    write_messy(book, tmp_path / "untidy.xlsx", seed)
    with empty_base():
        assert taken_over(tmp_path / "clean.xlsx")["written"] == created(book)
        clean, wrong = answers(book, seed)
        assert wrong == []
    with empty_base():
        assert taken_over(tmp_path / "untidy.xlsx")["written"] == created(book)
        untidy, wrong = answers(book, seed)
        assert wrong == []
    assert clean == untidy


@pytest.mark.parametrize(("seed", "persons"), [(3, 60), *SEEDS[2:]])
def test_an_export_comes_back_the_same(seed: int, persons: int, tmp_path: Path) -> None:
    book = generate(seed, persons)
    write_book(book, tmp_path / "clean.xlsx")
    with empty_base():
        taken_over(tmp_path / "clean.xlsx")
        before = dump()
        assert run("export_workbook", tmp_path / "out.xlsx").status == 0
        assert set(taken_over(tmp_path / "out.xlsx")["written"].values()) <= {0}
        assert set(taken_over(tmp_path / "clean.xlsx")["written"].values()) <= {0}
        assert dump() == before
    with empty_base():
        assert taken_over(tmp_path / "out.xlsx")["written"] == created(book)
        _, wrong = answers(book, seed)
        assert wrong == []
        assert run("export_workbook", tmp_path / "again.xlsx").status == 0
    first, second = read_book(tmp_path / "out.xlsx"), read_book(tmp_path / "again.xlsx")
    assert first == second
    assert_same_rows(first, read_book(tmp_path / "clean.xlsx"))


def assert_same_rows(exported: Book, book: Book) -> None:
    """The export says what the first file said: order kept where it means something, once each row."""
    for sheet in SHEETS:
        theirs, mine = getattr(exported, sheet.field), list({repr(r): r for r in getattr(book, sheet.field)}.values())
        assert {repr(row) for row in theirs} == {repr(row) for row in mine}, sheet.name
        if sheet.field in {"situations", "enrolments"}:
            for person in book.persons:
                ours = [row for row in mine if row.person == person.ref]
                assert [row for row in theirs if row.person == person.ref] == ours


def fold(text: str | None) -> str:
    """Compare words whatever the case, the accents and what stands in brackets."""
    letters = unicodedata.normalize("NFD", (text or "").split("(")[0])
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).lower().split())


def stands_at(error: dict[str, Any], place: Place) -> bool:
    """Tell whether an error is shown at a place."""
    where = fold(error["sheet"]) == fold(place.sheet) and error["row"] == place.row
    return where and (place.columns is None or fold(error["column"]) in {fold(name) for name in place.columns})


def check_refusal(errors: list[dict[str, Any]], expected: Expected) -> None:
    """The fault is at its place, says why and how to mend it; and nowhere else when it stands alone."""
    found = [error for error in errors if any(stands_at(error, place) for place in expected.places)]
    assert found, errors[:6]
    assert all(error["reason"] and error["fix"] for error in errors), errors[:6]
    if expected.words:
        said = [fold(f"{error['reason']} {error['fix']}") for error in found]
        assert any(fold(word) in text for word in expected.words for text in said), found
    if expected.alone:
        assert found == errors


@pytest.fixture(scope="module")
def small() -> Book:
    return generate(7, 40)


def refused(path: Path) -> list[dict[str, Any]]:
    """Import a faulty file: status 1, nothing written, no row changed anywhere; return the errors."""
    before = dump()
    ran = run("import_workbook", path, "--json")
    assert ran.status == 1, (ran.out, ran.err)
    assert dump() == before
    assert set(ran.json["written"].values()) <= {0}
    assert ran.json["errors"]
    return ran.json["errors"]


def one_in(step: int, items: Iterable[Any]) -> list[Any]:
    """Keep one item of each step for the reduced run; the others wait for --full."""
    return [item if n % step == 0 else pytest.param(item, marks=pytest.mark.full) for n, item in enumerate(items)]


@pytest.mark.parametrize("name", one_in(5, DEFECTS))
def test_a_defect_is_refused_at_its_place_and_changes_nothing(name: str, small: Book, tmp_path: Path) -> None:
    draft = Draft(small)
    expected = DEFECTS[name](draft)
    draft.save(tmp_path / "faulty.xlsx")
    check_refusal(refused(tmp_path / "faulty.xlsx"), expected)
    assert (tmp_path / "faulty-erreurs.xlsx").exists()


def test_the_same_book_without_a_defect_goes_in(small: Book, tmp_path: Path) -> None:
    Draft(small).save(tmp_path / "sound.xlsx")
    assert taken_over(tmp_path / "sound.xlsx")["written"] == created(small)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_whole(name: str, small: Book, tmp_path: Path) -> None:
    Draft(small).save(tmp_path / "clean.xlsx")
    HOSTILE[name](tmp_path / "clean.xlsx", tmp_path / "hostile.xlsx")
    (error,) = refused(tmp_path / "hostile.xlsx")
    assert (error["sheet"], error["row"], error["column"]) == (None, None, None)
    assert error["reason"]
    assert not (tmp_path / "hostile-erreurs.xlsx").exists()


@pytest.mark.parametrize("name", one_in(3, [sheet.name for sheet in SHEETS]))
def test_a_missing_sheet_is_said(name: str, small: Book, tmp_path: Path) -> None:
    Draft(small).save(tmp_path / "clean.xlsx")
    without_sheet(tmp_path / "clean.xlsx", tmp_path / "faulty.xlsx", name)
    errors = refused(tmp_path / "faulty.xlsx")
    assert any(fold(name) in fold(f"{error['sheet']} {error['reason']}") for error in errors)
    assert errors[0]["row"] is None


COLUMNS = [(s.name, c.header) for s in SHEETS for c in s.columns if c.required]


@pytest.mark.parametrize("column", one_in(4, COLUMNS), ids="-".join)
def test_a_missing_required_column_is_said(column: tuple[str, str], small: Book, tmp_path: Path) -> None:
    sheet, header = column
    Draft(small).save(tmp_path / "clean.xlsx")
    without_column(tmp_path / "clean.xlsx", tmp_path / "faulty.xlsx", sheet, header)
    check_refusal(refused(tmp_path / "faulty.xlsx"), Expected((Place(sheet, None, frozenset({header})),), (), False))


def test_a_header_below_row_20_is_not_found(small: Book, tmp_path: Path) -> None:
    Draft(small).save(tmp_path / "clean.xlsx")
    header_too_low(tmp_path / "clean.xlsx", tmp_path / "faulty.xlsx", "Suivis")
    assert {error["sheet"] for error in refused(tmp_path / "faulty.xlsx")} == {"Suivis"}


CONFLICTS: list[tuple[str, str, str, Any]] = [
    # sheet, field, header, another value (or the code to look for and another code)
    ("Personnes", "birth", "Date de naissance", date(2003, 3, 3)),
    ("Personnes", "last_name", "Nom", "Autre"),
    ("Inscriptions", "level", "Niveau", {"6": "7"}),
    ("Inscriptions", "status", "Statut à l'entrée", {"inactive": "employed"}),
    ("Orientations", "decided", "Date de décision", date(2020, 1, 1)),
    ("Situations", "evidence", "Preuve", {"document": "tiers"}),
    ("Cohortes", "title", "Intitulé", "Autre titre"),
    ("Organismes", "name", "Nom", "Autre nom"),
    ("Programmes", "title", "Intitulé", "Autre titre"),
    ("Conventions", "min_women", "Femmes min %", 1),
]


@pytest.mark.parametrize("conflict", one_in(3, CONFLICTS), ids=lambda conflict: f"{conflict[0]}-{conflict[2]}")
def test_another_value_than_the_base_has_is_an_error_at_its_cell(
    conflict: tuple[str, str, str, Any], small: Book, tmp_path: Path
) -> None:
    sheet, field, header, value = conflict
    draft = Draft(small)
    draft.save(tmp_path / "first.xlsx")
    taken_over(tmp_path / "first.xlsx")
    if isinstance(value, dict):  # one code for another
        ((known, value),) = value.items()
        row = draft.find(sheet, lambda r: getattr(r, field) == known)
    else:
        row = draft.find(sheet, lambda r: getattr(r, field) is not None)
    place = draft.set(sheet, row, header, value)
    draft.save(tmp_path / "second.xlsx")
    check_refusal(refused(tmp_path / "second.xlsx"), Expected((place,)))


def test_a_blank_in_the_base_is_filled_and_a_blank_in_the_file_leaves_what_is_there(
    small: Book, tmp_path: Path
) -> None:
    draft = Draft(small)
    row = draft.find("Personnes", lambda r: r.email is not None)
    email = draft.get("Personnes", row, "Courriel")
    draft.set("Personnes", row, "Courriel", None)
    draft.save(tmp_path / "first.xlsx")
    taken_over(tmp_path / "first.xlsx")
    draft.set("Personnes", row, "Courriel", email)
    draft.set("Personnes", row, "Adresse", None)
    draft.save(tmp_path / "second.xlsx")
    taken_over(tmp_path / "second.xlsx")
    assert run("export_workbook", tmp_path / "out.xlsx").status == 0
    found = next(p for p in read_book(tmp_path / "out.xlsx").persons if p.ref == small.persons[row - 2].ref)
    assert (found.email, found.address) == (email, small.persons[row - 2].address)


@pytest.mark.parametrize("args", [("CONV-999", "2025-01-01", "2025-12-31"), ("CONV-1", "2025-12-31", "2025-01-01")])
def test_an_unknown_agreement_or_an_inverted_period_ends_with_status_2(
    args: tuple[str, str, str], small: Book, tmp_path: Path
) -> None:
    Draft(small).save(tmp_path / "clean.xlsx")
    taken_over(tmp_path / "clean.xlsx")
    ran = build(args[0], date.fromisoformat(args[1]), date.fromisoformat(args[2]), TODAY)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err
