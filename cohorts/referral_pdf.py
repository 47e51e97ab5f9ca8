"""The referral sheet on paper, A4: blank to fill by hand, or filled for the person to carry. Real text, embedded fonts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from cohorts.models import Cohort
from cohorts.referral_news import code_of
from learners.identity import national
from learners.models import Handoff
from learners.states import Level
from partners import fonts
from partners.models import Organisation
from partners.referentials.known import commune_names
from partners.states import Channel

INK, TEAL, MUTED, LINE = HexColor("#16213a"), HexColor("#0f5c5c"), HexColor("#5a6278"), HexColor("#8a8f9d")
LEFT, RIGHT, TOP, BOTTOM = 18 * mm, A4[0] - 18 * mm, A4[1] - 16 * mm, 18 * mm
FIELD = 9.4 * mm  # from one handwritten line to the next
DAY_TYPED = "       /        /"


def wrapped(text: str, face: str, size: float, room: float) -> list[str]:
    """The text on lines that hold in `room`, cut at plain spaces only: a number or « mot ? » stays whole."""
    lines: list[str] = []
    for word in filter(None, text.split(" ")):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and fonts.width(longer, face, size) <= room:
            lines[-1] = longer
        elif fonts.width(word, face, size) <= room:
            lines.append(word)
        else:  # longer than a line by itself
            lines += simpleSplit(word, face, size, room)
    return lines


class Sheet:
    """Writes down the page, from the top; another page when one is full."""

    def __init__(self, title: str) -> None:
        fonts.register()
        self.file = BytesIO()
        self.canvas = Canvas(self.file, pagesize=A4, lang="fr-FR", initialFontName=fonts.REGULAR)
        self.canvas.setTitle(title)
        self.canvas.setCreator("Relais")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.y = TOP
        self.pages: list[dict[str, Any]] = []
        self.say("Relais", bold=True, size=13, colour=TEAL)
        self.say(title, bold=True, size=19)

    # --- flowing --------------------------------------------------------------------------------------------
    def room(self, height: float) -> None:
        """Start another page when `height` does not hold on this one."""
        if self.y - height < BOTTOM:
            self._keep()
            self.y = TOP

    def gap(self, millimetres: float) -> None:
        self.y -= millimetres * mm

    def say(self, text: str, *, bold: bool = False, size: float = 10.5, colour: HexColor = INK) -> None:
        face = fonts.BOLD if bold else fonts.REGULAR
        for line in wrapped(fonts.drawable(text), face, size, RIGHT - LEFT):
            self.room(size * 1.4)
            self.y -= size * 1.4
            self._text(LEFT, line, face, size, colour)

    def head(self, text: str) -> None:
        self.room(22 * mm)
        self.gap(3.5)
        self.say(text, bold=True, size=12.5, colour=TEAL)
        self.gap(0.5)

    def pairs(self, rows: Iterable[tuple[str, str]]) -> None:
        """What it is on the left, what is known on the right."""
        for label, value in rows:
            lines = wrapped(fonts.drawable(value), fonts.REGULAR, 10.5, RIGHT - LEFT - 44 * mm) or ["–"]
            self.room(len(lines) * 14.7)
            for number, line in enumerate(lines):
                self.y -= 14.7
                if number == 0:
                    self._text(LEFT, label, fonts.REGULAR, 10, MUTED)
                self._text(LEFT + 44 * mm, line, fonts.REGULAR, 10.5, INK)

    # --- to fill by hand ------------------------------------------------------------------------------------
    def blanks(self, *labels: str, hint: str = "") -> None:
        """Fields on one line, sharing its width."""
        self.room(FIELD)
        self.y -= FIELD
        span = (RIGHT - LEFT + 4 * mm) / len(labels)
        for number, label in enumerate(labels):
            x = LEFT + number * span
            self._text(x, label, fonts.REGULAR, 9, MUTED)
            start = x + fonts.width(label, fonts.REGULAR, 9) + 2 * mm
            self._rule(start, x + span - 4 * mm)
            if hint:
                self._text(start + 2 * mm, hint, fonts.REGULAR, 9, MUTED)

    def boxes(self, label: str, words: Iterable[str]) -> None:
        """A question with boxes to tick."""
        self.room(FIELD)
        self.y -= FIELD - 2 * mm
        self._text(LEFT, label, fonts.REGULAR, 9, MUTED)
        x = LEFT + max(30 * mm, fonts.width(label, fonts.REGULAR, 9) + 4 * mm)
        first = x
        for word in words:
            wide = 5 * mm + fonts.width(word, fonts.REGULAR, 9.5) + 5 * mm
            if x + wide > RIGHT + 5 * mm:
                x = first
                self.room(6 * mm)
                self.y -= 5.6 * mm
            self.canvas.setStrokeColor(INK)
            self.canvas.rect(x, self.y - 0.5 * mm, 3.2 * mm, 3.2 * mm, stroke=1, fill=0)
            self._text(x + 5 * mm, word, fonts.REGULAR, 9.5, INK)
            x += wide

    # --- drawing --------------------------------------------------------------------------------------------
    def _text(self, x: float, text: str, face: str, size: float, colour: HexColor) -> None:
        self.canvas.setFont(face, size)
        self.canvas.setFillColor(colour)
        self.canvas.drawString(x, self.y, fonts.drawable(text))

    def _rule(self, start: float, end: float) -> None:
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.6)
        self.canvas.line(start, self.y - 1.2 * mm, end, self.y - 1.2 * mm)

    def _keep(self) -> None:
        """Set this page aside: its number is written once all are counted."""
        self.pages.append(dict(self.canvas.__dict__))
        self.canvas._startPage()

    def finish(self, foot: str) -> bytes:
        """The whole as a PDF, each page with its number out of how many."""
        self._keep()
        for number, page in enumerate(self.pages, 1):
            self.canvas.__dict__.update(page)
            self.canvas.setFont(fonts.REGULAR, 8)
            self.canvas.setFillColor(MUTED)
            self.canvas.drawString(LEFT, 9 * mm, fonts.drawable(foot))
            told = _("page %(n)d sur %(all)d") % {"n": number, "all": len(self.pages)}
            self.canvas.drawRightString(RIGHT, 9 * mm, told)
            self.canvas.showPage()
        self.canvas.save()
        return self.file.getvalue()


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else _("pas encore connu")


def _reached(organisation: Organisation) -> str:
    phone = national(organisation.phone).replace(" ", "\u00a0")  # a number stays on one line
    return " · ".join(filter(None, (str(organisation), phone)))


def filled_sheet(handoff: Handoff) -> bytes:
    """The sheet of one referral, for the person: who sent them, to whom, when to call, and the code that finds it again."""
    application = handoff.applications.select_related("cohort").first()
    sheet = Sheet(_("Votre orientation vers une formation"))
    sheet.say(f"{handoff.learner.first_name} {handoff.learner.last_name}", bold=True, size=13)
    sheet.head(_("Qui vous oriente"))
    sheet.pairs(
        [(_("Organisme"), _reached(handoff.sender)), (_("Votre interlocuteur"), str(handoff.created_by or "–"))]
    )
    sheet.head(_("Vers quelle formation"))
    sheet.pairs(_where(handoff, application.cohort if application else None))
    sheet.head(_("Ce qui se passe maintenant"))
    words = {"body": handoff.receiver, "org": handoff.sender, "day": _day(handoff.deadline_on)}
    sheet.say(_("1. %(body)s lit votre demande, puis vous propose un rendez-vous.") % words)
    sheet.say(_("2. Vous n’avez rien à payer : la formation est gratuite.") % words)
    sheet.say(_("3. Jusqu’à votre entrée en formation, %(org)s continue de vous suivre.") % words)
    sheet.gap(2)
    sheet.say(
        _("Pas de nouvelles après le %(day)s ? Appelez %(who)s.") % {**words, "who": _reached(handoff.sender)},
        bold=True,
    )
    sheet.head(_("Votre code"))
    sheet.say(code_of(handoff), bold=True, size=22)
    sheet.say(_("Donnez-le quand vous appelez : il retrouve votre demande. Il n’ouvre rien à lui seul."))
    sheet.head(_("Votre accord"))
    sheet.say(_agreement(handoff))
    sheet.say(
        _("Vous pouvez dire non à ce partage quand vous voulez, sans perdre votre suivi : dites-le à %(org)s.")
        % {"org": handoff.sender}
    )
    return sheet.finish(f"{code_of(handoff)} · {_('fiche imprimée pour la personne')}")


def _where(handoff: Handoff, cohort: Cohort | None) -> list[tuple[str, str]]:
    rows = [(_("Organisme de formation"), _reached(handoff.receiver))]
    if handoff.programme or cohort:
        rows.append((_("Formation"), str(handoff.programme or (cohort and cohort.programme))))
    if cohort is None:
        return [*rows, (_("Dates"), _("l’organisme vous dira quand"))]
    dates = _("du %(start)s au %(end)s") % {"start": _day(cohort.starts_on), "end": _day(cohort.ends_on)}
    place = commune_names([cohort.commune]).get(cohort.commune, "") if cohort.commune else ""
    return [*rows, (_("Groupe"), cohort.title), (_("Dates"), dates), *([(_("Lieu"), place)] if place else [])]


def _agreement(handoff: Handoff) -> str:
    words = {"org": handoff.sender, "body": handoff.receiver, "day": _day(handoff.agreed_on)}
    if handoff.agreed_on is None:
        return _("Vous avez accepté que %(org)s envoie votre fiche à %(body)s.") % words
    return _("Le %(day)s, vous avez accepté que %(org)s envoie votre fiche à %(body)s.") % words


def blank_sheet(sender: Organisation) -> bytes:
    """The sheet to fill by hand, whose answers are those of the form on the screen."""
    sheet = Sheet(_("Fiche d’orientation vers une formation"))
    sheet.say(_reached(sender), bold=True)
    sheet.say(
        _("À remplir avec la personne, puis à recopier dans Relais, page « Orienter ». N’écrivez pas de numéro de sécurité sociale."),
        size=9, colour=MUTED,
    )  # fmt: skip
    sheet.head(_("La personne"))
    sheet.blanks(_("Nom"), _("Prénom"))
    sheet.blanks(_("Date de naissance"), _("Téléphone"))
    sheet.blanks(_("Courriel"))
    sheet.blanks(_("Adresse"))
    sheet.blanks(_("Code postal"), _("Commune"))
    sheet.boxes(_("Sexe"), [_("femme"), _("homme"), _("autre"), _("ne souhaite pas répondre")])
    sheet.boxes(_("Diplôme"), [str(label) for label in Level.labels[:5]])
    sheet.boxes(
        _("Situation"),
        [
            _("recherche d’emploi"),
            _("sans activité ni recherche"),
            _("études"),
            _("emploi"),
            _("formation"),
            _("autre"),
        ],
    )
    sheet.blanks(_("Situation depuis le"), _("Disponible à partir du"), hint=DAY_TYPED)
    sheet.boxes(_("La joindre par"), [str(label) for label in Channel.labels])
    sheet.head(_("La formation demandée"))
    sheet.blanks(_("Organisme de formation"))
    sheet.blanks(_("Formation, groupe ou date de début"))
    sheet.head(_("L’accord de la personne"))
    sheet.say(
        _("J’accepte que %(org)s envoie ma fiche à l’organisme de formation. Je peux dire non plus tard, sans perdre mon suivi.")
        % {"org": sender}
    )  # fmt: skip
    said = [_("en face à face"), *[str(label) for value, label in Channel.choices if value != Channel.ADVISER]]
    sheet.boxes(_("Accord donné"), said)
    sheet.blanks(_("Le"), _("Signature"))
    sheet.head(_("Qui oriente"))
    sheet.blanks(_("Nom du conseiller"), _("Recopié dans Relais le"))
    return sheet.finish(_("Une feuille par personne. Gardez-la : elle porte l’accord."))
