"""The workbook as a file: its properties, and the same bytes for the same content."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.workbook import Workbook

from placements.reports import french
from placements.reports.content import Content
from placements.reports.text import printable


def _properties(book: Workbook, content: Content) -> None:
    made = content.made_at.replace(tzinfo=None)
    book.properties.title = printable(
        f"Bilan des sorties, convention {content.agreement}, {french.period(content.start, content.end)}"
    )
    book.properties.creator = book.properties.lastModifiedBy = printable(content.provider)
    book.properties.subject, book.properties.language = "Bilan des sorties", "fr-FR"
    book.properties.identifier = f"SHA-256 {content.sha256}"
    book.properties.created = book.properties.modified = made
    book.calculation.fullCalcOnLoad = True


def file_of(book: Workbook, content: Content) -> bytes:
    """The file with every date that openpyxl and zip put in it set to the date of the report."""
    _properties(book, content)
    raw, out = BytesIO(), BytesIO()
    book.save(raw)
    stamp = content.made_at.replace(tzinfo=None, microsecond=0)
    modified = f">{stamp.isoformat()}Z</dcterms:modified>".encode()
    with ZipFile(raw) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb">[^<]*</dcterms:modified>", modified, data)
            if name.startswith("xl/charts/"):
                # Excel makes up a title from the name of a lone series unless told not to; openpyxl has no word for it.
                data = data.replace(b"<chart><plotArea>", b'<chart><autoTitleDeleted val="1"/><plotArea>')
            info = ZipInfo(name, date_time=stamp.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, data)
    return out.getvalue()
