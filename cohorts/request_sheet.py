"""The application form on paper, A4, one page for each cohort: boxes to write in, large type, where to bring it."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from cohorts.offers import Offer
from cohorts.trainings import code_of, length_of, long_day, reached
from partners import fonts

INK, TEAL, MUTED, LINE = HexColor("#16213a"), HexColor("#0f5c5c"), HexColor("#5a6278"), HexColor("#5a6278")
LEFT, RIGHT, TOP = 16 * mm, A4[0] - 16 * mm, A4[1] - 13 * mm
BOX, GAP = 9 * mm, 4 * mm  # the height of a box; between two on one line
CELL = 7 * mm  # one letter, where each has its own


class _Form:
    """Writes down the page, from the top."""

    def __init__(self, title: str) -> None:
        fonts.register()
        self.file = BytesIO()
        self.canvas = Canvas(self.file, pagesize=A4, lang="fr-FR", initialFontName=fonts.REGULAR)
        self.canvas.setTitle(title)
        self.canvas.setCreator("Relais")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.y: float = TOP

    def gap(self, millimetres: float) -> None:
        self.y -= millimetres * mm

    def text(self, x: float, text: str, *, bold: bool = False, size: float = 11, colour: HexColor = INK) -> None:
        self.canvas.setFont(fonts.BOLD if bold else fonts.REGULAR, size)
        self.canvas.setFillColor(colour)
        self.canvas.drawString(x, self.y, fonts.drawable(text))

    def say(self, text: str, *, bold: bool = False, size: float = 11, colour: HexColor = INK) -> None:
        face = fonts.BOLD if bold else fonts.REGULAR
        for line in simpleSplit(fonts.drawable(text), face, size, RIGHT - LEFT):
            self.y -= size * 1.32
            self.text(LEFT, line, bold=bold, size=size, colour=colour)

    def head(self, text: str) -> None:
        self.gap(2.5)
        self.say(text, bold=True, size=13, colour=TEAL)
        self.gap(0.5)

    def boxes(self, *labels: str, height: float = BOX) -> None:
        """Fields to write in, side by side, each under its label."""
        wide = (RIGHT - LEFT - GAP * (len(labels) - 1)) / len(labels)
        self.gap(5.6)
        for place, label in enumerate(labels):
            self.text(LEFT + place * (wide + GAP), label, bold=True, size=10.5)
        self.y -= height + 1.2 * mm
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.9)
        for place in range(len(labels)):
            self.canvas.rect(LEFT + place * (wide + GAP), self.y, wide, height, stroke=1, fill=0)

    def cells(self, groups: Iterable[tuple[str, tuple[int, ...]]]) -> None:
        """Figures, one to a cell: « Date de naissance », 2 + 2 + 4."""
        self.gap(5.6)
        x, below = LEFT, self.y - BOX - 1.2 * mm
        for label, sizes in groups:
            self.text(x, label, bold=True, size=10.5)
            self.canvas.setStrokeColor(LINE)
            for number in sizes:
                self.canvas.setLineWidth(0.9)
                self.canvas.rect(x, below, CELL * number, BOX, stroke=1, fill=0)
                self.canvas.setLineWidth(0.4)
                for cell in range(1, number):
                    self.canvas.line(x + cell * CELL, below, x + cell * CELL, below + BOX)
                x += CELL * number + 1.6 * mm
            x += 6 * mm
        self.y = below

    def ticks(self, label: str, words: Iterable[str]) -> None:
        """A question, and boxes to tick."""
        self.gap(6)
        self.text(LEFT, label, bold=True, size=10.5)
        self.gap(6)
        x = LEFT
        for word in words:
            wide = 7 * mm + fonts.width(word, fonts.REGULAR, 10.5) + 5 * mm
            if x + wide > RIGHT + 5 * mm:
                x = LEFT
                self.gap(6)
            self.canvas.setStrokeColor(INK)
            self.canvas.setLineWidth(0.9)
            self.canvas.rect(x, self.y - 0.8 * mm, 4 * mm, 4 * mm, stroke=1, fill=0)
            self.text(x + 6 * mm, word, size=10.5)
            x += wide

    def finish(self, foot: str) -> bytes:
        self.y = 8 * mm
        self.text(LEFT, foot, size=8.5, colour=MUTED)
        self.canvas.setFont(fonts.REGULAR, 8.5)
        self.canvas.drawRightString(RIGHT, 8 * mm, _("page 1 sur 1"))
        self.canvas.showPage()
        self.canvas.save()
        return self.file.getvalue()


def blank_form(offer: Offer) -> bytes:
    """The form of one cohort: tagged with its code, real text, embedded fonts, one page."""
    cohort, body = offer.cohort, offer.provider
    if cohort is None:
        raise ValueError("The form is that of a cohort.")
    form = _Form(_("Je demande une formation"))
    form.say(_("Je demande une formation"), bold=True, size=20)
    form.gap(0.5)
    form.say(_short(offer.programme.title), bold=True, size=12.5, colour=TEAL)
    dates = _("du %(start)s au %(end)s") % {"start": long_day(cohort.starts_on), "end": long_day(cohort.ends_on)}
    form.say(" · ".join(filter(None, (_short(str(body)), offer.place, dates, length_of(offer)))), size=10.5)
    form.say(
        _("La formation est gratuite. Écrivez en majuscules. Une case que vous ne savez pas remplir reste vide."),
        size=10.5,
    )
    form.head(_("Qui êtes-vous ?"))
    form.boxes(_("Prénom"), _("Nom"))
    form.cells(((_("Date de naissance"), (2, 2, 4)), (_("Téléphone"), (2, 2, 2, 2, 2))))
    form.boxes(_("Courriel (e-mail)"))
    form.boxes(_("Adresse, code postal et ville"))
    form.ticks(_("Comment vous répondre ?"), [_("appelez-moi"), _("par SMS"), _("par courriel"), _("par courrier")])
    form.head(_("Où en êtes-vous ? (si vous voulez le dire)"))
    form.ticks(
        _("Que faites-vous en ce moment ?"),
        [_("je cherche du travail"), _("je suis au lycée ou en études"), _("j’ai un emploi"), _("rien de tout cela")],
    )
    form.ticks(
        _("Votre diplôme le plus haut (il ne compte pas pour être choisi)"),
        [_("aucun"), _("brevet"), _("CAP ou BEP"), _("bac"), _("plus haut")],
    )
    form.boxes(_("Pourquoi cette formation ? Quelques mots suffisent."), height=21.5 * mm)
    form.head(_("Votre accord"))
    form.say(
        _("%(body)s peut lire ma demande, la garder et me répondre. Je peux changer d’avis quand je veux.")
        % {"body": _short(str(body))}
    )  # fmt: skip
    form.boxes(_("Date"), _("Signature"), height=11 * mm)
    form.head(_("Où rendre ce papier ?"))
    form.say(_where(offer))
    form.say(
        _("Réponse sous %(n)d jours ouvrés. N’écrivez jamais votre numéro de sécurité sociale.")
        % {"n": body.acknowledge_days}
    )
    form.gap(1.5)
    form.boxes(_("Cadre réservé : code de la demande"), _("Recopié le, par"), height=8 * mm)
    return form.finish(f"{code_of(cohort.pk)} · {_short(cohort.title)}")


def _short(text: str) -> str:
    """A title that keeps the form on its page."""
    return text if len(text) <= 80 else f"{text[:79]}…"


def _where(offer: Offer) -> str:
    how = reached(offer.provider)
    said = [_short(str(offer.provider)), how["town"], how["phone"], how["email"]]
    return _("À %(body)s, ou à votre conseiller, qui le recopie pour vous.") % {"body": ", ".join(filter(None, said))}
