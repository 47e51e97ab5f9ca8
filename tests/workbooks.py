"""A small takeover workbook to bend: rows by sheet and by column, written as XLSX or CSV, and read back."""

from __future__ import annotations

import csv
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from partners.workbook import Outcome
from placements.intake import WORKBOOK, bring_in

Row = dict[str, Any]
Rows = dict[str, list[Row]]
TITLES = {sheet.title: [column.title for column in sheet.columns] for sheet in WORKBOOK}
SIRET = "73282932000074"

PLAIN: Rows = {
    "Organismes": [
        {"Référence": "ML", "Nom": "Mission locale du Test", "Type": "mission_locale"},
        {"Référence": "OF", "Nom": "École du Test", "Type": "organisme_formation", "SIRET": SIRET},
        {"Référence": "FI", "Nom": "Région du Test", "Type": "financeur"},
        {"Référence": "EMP", "Nom": "Boulangerie du Test", "Type": "employeur"},
    ],
    "Programmes": [{"Référence": "PRG", "Intitulé": "Développement web", "Organisme": "OF", "Durée (heures)": 600}],
    "Conventions": [
        {
            "Référence": "CONV", "Financeur": "FI", "Organisme": "OF", "Début": date(2025, 1, 1), "Fin": date(2025, 12, 31),
            "Règles (codes)": "relais-6m, gen-2019", "Femmes min %": 30,
        }
    ],
    "Cohortes": [
        {
            "Référence": "COH", "Programme": "PRG", "Intitulé": "Dev 1", "Début": date(2026, 1, 5), "Fin": date(2026, 6, 30),
            "Places": 20, "Conventions": "CONV", "Commune (INSEE)": "44109",
        }
    ],
    "Personnes": [
        {"Référence": "P1", "Nom": "Martin", "Prénom": "Inès", "Sexe": "F", "Date de naissance": date(2004, 2, 3), "Référent": "ML"},
        {"Référence": "P2", "Nom": "Petit", "Prénom": "Noé", "Sexe": "M", "Date de naissance": date(2003, 5, 6)},
        {"Référence": "P3", "Nom": "Roux", "Prénom": "Sacha"},
    ],
    "Situations": [
        {"Personne": "P1", "Type": "cdd", "Début": date(2026, 7, 6), "Fin": date(2026, 9, 30), "Employeur": "EMP", "Heures hebdo": 35},
        {"Personne": "P1", "Type": "job_seeking", "Début": date(2025, 6, 1), "Fin": date(2026, 1, 4)},
    ],
    "Orientations": [
        {"Personne": "P1", "Cohorte": "COH", "Orienté par": "ML", "Date": date(2025, 11, 3), "Décision": "admis"},
        {"Personne": "P2", "Cohorte": "COH", "Date": date(2025, 11, 4), "Décision": "admis"},
        {"Personne": "P3", "Cohorte": "COH", "Orienté par": "ML", "Date": date(2025, 11, 5), "Décision": "refusé", "Motif": "complet"},
    ],
    "Inscriptions": [
        {"Personne": "P1", "Cohorte": "COH", "Entrée": date(2026, 1, 5), "Sortie": date(2026, 6, 30), "Motif de sortie": "completed"},
        {"Personne": "P2", "Cohorte": "COH", "Entrée": date(2026, 1, 5)},
    ],
    "Suivis": [{"Personne": "P1", "Cohorte": "COH", "Jalon": 1, "Date": date(2026, 8, 3), "Résultat": "answered", "Canal": "sms"}],
}  # fmt: skip


def plain() -> Rows:
    return deepcopy(PLAIN)


def changed(sheet: str, line: int, **cells: Any) -> Rows:
    """The plain rows with some cells of one line changed; a space in a title is written with an underscore."""
    rows = plain()
    rows[sheet][line] |= {name.replace("_", " "): value for name, value in cells.items()}
    return rows


def write(path: Path, rows: Rows) -> Path:
    """A clean workbook: every sheet, every column, header in row 1."""
    book = Workbook(write_only=True)
    for title, columns in TITLES.items():
        page = book.create_sheet(title)
        page.append(columns)
        for row in rows.get(title, []):
            assert row.keys() <= set(columns), row.keys() - set(columns)
            page.append([row.get(column) for column in columns])
    book.save(path)
    return path


def write_csv(path: Path, rows: list[Row], *, separator: str = ";", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every cell of every sheet."""
    return {page.title: list(page.iter_rows(values_only=True)) for page in load_workbook(path)}


def brought(tmp_path: Path, rows: Rows | None = None, **options: Any) -> Outcome:
    """Import these rows, the plain ones by default."""
    return bring_in(write(tmp_path / "classeur.xlsx", plain() if rows is None else rows), **options)


def places(outcome: Outcome) -> list[tuple[str | None, int | None, str | None]]:
    """Where the errors are."""
    return [(error.sheet, error.row, error.column) for error in outcome.problems.errors]


def warned(outcome: Outcome) -> list[tuple[str | None, int | None, str | None]]:
    return [(warning.sheet, warning.row, warning.column) for warning in outcome.problems.warnings if warning.sheet]
