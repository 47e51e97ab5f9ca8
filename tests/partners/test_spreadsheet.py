"""A spreadsheet from outside is looked at, in bounded bytes, before it is opened."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from partners.spreadsheet import LARGE, USUAL, Limits, Rejected, Spreadsheet
from partners.spreadsheet.scan import Marks

SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[bytes], bytes]


def honest(path: Path) -> Path:
    book = Workbook()
    page = book.active
    page["B3"], page["C3"], page["D3"] = "Nom", "Nombre", "Jour"
    page["B5"], page["C5"], page["D5"] = "Inès", 12.5, datetime(2026, 1, 5, 9, 30)
    book.save(path)
    return path


def rewritten(tmp_path: Path, part: str, change: Change, **added: bytes) -> Path:
    """An honest workbook of which one part is changed, and parts added ("/" written "__")."""
    out = tmp_path / "changed.xlsx"
    with (
        zipfile.ZipFile(honest(tmp_path / "honest.xlsx")) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            content = source.read(name)
            made.writestr(name, change(content) if name == part else content)
        for name, content in added.items():
            made.writestr(name.replace("__", "/"), content)
    return out


def same(content: bytes) -> bytes:
    return content


def refusal(path: Path, limits: Limits = USUAL) -> str:
    with pytest.raises(Rejected) as refused:
        for table in Spreadsheet(path, limits).tables:
            list(table.rows())
    assert refused.value.reason.endswith(".")
    assert refused.value.fix
    return refused.value.reason


def marks_of(path: Path) -> Marks:
    (table,) = Spreadsheet(path).tables
    list(table.rows())
    return table.marks


def test_an_honest_file_is_read_with_the_rows_of_the_sheet(tmp_path: Path) -> None:
    (table,) = Spreadsheet(rewritten(tmp_path, SHEET, same)).tables
    rows = list(table.rows())
    assert table.left == 1
    assert rows[2] == ["Nom", "Nombre", "Jour"]
    assert rows[4] == ["Inès", 12.5, datetime(2026, 1, 5, 9, 30)]
    assert len(rows) == 5


def test_formulas_and_error_values_are_located(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    page["A1"], page["C2"], page["B4"] = "Nom", "=1+1", "#N/A"
    page["B4"].data_type = "e"
    book.save(tmp_path / "f.xlsx")
    marks = marks_of(tmp_path / "f.xlsx")
    assert (dict(marks.formulas), dict(marks.errors)) == ({2: {2}}, {1: {4}})


@pytest.mark.parametrize("name", ["vbaProject.bin", "xl__vbaProject.bin", "xl__macrosheets__sheet1.xml"])
def test_macros_are_refused(tmp_path: Path, name: str) -> None:
    assert "macros" in refusal(rewritten(tmp_path, SHEET, same, **{name: b"<a/>"}))


def test_a_macro_type_without_its_part_is_refused(tmp_path: Path) -> None:
    path = rewritten(
        tmp_path,
        "[Content_Types].xml",
        lambda content: content.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
    )
    assert "macros" in refusal(path)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "docProps/core.xml"])
def test_a_doctype_is_refused_in_any_part(tmp_path: Path, part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    path = rewritten(
        tmp_path, part, lambda content: bomb + content.partition(b"?>")[2] if b"?>" in content else bomb + content
    )
    assert "DOCTYPE" in refusal(path)


def test_a_doctype_hidden_by_another_encoding_is_refused(tmp_path: Path) -> None:
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><worksheet/>'.encode("utf-16")
    assert "UTF-8" in refusal(rewritten(tmp_path, SHEET, lambda content: hidden))


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"</row>", b"</raw>", 1),
        lambda content: b"not xml",
    ],
)
def test_broken_xml_is_refused(tmp_path: Path, change: Change) -> None:
    assert "abîmé" in refusal(rewritten(tmp_path, SHEET, change))


def test_a_bomb_is_refused_in_bounded_memory_whatever_size_it_declares(tmp_path: Path) -> None:
    path = rewritten(tmp_path, SHEET, same, xl__media__a=b"\0" * 300_000_000)
    raw = bytearray(path.read_bytes())
    for size in ((300_000_000).to_bytes(4, "little"),):
        at = raw.find(size)
        while at >= 0:  # both headers lie
            raw[at : at + 4] = (1_000).to_bytes(4, "little")
            at = raw.find(size)
    path.write_bytes(raw)
    tracemalloc.start()
    assert refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


def test_the_size_limit_counts_all_parts_together(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 40
    path = rewritten(tmp_path, SHEET, same, xl__media__a=noise, xl__media__b=noise)
    Spreadsheet(path, Limits(unzipped=100_000))
    assert "dépasse" in refusal(path, Limits(unzipped=15_000))


def test_a_million_empty_rows_are_refused_and_large_lets_them_in(tmp_path: Path) -> None:
    empty = b"".join(b'<row r="%d"/>' % row for row in range(6, 1_000_000))
    path = rewritten(tmp_path, SHEET, lambda content: content.replace(b"</sheetData>", empty + b"</sheetData>"))
    assert "50\u202f000 lignes" in refusal(path)
    assert len(list(Spreadsheet(path, LARGE).tables[0].rows())) == 5


@pytest.mark.parametrize("address", [b"A1048576", b"XFD4000", b"XFD50000"])
def test_one_far_cell_does_not_make_a_giant_grid(tmp_path: Path, address: bytes) -> None:
    cell = b'<row r="9"><c r="%s"><v>1</v></c></row></sheetData>' % address
    assert "Une feuille" in refusal(rewritten(tmp_path, SHEET, lambda content: content.replace(b"</sheetData>", cell)))


def test_formats_far_to_the_right_hold_nothing_and_are_no_fault(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"], book.active["XFD900"].font = "Nom", Font(bold=True)
    book.save(tmp_path / "wide.xlsx")
    assert list(Spreadsheet(tmp_path / "wide.xlsx").tables[0].rows()) == [["Nom"]]


def test_prefixed_tags_are_looked_at_too(tmp_path: Path) -> None:
    def prefixed(content: bytes) -> bytes:
        body = content.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"xmlns=", b"xmlns:x=")
        return body.replace(
            b"</x:sheetData>", b'<x:row r="7"><x:c r="B7"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row></x:sheetData>'
        )

    marks = marks_of(rewritten(tmp_path, SHEET, prefixed))
    assert dict(marks.formulas) == {1: {7}}


def test_old_and_protected_files_are_refused(tmp_path: Path) -> None:
    old = tmp_path / "vieux.xls"
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    old.write_bytes(ole)
    assert ".xls" in refusal(old)
    old.write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert "mot de passe" in refusal(old)


def test_what_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "faux.xlsx"
    path.write_bytes(b"PK\x03\x04 et puis rien")
    assert "XLSX" in refusal(path)
    path.write_text("du texte")
    assert "XLSX" in refusal(path)
    assert "introuvable" in refusal(tmp_path / "absent.xlsx")
