"""Fictitious persons and lives as workbooks of any size, written fast: what the import is measured on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from placements.intake import WORKBOOK

SHEETS = {sheet.title: sheet for sheet in WORKBOOK}
LAST = [
    "Durand",
    "Leroy",
    "Moreau",
    "Petit",
    "Roux",
    "Fontaine",
    "Girard",
    "Bonnet",
    "Lambert",
    "Rousseau",
    "Évrard",
    "Guérin",
    "N’Diaye",
    "Le~Goff",
]
FIRST = [
    "Inès",
    "Zoé",
    "Karim",
    "Léa",
    "Noé",
    "Chloé",
    "Sacha",
    "Malik",
    "Éva",
    "Théo",
    "Camille",
    "Yanis",
    "Jade",
    "Hugo",
    "Lina",
]
STREETS = ["des Lilas", "de la Gare", "du Marché", "Victor Hugo", "de l’Église", "des Écoles"]
PARTNERS = ("mission_locale", "maison_emploi", "organisme_formation", "employeur", "financeur")
SEATS = 25
START = date(2021, 1, 4)
CHANNELS = ("phone", "sms", "email", "post")
KINDS = ("job_seeking", "cdd", "temp", "training_other", "cdi", "inactive")


def name(number: int) -> tuple[str, str]:
    return f"{LAST[number % 14].replace('~', ' ')}-{number // 210:05d}", FIRST[number % 15]


def persons(count: int) -> Iterator[list[Any]]:
    """Rows of Personnes, everybody different, everything filled but every seventh e-mail."""
    for number in range(count):
        last, first = name(number)
        yield [
            f"P-{number:07d}", last, first, "FMX"[number % 3 if number % 40 == 0 else number % 2],
            date(1995, 1, 1) + timedelta(number * 7919 % 3200), f"p{number}@exemple.fr" if number % 7 else None,
            f"06{number * 97 % 10**8:08d}", CHANNELS[number % 4], f"{number % 180} rue {STREETS[number % 6]}", "44000", "44109",
            "non" if number % 3 else None, f"ORG-{number % 2}",
        ]  # fmt: skip


def partners() -> Iterator[list[Any]]:
    for number, kind in enumerate(PARTNERS):
        yield [f"ORG-{number}", f"Organisme {number}", kind, None, "44109", None, None]


def cohorts(count: int) -> Iterator[list[Any]]:
    for number in range((count + SEATS - 1) // SEATS):
        start = START + timedelta(number % 200 * 7)
        yield [
            f"COH-{number}",
            "FORM-0",
            f"Cohorte {number}",
            start,
            start + timedelta(170),
            SEATS,
            None,
            "CONV-0",
            "44109",
        ]


def situations(count: int) -> Iterator[list[Any]]:
    """Seven for every two people."""
    for number in range(count * 7 // 2):
        start = START + timedelta(number * 31 % 1500)
        kind = KINDS[number % 6]
        end = start + timedelta(20 + number % 300) if number % 3 else None
        job = kind in {"cdd", "cdi", "temp"}
        yield [
            f"P-{number % count:07d}", kind, start, end, None, None if end else start + timedelta(40), 35 if job else None,
            f"Entreprise {number % 900}" if job else None, "oui" if number % 5 == 0 else None, "document" if job else None,
        ]  # fmt: skip


def referrals(count: int) -> Iterator[list[Any]]:
    for number in range(count):
        start = START + timedelta(number // SEATS % 200 * 7)
        sent = start - timedelta(40)
        yield [
            f"P-{number:07d}",
            f"COH-{number // SEATS}",
            f"ORG-{number % 2}",
            sent,
            "admis",
            sent + timedelta(20),
            None,
        ]


def enrolments(count: int) -> Iterator[list[Any]]:
    for number in range(count):
        start = START + timedelta(number // SEATS % 200 * 7)
        left = start + timedelta(60 + number % 110)
        yield [
            f"P-{number:07d}", f"COH-{number // SEATS}", start, left, "completed" if number % 4 else "dropout",
            "obtained" if number % 3 else None, None, 600, 580.5, "unemployed", start - timedelta(200), "non", str(2 + number % 5),
            "non", "fr", None, "non", "non",
        ]  # fmt: skip


def follow_ups(count: int) -> Iterator[list[Any]]:
    for number in range(count):
        start = START + timedelta(number // SEATS % 200 * 7)
        asked = start + timedelta(60 + number % 110 + 95)
        yield [f"P-{number:07d}", f"COH-{number // SEATS}", 3, asked, "answered", CHANNELS[number % 4]]


def write(path: Path, count: int, *, lives: bool, only: str = "") -> Path:
    """A whole workbook of `count` people; with `lives` false only organisations and persons are filled;
    `only` writes that sheet alone."""
    book = Workbook(write_only=True)
    made = {"Organismes": partners(), "Personnes": persons(count)}
    if lives:
        made |= {
            "Programmes": iter([["FORM-0", "Développement web", "ORG-2", "RNCP37674", "5", 600, "M1805"]]),
            "Conventions": iter(
                [["CONV-0", "ORG-4", "ORG-2", START, date(2027, 12, 31), "non", "relais-6m", 30, *[None] * 5]]
            ),
            "Cohortes": cohorts(count),
            "Situations": situations(count),
            "Orientations": referrals(count),
            "Inscriptions": enrolments(count),
            "Suivis": follow_ups(count),
        }
    for title, sheet in SHEETS.items():
        if only and title != only:
            continue
        page = book.create_sheet(title)
        page.append([column.title for column in sheet.columns])
        for row in made.get(title, ()):
            page.append(row)
    book.save(path)
    return path
