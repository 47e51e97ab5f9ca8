"""What the page of a report says, drawn from its content alone: the same words, charts and masks as the PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from partners import fonts
from placements.reports import charts, french
from placements.reports.content import Bar, Commitment, Content, Outcome, Share
from placements.reports.frozen import thaw
from placements.reports.keyfigures import (
    CHARGED,
    KeyFigure,
    bounds_text,
    charged_rows,
    key_figures,
    share_text,
    shown,
    verdict,
)

NARROW, DAYS, WIDE = 365.0, 410.0, 700.0  # points of a drawing that fills half a page (bars, days), a whole one
MOST_COHORTS = 25  # on the page; the workbook has them all
TONES = {True: "green", False: "amber", None: "grey"}
Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The first column names the row, the others are figures."""

    caption: str
    heads: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Chart:
    svg: SafeString
    table: Table


@dataclass(frozen=True)
class Promise:
    """A line of indicators and commitments; `target` is a dash where nothing was promised."""

    label: str
    n: str
    of: str
    rate: str
    target: str
    verdict: str
    tone: str
    unknown: str


@dataclass(frozen=True)
class RuleLine:
    """One funder's definition beside the others, with its text."""

    own: bool
    outcome: Outcome
    n: str
    of: str
    rate: str
    bounds: str
    unknown: str
    not_due: str
    dropouts: str
    parts: str


@dataclass(frozen=True)
class ReportPage:
    content: Content
    figures: tuple[KeyFigure, ...]
    funnel: Chart
    situations: Chart | None
    continuity: Chart
    charged: Table | None  # on whose account the days of gap are, when it was counted
    rates: SafeString
    promises: tuple[Promise, ...]
    rules: tuple[RuleLine, ...]
    fse: Table
    cohorts: Table
    follow_up: Table
    more_cohorts: int  # in the workbook only
    mixed: bool  # some rules are of the agreement, others are there to compare
    wrong: int  # checks that do not hold


def page_of_report(stored: dict[str, Any]) -> ReportPage:
    """The page of a frozen run, from what the run keeps."""
    content = thaw(stored)
    return ReportPage(
        content=content,
        figures=key_figures(content),
        funnel=_bars(content, "De la candidature à la sortie", "Étape", content.funnel, charts.FUNNEL),
        situations=_bars(content, "Situation à 6 mois", "Situation", content.situations, charts.SITUATIONS)
        if content.situations
        else None,
        continuity=_continuity(content),
        charged=_charged(content),
        rates=_svg(charts.rates_chart(content, WIDE), "Taux de sortie selon chaque règle"),
        promises=_promises(content),
        rules=tuple(_rule(outcome, content) for outcome in content.outcomes),
        fse=_fse(content),
        cohorts=_cohorts(content),
        follow_up=_follow_up(content),
        more_cohorts=max(0, len(content.cohorts) - MOST_COHORTS),
        mixed=len({outcome.contractual for outcome in content.outcomes}) > 1,
        wrong=sum(not check.ok for check in content.checks),
    )


def _svg(drawing: Any, title: str) -> SafeString:
    # Built by an XML writer from escaped texts: nothing in it can be markup.
    return mark_safe(charts.chart_svg(drawing, title))  # noqa: S308


def _bars(content: Content, title: str, head: str, bars: Sequence[Bar], tones: Any) -> Chart:
    labels = max((fonts.width(bar.label, fonts.REGULAR, 8.5) for bar in bars), default=0) + 14
    drawing = charts.bar_chart(bars, content.profile, NARROW, tones, label=min(labels, NARROW / 2))
    rows = tuple((bar.label, shown(bar.n, content.profile)) for bar in bars)
    return Chart(_svg(drawing, title), Table(title, (head, "Personnes"), rows))


def _continuity(content: Content) -> Chart:
    title = "Jours de l’entrée à 6 mois après la sortie"
    days = content.result.get("continuity", {})
    drawing = charts.continuity_chart(days, content.profile, DAYS)
    rows = tuple((label.capitalize(), shown(days.get(name), content.profile)) for name, label, _ in charts.DAYS)
    return Chart(_svg(drawing, title), Table(title, ("Jours", "Nombre"), rows))


def _charged(content: Content) -> Table | None:
    rows = tuple(charged_rows(content))
    return Table(CHARGED, ("Organisme qui tenait le relais", "Jours", "Personnes"), rows) if rows else None


def _promises(content: Content) -> tuple[Promise, ...]:
    """What was promised first, then the other shares."""
    promised = {commitment.code for commitment in content.commitments}
    others = (share for share in content.shares if share.code not in promised)
    lines = [_promise(commitment, content.profile) for commitment in content.commitments]
    return tuple(lines + [_share(share, content.profile) for share in others])


def _promise(line: Commitment, profile: str) -> Promise:
    return Promise(
        line.label, shown(line.n, profile), shown(line.of, profile), share_text(line.n, line.of, profile),
        french.target(line.target), verdict(line), TONES[line.kept], shown(line.unknown, profile),
    )  # fmt: skip


def _share(line: Share, profile: str) -> Promise:
    return Promise(
        line.label, shown(line.n, profile), shown(line.of, profile), share_text(line.n, line.of, profile),
        french.NOTHING, "", "", shown(line.unknown, profile),
    )  # fmt: skip


def _rule(outcome: Outcome, content: Content) -> RuleLine:
    profile = content.profile
    return RuleLine(
        own=outcome.code == content.own_rule,
        outcome=outcome,
        n=shown(outcome.numerator, profile),
        of=shown(outcome.denominator, profile),
        rate=charts.rate_text(outcome, profile),
        bounds=french.NOTHING if outcome.frame == 0 else bounds_text(outcome.low, outcome.high, profile),
        unknown=shown(outcome.unknown, profile),
        not_due=shown(outcome.not_due, profile),
        dropouts=shown(outcome.dropouts, profile),
        parts=", ".join(f"{part.label}{french.NBSP}: {shown(part.n, profile)}" for part in outcome.parts),
    )


def _row(profile: str, label: str, *figures: float | None) -> Row:
    return (label, *(shown(figure, profile) for figure in figures))


def _fse(content: Content) -> Table:
    rows = (
        _row(content.profile, f"{line.code} · {line.label}", line.female, line.male, line.other, line.total)
        for line in content.fse
    )
    return Table("Indicateurs FSE+", ("Indicateur", "Femmes", "Hommes", "Autre", "Total"), tuple(rows))


def _cohorts(content: Content) -> Table:
    heads = ("Cohorte", "Places", "Entrés", "Achevé", "Abandons", "En cours", "Sorties positives", "sur")
    rows = (
        _row(
            content.profile, f"{line.title}, {french.period(line.starts_on, line.ends_on)}", line.seats, line.entered,
            line.completed, line.dropouts, line.running, line.positive, line.positive_of,
        )
        for line in content.cohorts[-MOST_COHORTS:]
    )  # fmt: skip
    return Table("Cohortes de la convention", heads, tuple(rows))


def _follow_up(content: Content) -> Table:
    heads = ("Jalon", "Sollicités", "Ont répondu", "Par un tiers", "Injoignables", "Refus", "Pas sollicités")
    rows = (
        _row(
            content.profile, line.label.capitalize(), line.asked, line.answered, line.proxy, line.unreachable,
            line.declined, line.not_asked,
        )
        for line in content.follow_up
    )  # fmt: skip
    return Table("Suivi après la sortie", heads, tuple(rows))
