"""The fairness of a selection as pages and files show it: lines of words, marks and bars, and who may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cohorts import fair_words as words
from cohorts import procedure
from cohorts.fair_figures import STAGES, TRAITS, Figure, Figures, figures_of
from cohorts.fairness import Finding
from cohorts.models import Application, Cohort

WIDE = 1000  # units of a drawn bar


@dataclass(frozen=True)
class Bar:
    """A rate in its interval, in thousandths of the width."""

    start: int
    width: int
    mark: int
    words: str


@dataclass(frozen=True)
class Row:
    """One line of a table, in words; `out`, `rate`… say the same number as many ways as a reader asks for it."""

    name: str
    finding: Finding
    out: str
    rate: str
    between: str
    bar: Bar
    expected: str
    ratio: str
    mark: str
    p: str
    p_bare: str
    verdict: Any
    tone: str


@dataclass(frozen=True)
class Part:
    """One trait at one stage: its lines, what they say, and who is in none of them."""

    code: str
    title: Any
    figure: Figure
    rows: tuple[Row, ...]
    verdict: Any
    tone: str
    sentences: tuple[str, ...]
    unknown: str


@dataclass(frozen=True)
class Said:
    """A statement of the procedure, with the persons for whom it does not hold and whom the reader may name."""

    statement: procedure.Statement
    people: tuple[Application, ...]
    others: int


@dataclass(frozen=True)
class Reading:
    """Everything of the page and of the file, for one reader."""

    cohort: Cohort
    figures: Figures
    pooled: bool
    said: tuple[Said, ...]

    def parts(self, stage: str) -> list[Part]:
        return [part_of(one) for one in self.figures.at(stage)]

    @property
    def summary(self) -> list[tuple[Any, str, list[tuple[Any, str, Any, str]]]]:
        """For each trait, its verdict at each stage."""
        return [(trait.label, trait.code, [self._cell(trait.code, stage) for stage in STAGES]) for trait in TRAITS]

    def _cell(self, trait: str, stage: Any) -> tuple[Any, str, Any, str]:
        verdict = next(one.table.verdict for one in self.figures.at(stage.code) if one.trait.code == trait)
        return stage.label, stage.code, words.SAID[verdict], words.TONES[verdict]


def read_for(user: Any, cohort: Cohort, *, pooled: bool, names: bool = True) -> Reading:
    """What this user may read of it. `names`: with the persons of exceptions, for who may name them."""
    figures = figures_of(user, cohort, pooled=pooled)
    statements = procedure.statements_of(cohort, staged=figures.staged)
    named = procedure.named(user, statements) if names and figures.staged else {}
    nobody: tuple[list[Application], int] = ([], 0)
    said = [(one, *named.get(one.code, nobody)) for one in statements]
    return Reading(cohort, figures, pooled, tuple(Said(one, tuple(people), n) for one, people, n in said))


def part_of(figure: Figure) -> Part:
    table = figure.table
    return Part(
        code=figure.trait.code, title=figure.trait.label, figure=figure,
        rows=tuple(row_of(one, figure) for one in table.findings),
        verdict=words.SAID[table.verdict], tone=words.TONES[table.verdict],
        sentences=tuple(words.sentences(table, figure.labels)), unknown=words.unknown_words(table),
    )  # fmt: skip


def row_of(finding: Finding, figure: Figure) -> Row:
    line = finding.line
    name, out, rate = words.name_of(line, figure.labels), words.out_of(line.passed, line.n), words.percent(finding.rate)
    low, high = (round(WIDE * end) for end in finding.between)
    told = {"out": out, "rate": rate, "between": words.between(finding)}
    return Row(
        name=name, finding=finding, out=out, rate=rate, between=words.between(finding),
        bar=Bar(low, max(high - low, 4), round(WIDE * finding.rate), _("%(out)s, %(rate)s, intervalle %(between)s") % told),
        expected=words.decimal(finding.expected), ratio="–" if finding.ratio is None else words.decimal(finding.ratio, 2),
        mark=_("sous 4/5") if finding.low_ratio else "", p=words.chance(finding.p), p_bare=words.bare(finding.p),
        verdict=words.SAID[finding.verdict] if finding.verdict else "",
        tone=words.TONES[finding.verdict] if finding.verdict else "",
    )  # fmt: skip


def scope_words(reading: Reading) -> str:
    """Over whom the figures are."""
    cohorts: Sequence[Cohort] = reading.figures.cohorts
    many = {"n": len(cohorts), "people": reading.figures.people}
    if not reading.pooled:
        return _("Cette cohorte\u00a0: %(people)d candidatures.") % many if reading.figures.people != 1 else _("Cette cohorte\u00a0: 1 candidature.")  # fmt: skip
    if len(cohorts) == 1:
        return _(
            "Aucune autre cohorte du programme n’a annoncé ses décisions depuis 24 mois\u00a0: cette cohorte seule."
        )
    return (
        _("%(n)d cohortes du programme sur 24 mois, chacune comparée à elle-même\u00a0: %(people)d candidatures.")
        % many
    )
