"""The rules as a Markdown table, written from the data that evaluates them: `docs/rules.md` holds it between two marks."""

from __future__ import annotations

from collections.abc import Iterator

from placements.fse import NOT_COLLECTED, OUTPUTS, RESULTS
from placements.rules import RULES, Rule

START, END = "<!-- rules: written from placements/rules.py -->", "<!-- end of rules -->"
HEAD = ("Code", "Indicateur", "Date", "Numérateur", "Dénominateur", "Parts et plancher", "Statut", "Source")


def tables() -> str:
    """The table of rules, then the list of FSE+ indicators."""
    lines = [START, "", _row(HEAD), _row(["---"] * len(HEAD)), *(_rule(rule) for rule in RULES.values()), ""]
    return "\n".join([*lines, *_fse(), "", END])


def _row(cells: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(rule: Rule) -> str:
    parts = [f"`{part.code}` {part.label}" for part in rule.parts]
    if rule.floor:
        parts.append(f"publié à partir de {rule.floor} personnes")
    return _row(
        (
            f"`{rule.code}` v{rule.version}", rule.label, rule.when, rule.positive_text, rule.population_text,
            ", ".join(parts) or "–", rule.status, rule.source,
        )
    )  # fmt: skip


def _fse() -> Iterator[str]:
    yield _row(("FSE+", "Indicateur", "Règle", "Statut"))
    yield _row(["---"] * 4)
    for line in (*OUTPUTS, *RESULTS):
        kept = "dossiers complets" if line in OUTPUTS[1:] else "tous les dossiers"
        yield _row((line.code, line.label, line.text, kept))
    yield from (_row((code, "–", reason, "non collecté")) for code, reason in NOT_COLLECTED)
    yield ""
    yield "Source\u00a0: règlement (UE) 2021/1057, annexe I\u202f; lecture des définitions propre à Relais."
