"""What a check found in a file, as a preview keeps it. No query here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from partners.workbook import Outcome, Problem

MOST_KEPT = 5_000  # problems of each sort; all are counted
MOST_KINDS = 200
MOST_ROWS = 8
VARIES = re.compile("«[^»]*»|[0-9][0-9/]*")


def findings(outcome: Outcome) -> dict[str, Any]:
    """Everything the preview shows, as JSON: totals, counts by sheet, kinds of problems, the first thousands of them."""
    errors, warnings = outcome.problems.errors, outcome.problems.warnings
    kinds, marked = _sorted_out(errors)
    return {
        "whole": outcome.whole,
        "errors": len(errors),
        "warnings": len(warnings),
        "counts": {title: tally._asdict() for title, tally in outcome.tallies.items()},
        "kinds": kinds,
        "problems": marked,
        "to_see": _sorted_out(warnings)[0],
    }


def _sorted_out(problems: Sequence[Problem]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Problems by kind, the most frequent first, and the first of them, each with the number of its kind."""
    kinds: dict[tuple[str, str, str], dict[str, Any]] = {}
    for problem in problems:
        key = (problem.sheet or "", problem.column or "", VARIES.sub("…", problem.reason))
        same = kinds.setdefault(key, {**problem.as_json(), "count": 0, "rows": []})
        same["count"] += 1
        if problem.row is not None and len(same["rows"]) < MOST_ROWS:
            same["rows"].append(problem.row)
    ranked = sorted(kinds.items(), key=lambda item: -item[1]["count"])
    place = {key: number for number, (key, _) in enumerate(ranked)}
    marked = [
        {**one.as_json(), "kind": place[one.sheet or "", one.column or "", VARIES.sub("…", one.reason)]}
        for one in problems[:MOST_KEPT]
    ]
    return [kind for _, kind in ranked[:MOST_KINDS]], marked
