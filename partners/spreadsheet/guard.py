"""What is looked at before a workbook is opened: bounded bytes, real sizes, no macro, no entity, no far-off cell."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from partners.spreadsheet.limits import USUAL, Limits, Rejected
from partners.spreadsheet.scan import Marking, Marks, Reach, Scan

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
CHUNK = 1 << 20
PROLOG = 1 << 20  # a document whose root has not begun by then has something to hide
WELL_FORMED = 2 << 20  # beyond, calamine itself says what is broken: parsing twice costs more than reading
DENSEST = 600  # bytes out per byte in; deflate cannot exceed 1,032, true sheets stay under 100
SMALL = 10_000_000
MACRO_PARTS = re.compile(r"vbaproject|vbadata|macrosheets?/|activex", re.IGNORECASE)
AGAIN = "Enregistrez-le de nouveau au format XLSX depuis votre tableur."


@dataclass(frozen=True)
class Inspection:
    """What the guard saw: the sheets in their order, each with its part of the archive."""

    path: Path
    sheets: dict[str, zipfile.ZipInfo]

    def marks(self, title: str) -> Marks:
        """Formulas and error values of one sheet; may run beside its reading."""
        marking = Marking()
        with self.path.open("rb") as raw:
            for chunk in _Part(raw, self.sheets[title], USUAL).chunks():
                marking.feed(chunk)
        marking.finish()
        return marking.marks


def inspect(path: Path, limits: Limits) -> Inspection:
    """Refuse a hostile or unreadable workbook, else tell its sheets and marked cells. Raises Rejected."""
    with path.open("rb") as raw:
        _refuse_ole(raw)
        try:
            with zipfile.ZipFile(raw) as archive:
                return _inspect_parts(path, raw, archive.infolist(), limits)
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, zlib.error, OSError, ValueError) as broken:
            raise Rejected("Ce fichier n’est pas un classeur XLSX lisible.", AGAIN) from broken


def _refuse_ole(raw: BinaryIO) -> None:
    head = raw.read(1 << 16)
    raw.seek(0)
    if not head.startswith(OLE):
        return
    # A protected workbook is an OLE file whose directory names the encrypted package; it often stands near the start.
    if "EncryptedPackage".encode("utf-16-le") in head or "EncryptionInfo".encode("utf-16-le") in head:
        raise Rejected(
            "Ce classeur est protégé par un mot de passe.", "Retirez la protection, puis enregistrez-le de nouveau."
        )
    raise Rejected("Ce fichier est chiffré ou à l’ancien format .xls.", AGAIN)


def _inspect_parts(path: Path, raw: BinaryIO, members: list[zipfile.ZipInfo], limits: Limits) -> Inspection:
    names = [member.filename for member in members]
    if len(members) > limits.members or len(set(names)) != len(names):
        raise Rejected("Ce classeur contient trop de parties pour être honnête.", AGAIN)
    if any(MACRO_PARTS.search(name) for name in names):
        _refuse_macro()
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Rejected("Ce fichier n’est pas un classeur XLSX.", AGAIN)
    kept: dict[str, bytes] = {}
    parts: dict[str, zipfile.ZipInfo] = {}
    budget = limits.unzipped
    for member in members:
        part = _Part(raw, member, limits)
        sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
        scan = Reach(limits) if sheet else None
        keep = member.filename in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
        size, content = part.check(budget, scan, keep=keep)
        budget -= size
        if scan is not None:
            scan.finish()
            parts[member.filename] = member
        if keep:
            kept[member.filename] = content
    if b"macroEnabled" in kept["[Content_Types].xml"] or b"vbaProject" in kept["[Content_Types].xml"]:
        _refuse_macro()
    return Inspection(path, _sheets(kept, parts))


def _refuse_macro() -> NoReturn:
    raise Rejected("Ce classeur contient des macros.", "Enregistrez-le au format XLSX, sans macro.")


class _Part:
    """One member of the archive, read from its own bytes: what the directory declares is not believed."""

    def __init__(self, raw: BinaryIO, member: zipfile.ZipInfo, limits: Limits) -> None:
        self.raw, self.member, self.limits = raw, member, limits
        self.is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))

    def check(self, budget: int, scan: Scan | None, *, keep: bool) -> tuple[int, bytes]:
        """Stream the part through its checks; returns its real size, and its bytes if `keep`."""
        size = 0
        content = []
        xml = _Prolog() if self.is_xml else None
        for chunk in self.chunks():
            size += len(chunk)
            self._bound(size, budget)
            if xml is not None:
                xml.feed(chunk)
            if scan is not None:
                scan.feed(chunk)
            if keep:
                content.append(chunk)
        if xml is not None:
            xml.close()
        return size, b"".join(content)

    def _bound(self, size: int, budget: int) -> None:
        if size > budget:
            raise Rejected(
                f"Une fois décompressé, ce classeur dépasse {self.limits.unzipped // 1_000_000:,}\u00a0Mo.".replace(
                    ",", "\u202f"
                ),
                "Partagez-le en plusieurs fichiers, ou demandez un import en ligne de commande avec --large.",
            )
        if size > SMALL and size > DENSEST * max(self.member.compress_size, 1):
            raise Rejected("Ce classeur est compressé au-delà du vraisemblable.", AGAIN)

    def chunks(self) -> Iterator[bytes]:
        if self.member.flag_bits & 0x1:
            raise Rejected("Ce classeur est chiffré.", "Retirez la protection, puis enregistrez-le de nouveau.")
        if self.member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Rejected("Ce classeur est compressé d’une façon qu’aucun tableur n’emploie.", AGAIN)
        self.raw.seek(self.member.header_offset)
        header = self.raw.read(30)
        if header[:4] != b"PK\x03\x04":
            raise zipfile.BadZipFile(self.member.filename)
        self.raw.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        inflate = zlib.decompressobj(-15) if self.member.compress_type == zipfile.ZIP_DEFLATED else None
        left = self.member.compress_size
        while left > 0 and (block := self.raw.read(min(left, 1 << 17))):
            left -= len(block)
            yield from _inflated(inflate, block) if inflate else (block,)


def _inflated(inflate: zlib._Decompress, block: bytes) -> Iterator[bytes]:
    while block:
        chunk = inflate.decompress(block, CHUNK)
        block = inflate.unconsumed_tail
        if chunk:
            yield chunk
        elif not block or inflate.eof:
            return


class _Prolog:
    """Reads the start of an XML part with expat: no DOCTYPE, one encoding that can be scanned, well formed."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartElementHandler = self._root
        self.begun = False
        self.seen = 0

    def _doctype(self, *declared: object) -> NoReturn:
        raise Rejected("Ce classeur déclare un DOCTYPE ou des entités XML.", AGAIN)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if (encoding or "utf-8").lower() not in {"utf-8", "us-ascii", "ascii"}:
            raise Rejected("Ce classeur n’est pas codé en UTF-8.", AGAIN)

    def _root(self, *element: object) -> None:
        self.begun = True
        self.parser.StartElementHandler = None

    def feed(self, chunk: bytes) -> None:
        if self.seen > WELL_FORMED:
            return
        if not self.seen and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Rejected("Ce classeur n’est pas codé en UTF-8.", AGAIN)
        self._parse(chunk, last=False)
        self.seen += len(chunk)
        if not self.begun and self.seen > PROLOG:
            raise Rejected("Ce classeur contient du XML abîmé.", AGAIN)

    def close(self) -> None:
        if self.seen <= WELL_FORMED:
            self._parse(b"", last=True)

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self.parser.Parse(chunk, last)
        except expat.ExpatError as broken:
            raise Rejected("Ce classeur contient du XML abîmé.", AGAIN) from broken


def _sheets(kept: dict[str, bytes], parts: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Sheet titles in their order, each with its part."""
    try:
        book = fromstring(kept["xl/workbook.xml"])
        links = fromstring(kept.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    except (ParseError, DefusedXmlException) as broken:
        raise Rejected("Ce classeur contient du XML abîmé.", AGAIN) from broken
    targets = {
        link.get("Id"): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/") for link in links
    }
    found: dict[str, zipfile.ZipInfo] = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        part = targets.get(relation, "")
        if part in parts:
            found[sheet.get("name", "")] = parts[part]
        elif "worksheets" in part:
            raise Rejected("Une feuille de ce classeur est introuvable.", AGAIN)
    return found
