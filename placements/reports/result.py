"""The machine-readable object of `docs/rules.md` §6, canonical and sealed by its hash."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from placements.fse import OUTPUTS, RESULTS
from placements.profile import SHARES
from placements.reports.figures import Measured, RuleFigures
from placements.reports.masking import COLUMNS, View

FEW_EXITS = 5  # below it, days and their median would describe persons
SEALED = "sha256"


def result_of(measured: Measured, view: View) -> dict[str, Any]:
    """The whole object, `sha256` included: the rules listed by the agreement and no other; a hidden number is null."""
    frame = measured.frame
    found = {
        "agreement": frame.reference,
        "from": frame.start.isoformat(),
        "to": frame.end.isoformat(),
        "as_of": frame.as_of.isoformat(),
        "funnel": _seen(view, "funnel", measured.funnel),
        "profile": {share.code: _seen(view, f"profile.{share.code}", measured.profile[share.code]) for share in SHARES},
        "rules": {code: rule_result(measured.rules[code], view) for code in frame.agreement.rules},
        "fse": fse_result(measured, view),
        "follow_up": {
            milestone: _seen(view, f"follow_up.{milestone}", counts) for milestone, counts in measured.follow_up.items()
        },
        "continuity": continuity_result(measured, view),
        "evidence": hashlib.sha256(measured.evidence).hexdigest(),
    }
    return {**found, SEALED: hashlib.sha256(canonical(found)).hexdigest()}


def canonical(value: Any) -> bytes:
    """RFC 8785: one text for one value, on any machine."""
    return rfc8785.dumps(value)


def genuine(found: dict[str, Any]) -> bool:
    """Whether the object carries the hash of what it says."""
    said = {key: value for key, value in found.items() if key != SEALED}
    return found.get(SEALED) == hashlib.sha256(canonical(said)).hexdigest()


def rule_result(figures: RuleFigures, view: View) -> dict[str, Any]:
    counts = {name: view.rule(figures, name) for name in ("numerator", "denominator", "unknown", "not_due", "dropouts")}
    rate = view.rate(figures)
    return {
        **counts,
        "rate": rate,
        "low": view.low(figures),
        "high": view.high(figures),
        "published": rate is not None,
        "parts": {part.code: view.rule(figures, part.code) for part in figures.rule.parts},
    }


def fse_result(measured: Measured, view: View) -> dict[str, Any]:
    lines = {
        line.code: {
            column: view.see(f"fse.{line.code}.{column}", measured.fse[line.code][column]) for column in COLUMNS
        }
        for line in (*OUTPUTS, *RESULTS)
    }
    return {**lines, "incomplete": view.see("fse.incomplete", measured.fse["incomplete"])}


def continuity_result(measured: Measured, view: View) -> dict[str, int | float | None]:
    figures = measured.continuity
    if view.public and 0 < measured.exits < FEW_EXITS:
        return dict.fromkeys(figures)
    long = view.see("continuity.persons_over_15", int(figures["persons_over_15"] or 0))
    return {**figures, "persons_over_15": long}


def _seen(view: View, key: str, counts: dict[str, int]) -> dict[str, int | None]:
    return {name: view.see(f"{key}.{name}", value) for name, value in counts.items()}
