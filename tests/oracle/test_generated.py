"""The generator, the untidy writer and the defects are themselves checked."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import from_excel

from tests.oracle.columns import SHEETS
from tests.oracle.defects import DEFECTS
from tests.oracle.draft import Draft
from tests.oracle.generate import TODAY, generate
from tests.oracle.hostile import HOSTILE
from tests.oracle.lives import RANK, age_at
from tests.oracle.messy import write_messy
from tests.oracle.model import Book
from tests.oracle.read import read_book
from tests.oracle.report import report
from tests.oracle.write import write_book
from tests.oracle.write_fast import write_fast

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_always_gives_the_same_book_and_another_seed_another(seed: int) -> None:
    assert generate(seed, 40) == generate(seed, 40)
    assert generate(seed, 40) != generate(seed + 1, 40)


@pytest.mark.parametrize("write", [write_book, write_fast])
def test_a_clean_file_reads_back_the_same(write: Any, tmp_path: Path) -> None:
    book = generate(1, 40)
    write(book, tmp_path / "clean.xlsx")
    assert read_book(tmp_path / "clean.xlsx") == book


def _crowded(book: Book, ref: str) -> int:
    rows = [row for row in book.enrolments if row.cohort == ref]
    return max((sum(r.entry <= row.entry <= (r.exit or date.max) for r in rows) for row in rows), default=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_generated_books_keep_the_checks_of_the_workbook(seed: int) -> None:
    book = generate(seed, 150)
    cohorts = {cohort.ref: cohort for cohort in book.cohorts}
    persons = {person.ref: person for person in book.persons}
    admitted = {(row.person, row.cohort) for row in book.applications if row.decision == "admitted"}
    keys = Counter((row.person, row.cohort) for row in book.enrolments)
    assert max(keys.values()) == 1
    assert keys.keys() <= admitted
    for row in book.enrolments:
        cohort, birth = cohorts[row.cohort], persons[row.person].birth
        assert (row.entry - cohort.start).days >= -30
        assert (row.entry - cohort.end).days <= 30
        assert row.exit is None or row.entry <= row.exit <= TODAY
        assert birth is None or 15 <= age_at(birth, row.entry) <= 65
        assert row.exit is not None or row.reason is None
    for cohort in book.cohorts:
        assert cohort.derogation or 20 <= cohort.seats <= 30
        assert _crowded(book, cohort.ref) <= cohort.seats


@pytest.mark.parametrize("seed", SEEDS)
def test_generated_situations_keep_their_dates_in_order_and_their_keys_apart(seed: int) -> None:
    rows = generate(seed, 150).situations
    seen: dict[Any, Any] = {}
    for row in rows:
        for day in (row.end, row.planned_end, row.confirmed):
            assert day is None or day >= row.start
        assert row.confirmed is None or row.confirmed <= TODAY
        assert seen.setdefault((row.person, row.kind, row.start, row.employer), row) == row


def test_enough_lives_stand_on_every_edge() -> None:
    kinds: Counter[str] = Counter()
    positive: Counter[str] = Counter()
    for seed in range(6):
        book = generate(seed, 200)
        kinds.update(row.kind for row in book.situations)
        for agreement in book.agreements:
            figures = report(book, agreement.ref, date(2020, 1, 1), date(2027, 1, 1), TODAY)
            for code, rule in figures["rules"].items():
                positive[code] += rule["numerator"]
                positive.update({f"{code} {part}": count for part, count in rule["parts"].items()})
            positive.update({code: row["total"] for code, row in figures["fse"].items() if code != "incomplete"})
    assert set(kinds) == set(RANK)
    assert [name for name, count in positive.items() if count < 2] == []


def _same(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\u00a0", " ").split())


def _day(value: Any, epoch: Any) -> date | None:
    if isinstance(value, str) and "/" in value:
        return datetime.strptime(_same(value), "%d/%m/%Y").date()
    if isinstance(value, str):
        return date.fromisoformat(_same(value)) if _same(value) else None
    return value.date() if isinstance(value, datetime) else value and from_excel(value, epoch).date()


def _columns(path: Path, sheet: str, wanted: list[str]) -> list[list[Any]]:
    """Find a sheet and its columns by folded name; the test's own reading of what is promised."""

    def fold(text: Any) -> str:
        letters = unicodedata.normalize("NFD", str(text).split("(")[0])
        return _same("".join(c for c in letters if not unicodedata.combining(c))).lower()

    workbook = load_workbook(path)
    page = next(page for page in workbook if fold(page.title) == fold(sheet))
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    top = next(n for n, row in enumerate(rows) if {fold(w) for w in wanted} <= {fold(c) for c in row})
    places = [[fold(cell) for cell in rows[top]].index(fold(name)) for name in wanted]
    body = [[row[place] for place in places] for row in rows[top + 1 :]]
    return [row for row in body if _same(str(row[0] or ""))]


@pytest.mark.parametrize("seed", range(12))
def test_an_untidy_file_means_the_same(seed: int, tmp_path: Path) -> None:
    book = generate(seed, 40)
    path = tmp_path / "untidy.xlsx"
    write_messy(book, path, seed)
    epoch = load_workbook(path).epoch
    enrolments = _columns(path, "Inscriptions", ["Personne", "Cohorte", "Entrée", "Sortie"])
    read = [(_same(p), _same(c), _day(e, epoch), _day(x, epoch)) for p, c, e, x in enrolments]
    assert read == [(row.person, row.cohort, row.entry, row.exit) for row in book.enrolments]
    persons = _columns(path, "Personnes", ["Référence", "Nom", "Prénom"])
    names = {tuple(_same(cell) for cell in row) for row in persons}
    assert names == {(row.ref, row.last_name, row.first_name) for row in book.persons}
    hours = _columns(path, "Situations", ["Personne", "Début", "Heures hebdo"])
    numbers = [float(_same(str(h)).replace(",", ".")) if _same(str(h or "")) else None for _, _, h in hours]
    assert numbers == [row.hours for row in book.situations]


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_changes_the_file_and_says_where(name: str) -> None:
    book = generate(7, 60)
    draft = Draft(book)
    expected = DEFECTS[name](draft)
    assert draft.grid != Draft(book).grid
    assert all(place.sheet in draft.grid for place in expected.places)
    assert all(place.row is None or place.row <= len(draft.grid[place.sheet or ""]) for place in expected.places)


def test_there_are_enough_defects_and_hostile_files_are_small(tmp_path: Path) -> None:
    assert len(DEFECTS) >= 45
    Draft(generate(7, 40)).save(tmp_path / "clean.xlsx")
    assert len(read_book(tmp_path / "clean.xlsx").persons) == 40
    for make in HOSTILE.values():
        make(tmp_path / "clean.xlsx", tmp_path / "hostile.xlsx")
        assert (tmp_path / "hostile.xlsx").stat().st_size < 4_000_000


def test_the_nine_sheets_are_there() -> None:
    assert [sheet.name for sheet in SHEETS] == [
        "Organismes", "Programmes", "Conventions", "Cohortes", "Personnes", "Situations", "Orientations",
        "Inscriptions", "Suivis",
    ]  # fmt: skip
