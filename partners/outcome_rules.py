"""The outcome rules that an agreement may name: filled by who evaluates them, read by the form that lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class OutcomeRule:
    """A rule in words: who is counted as positive, among whom, and the smallest number for which a rate is published."""

    code: str
    label: str
    when: str
    positive: str
    among: str
    floor: int = 0


_RULES: dict[str, OutcomeRule] = {}


def register(*rules: OutcomeRule) -> None:
    """Make rules known, called when the apps are ready."""
    _RULES.update((rule.code, rule) for rule in rules)


def outcome_rules() -> Sequence[OutcomeRule]:
    """All of them, in the order of their registration."""
    return tuple(_RULES.values())


def rules_named(codes: Sequence[str]) -> list[OutcomeRule]:
    """Those of these codes, in the order of registration; an unknown code gives nothing."""
    return [rule for rule in _RULES.values() if rule.code in codes]
