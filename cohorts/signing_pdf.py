"""Slips to cut out: each person's square and code, by which their phone signs half-days until the end of the cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from cohorts.referral_pdf import INK, LINE, MUTED, TEAL, wrapped
from partners import fonts

ACROSS, DOWN = 2, 4
WIDE, HIGH = 90 * mm, 66 * mm
LEFT, TOP = 15 * mm, A4[1] - 14 * mm
SQUARE = 36 * mm


@dataclass(frozen=True)
class Slip:
    """`code` as grouped, "" for who has no birth date on file; `site`: where it is typed."""

    name: str
    address: str
    code: str
    site: str


def slips_pdf(slips: Sequence[Slip], *, title: str, until: str) -> bytes:
    """Eight slips a page, with lines to cut along."""
    fonts.register()
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, lang="fr-FR", initialFontName=fonts.REGULAR)
    canvas.setTitle(_("Pour émarger"))
    canvas.setCreator("Relais")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    pages = max(1, -(-len(slips) // (ACROSS * DOWN)))
    for page in range(pages):
        for place, slip in enumerate(slips[page * ACROSS * DOWN : (page + 1) * ACROSS * DOWN]):
            _draw(canvas, slip, LEFT + place % ACROSS * WIDE, TOP - (place // ACROSS + 1) * HIGH, until)
        canvas.setFont(fonts.REGULAR, 8)
        canvas.setFillColor(MUTED)
        canvas.drawString(LEFT, 8 * mm, fonts.drawable(title))
        told = _("page %(n)d sur %(all)d") % {"n": page + 1, "all": pages}
        canvas.drawRightString(A4[0] - LEFT, 8 * mm, told)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, slip: Slip, x: float, y: float, until: str) -> None:
    pen = _Pen(canvas)
    canvas.setStrokeColor(LINE)
    canvas.setDash(2, 2)
    canvas.rect(x, y, WIDE, HIGH, stroke=1, fill=0)
    canvas.setDash()
    room, top = WIDE - 10 * mm, y + HIGH - 9 * mm
    for line in wrapped(fonts.drawable(slip.name), fonts.BOLD, 12, room)[:2]:
        pen.say(line, x + 5 * mm, top, bold=True, size=12)
        top -= 14
    widget = QrCodeWidget(slip.address, barLevel="M", barBorder=2)
    left, bottom, right, _up = widget.getBounds()
    scale = SQUARE / (right - left)
    drawing = Drawing(SQUARE, SQUARE, transform=[scale, 0, 0, scale, -left * scale, -bottom * scale])
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, x + 3 * mm, y + 9 * mm)
    at, text = x + SQUARE + 5 * mm, y + SQUARE + 4 * mm
    beside = WIDE - SQUARE - 8 * mm
    for line in wrapped(_("Visez ce carré avec votre téléphone, une fois."), fonts.REGULAR, 9.5, beside):
        pen.say(line, at, text)
        text -= 12
    if slip.code:
        for line in wrapped(
            _("Ou tapez ce code et votre date de naissance sur %(site)s") % {"site": slip.site},
            fonts.REGULAR,
            8.5,
            beside,
        ):
            pen.say(line, at, text, size=8.5, colour=MUTED)
            text -= 11
        pen.say(slip.code, at, text - 6, bold=True, size=13, colour=TEAL)
    last = _("Pour vous seul. Marche jusqu’au %(day)s.") % {"day": until}
    pen.say(last, x + 5 * mm, y + 4 * mm, size=8.5, colour=MUTED)


class _Pen:
    """Writes on a page at given places."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def say(
        self, text: str, x: float, y: float, *, bold: bool = False, size: float = 9.5, colour: HexColor = INK
    ) -> None:
        self.canvas.setFont(fonts.BOLD if bold else fonts.REGULAR, size)
        self.canvas.setFillColor(colour)
        self.canvas.drawString(x, y, fonts.drawable(text))
