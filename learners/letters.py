"""Letters to persons, ready for a French window envelope: one file, as many letters as there are, each with its pages numbered.

The address stands on the right, 45 to 90 mm from the top, where the window of a DL or C5 envelope shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from partners import fonts

INK, TEAL, MUTED = HexColor("#16213a"), HexColor("#0f5c5c"), HexColor("#5a6278")
LEFT, RIGHT = 20 * mm, 20 * mm
WIDE = A4[0] - LEFT - RIGHT
WINDOW_LEFT, WINDOW_TOP, WINDOW_WIDE = 110 * mm, A4[1] - 50 * mm, 82 * mm
WINDOW_LINES = 6  # more would show the line below through the window
BODY_TOP, BODY_BOTTOM = A4[1] - 105 * mm, 28 * mm
NEXT_TOP = A4[1] - 25 * mm  # of the pages that follow
SIZE, LEADING = 11, 15.5
BOX_HIGH = 47 * mm


@dataclass(frozen=True)
class Letter:
    """What is printed. `sender`: who writes, with where to answer; `address`: what the window shows, name first.

    `code`, `until`: what opens the person's own page at `site`; `code` is None when the letter speaks of none, and empty
    when the birth date that goes with it is unknown.
    """

    sender: Sequence[str]
    address: Sequence[str]
    on: date
    subject: str
    body: str
    reference: str
    site: str = ""
    code: str | None = None
    until: date | None = None


def write_letters(letters: Sequence[Letter]) -> bytes:
    """All the letters as one PDF: title, language, real text, fonts embedded once."""
    fonts.register()
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, lang="fr-FR", initialFontName=fonts.REGULAR)
    title = letters[0].subject if len(letters) == 1 else _("%(n)d lettres à poster") % {"n": len(letters)}
    canvas.setTitle(fonts.drawable(title))
    canvas.setCreator("Relais")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for letter in letters:
        _write(canvas, letter)
    canvas.save()
    return file.getvalue()


def _write(canvas: Canvas, letter: Letter) -> None:
    lines = [line for paragraph in letter.body.strip().split("\n") for line in _wrapped(paragraph, WIDE)]
    pages = _paged(lines, boxed=letter.code is not None)
    for number, page in enumerate(pages, start=1):
        top = _head(canvas, letter) if number == 1 else NEXT_TOP
        for line in page:
            _draw(canvas, line, LEFT, top)
            top -= LEADING
        if number == len(pages) and letter.code is not None:
            _box(canvas, letter, top - 4 * mm)
        _foot(canvas, letter, number, len(pages))
        canvas.showPage()


def _paged(lines: list[str], *, boxed: bool) -> list[list[str]]:
    """The lines of each page; the box needs its room under the last of them."""
    room = int((BODY_TOP - BODY_BOTTOM) / LEADING)
    more = int((NEXT_TOP - BODY_BOTTOM) / LEADING)
    under = int((BOX_HIGH + 4 * mm) / LEADING) + 1 if boxed else 0
    pages = [lines[:room]]
    rest = lines[room:]
    while rest:
        pages.append(rest[:more])
        rest = rest[more:]
    if len(pages[-1]) + under > (room if len(pages) == 1 else more):
        pages.append([])
    return pages


def _head(canvas: Canvas, letter: Letter) -> float:
    """Who writes, to whom, when and about what; gives where the text begins."""
    y = A4[1] - 22 * mm
    for at, line in enumerate(letter.sender):
        for part in _wrapped(line, WINDOW_LEFT - LEFT - 8 * mm, fonts.BOLD if at == 0 else fonts.REGULAR, 10):
            _draw(canvas, part, LEFT, y, face=fonts.BOLD if at == 0 else fonts.REGULAR, size=10)
            y -= 14
    y = WINDOW_TOP
    shown = [part for line in letter.address for part in _wrapped(line, WINDOW_WIDE)]
    if len(shown) > WINDOW_LINES:
        shown = [*shown[: WINDOW_LINES - 1], shown[-1]]
    for line in shown:
        _draw(canvas, line, WINDOW_LEFT, y)
        y -= LEADING
    _draw(canvas, _("Le %(day)s") % {"day": date_format(letter.on, "j F Y")}, WINDOW_LEFT, A4[1] - 95 * mm)
    top = BODY_TOP - 3 * mm
    for line in _wrapped(_("Objet : %(what)s") % {"what": letter.subject}, WIDE, fonts.BOLD):
        _draw(canvas, line, LEFT, top, face=fonts.BOLD)
        top -= LEADING
    return top - LEADING


def _box(canvas: Canvas, letter: Letter, top: float) -> None:
    """How to open one's own page: where, with which code, and with the birth date."""
    canvas.setStrokeColor(TEAL)
    canvas.setLineWidth(1.2)
    canvas.roundRect(LEFT, top - BOX_HIGH, WIDE, BOX_HIGH, 6)
    x, y = LEFT + 6 * mm, top - 8 * mm
    _draw(canvas, _("Votre page personnelle"), x, y, face=fonts.BOLD)
    if not letter.code or letter.until is None:
        for line in _wrapped(
            _("Pour l’ouvrir, appelez-nous : il nous manque votre date de naissance."), WIDE - 12 * mm
        ):
            y -= LEADING
            _draw(canvas, line, x, y)
        return
    where = urlsplit(letter.site)
    _draw(canvas, _("1. Allez sur %(where)s") % {"where": f"{where.netloc}{where.path}"}, x, y - 1.3 * LEADING)
    _draw(canvas, _("2. Tapez ce code, puis votre date de naissance (jour, mois, année) :"), x, y - 2.4 * LEADING)
    _draw(canvas, letter.code, x, y - 4.2 * LEADING, face=fonts.BOLD, size=20, colour=TEAL)
    until = _("Ce code marche jusqu’au %(day)s. Il est pour vous seulement.") % {
        "day": date_format(letter.until, "j F Y")
    }
    _draw(canvas, until, x, y - 5.6 * LEADING, size=9.5, colour=MUTED)


def _foot(canvas: Canvas, letter: Letter, number: int, pages: int) -> None:
    _draw(canvas, letter.reference, LEFT, 12 * mm, size=8, colour=MUTED)
    said = fonts.drawable(_("page %(number)d sur %(pages)d") % {"number": number, "pages": pages})
    canvas.drawRightString(A4[0] - RIGHT, 12 * mm, said)


def _draw(
    canvas: Canvas,
    text: str,
    x: float,
    y: float,
    *,
    face: str = fonts.REGULAR,
    size: float = SIZE,
    colour: HexColor = INK,
) -> None:
    canvas.setFont(face, size)
    canvas.setFillColor(colour)
    canvas.drawString(x, y, fonts.drawable(text))


def _wrapped(text: str, wide: float, face: str = fonts.REGULAR, size: float = SIZE) -> list[str]:
    """The text in lines, cut at plain spaces only; a word wider than the line is cut where it must be."""
    lines, line = [], ""
    for word in fonts.drawable(text).split(" "):
        longer = f"{line} {word}" if line else word
        if fonts.width(longer, face, size) <= wide:
            line = longer
            continue
        if line:
            lines.append(line)
        while fonts.width(word, face, size) > wide:
            most = max(
                1, next(n for n in range(len(word), 0, -1) if n == 1 or fonts.width(word[:n], face, size) <= wide)
            )
            lines.append(word[:most])
            word = word[most:]  # noqa: PLW2901 -- what is left of it
        line = word
    return [*lines, line]
