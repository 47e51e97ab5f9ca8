"""The list of persons as a workbook: the same people, in the same order, as masked as on the page; written as it is read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from learners.listing import Row, all_rows
from partners.journal import record

MOST = 50_000  # beyond, a page would make somebody wait for minutes
WIDTHS = (22, 18, 13, 7, 16, 28, 22, 8, 34, 12, 34, 24, 30, 12)


class TooMany(Exception):
    """More persons than a page may write."""


def headings() -> list[str]:
    return [
        _("Nom"), _("Prénom"), _("Naissance"), _("Âge"), _("Téléphone"), _("Courriel"), _("Commune"), _("QPV"), _("Situation"),
        _("Depuis le"), _("Tient le relais"), _("Référent"), _("Cohorte"), _("Dernier acte"),
    ]  # fmt: skip


def export_people(user: Any, people: Any, few: set[int] | None, *, codes: list[str], ticked: bool) -> IO[bytes]:
    """The workbook as an open file, gone once closed. Raises TooMany, before any row is written."""
    if people.order_by()[: MOST + 1].count() > MOST and (few is None or len(few) > MOST):
        raise TooMany(_("Un classeur contient 50 000 personnes au plus : ajoutez un filtre."))
    count, file = write(all_rows(user, people, few))
    with transaction.atomic():
        works = user.working_for
        record(
            "export_people", by=user, organisation=works[0].organisation if works else None,
            people=count, filters=codes, ticked=ticked,
        )  # fmt: skip
    return file


def write(rows: Iterable[Row]) -> tuple[int, IO[bytes]]:
    """How many rows, and the workbook, rewound."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Personnes"))
    for letter, width in zip("ABCDEFGHIJKLMN", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "C2"
    sheet.append([_bold(sheet, words) for words in headings()])
    count = 0
    for row in rows:
        sheet.append(cells(sheet, row))
        count += 1
    sheet.auto_filter.ref = f"A1:N{count + 1}"
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    book.save(file)
    file.seek(0)
    return count, file


def _bold(sheet: Any, words: str) -> Any:
    cell = WriteOnlyCell(sheet, words)
    cell.font = Font(bold=True)
    return cell


def cells(sheet: Any, row: Row) -> list[Any]:
    """What the page shows of a person, a column each."""
    learner, contacts = row.learner, row.sight.contacts
    return [
        _text(sheet, learner.last_name),
        _text(sheet, learner.first_name),
        learner.born_on if contacts else None,
        row.age,
        _text(sheet, learner.phone if contacts else ""),
        _text(sheet, learner.email if contacts else ""),
        _text(sheet, row.place),
        _("oui") if row.in_district else None,
        _text(sheet, row.situation),
        row.since,
        _text(sheet, row.holder),
        _text(sheet, row.referent),
        _text(sheet, row.cohort),
        row.last_act,
    ]


def _text(sheet: Any, words: str) -> Any:
    """A text, which stays one whatever its first sign: openpyxl takes « =… » for a formula."""
    if not words:
        return None
    words = ILLEGAL_CHARACTERS_RE.sub("", words)
    if not words.startswith("="):
        return words
    cell = WriteOnlyCell(sheet, words)
    cell.data_type = "s"
    return cell
