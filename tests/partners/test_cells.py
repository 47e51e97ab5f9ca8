"""Cells are read tolerant in form and strict in meaning: what is not understood is refused, never guessed."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.cells import Cell, Day, Lists, Number, Several, Text, Whole, Words, YesNo, fold_header, tidy
from partners.code_cells import (
    Certification,
    Commune,
    District,
    Email,
    Level,
    Occupation,
    Phone,
    Postcode,
    RuleCode,
    Siret,
)
from partners.intake import KIND

LISTS = Lists(
    frozenset({"44109", "2A004"}), frozenset({"QN04401M"}), None, frozenset({"M1805"}), frozenset({"relais-6m"})
)


def read(cell: Cell, value: Any, lists: Lists = LISTS) -> Any:
    values, faults = cell.column([value], lists)
    assert not faults, faults
    return values[0]


def refuses(cell: Cell, value: Any, lists: Lists = LISTS) -> bool:
    values, faults = cell.column([value], lists)
    assert (values == [None]) if faults else True
    return bool(faults) and all(fault.reason.endswith(".") and fault.fix.endswith(".") for fault in faults.values())


@pytest.mark.parametrize(
    ("cell", "value", "meaning"),
    [
        (Text(), "  Le\u00a0 Goff ", "Le Goff"),
        (Text(), "e\u0301tude", "étude"),
        (Text(), 123.0, "123"),
        (Text(), 12.5, "12.5"),
        (Text(), " \u00a0 ", None),
        (Day(), datetime(2026, 1, 5, 9, 30), date(2026, 1, 5)),
        (Day(), date(2026, 1, 5), date(2026, 1, 5)),
        (Day(), "05/01/2026", date(2026, 1, 5)),
        (Day(), " 2026-01-05\u202f", date(2026, 1, 5)),
        (YesNo(), "Oui", True),
        (YesNo(), "X", True),
        (YesNo(), 1.0, True),
        (YesNo(), True, True),
        (YesNo(), "0", False),
        (YesNo(unsaid=True), "NSP", None),
        (Whole(), "24", 24),
        (Whole(), 24.0, 24),
        (Number(), "1 234,5", Decimal("1234.5")),
        (Number(), 0.1 + 0.2, Decimal("0.30")),
        (KIND, "Maison de l’emploi", "maison_emploi"),
        (KIND, "ORGANISME_FORMATION", "training_body"),
        (KIND, "training_body", "training_body"),
        (Several(Occupation()), "m1805 ; M1805", ("M1805",)),
        (Phone(), 612345678.0, "+33612345678"),
        (Phone(), "06.12.34.56.78", "+33612345678"),
        (Phone(), "0033 6 12 34 56 78", "+33612345678"),
        (Phone(), "+33 (0)6 12 34 56 78", "+33612345678"),
        (Phone(), "0690 12 34 56", "+590690123456"),
        (Phone(), "0262 41 00 00", "+262262410000"),
        (Email(), " a.b@exemple.fr ", "a.b@exemple.fr"),
        (Postcode(), 1000.0, "01000"),
        (Commune(), "2a004", "2A004"),
        (District(), "Non", "non"),
        (District(), "qn04401m", "QN04401M"),
        (District(), "QP044001", "QP044001"),
        (Siret(), "732 829 320 00074", "73282932000074"),
        (Siret(), "35600000049837", "35600000049837"),
        (Certification(), 37674.0, "RNCP37674"),
        (Certification(), "rncp 37674", "RNCP37674"),
        (Level(), "sans diplôme", "none"),
        (Level(), 4.0, "4"),
        (Level(), "niveau 4 (bac)", "4"),
        (RuleCode(), "Relais-6m", "relais-6m"),
    ],
)
def test_usual_forms_are_understood(cell: Cell, value: Any, meaning: Any) -> None:
    assert read(cell, value) == meaning


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (Text(), "a" * 501),
        (Text(), "sur\ndeux lignes"),
        (Text(), "a\x07"),
        (Text(), True),
        (Text(), date(2026, 1, 5)),
        (Day(), "05/01/26"),
        (Day(), 46000.0),
        (Day(), "46000"),
        (Day(), "31/02/2026"),
        (Day(), "5 janvier 2026"),
        (Day(), time(9, 30)),
        (Day(), "01/01/0026"),
        (YesNo(), "peut-être"),
        (YesNo(), "nsp"),
        (YesNo(), 2.0),
        (Whole(), 20.5),
        (Whole(among=(0, 1, 3)), 2.0),
        (Number(), "30 %"),
        (Number(), "-3"),
        (Number(), -3.0),
        (Number(), 1.234),
        (Number(), True),
        (Number(high=100), 101.0),
        (KIND, "syndicat"),
        (Phone(), "01 23 45 67 8"),
        (Phone(), "0601234567, 0612345678"),
        (Phone(), "6.12E+08"),
        (Email(), "a@b"),
        (Email(), "a@b.fr;c@d.fr"),
        (Postcode(), "2A004"),
        (Commune(), "Nantes"),
        (Commune(), "44000"),
        (District(), "oui"),
        (District(), "QN99999Z"),
        (Siret(), "73282932000075"),
        (Siret(), "1803331476872"),
        (Occupation(), "M9999"),
        (Level(), "9"),
        (RuleCode(), "relais-7m"),
    ],
)
def test_what_is_not_understood_is_refused_with_sentences(cell: Cell, value: Any) -> None:
    assert refuses(cell, value)


def test_without_lists_the_form_alone_is_checked() -> None:
    assert read(Commune(), "44000", Lists()) == "44000"
    assert read(District(), "QN99999Z", Lists()) == "QN99999Z"


def test_true_and_one_are_told_apart_in_one_column() -> None:
    values, faults = Whole().column([True, 1.0, "1"], LISTS)
    assert values == [None, 1, 1]
    assert list(faults) == [0]


def test_headers_compare_whatever_their_form() -> None:
    assert fold_header(" STATUT  À L’ENTRÉE (code)") == fold_header("Statut à l'entrée")


@given(st.text(max_size=60))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.lists(st.one_of(st.text(max_size=8), st.just("simple"), st.floats(0, 9999), st.booleans()), max_size=12))
def test_a_column_read_at_once_is_its_cells_read_one_by_one(raw: list[Any]) -> None:
    for cell in (Text(), YesNo(), Whole(), Day()):
        values, faults = cell.column(raw, LISTS)
        alone = [cell.column([value], LISTS) for value in raw]
        assert values == [value for ((value,), _) in alone]
        assert set(faults) == {line for line, (_, bad) in enumerate(alone) if bad}


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_reads_the_same_in_its_three_forms(day: date) -> None:
    forms = [day, f"{day:%d/%m/%Y}" if day.year > 999 else day, day.isoformat()]
    assert Day().column(forms, LISTS) == ([day] * 3, {})


@given(st.from_regex("0[67][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", ".", "-"]))
def test_separators_in_a_number_change_nothing(number: str, between: str) -> None:
    spaced = between.join(number[at : at + 2] for at in range(0, 10, 2))
    assert read(Phone(), spaced) == read(Phone(), number)


def test_every_word_of_a_list_is_accepted_as_code_and_label() -> None:
    words = Words({"alpha": "a", "Bêta (grec)": "b"}, "Ce mot")
    assert [read(words, said) for said in ("ALPHA", "beta", "bêta (grec)")] == ["a", "b", "b"]
