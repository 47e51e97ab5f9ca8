"""What comes in by a file after a merge lands on the file that was kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from learners.merging import merge, undo_merge
from learners.models import Learner, Merge, Situation
from partners.models import Organisation
from tests.commands import dump
from tests.makers import member
from tests.workbooks import brought, places, plain, warned

pytestmark = pytest.mark.django_db


def learner(code: str) -> Learner:
    return Learner.objects.get(references__code=code)


def merged() -> tuple[Learner, Learner]:
    """P3 into P1; their manager sees both."""
    place = Organisation.objects.get(name="Mission locale du Test")
    kept, absorbed = learner("P1"), learner("P3")
    by = member(place, "manager")
    merge(kept=kept, absorbed=absorbed, by=by)
    return kept, absorbed


def test_a_reference_that_came_with_a_merged_file_is_the_kept_person(tmp_path: Path) -> None:
    brought(tmp_path)
    kept, absorbed = merged()
    rows = plain()
    rows["Situations"].append({"Personne": "P3", "Type": "CDD", "Début": date(2026, 9, 1)})
    outcome = brought(tmp_path, rows)
    assert not outcome.refused
    assert [place for place in warned(outcome) if place[0] == "Personnes"]
    assert Situation.objects.get(starts_on=date(2026, 9, 1)).learner == kept
    assert not absorbed.situations.exists()
    assert Learner.objects.get(pk=kept.pk).last_name == kept.last_name


def test_the_same_file_again_writes_nothing_after_a_merge(tmp_path: Path) -> None:
    brought(tmp_path)
    merged()
    before = dump()
    outcome = brought(tmp_path)
    assert (places(outcome), any(outcome.written.values())) == ([], False)
    assert dump() == before


def test_once_undone_the_reference_is_that_of_the_other_file_again(tmp_path: Path) -> None:
    brought(tmp_path)
    _kept, absorbed = merged()
    place = Organisation.objects.get(name="Mission locale du Test")
    undo_merge(merge=Merge.objects.get(), by=member(place, "manager"))
    outcome = brought(tmp_path)
    assert (places(outcome), warned(outcome)) == ([], [])
    assert learner("P3") == absorbed
