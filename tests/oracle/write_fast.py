"""The same clean workbook written straight as XML: for hundreds of thousands of rows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from tests.oracle.columns import SHEETS, Sheet
from tests.oracle.model import Book
from tests.oracle.write import clean_cell

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
EPOCH = date(1899, 12, 30).toordinal()
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@lru_cache(maxsize=65536)
def _content(value: Any) -> str:
    """Return what stands after the cell's reference: type, style and value."""
    if isinstance(value, date):
        return f' s="1"><v>{value.toordinal() - EPOCH}</v></c>'
    if isinstance(value, int | float):
        return f"><v>{value!r}</v></c>"
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def _row(number: int, letters: list[str], values: list[Any]) -> str:
    cells = [
        f'<c r="{letter}{number}"{_content(value)}'
        for letter, value in zip(letters, values, strict=True)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def sheet_xml(sheet: Sheet, rows: list[Any]) -> Iterator[str]:
    """Yield one worksheet, row by row."""
    letters = [get_column_letter(place) for place in range(1, len(sheet.columns) + 1)]
    yield f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'
    yield _row(1, letters, [column.header for column in sheet.columns])
    plan = [(column, column.field) for column in sheet.columns]
    for number, row in enumerate(rows, 2):
        yield _row(number, letters, [clean_cell(column, getattr(row, field)) for column, field in plan])
    yield "</sheetData></worksheet>"


def parts() -> dict[str, str]:
    """Return every part of the package but the worksheets."""
    numbered = list(enumerate(SHEETS, 1))
    sheets = "".join(f'<sheet name="{s.name}" sheetId="{n}" r:id="rId{n}"/>' for n, s in numbered)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KINDS}.worksheet+xml"/>' for n, _ in numbered
    )
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KINDS}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId99" Type="{DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }


def write_fast(book: Book, path: Path) -> None:
    """Write the nine sheets to path; openpyxl reads back the same values as from write_book."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, text in parts().items():
            package.writestr(name, text)
        for number, sheet in enumerate(SHEETS, 1):
            with package.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for text in sheet_xml(sheet, getattr(book, sheet.field)):
                    part.write(text.encode())
