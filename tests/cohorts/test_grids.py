"""The grid of a programme: its default words, its versions, and the first locked sheet that freezes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from cohorts import grids
from cohorts.grid_words import DEFAULT, Wording
from cohorts.models import Cohort, Grid, GridCriterion
from cohorts.states import Criterion
from partners.editing import Overtaken
from partners.models import Event, Programme
from tests.cohorts.selection_world import Selection
from tests.races import AT_ONCE, needs_connections, together

pytestmark = pytest.mark.django_db
# What no grid may ask about: who somebody is rather than what they do.
NEVER = ("diplôme", "bac", "adresse", "quartier", "âge", "sexe", "homme", "femme", "accent", "nationalité", "origine", "motivé", "sérieu", "gentil", "intelligen")  # fmt: skip


@pytest.fixture
def group() -> Selection:
    return Selection()


def words(text: str = "mot") -> dict[str, Wording]:
    return {one.value: Wording(f"{text} ?", tuple(f"{text} {mark}" for mark in range(5))) for one in Criterion}


def edit(group: Selection, text: str, shown: str = "") -> grids.Shown:
    return grids.edit_grid(programme=group.cohort.programme, by=group.coline, words=words(text), shown=shown)


def test_the_default_words_are_five_criteria_of_five_different_anchors_that_hold_in_their_columns():
    assert set(DEFAULT) == set(Criterion)
    for question, anchors in DEFAULT.values():
        assert len(set(anchors)) == 5
        assert all(0 < len(text) < 300 for text in (question, *anchors))


def test_the_default_words_judge_what_is_seen_and_not_who_somebody_is():
    told = " ".join(" ".join([question, *anchors]) for question, anchors in DEFAULT.values()).lower()
    assert [word for word in NEVER if word in told] == []


def test_a_programme_without_a_grid_is_rated_on_the_default_words(group):
    shown = grids.grid_of(group.cohort)
    assert (shown.version, shown.words) == (0, DEFAULT)
    assert not Grid.objects.exists()


def test_a_grid_is_written_in_place_until_somebody_rates_on_it(group):
    edit(group, "un")
    edit(group, "deux")
    assert grids.grid_of(group.cohort).words == words("deux")
    assert list(Grid.objects.values_list("version", "frozen_at")) == [(1, None)]
    assert Event.objects.filter(verb="edit_grid", actor_id=group.coline.pk).count() == 2


def test_once_frozen_it_is_written_as_the_next_version_and_the_cohort_keeps_its_own(group):
    edit(group, "un")
    grids.freeze(group.cohort)
    edit(group, "deux")
    group.cohort.refresh_from_db()
    assert grids.grid_of(group.cohort).words == words("un")
    assert grids.latest_grid(group.cohort.programme).words == words("deux")
    assert [(one.version, one.frozen_at is None) for one in grids.versions_of(group.cohort.programme)] == [
        (2, True), (1, False),
    ]  # fmt: skip


def test_freezing_without_a_grid_writes_the_default_words_as_version_1(group):
    grid = grids.freeze(group.cohort)
    assert (grid.version, GridCriterion.objects.filter(grid=grid).count()) == (1, 5)
    assert grids.grid_of(Cohort.objects.get(pk=group.cohort.pk)).words == DEFAULT


def test_freezing_twice_is_freezing_once(group):
    first = grids.freeze(group.cohort)
    at = Grid.objects.get().frozen_at
    assert grids.freeze(Cohort.objects.get(pk=group.cohort.pk)) == first
    assert Grid.objects.get().frozen_at == at


def test_the_same_words_write_nothing(group):
    edit(group, "un")
    made = Grid.objects.get().made_at
    edit(group, "un")
    assert Grid.objects.get().made_at == made
    assert grids.edit_grid(programme=group.cohort.programme, by=group.coline, words=words("un")).version == 1


def test_whoever_saves_second_is_told(group):
    stamp = grids.latest_grid(group.cohort.programme).stamp
    edit(group, "un", stamp)
    with pytest.raises(Overtaken):
        edit(group, "deux", stamp)
    assert grids.latest_grid(group.cohort.programme).words == words("un")


def test_control_without_the_stamp_the_second_would_overwrite(group):
    edit(group, "un")
    edit(group, "deux", "")
    assert grids.latest_grid(group.cohort.programme).words == words("deux")


@pytest.mark.parametrize("who", ["ada", "adviser"])
def test_only_managers_and_coordinators_of_the_body_write_it(group, who):
    with pytest.raises(PermissionDenied):
        grids.edit_grid(programme=group.cohort.programme, by=getattr(group, who), words=words())
    assert not Grid.objects.exists()


def test_a_number_of_somebody_is_refused_whole(group):
    told = words() | {"trade": Wording("2 04 05 75 115 001 12", words()["trade"].anchors)}
    with pytest.raises(ValidationError):
        grids.edit_grid(programme=group.cohort.programme, by=group.coline, words=told)
    assert not Grid.objects.exists()


@needs_connections
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cohorts", [1, 2])
def test_first_sheets_at_once_freeze_one_version(cohorts):
    first = Selection()
    others = [Cohort.objects.create(
        programme=first.cohort.programme, title="Autre", seats=20, starts_on=first.cohort.starts_on, ends_on=first.cohort.ends_on,
    )]  # fmt: skip
    pks = [one.pk for one in [first.cohort, *others][:cohorts]]

    def act(number: int) -> Any:
        with transaction.atomic():
            return grids.freeze(Cohort.objects.get(pk=pks[number % len(pks)])).pk

    assert len(set(together(act))) == 1
    assert Grid.objects.count() == 1
    assert Cohort.objects.filter(grid=Grid.objects.get()).count() == cohorts


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_first_sheets_collide(monkeypatch):
    group = Selection()
    monkeypatch.setattr(grids, "_lock", lambda programme_id: None)

    def act(number: int) -> str:
        try:
            with transaction.atomic():
                grids.freeze(Cohort.objects.get(pk=group.cohort.pk))
        except Exception as error:
            return type(error).__name__
        return ""

    assert "IntegrityError" in together(act, AT_ONCE)
    assert Programme.objects.count() == 1
