"""Small files of each kind, true and false, made on the spot."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\xff\xdb" + bytes(60) + b"\xff\xd9"
CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
ODT_MIME = b"application/vnd.oasis.opendocument.text"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\xff\xff\xff"))
    + _chunk(b"IEND", b"")
)


def office(body: str, **more: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr(body, b"<document/>")
        for name, content in more.items():
            archive.writestr(name, content)
    return out.getvalue()


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml", **{"xl/printerSettings/printerSettings1.bin": b"\x00"})


def odt() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", ODT_MIME)
        archive.writestr("content.xml", b"<office/>")
    return out.getvalue()


def bomb() -> bytes:
    """Few bytes that become many."""
    return office("word/document.xml", **{f"word/media/{n}.xml": bytes(30_000_000) for n in range(4)})


def locked() -> bytes:
    """A member whose header says that it is encrypted."""
    data = bytearray(DOCX)
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)
