"""Why two funders' totals differ, in French, from the rules' own data."""

from __future__ import annotations

from placements.reports.french import NBSP, listed
from placements.rules import Rule


def differs(rule: Rule, own: Rule) -> str:
    """What makes this rule's total differ from the agreement's own; "" for that rule itself."""
    if rule.code == own.code:
        return ""
    return " ".join((*_days(rule, own), *_people(rule, own), *_categories(rule, own))) or (
        "Mêmes personnes, même date, mêmes situations positives."
    )


def _days(rule: Rule, own: Rule) -> list[str]:
    if rule.when == own.when:
        return []
    return [f"Autre date{NBSP}: {rule.when}, et non {own.when}."]


def _people(rule: Rule, own: Rule) -> list[str]:
    found = []
    if rule.on_entry != own.on_entry:
        names = {True: "les entrées de la période", False: "les sorties de la période"}
        found.append(f"Porte sur {names[rule.on_entry]}, et non sur {names[own.on_entry]}.")
    if rule.restricted_to and rule.restricted_to != own.restricted_to:
        found.append(f"Ne compte que {rule.restricted_to}.")
    if own.restricted_to and not rule.restricted_to:
        whom = own.restricted_to.replace("les ", "aux ", 1)
        found.append(f"Ne se limite pas {whom}{NBSP}: toutes les personnes échues comptent.")
    return found


def _categories(rule: Rule, own: Rule) -> list[str]:
    mine, theirs = set(rule.categories), set(own.categories)
    more = [name for name in rule.categories if name not in theirs]
    fewer = [name for name in own.categories if name not in mine]
    found = []
    if more:
        found.append(f"Retient{NBSP}: {listed(more)}.")
    if fewer:
        found.append(f"Ne retient pas{NBSP}: {listed(fewer)}.")
    return found
