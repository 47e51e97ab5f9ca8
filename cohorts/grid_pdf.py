"""Grids to fill by hand, one for each code: the anchors in words, boxes to tick, room to write. No name of an applicant."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from reportlab.lib.units import mm

from cohorts.grids import Shown, Wanted
from cohorts.referral_pdf import INK, LEFT, MUTED, RIGHT, TEAL, TOP, Sheet, wrapped
from partners import fonts

BOX = 3.2 * mm
SIZE, LEADING = 9, 11.1  # the starting grid holds on one page


class Grids(Sheet):
    """Every page bears the code it is about."""

    def __init__(self, title: str, cohort: str) -> None:
        self.code = ""
        self.cohort = cohort
        super().__init__(title)

    def begin(self, code: str, *, first: bool) -> None:
        """The page on which a code starts."""
        if not first:
            self._keep()
            self.y = TOP
            self.say(_("Grille d’évaluation"), bold=True, size=15)
        self.code = code
        self.say(self.cohort, size=10, colour=MUTED)

    def _keep(self) -> None:
        if self.code:
            face, below = fonts.BOLD, self.y
            self.y = TOP - 13
            self._text(RIGHT - fonts.width(self.code, face, 18), self.code, face, 18, TEAL)
            self.y = below
        super()._keep()

    def criterion(self, number: int, one: Wanted) -> None:
        """A question, five anchors with their box, and lines to write on; never cut between two pages."""
        anchors = [wrapped(fonts.drawable(said), fonts.REGULAR, SIZE, RIGHT - LEFT - 12 * mm) for said in one.anchors]
        asked = wrapped(fonts.drawable(one.question), fonts.REGULAR, SIZE, RIGHT - LEFT)
        self.room(sum(len(lines) for lines in [asked, *anchors]) * LEADING + 5 * 2 + 15 * mm)
        self.gap(2.5)
        self.say(f"{number}. {one.label.capitalize()}", bold=True, size=11)
        for line in asked:
            self.y -= LEADING
            self._text(LEFT, line, fonts.REGULAR, SIZE, MUTED)
        for mark, lines in enumerate(anchors):
            self.y -= 2
            for at, line in enumerate(lines):
                self.y -= LEADING
                if at == 0:
                    self.canvas.setStrokeColor(INK)
                    self.canvas.setLineWidth(0.8)
                    self.canvas.rect(LEFT, self.y - 0.5 * mm, BOX, BOX, stroke=1, fill=0)
                    self._text(LEFT + 5.5 * mm, str(mark), fonts.BOLD, SIZE + 1, INK)
                self._text(LEFT + 12 * mm, line, fonts.REGULAR, SIZE, INK)
        self.y -= 6 * mm
        self._text(LEFT, _("Vu, entendu"), fonts.REGULAR, 8, MUTED)
        self._rule(LEFT + 20 * mm, RIGHT)


def blank_grids(grid: Shown, cohort: str, codes: Sequence[str]) -> bytes:
    """One grid for each code, or one without a code when there is none; a PDF."""
    sheet = Grids(_("Grille d’évaluation"), cohort)
    for at, code in enumerate(codes or [""]):
        sheet.begin(code, first=at == 0)
        sheet.say(
            _("Cochez une case par question, d’après ce que vous voyez et entendez. La personne peut lire ces notes.")
            + " " + _("Si vous reconnaissez la personne, abstenez-vous."),
            size=9,
        )  # fmt: skip
        for number, one in enumerate(grid.criteria, 1):
            sheet.criterion(number, one)
        sheet.room(26 * mm)
        sheet.gap(1)
        sheet.blanks(_("Je m’abstiens, parce que"))
        sheet.blanks(_("Évaluateur"), _("Le"), _("Signature"))
    version = _("grille version %(n)d") % {"n": grid.version} if grid.version else _("grille de départ")
    return sheet.finish(f"{version} · {_('à recopier dans Relais, page « Saisir une grille »')}")
