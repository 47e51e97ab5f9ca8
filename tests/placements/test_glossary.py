"""The page of definitions says what the data says, in French that is typeset as French."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from placements.bars import GROUPS
from placements.fse import NOT_COLLECTED, OUTPUTS, RESULTS
from placements.profile import SHARES
from placements.reports.compare import differs
from placements.reports.glossary import END, START, tables
from placements.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
# A plain space (or none) where French wants a no-break one, or straight quotes and apostrophes.
BADLY_SET = re.compile(r"[^\u202f][;!?]|[^\u00a0]:|«[^\u00a0]|[^\u00a0]»|['\"]|\d %")


def test_the_page_holds_the_tables_written_from_the_rules():
    page = PAGE.read_text(encoding="utf-8")
    assert page[page.index(START) : page.index(END) + len(END)] == tables()


def test_control_another_text_would_be_noticed(monkeypatch):
    monkeypatch.setattr("placements.reports.glossary.HEAD", ("Code",))
    assert tables() not in PAGE.read_text(encoding="utf-8")


def texts() -> list[str]:
    found = []
    for rule in RULES.values():
        found += [
            rule.label,
            rule.when,
            rule.positive_text,
            rule.population_text,
            rule.status,
            rule.source,
            rule.restricted_to,
        ]
        found += [*rule.categories, *(part.label for part in rule.parts)]
    found += [text for line in (*OUTPUTS, *RESULTS) for text in (line.label, line.text)]
    found += (
        [reason for _, reason in NOT_COLLECTED] + [group.label for group in GROUPS] + [share.label for share in SHARES]
    )
    return found + [differs(rule, own) for rule in RULES.values() for own in RULES.values()]


def test_every_text_is_typeset_as_french():
    assert [text for text in texts() if BADLY_SET.search(text)] == []


@pytest.mark.parametrize("own", RULES.values(), ids=lambda rule: rule.code)
def test_two_different_rules_are_always_told_apart(own):
    for rule in RULES.values():
        assert bool(differs(rule, own)) == (rule.code != own.code)
        assert "Mêmes personnes" not in differs(rule, own)
