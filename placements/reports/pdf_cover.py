"""The first page of a report: whose it is, the essential figures, the promises kept or missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, NextPageTemplate, PageBreak, Spacer, Table

from partners import fonts
from placements.reports import french, style
from placements.reports.content import Commitment, Content
from placements.reports.french import NBSP
from placements.reports.keyfigures import KeyFigure, key_figures, out_of, promise_rate, shown, shown_rate, verdict
from placements.reports.style import Pill, cell, grid, heads, para

COVER, PORTRAIT, LANDSCAPE = "cover", "portrait", "landscape"
WIDTH = 174 * mm

_FLAT = [
    ("FONT", (0, 0), (-1, -1), fonts.REGULAR, 8.5),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]
_TIGHT = [*_FLAT, ("TOPPADDING", (0, 0), (-1, -1), 1.3), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.3)]


class Card(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A few lines on a tinted ground with round corners, as high as its neighbours."""

    PAD = 11.0

    def __init__(self, lines: Sequence[Flowable], width: float) -> None:
        super().__init__()
        self.lines, self.width = lines, width
        self.height = self.needed = sum(item.wrap(width - 2 * self.PAD, 1e4)[1] for item in lines) + 2 * self.PAD

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFillColor(style.PAPER)
        self.canv.setStrokeColor(style.LINE)
        self.canv.setLineWidth(0.6)
        self.canv.roundRect(0, 0, self.width, self.height, 7, stroke=1, fill=1)
        y = self.height - self.PAD
        for item in self.lines:
            y -= item.height
            item.drawOn(self.canv, self.PAD, y)


def cover(content: Content) -> Iterator[Flowable]:
    """The cover, then the change to ordinary pages."""
    public = content.profile == french.PUBLIC
    profile = "Profil public, petits nombres masqués" if public else "Profil financeur, chiffres exacts"
    yield Table(
        [[para("Relais", "brand"), Pill(profile, style.TEAL, style.TEAL_TINT, "right")]],
        colWidths=[WIDTH / 2] * 2,
        style=_FLAT,
    )
    yield Spacer(1, 14 * mm)
    yield para("Bilan des sorties", "title")
    yield para(french.period(content.start, content.end), "subtitle")
    yield Spacer(1, 6 * mm)
    yield _identity(content)
    yield Spacer(1, 7 * mm)
    yield _cards(content)
    if content.commitments:
        yield Spacer(1, 6 * mm)
        yield para("Engagements de la convention", "h2")
        yield promises(content)
    yield Spacer(1, 5 * mm)
    yield para(
        f"Bilan établi le {french.moment(content.made_at)}. L’empreinte SHA-256 au bas de chaque page est celle du résultat complet{NBSP}: "
        "changer un seul chiffre la change.", "note",
    )  # fmt: skip
    yield NextPageTemplate(PORTRAIT)
    yield PageBreak()


def _identity(content: Content) -> Flowable:
    rows = (
        ("Convention", f"{content.agreement}, {french.period(content.agreement_from, content.agreement_to)}"),
        ("Organisme de formation", content.provider),
        ("Financeur", content.funder),
        ("Formations", ", ".join(content.programmes)),
        ("Données arrêtées au", french.day(content.as_of)),
    )
    return Table(
        [[para(label, "cell_label"), cell(text, limit=0, room=WIDTH - 38 * mm)] for label, text in rows],
        colWidths=[38 * mm, WIDTH - 38 * mm],
        style=_TIGHT,
    )


def _cards(content: Content) -> Flowable:
    half = (WIDTH - style.GAP) / 2
    cards = [Card(_card_lines(figure), half) for figure in key_figures(content)]
    pairs = [cards[index : index + 2] for index in range(0, len(cards), 2)]
    for pair in pairs:
        for card in pair:
            card.height = max(other.needed for other in pair)
    return Table(
        [[pair[0], pair[1] if len(pair) > 1 else ""] for pair in pairs], colWidths=[half + style.GAP, half],
        style=[*_FLAT, ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), style.GAP)],
    )  # fmt: skip


def _card_lines(figure: KeyFigure) -> list[Flowable]:
    return [
        para(figure.label, "card_label"),
        para(figure.value, "card_figure"),
        *(para(text, "card_detail") for text in figure.details),
    ]


def promise_pill(commitment: Commitment, profile: str) -> Pill:
    """Kept in green, missed in amber, not measurable in grey; always in words."""
    if commitment.kept is None:
        return Pill(verdict(commitment, profile), style.MUTED, style.SAND_SOFT)
    return Pill(
        verdict(commitment, profile),
        *((style.GREEN, style.GREEN_TINT) if commitment.kept else (style.AMBER, style.AMBER_TINT)),
    )


def promises(content: Content, *, unknown: bool = False) -> Flowable:
    """The commitments, one row each: what was promised, what was reached, how many people are missing."""
    rows = [
        heads("Engagement", ">Objectif", ">Effectif", *([">Inconnus"] if unknown else []), ">Part atteinte", "Résultat")
    ]
    for promise in content.commitments:
        share = (
            french.NOTHING if promise.of == 0 else shown_rate(promise_rate(promise, content.profile), content.profile)
        )
        extra = [shown(promise.unknown, content.profile)] if unknown else []
        rows.append([
            para(promise.label, "cell"), french.target(promise.target), out_of(promise.n, promise.of, content.profile), *extra,
            share, promise_pill(promise, content.profile),
        ])  # fmt: skip
    widths = [62, 16, 20, 16, 20, 40] if unknown else [72, 16, 24, 22, 40]
    scale = WIDTH / sum(widths)
    return grid(rows, [width * scale for width in widths], right=range(1, len(widths) - 1),
                extra=[("LEFTPADDING", (-1, 0), (-1, -1), 14)])  # fmt: skip
