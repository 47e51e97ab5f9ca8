"""Rows written as a takeover workbook: the same rows of the same day give the same bytes."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

from cohorts.referral_sheet import ReferralForm
from partners.workbook import Sheet
from placements.demo.lives import Row
from placements.demo.paths import Book
from placements.intake import WORKBOOK

# The word a person would write, where the code is another.
WORDS = {True: "oui", False: "non"}


def workbook(book: Book, made_on: date) -> bytes:
    """The nine sheets, each with its header, in the order and words of the import."""
    return written([(sheet, book[sheet.title]) for sheet in WORKBOOK], made_on)


def referral_sheet(rows: list[Row], made_on: date) -> bytes:
    """What a prescriber sends: one sheet, one line a person."""
    return written([(ReferralForm(), rows)], made_on)


def written(sheets: list[tuple[Sheet, list[Row]]], made_on: date) -> bytes:
    """The file of some sheets. A row names its cells as the import does; a name that no column has is an error."""
    file = Workbook(write_only=True)
    for sheet, rows in sheets:
        page = file.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        page.append([column.title for column in sheet.columns])
        for row in rows:
            if unknown := row.keys() - sheet.by_attr.keys():
                raise KeyError(f"{sheet.title}: {sorted(unknown)}")
            page.append([cell(row.get(column.attr)) for column in sheet.columns])
    return _bytes(file, datetime.combine(made_on, time(8)))


def cell(value: Any) -> Any:
    return WORDS[value] if isinstance(value, bool) else value


def _bytes(file: Workbook, stamp: datetime) -> bytes:
    """The file, with each date that openpyxl and zip put in it set to `stamp`."""
    file.properties.creator, file.properties.created = "Relais (démonstration)", stamp
    raw, out = BytesIO(), BytesIO()
    file.save(raw)
    modified = f">{stamp.isoformat()}Z</dcterms:modified>".encode()
    with ZipFile(raw) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb">[^<]*</dcterms:modified>", modified, data)
            info = ZipInfo(name, date_time=stamp.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, data)
    return out.getvalue()
