"""The fairness file of a cohort, to give to whoever asks: counts, tests, statements, definitions; nobody's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

from cohorts.fair_figures import STAGES
from cohorts.fair_rows import Part, Reading, Row, scope_words
from cohorts.fair_words import definitions
from cohorts.referral_pdf import INK, LEFT, LINE, MUTED, RIGHT, Sheet, wrapped
from partners import fonts
from partners.spreadsheet.annotate import as_text

TRACK, BAND, MARK = HexColor("#eceae4"), HexColor("#7fb0ad"), HexColor("#0f5c5c")
SIZE, STEP = 8.5, 12.0
# Where each column stands: the group, then figures by their right edge, the bar between.
NAME = 44 * mm
EDGES = {"out": 66 * mm, "rate": 78 * mm, "expected": 131 * mm, "ratio": 146 * mm, "p": 165 * mm}
BAR_FROM, BAR_TO = 81 * mm, 116 * mm


def _columns() -> dict[str, str]:
    return {
        "out": _("passées"), "rate": _("taux"), "expected": _("attendu"), "ratio": _("rapport"), "p": _("p corrigé"),
    }  # fmt: skip


# --- on paper --------------------------------------------------------------------------------------------------
class FairSheet(Sheet):
    """Tables of rates with their intervals drawn."""

    def part(self, part: Part) -> None:
        """One trait at one stage, kept on one page where it can."""
        self.room((len(part.rows) + 5) * STEP)
        self.gap(2)
        self.say(f"{part.title} — {part.verdict}", bold=True, size=10)
        if part.rows:
            self._heads()
        for row in part.rows:
            self._row(row)
        for sentence in (*part.sentences, *([part.unknown] if part.unknown else [])):
            self.say(sentence, size=SIZE, colour=MUTED)

    def _heads(self) -> None:
        self.room(STEP)
        self.y -= STEP
        for column, title in _columns().items():
            self._right(EDGES[column], title, fonts.REGULAR, MUTED)
        self._text(LEFT + BAR_FROM, _("intervalle"), fonts.REGULAR, SIZE - 1, MUTED)

    def _row(self, row: Row) -> None:
        lines = wrapped(fonts.drawable(row.name), fonts.REGULAR, SIZE, NAME) or [""]
        self.room(len(lines) * STEP)
        for number, line in enumerate(lines):
            self.y -= STEP
            self._text(LEFT, line, fonts.REGULAR, SIZE, INK)
            if number == 0:
                self._figures(row)
        self.canvas.setStrokeColor(TRACK)
        self.canvas.line(LEFT, self.y - 3, RIGHT, self.y - 3)

    def _figures(self, row: Row) -> None:
        ratio = f"{row.ratio} *" if row.mark else row.ratio
        told = {"out": row.out, "rate": row.rate, "expected": row.expected, "ratio": ratio, "p": row.p_bare}
        for column, value in told.items():
            self._right(EDGES[column], value, fonts.REGULAR, INK)
        span = (BAR_TO - BAR_FROM) / 1000
        for colour, start, wide in (
            (TRACK, 0, 1000), (BAND, row.bar.start, row.bar.width), (MARK, max(row.bar.mark - 8, 0), 16),
        ):  # fmt: skip
            self.canvas.setFillColor(colour)
            self.canvas.rect(LEFT + BAR_FROM + start * span, self.y - 0.5, wide * span, 6, stroke=0, fill=1)

    def _right(self, x: float, text: str, face: str, colour: HexColor) -> None:
        self._text(LEFT + x - fonts.width(text, face, SIZE), text, face, SIZE, colour)

    def summary(self, reading: Reading) -> None:
        """Verdicts, traits by stages."""
        xs = [LEFT + 34 * mm + number * 36 * mm for number in range(len(STAGES))]
        self.room((len(reading.summary) + 2) * STEP)
        self.y -= STEP
        for x, stage in zip(xs, STAGES, strict=True):
            self._text(x, str(stage.label), fonts.REGULAR, SIZE, MUTED)
        for label, _code, cells in reading.summary:
            self.y -= STEP + 1
            self._text(LEFT, str(label), fonts.REGULAR, SIZE, INK)
            for x, (_stage, _which, verdict, tone) in zip(xs, cells, strict=True):
                self._text(
                    x, str(verdict), fonts.BOLD if tone == "amber" else fonts.REGULAR, SIZE - 1, INK if tone else MUTED
                )
            self.canvas.setStrokeColor(LINE)
            self.canvas.setLineWidth(0.3)
            self.canvas.line(LEFT, self.y - 3, RIGHT, self.y - 3)


def file_pdf(one: Reading, several: Reading) -> bytes:
    """The file on paper: this cohort, then those of its programme when there are others."""
    cohort = one.cohort
    sheet = FairSheet(_("Équité de la sélection"))
    sheet.say(cohort.title, bold=True, size=13)
    sheet.pairs(_about(one))
    sheet.head(_("Comment la sélection est menée"))
    for said in one.said:
        held = _("%(n)d sur %(of)d") % {"n": said.statement.n, "of": said.statement.of}
        sheet.say(f"{held} · {said.statement.text}.", bold=not said.statement.holds, size=9.5)
    if not one.said:
        sheet.say(_("Personne n’est encore candidat."), size=9.5)
    for reading in _readings(one, several):
        sheet.head(scope_words(reading))
        sheet.summary(reading)
        for stage in STAGES:
            sheet.room(50 * mm)  # a heading goes with its first table
            sheet.head(_("%(stage)s, %(among)s") % {"stage": stage.label, "among": stage.among})
            _waiting(sheet, reading, stage.code)
            for part in reading.parts(stage.code):
                sheet.part(part)
    sheet.head(_("Comment lire"))
    sheet.say(_("* sous 4/5 du meilleur groupe\u00a0: où regarder, sans juger."), size=9)
    for term, text in definitions():
        sheet.gap(1)
        sheet.say(term, bold=True, size=9)
        sheet.say(text, size=9)
    return sheet.finish(_("Équité de la sélection · %(cohort)s · aucun nom") % {"cohort": cohort.title[:60]})


def _about(one: Reading) -> list[tuple[str, str]]:
    cohort, today = one.cohort, timezone.localdate()
    dates = {"start": date_format(cohort.starts_on, "j F Y"), "end": date_format(cohort.ends_on, "j F Y")}
    staged = _("préparées et annoncées") if one.figures.staged else _("annoncées")
    return [
        (_("Programme"), str(cohort.programme)), (_("Organisme"), str(cohort.programme.provider)),
        (_("Dates"), _("du %(start)s au %(end)s") % dates), (_("Décisions comptées"), staged),
        (_("Établi le"), date_format(today, "j F Y")),
    ]  # fmt: skip


def _readings(one: Reading, several: Reading) -> Iterable[Reading]:
    return (one, several) if len(several.figures.cohorts) > 1 else (one,)


def _waiting(sheet: FairSheet, reading: Reading, stage: str) -> None:
    waiting = reading.figures.at(stage)[0].waiting
    if waiting:
        sheet.say(_("Issue non connue\u00a0: %(n)d, non comptées.") % {"n": waiting}, size=SIZE, colour=MUTED)


# --- workbook --------------------------------------------------------------------------------------------------
def file_workbook(one: Reading, several: Reading) -> bytes:
    """The same as a workbook, numbers as numbers, for who computes them again."""
    book = Workbook(write_only=True)
    _sheet(book, _("Chiffres"), _heads(), (line for reading in _readings(one, several) for line in _lines(reading)))
    said = ([each.statement.text, each.statement.n, each.statement.of] for each in one.said)
    _sheet(book, _("Procédure"), [_("Ce qui doit être vrai"), _("L’est pour"), _("Sur")], said, (90, 12, 12))
    about = [*_about(one), *((scope_words(each), "") for each in _readings(one, several)), *definitions()]
    _sheet(book, _("Définitions"), [_("Terme"), _("Ce qu’il veut dire")], (list(each) for each in about), (40, 110))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _heads() -> list[str]:
    return [
        _("Cohortes"), _("Étape"), _("Caractéristique"), _("Groupe"), _("Personnes"), _("Passées"), _("Taux"), _("Taux, bas"),
        _("Taux, haut"), _("Attendu"), _("Rapport au meilleur"), _("Sous 4/5"), _("p corrigé"), _("Rapport des cotes"),
        _("Écart, bas (points)"), _("Écart, haut (points)"), _("Ce qu’on peut dire"), _("p du tableau"), _("Issue non connue"),
    ]  # fmt: skip


def _lines(reading: Reading) -> Iterable[list[Any]]:
    scope = len(reading.figures.cohorts)
    for stage in STAGES:
        for part in reading.parts(stage.code):
            table, waiting = part.figure.table, part.figure.waiting
            before: list[Any] = [scope, str(stage.label), str(part.title)]
            for row in part.rows:
                yield [*before, *_values(row), table.p, waiting]
            if table.unknown:
                blank: Sequence[Any] = [None] * 10
                yield [*before, _("non renseigné"), table.unknown, table.unknown_passed, *blank, _("dans aucun test"), table.p, waiting]  # fmt: skip


def _values(row: Row) -> list[Any]:
    one = row.finding
    low, high = one.gap or (None, None)
    return [
        row.name, one.line.n, one.line.passed, one.rate, *one.between, one.expected, one.ratio, row.mark, one.p, one.odds,
        None if low is None else 100 * low, None if high is None else 100 * high, str(row.verdict),
    ]  # fmt: skip


def _sheet(
    book: Workbook, title: str, heads: list[str], rows: Iterable[Sequence[Any]], widths: Sequence[int] = ()
) -> None:
    sheet = book.create_sheet(title)
    for number in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = widths[number - 1] if widths else 18
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A text stays one, whatever its first sign."""
    cell = WriteOnlyCell(sheet)
    as_text(cell, value or None if isinstance(value, str) else value)
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
    if bold:
        cell.font = Font(bold=True)
    if isinstance(value, float):
        cell.number_format = "0.000"
    return cell
