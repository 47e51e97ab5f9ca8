"""The JSON object of rules.md §6 (all but evidence and sha256), recomputed naively from a workbook."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.fse import fse
from tests.oracle.indicators import continuity, follow_up, funnel, profile
from tests.oracle.model import Book
from tests.oracle.rule_texts import RULES, Case
from tests.oracle.scope import Scope


def three_decimals(value: Fraction | None) -> float | None:
    """§2: three decimals, rounded half up from the exact fraction."""
    if value is None:
        return None
    return math.floor(value * 1000 + Fraction(1, 2)) / 1000


def _share(numerator: int, denominator: int) -> Fraction | None:
    return Fraction(numerator, denominator) if denominator else None


def _dropped_out(case: Case) -> bool:
    """§2: left with any reason but `completed`, a missing one included."""
    return case.enrolment.exit is not None and not case.completed


def rule_figures(scope: Scope, code: str) -> dict[str, Any]:
    """§2 and §3: one rule over its frame."""
    rule = RULES[code]
    frame = scope.entered if rule.on_entry else scope.left
    cases = [scope.case(enrolment) for enrolment in frame]
    due = [case for case in cases if rule.due_on(case) <= scope.as_of]
    verdicts = [rule.judge(case) for case in due]
    numerator = sum(verdict.positive for verdict in verdicts)
    denominator = sum(verdict.counted for verdict in verdicts)
    unknown = sum(verdict.unknown for verdict in verdicts)
    published = denominator > 0 and denominator >= rule.floor
    return {
        "numerator": numerator,
        "denominator": denominator,
        "unknown": unknown,
        "not_due": len(cases) - len(due),
        "dropouts": sum(_dropped_out(case) for case in due),
        "rate": three_decimals(_share(numerator, denominator)) if published else None,
        "low": three_decimals(_share(numerator, len(due))),
        "high": three_decimals(_share(numerator + unknown, len(due))),
        "published": published,
        "parts": {part: sum(part in verdict.parts for verdict in verdicts) for part in rule.parts},
    }


def report(book: Book, agreement: str, start: date, end: date, as_of: date) -> dict[str, Any]:
    """Return the object of §6 without evidence and sha256; LookupError for an unknown agreement."""
    found = next(row for row in book.agreements if row.ref == agreement)
    scope = Scope(book, agreement, start, end, as_of)
    return {
        "agreement": agreement,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "as_of": as_of.isoformat(),
        "funnel": funnel(scope),
        "profile": profile(scope),
        "rules": {code: rule_figures(scope, code) for code in found.rules},
        "fse": fse(scope),
        "follow_up": follow_up(scope),
        "continuity": continuity(scope),
    }
