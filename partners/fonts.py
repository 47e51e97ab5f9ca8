"""The two faces of printed documents: Inter at two fixed weights, digits of equal width, registered once per process.

The font comes whole and variable from a package; reportlab draws only fixed outlines, hence the cut made here.
Why this font and this way: docs/decisions/0001-fonts-in-pdf.md.
"""

from __future__ import annotations

import logging
import unicodedata
from functools import cache
from io import BytesIO
from threading import Lock

import fontpkg
from fontTools import subset
from fontTools.ttLib import TTFont as FontFile
from fontTools.varLib import instancer
from reportlab.graphics.shapes import STATE_DEFAULTS
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "Inter"
BOLD = "Inter-SemiBold"
WEIGHTS = {REGULAR: 400, BOLD: 600}

# Latin, Greek, Cyrillic, punctuation, currencies, letter-like signs, arrows, mathematics, shapes, marks.
_KEPT = ((0x20, 0x7F), (0xA0, 0x24F), (0x2B0, 0x52F), (0x1E00, 0x1EFF), (0x2000, 0x22FF), (0x2500, 0x27FF))

# reportlab breaks lines at U+202F, which means the contrary. Paragraphs carry this private character in its stead;
# the font draws it, and writes it into the text layer, as U+202F.
NARROW_NO_BREAK = "\u202f"
_NARROW_IN_PARAGRAPH = "\uf8ef"
_MISSING = "\u25a1"  # □, printed for a character that the font lacks
_REORDERING = dict.fromkeys((*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF))

_lock = Lock()


class PrintFont(TTFont):  # type: ignore[misc]  # reportlab is untyped
    """A TrueType font whose narrow no-break space does not break."""

    def splitString(self, text: str, doc: object, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802  # reportlab's name
        pieces: list[tuple[int, bytes]] = super().splitString(
            text.replace(_NARROW_IN_PARAGRAPH, NARROW_NO_BREAK), doc, encoding
        )
        return pieces


def _tabular(font: FontFile) -> dict[str, str]:
    """The equal-width digits of the font, by the name of the glyph that they replace."""
    table = font["GSUB"].table
    found: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for rule in table.LookupList.Lookup[index].SubTable:
                    found.update(getattr(getattr(rule, "ExtSubTable", rule), "mapping", {}))
    return found


def _cut(weight: int) -> BytesIO:
    """A fixed-weight TrueType file with the kept characters; same bytes on every call."""
    font = FontFile(fontpkg.path("Inter"), recalcTimestamp=False)
    tabular = _tabular(font)
    for table in font["cmap"].tables:
        for digit in "0123456789":
            if ord(digit) in getattr(table, "cmap", {}):
                table.cmap[ord(digit)] = tabular.get(table.cmap[ord(digit)], table.cmap[ord(digit)])
    for name in ("GSUB", "GPOS", "GDEF", "STAT", "MVAR"):
        if name in font:
            del font[name]
    options = subset.Options(hinting=False, notdef_outline=True, layout_features=[])
    options.name_IDs = [1, 2, 4, 6, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for code in font.getBestCmap() if any(low <= code <= high for low, high in _KEPT)])
    cutter.subset(font)
    fixed = instancer.instantiateVariableFont(font, {"wght": weight, "opsz": 14}, inplace=True)
    file = BytesIO()
    fixed.save(file)
    file.seek(0)
    return file


def _face(name: str) -> PrintFont:
    font = PrintFont(name, _cut(WEIGHTS[name]))
    font.face.name = name.encode("ascii")  # the two cuts would otherwise bear the name of the one file
    font.face.charToGlyph[ord(_NARROW_IN_PARAGRAPH)] = font.face.charToGlyph[ord(NARROW_NO_BREAK)]
    font.face.charWidths[ord(_NARROW_IN_PARAGRAPH)] = font.face.charWidths[ord(NARROW_NO_BREAK)]
    return font


@cache
def _registered() -> frozenset[int]:
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    faces = {name: _face(name) for name in WEIGHTS}
    for name, font in faces.items():
        pdfmetrics.registerFont(font)
        addMapping(REGULAR, int(name == BOLD), 0, name)
    # A drawing begins by naming this font even when it never uses it, and Helvetica would not be embedded.
    STATE_DEFAULTS["fontName"] = REGULAR
    return frozenset(set.intersection(*(set(font.face.charToGlyph) for font in faces.values())))


def register() -> frozenset[int]:
    """Make `REGULAR` and `BOLD` known to reportlab; returns the code points that both can draw."""
    with _lock:
        return _registered()


def drawable(text: str) -> str:
    """The text as the faces can draw it: composed accents, no reordering marks, □ for what the font lacks."""
    if text.isascii():
        return text
    known = register()
    text = unicodedata.normalize("NFC", text).translate(_REORDERING)
    return "".join(char if ord(char) in known else _MISSING for char in text)


def unbroken(text: str) -> str:
    """The text for a paragraph, in which reportlab must not break at a narrow no-break space."""
    return text.replace(NARROW_NO_BREAK, _NARROW_IN_PARAGRAPH)


def width(text: str, face: str, size: float) -> float:
    """The width of a text drawn on one line, in points."""
    register()
    return float(pdfmetrics.stringWidth(text, face, size))
