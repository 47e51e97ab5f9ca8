"""Whatever the journal holds is told in words: no act of the code is without its sentence."""

from __future__ import annotations

import ast
from pathlib import Path

from learners.tellings import VERBS
from partners.journal_words import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
APPS = ("partners", "learners", "cohorts", "placements", "config")
WRITERS = {"record", "Step"}


def verbs_of(source: str) -> set[str]:
    """The literal verbs that a file writes in the journal, by `record` or by a step of a lifecycle."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in WRITERS:
                found.add(str(node.args[0].value))
    return found


def test_every_act_has_its_sentence() -> None:
    verbs = {verb for app in APPS for file in (ROOT / app).rglob("*.py") for verb in verbs_of(file.read_text())}
    assert len(verbs) > 100
    assert verbs - SENTENCES.keys() - VERBS.keys() == set()


def test_control_an_act_without_a_sentence_is_seen() -> None:
    assert verbs_of('record("juggle", thing, by=by)\nStep("spin", "Tourner", (), "x")\nother("skip")') == {
        "juggle",
        "spin",
    }
