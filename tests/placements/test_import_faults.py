"""Each fault of a workbook is told at its place, and nothing is written."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from learners.models import Situation
from tests.commands import dump, run
from tests.workbooks import brought, changed, places, plain, write

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def test_a_fault_in_the_last_row_leaves_the_base_as_it_was(tmp_path: Path) -> None:
    before = dump()
    outcome = brought(tmp_path, changed("Suivis", 0, Résultat="peut-être"))
    assert places(outcome) == [("Suivis", 2, "Résultat")]
    assert not any(outcome.written.values())
    assert dump() == before


FUTURE = TODAY + timedelta(days=2)
FAULTS: list[tuple[str, int, dict[str, Any], str]] = [
    ("Organismes", 1, {"SIRET": "73282932000075"}, "SIRET"),
    ("Organismes", 3, {"Référence": "OF"}, "Référence"),
    ("Programmes", 0, {"Organisme": "?"}, "Organisme"),
    ("Programmes", 0, {"Intitulé": None}, "Intitulé"),
    ("Conventions", 0, {"Fin": date(2024, 1, 1)}, "Fin"),
    ("Conventions", 0, {"Règles (codes)": "relais-6m, relais-9m"}, "Règles (codes)"),
    ("Cohortes", 0, {"Places": 19}, "Places"),
    ("Cohortes", 0, {"Conventions": "CONV, AUTRE"}, "Conventions"),
    ("Personnes", 0, {"Adresse": "=1+1"}, "Adresse"),
    ("Personnes", 0, {"Prénom": "1 85 05 78 006 084"}, "Prénom"),
    ("Personnes", 2, {"Référent": "P1"}, "Référent"),
    ("Situations", 0, {"Fin": date(2026, 7, 5)}, "Fin"),
    ("Situations", 0, {"Fin prévue": date(2026, 7, 5)}, "Fin prévue"),
    ("Situations", 0, {"Confirmée le": date(2026, 7, 5)}, "Confirmée le"),
    ("Situations", 0, {"Confirmée le": FUTURE}, "Confirmée le"),
    ("Situations", 1, {"Personne": "P9"}, "Personne"),
    ("Orientations", 0, {"Date de décision": FUTURE}, "Date de décision"),
    ("Orientations", 2, {"Personne": "P1"}, "Personne"),
    ("Inscriptions", 0, {"Sortie": date(2026, 1, 4)}, "Sortie"),
    ("Inscriptions", 0, {"Sortie": FUTURE}, "Sortie"),
    ("Inscriptions", 1, {"Motif de sortie": "dropout"}, "Motif de sortie"),
    ("Inscriptions", 0, {"Entrée": date(2025, 12, 5)}, "Entrée"),
    ("Inscriptions", 1, {"Personne": "P3"}, "Cohorte"),
    ("Inscriptions", 1, {"Personne": "P1"}, "Personne"),
    ("Suivis", 0, {"Personne": "P3"}, "Cohorte"),
    ("Suivis", 0, {"Date": FUTURE}, "Date"),
    ("Suivis", 0, {"Jalon": 2}, "Jalon"),
]


@pytest.mark.parametrize(("sheet", "line", "cells", "column"), FAULTS)
def test_each_fault_is_told_once_at_its_place(
    sheet: str, line: int, cells: dict[str, Any], column: str, tmp_path: Path
) -> None:
    rows = plain()
    rows[sheet][line] |= cells
    outcome = brought(tmp_path, rows)
    assert places(outcome) == [(sheet, line + 2, column)]
    assert outcome.problems.errors[0].fix


def test_ages_15_and_65_enter_and_14_and_66_do_not(tmp_path: Path) -> None:
    for born, fine in (
        (date(2011, 1, 5), True),
        (date(2011, 1, 6), False),
        (date(1960, 1, 6), True),
        (date(1960, 1, 5), False),
    ):
        outcome = brought(tmp_path, changed("Personnes", 0, Date_de_naissance=born), dry_run=True)
        assert places(outcome) == ([] if fine else [("Inscriptions", 2, "Entrée")])


def test_no_day_has_more_people_than_seats_entry_and_exit_included(tmp_path: Path) -> None:
    rows = plain()
    rows["Cohortes"][0] |= {"Places": 1, "Dérogation": "essai"}
    rows["Inscriptions"][0]["Sortie"] = date(2026, 1, 20)
    rows["Inscriptions"][1]["Entrée"] = date(2026, 1, 20)
    assert places(brought(tmp_path, rows, dry_run=True)) == [("Inscriptions", 3, "Cohorte")]
    rows["Inscriptions"][1]["Entrée"] = date(2026, 1, 21)
    assert places(brought(tmp_path, rows)) == []
    rows["Personnes"].append({"Référence": "P4", "Nom": "Blanc", "Prénom": "Léo"})
    rows["Orientations"].append({"Personne": "P4", "Cohorte": "COH", "Date": date(2025, 11, 3), "Décision": "admis"})
    rows["Inscriptions"] = [{"Personne": "P4", "Cohorte": "COH", "Entrée": date(2026, 2, 2)}]
    assert places(brought(tmp_path, rows)) == [("Inscriptions", 2, "Cohorte")]


def test_a_situation_twice_alike_is_one_and_twice_otherwise_an_error(tmp_path: Path) -> None:
    rows = plain()
    rows["Situations"].append(dict(rows["Situations"][0]))
    assert places(brought(tmp_path, rows)) == []
    assert Situation.objects.count() == 2
    rows["Situations"][2]["Preuve"] = "document"
    assert places(brought(tmp_path, rows)) == [("Situations", 4, "Preuve")]


def test_a_missing_sheet_or_column_is_told_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", plain())
    book = load_workbook(path)
    del book["Personnes"]
    book["Cohortes"]["B1"] = "Autre"
    book.save(path)
    from_file = run("import_workbook", path, "--json")
    assert from_file.status == 1
    told = [(error["sheet"], error["row"], error["column"]) for error in from_file.json["errors"]]
    assert told == [("Cohortes", None, "Programme"), ("Personnes", None, None)]
