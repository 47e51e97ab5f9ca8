"""The paper slip (*papier*) that opens a person's own page: a code, a square to scan, and whom to call. One page, A5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from partners import fonts

INK, TEAL, MUTED = HexColor("#16213a"), HexColor("#0f5c5c"), HexColor("#5a6278")
MARGIN = 15 * mm
SQUARE = 42 * mm


@dataclass(frozen=True)
class Slip:
    """What is printed: `code` as grouped, `address` of the link, `site` where the code is typed."""

    first_name: str
    code: str
    address: str
    site: str
    until: date
    call: str  # an organisation, its telephone, a name
    typed: tuple[str, ...] = ()  # what was typed for the person, and that they may contest


def write_slip(slip: Slip) -> bytes:
    """The slip as a PDF: title, language, page number, embedded fonts, real text."""
    fonts.register()
    file = BytesIO()
    canvas = Canvas(file, pagesize=A5, lang="fr-FR", initialFontName=fonts.REGULAR)
    canvas.setTitle(_("Votre code personnel"))
    canvas.setCreator("Relais")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    pen = _Pen(canvas)
    pen.say("Relais", bold=True, size=15, colour=TEAL)
    pen.gap(5)
    pen.say(_("Bonjour %(name)s") % {"name": slip.first_name}, bold=True, size=19)
    pen.say(_("Voyez votre parcours, et qui voit quoi. Répondez à une question. Cela prend une minute."))
    pen.gap(6)
    pen.say(_("1. Avec un téléphone : visez ce carré avec l’appareil photo."), bold=True)
    pen.square(slip.address)
    pen.say(_("2. Ou sur tout appareil : allez sur"), bold=True)
    pen.say(f"{urlsplit(slip.site).netloc}{urlsplit(slip.site).path}", size=13, colour=TEAL)
    pen.say(_("Tapez ce code et votre date de naissance :"))
    pen.gap(2)
    pen.say(slip.code, bold=True, size=26)
    pen.gap(5)
    pen.say(_("Ce code marche jusqu’au %(day)s.") % {"day": date_format(slip.until, "j F Y")})
    pen.say(_("Il est pour vous seulement : ne le donnez à personne."))
    if slip.typed:
        pen.gap(2)
        pen.say(
            _("Saisi pour vous : %(what)s. C’est faux ? Dites-le sur votre page, ou appelez.")
            % {"what": ", ".join(slip.typed)}
        )
    pen.say(_("Une question, une erreur ? Appelez : %(who)s") % {"who": slip.call})
    canvas.setFont(fonts.REGULAR, 8)
    canvas.setFillColor(MUTED)
    canvas.drawRightString(A5[0] - MARGIN, 9 * mm, _("page 1 sur 1"))
    canvas.showPage()
    canvas.save()
    return file.getvalue()


class _Pen:
    """Writes down the page, from the top."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y: float = A5[1] - MARGIN

    def gap(self, millimetres: float) -> None:
        self.y -= millimetres * mm

    def say(self, text: str, *, bold: bool = False, size: float = 11, colour: HexColor = INK) -> None:
        face = fonts.BOLD if bold else fonts.REGULAR
        self.canvas.setFont(face, size)
        self.canvas.setFillColor(colour)
        for line in simpleSplit(fonts.drawable(text), face, size, A5[0] - 2 * MARGIN):
            self.y -= size * 1.4
            self.canvas.drawString(MARGIN, self.y, line)

    def square(self, address: str) -> None:
        widget = QrCodeWidget(address, barLevel="M", barBorder=2)
        left, bottom, right, _top = widget.getBounds()
        scale = SQUARE / (right - left)
        drawing = Drawing(SQUARE, SQUARE, transform=[scale, 0, 0, scale, -left * scale, -bottom * scale])
        drawing.add(widget)
        self.y -= SQUARE + 2 * mm
        renderPDF.draw(drawing, self.canvas, MARGIN - 2 * mm, self.y)
        self.gap(3)
