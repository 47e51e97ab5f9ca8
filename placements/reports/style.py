"""How a printed report looks: palette, type sizes, tables; and the one place where text becomes a paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, LongTable, Paragraph, Table

from partners import fonts
from placements.reports.text import printable

INK = HexColor("#16213a")
MUTED = HexColor("#5b6478")
PAPER = HexColor("#f7f6f2")
WHITE = HexColor("#ffffff")
LINE = HexColor("#e3e1d9")
TEAL = HexColor("#0f5c5c")
TEAL_SOFT = HexColor("#7fb0ad")
TEAL_TINT = HexColor("#e1f0ee")
VIOLET = HexColor("#4a3f9f")
VIOLET_SOFT = HexColor("#c9c4e8")
SAND = HexColor("#d0c8bb")
SAND_SOFT = HexColor("#e9e4da")
GREEN = HexColor("#1e6b3f")
GREEN_TINT = HexColor("#e1f2e6")
AMBER = HexColor("#8a5200")
AMBER_TINT = HexColor("#fdecd0")
RED = HexColor("#b3261e")
RED_TINT = HexColor("#fbe4e1")
PALETTE = {name: color for name, color in list(globals().items()) if isinstance(color, type(INK))}

MARGIN = 18 * mm
GAP = 4 * mm
LONG = 90  # characters, under which a text never fills a page, however narrow its column
MOST_LINES = 32


@cache
def styles() -> dict[str, ParagraphStyle]:
    """The paragraph styles, by name; fonts are registered on the first call."""
    fonts.register()
    body = ParagraphStyle("body", fontName=fonts.REGULAR, fontSize=9.5, leading=14, textColor=INK, splitLongWords=1)

    def variant(name: str, size: float, leading: float, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, parent=body, fontSize=size, leading=leading, **changes)

    made = (
        body,
        variant("brand", 14, 18, fontName=fonts.BOLD, textColor=TEAL),
        variant("title", 30, 35, fontName=fonts.BOLD),
        variant("subtitle", 15, 21, textColor=TEAL),
        variant("h1", 17, 22, fontName=fonts.BOLD, spaceAfter=2.5 * mm),
        variant("h2", 11, 15, fontName=fonts.BOLD, spaceBefore=3 * mm, spaceAfter=1.5 * mm),
        variant("lead", 9.5, 14.5, textColor=MUTED, spaceAfter=4 * mm),
        variant("note", 8.5, 12.5, textColor=MUTED, spaceAfter=1.2 * mm),
        variant("cell", 8.5, 11.5),
        variant("cell_muted", 7.8, 10.8, textColor=MUTED),
        variant("rule", 8.2, 10.6),
        variant("rule_bold", 8.2, 10.6, fontName=fonts.BOLD),
        variant("rule_code", 7, 9, textColor=MUTED),
        variant("cell_label", 8.5, 11.5, textColor=MUTED),
        variant("head", 7.6, 10, textColor=MUTED),
        variant("head_right", 7.6, 10, textColor=MUTED, alignment=TA_RIGHT),
        variant("card_label", 9, 12, textColor=MUTED),
        variant("card_figure", 25, 32, fontName=fonts.BOLD),
        variant("card_detail", 8.8, 13),
        variant("hash", 7.6, 11, textColor=MUTED),
    )
    return {style.name: style for style in made}


def para(text: str, style: str = "body") -> Paragraph:
    """Plain text as a paragraph: markup in it is shown, never obeyed. The only place that builds one."""
    return Paragraph(escape(fonts.unbroken(fonts.drawable(printable(text)))), styles()[style])


def line(text: str) -> str:
    """Plain text for a table cell or a drawing, where one line is drawn as it is."""
    return fonts.drawable(printable(text))


def cell(text: str, style: str = "cell", *, limit: int = 24, room: float = 0) -> Paragraph | str:
    """A table cell for text: a bare string when it surely fits on one line (`limit`), a paragraph that wraps otherwise.

    `room`: width of the column in points. Rows are never cut, so a text must not make its row outgrow a page: beyond
    some thirty lines it ends with an ellipsis.
    """
    if room and len(text) > LONG:
        share = MOST_LINES * (room - 6) / fonts.width(line(text), fonts.REGULAR, 8.5)
        text = text if share >= 1 else text[: int(len(text) * share)] + "…"
    return line(text) if style == "cell" and len(text) <= limit else para(text, style)


def heads(*labels: str) -> list[Paragraph]:
    """The header row of a table: the first label on the left, the others as their column; « > » in front sets it right."""
    return [para(label.removeprefix(">"), "head_right" if label.startswith(">") else "head") for label in labels]


def grid(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], right: Sequence[int] = (), extra: Sequence[Any] = ()
) -> Flowable:
    """A table whose first row is repeated on each page and whose rows are never cut; `right`: columns set flush right."""
    commands: list[Any] = [
        ("FONT", (0, 0), (-1, -1), fonts.REGULAR, 8.5, 11.5),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
        ("TOPPADDING", (0, 0), (-1, -1), 3.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4.2),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        *(("ALIGN", (column, 1), (column, -1), "RIGHT") for column in right),
        *extra,
    ]
    kind = LongTable if len(rows) > 40 else Table
    return kind(
        [list(row) for row in rows],
        colWidths=list(widths),
        repeatRows=1,
        splitByRow=1,
        splitInRow=0,
        style=commands,
        hAlign="LEFT",
    )


class Pill(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A word on a tint: a status is said in words and colour, never by colour alone."""

    def __init__(self, text: str, ink: HexColor, tint: HexColor, align: str = "left") -> None:
        super().__init__()
        self.text, self.ink, self.tint, self.align = line(text), ink, tint, align

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        from_font = fonts.width(self.text, fonts.REGULAR, 8)
        self.width, self.height, self.space = from_font + 11, 13.5, available_width
        return self.width, self.height

    def draw(self) -> None:
        shift = self.space - self.width if self.align == "right" else 0
        self.canv.setFillColor(self.tint)
        self.canv.roundRect(shift, 0, self.width, self.height, 6.7, stroke=0, fill=1)
        self.canv.setFillColor(self.ink)
        self.canv.setFont(fonts.REGULAR, 8)
        self.canv.drawString(shift + 5.5, 4, self.text)
