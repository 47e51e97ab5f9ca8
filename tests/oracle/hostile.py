"""Files to refuse as a whole, made small by code from one clean file."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"
PERSONS = "xl/worksheets/sheet5.xml"
MB = 1024 * 1024


def _rewrite(source: Path, target: Path, changes: dict[str, Callable[[bytes], bytes]]) -> None:
    """Copy a package, changing some parts; a part that is not there is made from b''."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, changes[name](data) if name in changes else data)
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name](b""))


def _rows_in_sheet_data(rows: Callable[[], bytes]) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"</sheetData>", rows() + b"</sheetData>")


def _doctype(data: bytes) -> bytes:
    prolog = re.match(rb"\s*(<\?xml[^>]*\?>)?\s*", data)
    cut = prolog.end() if prolog else 0
    return data[:cut] + b'<!DOCTYPE x [<!ENTITY e "boum">]>' + data[cut:]


def _external(data: bytes) -> bytes:
    prolog = re.match(rb"\s*(<\?xml[^>]*\?>)?\s*", data)
    cut = prolog.end() if prolog else 0
    return data[:cut] + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + data[cut:]


def _utf16_doctype(data: bytes) -> bytes:
    body = re.sub(rb"^\s*<\?xml[^>]*\?>\s*", b"", data).decode()
    return ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "boum">]>' + body).encode("utf-16")


def doctype_in_a_sheet(source: Path, target: Path) -> None:
    """An internal DOCTYPE in a worksheet."""
    _rewrite(source, target, {SHEET: _doctype})


def doctype_in_utf16(source: Path, target: Path) -> None:
    """A DOCTYPE that a search of plain bytes does not see."""
    _rewrite(source, target, {SHEET: _utf16_doctype})


def external_entity(source: Path, target: Path) -> None:
    """An external entity in the list of sheets."""
    _rewrite(source, target, {"xl/workbook.xml": _external})


def doctype_in_properties(source: Path, target: Path) -> None:
    """A DOCTYPE in a part that a reader of cells never opens."""
    _rewrite(source, target, {"docProps/core.xml": _doctype})


def macro_part(source: Path, target: Path) -> None:
    """A workbook with macros."""
    _rewrite(source, target, {"xl/vbaProject.bin": lambda data: OLE + bytes(512)})


def old_excel(source: Path, target: Path) -> None:
    """An old .xls under the name .xlsx."""
    target.write_bytes(OLE + bytes(4096))


def encrypted(source: Path, target: Path) -> None:
    """An encrypted file: an OLE container with an EncryptedPackage stream."""
    target.write_bytes(OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + source.read_bytes())


def broken_xml(source: Path, target: Path) -> None:
    """A worksheet cut in its middle."""
    _rewrite(source, target, {PERSONS: lambda data: data[: len(data) // 2]})


def truncated(source: Path, target: Path) -> None:
    """A package cut in its middle."""
    data = source.read_bytes()
    target.write_bytes(data[: len(data) // 2])


def not_a_workbook(source: Path, target: Path) -> None:
    """A text under the name .xlsx."""
    target.write_text("Bonjour, voici le classeur demandé.\n", encoding="utf-8")


def empty_file(source: Path, target: Path) -> None:
    """No byte at all."""
    target.write_bytes(b"")


def zip_of_something_else(source: Path, target: Path) -> None:
    """A package without any workbook."""
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("lisez-moi.txt", "rien")


def million_empty_rows(source: Path, target: Path) -> None:
    """10⁶ empty rows, said one by one."""
    rows = lambda: b"".join(b'<row r="%d"/>' % number for number in range(5000, 1_005_000))  # noqa: E731
    _rewrite(source, target, {PERSONS: _rows_in_sheet_data(rows)})


def sixty_thousand_rows(source: Path, target: Path) -> None:
    """Over 50,000 rows, empty ones included."""
    rows = lambda: b"".join(b'<row r="%d"/>' % number for number in range(5000, 65_000))  # noqa: E731
    _rewrite(source, target, {PERSONS: _rows_in_sheet_data(rows)})


def far_cell(source: Path, target: Path) -> None:
    """One single cell in the last corner of the sheet: a naive reader builds 1.7 · 10¹⁰ cells."""
    cell = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    _rewrite(source, target, {PERSONS: _rows_in_sheet_data(lambda: cell)})


def zip_bomb(source: Path, target: Path) -> None:
    """60 MB of spaces in a worksheet."""
    _rewrite(source, target, {PERSONS: _rows_in_sheet_data(lambda: b" " * 60 * MB)})


def bomb_in_another_part(source: Path, target: Path) -> None:
    """60 MB in a part that no sheet needs."""
    _rewrite(source, target, {"xl/media/image1.png": lambda data: bytes(60 * MB)})


def lying_zip_bomb(source: Path, target: Path) -> None:
    """The same bomb, whose directory and local header say 1,000 bytes."""
    zip_bomb(source, target)
    data = bytearray(target.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        local = package.getinfo(PERSONS).header_offset
    central = -1
    while (central := data.find(b"PK\x01\x02", central + 1)) >= 0:
        length = struct.unpack_from("<H", data, central + 28)[0]
        if data[central + 46 : central + 46 + length] == PERSONS.encode():
            struct.pack_into("<I", data, central + 24, 1000)
    struct.pack_into("<I", data, local + 22, 1000)
    target.write_bytes(bytes(data))


HOSTILE: dict[str, Callable[[Path, Path], None]] = {
    "DOCTYPE in a sheet": doctype_in_a_sheet,
    "DOCTYPE in UTF-16": doctype_in_utf16,
    "external entity": external_entity,
    "DOCTYPE in the properties": doctype_in_properties,
    "macro part": macro_part,
    "old .xls": old_excel,
    "encrypted": encrypted,
    "broken XML": broken_xml,
    "truncated": truncated,
    "not a workbook": not_a_workbook,
    "empty file": empty_file,
    "zip of something else": zip_of_something_else,
    "10⁶ empty rows": million_empty_rows,
    "60,000 rows": sixty_thousand_rows,
    "one far cell": far_cell,
    "zip bomb": zip_bomb,
    "bomb in another part": bomb_in_another_part,
    "lying zip bomb": lying_zip_bomb,
}


def without_sheet(source: Path, target: Path, name: str) -> None:
    """Remove one of the nine sheets."""
    workbook = load_workbook(source)
    del workbook[name]
    workbook.save(target)


def without_column(source: Path, target: Path, sheet: str, header: str) -> None:
    """Remove one column of a sheet."""
    workbook = load_workbook(source)
    page = workbook[sheet]
    headers = [cell.value for cell in page[1]]
    page.delete_cols(headers.index(header) + 1)
    workbook.save(target)


def header_too_low(source: Path, target: Path, sheet: str) -> None:
    """Put the header in row 21, where it is not looked for."""
    workbook = load_workbook(source)
    workbook[sheet].insert_rows(1, 20)
    workbook.save(target)
