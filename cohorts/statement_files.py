"""The monthly statement on paper and in a workbook: drawn from its rows, and asking nothing of the database."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer, Table

from cohorts.referral_pdf import wrapped
from cohorts.statement import Statement, heads, said
from partners import fonts
from partners.spreadsheet.annotate import as_text

INK, MUTED, LINE, TINT = HexColor("#16213a"), HexColor("#5a6278"), HexColor("#c9c6bc"), HexColor("#eceae3")
DAY_WIDE, NAME_WIDE = 5.9 * mm, 42 * mm


class _Numbered(Canvas):
    """Writes « page n sur m » once the pages are counted."""

    foot = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "lang": "fr-FR", "initialFontName": fonts.REGULAR})
        self.setViewerPreference("DisplayDocTitle", "true")
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 -- reportlab's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self.setFont(fonts.REGULAR, 7.5)
            self.setFillColor(MUTED)
            self.drawString(10 * mm, 7 * mm, fonts.drawable(self.foot))
            told = _("page %(n)d sur %(all)d") % {"n": number, "all": len(self._kept)}
            self.drawRightString(self._pagesize[0] - 10 * mm, 7 * mm, told)
            super().showPage()
        super().save()


def statement_pdf(one: Statement) -> bytes:
    """A4, landscape: who was there each half-day, hours by kind, the place of two signatures."""
    fonts.register()
    file = BytesIO()
    document = SimpleDocTemplate(
        file, pagesize=landscape(A4), leftMargin=10 * mm, rightMargin=10 * mm, topMargin=10 * mm, bottomMargin=13 * mm,
        title=f"{one.title}, {one.month}", creator="Relais", author=one.body,
    )  # fmt: skip
    foot = f"{one.cohort} · {one.month}"
    numbered = type("Numbered", (_Numbered,), {"foot": foot})
    document.build([*_head(one), _grid(one), Spacer(1, 3 * mm), *_foot(one), _signatures()], canvasmaker=numbered)
    return file.getvalue()


class _Text(Flowable):
    """Plain text on as many lines as it takes: nothing in it is ever read as markup."""

    def __init__(self, text: str, size: float, *, bold: bool = False, colour: HexColor = INK) -> None:
        super().__init__()
        self.text, self.size, self.colour = text, size, colour
        self.face = fonts.BOLD if bold else fonts.REGULAR
        self.lines: list[str] = []

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        self.lines = wrapped(fonts.drawable(self.text), self.face, self.size, room) or [""]
        return room, len(self.lines) * self.size * 1.3

    def draw(self) -> None:
        self.canv.setFont(self.face, self.size)
        self.canv.setFillColor(self.colour)
        for place, line in enumerate(reversed(self.lines)):
            self.canv.drawString(0, place * self.size * 1.3 + self.size * 0.3, line)


def _said(text: str, size: float, *, bold: bool = False, colour: HexColor = INK) -> _Text:
    return _Text(text, size, bold=bold, colour=colour)


def _head(one: Statement) -> list[Any]:
    return [
        _said(f"{one.title}, {one.month}", 15, bold=True), _said(one.body, 9.5), _said(one.cohort, 9.5),
        _said(_("Convention\u00a0: %(code)s") % {"code": one.agreements}, 9.5), Spacer(1, 3 * mm),
    ]  # fmt: skip


def _grid(one: Statement) -> Table:
    days = [f"{day:%d}" for day in one.days]
    above = [_("Nom et prénom"), *days, *heads()]
    lines: list[list[Any]] = [[_said(cell, 6.2, bold=True) for cell in above]]
    for row in one.rows:
        letters = [row.letters.get(day, "") for day in one.days]
        lines.append([_said(f"{row.name}", 7), *letters, *map(said, row.minutes)])
    lines.append([_said(_("Total"), 7, bold=True), *[""] * len(days), *map(said, one.total)])
    left = landscape(A4)[0] - 20 * mm - NAME_WIDE - DAY_WIDE * len(days)
    wide = [NAME_WIDE, *[DAY_WIDE] * len(days), *[left / len(heads())] * len(heads())]
    table = Table(lines, colWidths=wide, repeatRows=1)
    table.setStyle(
        [
            ("FONT", (0, 1), (-1, -1), fonts.REGULAR, 6.6), ("FONT", (0, -1), (-1, -1), fonts.BOLD, 6.2),
            ("TEXTCOLOR", (0, 0), (-1, -1), INK), ("BACKGROUND", (0, 0), (-1, 0), TINT),
            ("ALIGN", (1, 0), (len(days), -1), "CENTER"), ("ALIGN", (len(days) + 1, 1), (-1, -1), "RIGHT"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 1.5), ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
            ("TOPPADDING", (0, 0), (-1, -1), 1.6), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
        ]
    )  # fmt: skip
    return table


def _foot(one: Statement) -> list[Any]:
    told = [
        _said(_("Une lettre par demi-journée, le matin puis l’après-midi\u00a0: %(legend)s\u00a0; – non noté.") % {"legend": one.legend}, 7.5, colour=MUTED),
        _said(_("Prévu = réalisé + retards + justifié + absent + non noté. Établi le %(day)s d’après le registre.") % {"day": one.written}, 7.5, colour=MUTED),
    ]  # fmt: skip
    if one.waiting:
        words = _("%(n)d lignes de ce mois ne sont pas encore contresignées par un formateur.") % {"n": one.waiting}
        told.append(_said(words, 7.5, bold=True))
    return told


def _signatures() -> Table:
    table = Table(
        [[_("Pour l’organisme de formation\u00a0: nom, date, cachet et signature"), _("Pour le financeur, s’il le demande")]],
        colWidths=[(landscape(A4)[0] - 20 * mm) / 2] * 2, rowHeights=[20 * mm],
    )  # fmt: skip
    table.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), fonts.REGULAR, 8), ("TEXTCOLOR", (0, 0), (-1, -1), MUTED),
            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOX", (0, 0), (0, 0), 0.4, LINE), ("BOX", (1, 0), (1, 0), 0.4, LINE),
        ]
    )  # fmt: skip
    return table


def statement_xlsx(one: Statement) -> bytes:
    """One sheet: letters by day, hours as numbers, totals; ready to print on one page wide."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Présences"
    for number, text in enumerate((f"{one.title}, {one.month}", one.body, one.cohort, one.agreements), 1):
        as_text(sheet.cell(number, 1), text)
    sheet["A1"].font = Font(bold=True, size=14)
    top = 6
    for place, text in enumerate(
        [
            _("Nom et prénom"),
            _("Entrée, sortie"),
            *[f"{day:%d/%m}" for day in one.days],
            *[_("%(head)s (h)") % {"head": head} for head in heads()],
        ],
        1,
    ):
        cell = sheet.cell(top, place)
        as_text(cell, text)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(one.rows, top + 1):
        for place, text in enumerate([row.name, row.entered, *[row.letters.get(day, "") for day in one.days]], 1):
            as_text(sheet.cell(number, place), text)
        _numbers(sheet, number, len(one.days) + 3, row.minutes)
    last = top + len(one.rows) + 1
    as_text(sheet.cell(last, 1), _("Total"))
    _numbers(sheet, last, len(one.days) + 3, one.total)
    for cell in sheet[last]:
        cell.font = Font(bold=True)
    as_text(sheet.cell(last + 2, 1), one.legend)
    sheet.freeze_panes = sheet.cell(top + 1, 2)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 20
    for place in range(3, len(one.days) + 3):
        sheet.column_dimensions[get_column_letter(place)].width = 6
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{top}:{top}"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _numbers(sheet: Any, row: int, first: int, minutes: tuple[int, ...]) -> None:
    for place, value in enumerate(minutes):
        cell = sheet.cell(row, first + place, round(value / 60, 4))
        cell.number_format = "0.00"
