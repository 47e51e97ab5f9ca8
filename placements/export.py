"""The base written as a takeover workbook: same sheets, same words, in the order of recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from cohorts.models import Application, Cohort, Enrolment
from learners.models import Learner, Situation
from partners.models import Agreement, Organisation, Programme
from partners.workbook import Column, Sheet
from partners.workbook.naming import give_references
from placements.intake import WORKBOOK
from placements.models import FollowUp

SHEETS = {sheet.title: sheet for sheet in WORKBOOK}
Rows = QuerySet[Any, Any]


def everything() -> dict[str, Rows]:
    """The rows of each sheet, for the platform."""
    return {sheet.title: sheet.model._base_manager.all() for sheet in WORKBOOK}


def known_to(importer: Organisation) -> dict[str, Rows]:
    """The rows of each sheet that belong to this organisation's own namespace: its offers, its cohorts and the people
    in them, the people it brought in, and the partners these name."""
    cohorts = Cohort._base_manager.filter(programme__provider=importer)
    applications = Application._base_manager.filter(cohort__in=cohorts)
    enrolments = Enrolment._base_manager.filter(cohort__in=cohorts)
    learners = Learner._base_manager.filter(
        Q(references__importer=importer) | Q(applications__in=applications) | Q(enrolments__in=enrolments)
    )
    learners = Learner._base_manager.filter(pk__in=learners.values("pk"))
    situations = Situation._base_manager.filter(learner__in=learners)
    agreements = Agreement._base_manager.filter(Q(provider=importer) | Q(cohorts__in=cohorts))
    agreements = Agreement._base_manager.filter(pk__in=agreements.values("pk"))
    organisations = Organisation._base_manager.filter(
        Q(pk=importer.pk)
        | Q(references__importer=importer)
        | Q(pk__in=agreements.values("funder"))
        | Q(pk__in=agreements.values("provider"))
        | Q(pk__in=learners.exclude(referent=None).values("referent"))
        | Q(pk__in=applications.exclude(referred_by=None).values("referred_by"))
        | Q(pk__in=situations.exclude(employer=None).values("employer"))
    )
    return {
        "Organismes": Organisation._base_manager.filter(pk__in=organisations.values("pk")),
        "Programmes": Programme._base_manager.filter(provider=importer),
        "Conventions": agreements,
        "Cohortes": cohorts,
        "Personnes": learners,
        "Situations": situations,
        "Orientations": applications,
        "Inscriptions": enrolments,
        "Suivis": FollowUp._base_manager.filter(enrolment__in=enrolments),
    }


@dataclass
class Names:
    """References of one importer, by sheet: id → code."""

    importer: Organisation | None
    codes: dict[str, dict[int, str]]

    def read(self, sheet: Sheet, rows: Rows) -> None:
        """Know what `rows` are called; what has no reference yet gets one, always the same."""
        if sheet.reference is None:
            return
        mine = sheet.reference._base_manager.filter(importer=self.importer).order_by("-pk")
        called = dict(mine.values_list(f"{sheet.noun}_id", "code"))  # of two names, the first given
        nameless = [pk for pk in rows.order_by().values_list("pk", flat=True) if pk not in called]
        self.codes[sheet.title] = called | give_references(sheet.reference, sheet.noun, nameless, self.importer)


@transaction.atomic
def export(
    out: Path, *, importer: Organisation | None = None, told: Callable[[int], Any] = lambda rows: None
) -> dict[str, int]:
    """Write the workbook; returns the rows written by sheet. `importer`: whose references and namespace, None for all."""
    rows = known_to(importer) if importer else everything()
    names = Names(importer, {})
    for sheet in WORKBOOK:
        names.read(sheet, rows[sheet.title])
    book = Workbook(write_only=True)
    written = {}
    for sheet in WORKBOOK:
        page = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        page.append([column.title for column in sheet.columns])
        written[sheet.title] = 0
        for line in _lines(sheet, rows[sheet.title], names):
            page.append([_typed(page, value) for value in line])
            written[sheet.title] += 1
            told(1)
    book.save(out)
    return written


def _lines(sheet: Sheet, rows: Rows, names: Names) -> Iterator[list[Any]]:
    """The cells of each row, in the order of the sheet's columns."""
    attrs = [attr for attr in (*sheet.key, *sheet.compared) if attr != "code"]
    places = [attrs.index(column.attr) if column.attr != "code" else None for column in sheet.columns]
    own = names.codes.get(sheet.title, {})
    for pk, values in sheet.exported(rows):
        yield [
            own[pk] if place is None else _cell(column, values[place], names)
            for column, place in zip(sheet.columns, places, strict=True)
        ]


def _cell(column: Column, value: Any, names: Names) -> Any:
    if value is None:
        return None
    if column.many:
        return ", ".join(names.codes[column.link][pk] for pk in sorted(value))
    if column.link and isinstance(value, int):
        return names.codes[column.link][value]
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, tuple):
        return ", ".join(value)
    return column.say.get(value, value) if isinstance(value, str) else value


def _typed(page: Any, value: Any) -> Any:
    """Text stays text: openpyxl would read a formula or an error value into some."""
    if isinstance(value, str) and value[:1] in {"=", "#"}:
        cell = WriteOnlyCell(page, value)
        cell.data_type = "s"
        return cell
    return value if isinstance(value, str | int | date | Decimal | None) else str(value)
