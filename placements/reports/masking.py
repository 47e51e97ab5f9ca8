"""The numbers of a report as one table of cells and sums, so that one mask serves the JSON, the page, the workbook and the PDF.

Two figures that are the same count (people due at six months, whichever the rule) are one cell: hidden once, hidden everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from placements.bars import GROUPS
from placements.disclosure import OUTCOME_FLOOR, SENSITIVE_THRESHOLD, THRESHOLD, Cell, Mask, Sum, Table, protect
from placements.fse import OUTPUTS, RESULTS
from placements.profile import SHARES
from placements.reports.figures import FOLLOWED, SEXES, Measured, RuleFigures
from placements.reports.lines import COHORT_FIGURES, CohortCounts
from placements.rules import RULES, Rule, unknown_at
from placements.states import FollowUpResult

COLUMNS = (*SEXES, "total")
SENSITIVE = {True: SENSITIVE_THRESHOLD, False: THRESHOLD}
SAME_FOR_ALL = ("frame", "not_due", "dropouts")  # of rules due on one day


def rule_key(rule: Rule, name: str) -> str:
    """The cell behind a figure or a part of a rule."""
    if name in SAME_FOR_ALL or (name == "denominator" and not rule.counted):
        return f"{'frame' if name == 'denominator' else name}.{rule.due}"
    if name == "unknown" and rule.unknown == unknown_at(rule.due.removesuffix("_on")):
        return f"unknown.{rule.due}"
    return f"rules.{rule.code}.{name}"


def group_key(code: str) -> str:
    return "unknown.m6_on" if code == "unknown" else f"situations.{code}"


class View:
    """What a reader may see: every number, or those that a mask leaves."""

    def __init__(self, mask: Mask | None = None) -> None:
        self.hidden = mask.hidden if mask else frozenset()
        self.public = mask is not None

    def see(self, key: str, value: int) -> int | None:
        return None if key in self.hidden else value

    def rule(self, figures: RuleFigures, name: str) -> int | None:
        value = figures.parts[name] if name in figures.parts else getattr(figures, name)
        return self.see(rule_key(figures.rule, name), value)

    def rate(self, figures: RuleFigures) -> float | None:
        if self._closed(figures, "denominator", "numerator"):
            return None
        return figures.rate

    def low(self, figures: RuleFigures) -> float | None:
        return None if self._closed(figures, "frame", "numerator") else figures.low

    def high(self, figures: RuleFigures) -> float | None:
        return None if self._closed(figures, "frame", "numerator", "unknown") else figures.high

    def _closed(self, figures: RuleFigures, base: str, *counts: str) -> bool:
        """In public, a rate needs its counts visible and twenty people below the line."""
        too_few = 0 < getattr(figures, base) < OUTCOME_FLOOR
        return self.public and (too_few or any(self.rule(figures, name) is None for name in (base, *counts)))


def public_view(measured: Measured, cohorts: Iterable[CohortCounts]) -> tuple[View, Mask]:
    """The view of the public profile, and the mask behind it."""
    mask = protect(table_of(measured, list(cohorts)))
    return View(mask), mask


def table_of(measured: Measured, cohorts: list[CohortCounts]) -> Table:
    """Every number a report prints, and every sum a reader may write between them."""
    cells: dict[str, Cell] = {}
    sums: list[Sum] = []
    for part in (_funnel, _profile, _rules, _situations, _follow_up, _fse, _continuity):
        _take(part(measured), cells, sums)
    _take(_cohorts(measured, cohorts), cells, sums)
    return Table(tuple(cells.values()), tuple(sums))


def _take(found: Iterable[Cell | Sum], cells: dict[str, Cell], sums: list[Sum]) -> None:
    for one in found:
        if isinstance(one, Sum):
            sums.append(one)
        else:
            cells.setdefault(one.key, one)


def _funnel(measured: Measured) -> Iterator[Cell | Sum]:
    for name, value in measured.funnel.items():
        yield Cell(f"funnel.{name}", value)


def _profile(measured: Measured) -> Iterator[Cell | Sum]:
    for share in SHARES:
        counts, key = measured.profile[share.code], f"profile.{share.code}"
        yield from (Cell(f"{key}.{name}", counts[name], SENSITIVE[share.sensitive]) for name in ("n", "of", "unknown"))
        yield Cell("entries", counts["of"] + counts["unknown"], shown=False)
        yield Sum("entries", (f"{key}.of", f"{key}.unknown"))


def _rules(measured: Measured) -> Iterator[Cell | Sum]:
    for rule in RULES.values():
        figures = measured.rules[rule.code]
        names = ("numerator", "denominator", "frame", "unknown", "not_due", "dropouts")
        values = {name: getattr(figures, name) for name in names} | figures.parts
        yield from (Cell(rule_key(rule, name), value) for name, value in values.items())
        frame = "entries" if rule.on_entry else "left"
        yield Cell(frame, figures.frame + figures.not_due, shown=False)
        yield Sum(frame, (f"frame.{rule.due}", f"not_due.{rule.due}"))
        for total, parts in rule.sums:
            yield Sum(rule_key(rule, total), tuple(rule_key(rule, part) for part in parts))


def _situations(measured: Measured) -> Iterator[Cell | Sum]:
    groups = public_groups(measured)
    yield from (Cell(group_key(code), n) for code, n in groups.items())
    yield Sum("frame.m6_on", tuple(group_key(code) for code in groups))
    positive = tuple(group_key(group.code) for group in GROUPS if group.tone == "positive")
    yield Sum("rules.relais-6m.numerator", positive)


def public_groups(measured: Measured) -> dict[str, int]:
    """Groups of situations without the sensitive ones: those are merged with the one before, whatever their number."""
    found: dict[str, int] = {}
    for group in GROUPS:
        if group.sensitive:
            found[next(reversed(found))] += measured.situations[group.code]
        else:
            found[group.code] = measured.situations[group.code]
    return found


def _follow_up(measured: Measured) -> Iterator[Cell | Sum]:
    for milestone, due in FOLLOWED.items():
        counts, key = measured.follow_up[str(milestone)], f"follow_up.{milestone}"
        yield from (Cell(f"{key}.{name}", value) for name, value in counts.items())
        yield Cell(f"frame.{due}", counts["asked"] + counts["not_asked"], shown=False)
        yield Sum(f"{key}.asked", tuple(f"{key}.{result}" for result in FollowUpResult.values))
        yield Sum(f"frame.{due}", (f"{key}.asked", f"{key}.not_asked"))


def _fse(measured: Measured) -> Iterator[Cell | Sum]:
    lines = measured.fse
    for line in (*OUTPUTS, *RESULTS):
        key = f"fse.{line.code}"
        yield from (Cell(f"{key}.{column}", lines[line.code][column], SENSITIVE[line.sensitive]) for column in COLUMNS)
        by_sex = sum(lines[line.code][sex] for sex in SEXES)
        if line in OUTPUTS[1:]:
            yield Sum(f"{key}.total", tuple(f"{key}.{sex}" for sex in SEXES))
        else:
            yield Cell(f"{key}.without sex", lines[line.code]["total"] - by_sex, shown=False)
            yield Sum(f"{key}.total", (*(f"{key}.{sex}" for sex in SEXES), f"{key}.without sex"))
    yield Cell("fse.incomplete", lines["incomplete"])
    for column in COLUMNS:
        yield from _complete_records(lines, column)
    yield Sum("complete.total", tuple(f"complete.{sex}" for sex in SEXES))
    yield Sum("fse.EECO01.total", ("complete.total", "fse.incomplete"))


def _complete_records(lines: dict[str, Any], column: str) -> Iterator[Cell | Sum]:
    complete = sum(lines[code][column] for code in ("EECO02", "EECO04", "EECO05"))
    yield Cell(f"complete.{column}", complete, shown=False)
    for codes in (("EECO02", "EECO04", "EECO05"), ("EECO09", "EECO10", "EECO11")):
        yield Sum(f"complete.{column}", tuple(f"fse.{code}.{column}" for code in codes))


def _continuity(measured: Measured) -> Iterator[Cell | Sum]:
    yield Cell("continuity.persons_over_15", int(measured.continuity["persons_over_15"] or 0))


def _cohorts(measured: Measured, cohorts: list[CohortCounts]) -> Iterator[Cell | Sum]:
    own = measured.rules[measured.frame.own_rule].rule
    for one in cohorts:
        key = f"cohort.{one.pk}"
        yield from (Cell(f"{key}.{name}", getattr(one, name)) for name in COHORT_FIGURES)
        yield Sum(f"{key}.entered", tuple(f"{key}.{name}" for name in ("completed", "dropouts", "running")))
    if cohorts:
        yield Sum(rule_key(own, "numerator"), tuple(f"cohort.{one.pk}.positive" for one in cohorts))
        yield Sum(rule_key(own, "denominator"), tuple(f"cohort.{one.pk}.positive_of" for one in cohorts))
