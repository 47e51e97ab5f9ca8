"""The grid of a programme: read, written in versions, frozen by the first sheet that is locked on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cohorts.grid_words import DEFAULT, Wording
from cohorts.models import Cohort, Grid, GridCriterion
from cohorts.states import Criterion
from partners.editing import OVERTAKEN, Overtaken
from partners.journal import record
from partners.models import Programme, User
from partners.offer_access import programme_bodies


@dataclass(frozen=True)
class Wanted:
    """One criterion of a grid as pages show it."""

    criterion: str
    label: str
    question: str
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A grid as it is read. `version` 0: the words that programmes start from; `stamp`: the same for the same words."""

    version: int
    frozen_at: datetime | None
    words: Mapping[str, Wording]

    @property
    def criteria(self) -> list[Wanted]:
        """The five criteria, in their order."""
        return [Wanted(str(one.value), str(one.label), *self.words[one]) for one in Criterion]

    @property
    def stamp(self) -> str:
        told = [[one.criterion, one.question, *one.anchors] for one in self.criteria]
        return sha256(json.dumps(told).encode()).hexdigest()[:32]


def may_write_grid(by: Any, programme: Programme) -> bool:
    """Managers and coordinators of its training body."""
    return programme.provider_id in programme_bodies(by)


def _latest(programme_id: int) -> Grid | None:
    return Grid._base_manager.filter(programme=programme_id).order_by("-version").first()


def _shown(grid: Grid | None) -> Shown:
    if grid is None:
        return Shown(0, None, DEFAULT)
    rows = {row.criterion: Wording(row.question, tuple(row.anchors)) for row in grid.criteria.all()}
    return Shown(grid.version, grid.frozen_at, {**DEFAULT, **rows})


def grid_of(cohort: Cohort) -> Shown:
    """The grid on which the applicants of a cohort are rated: its own once frozen, else the latest of its programme."""
    if cohort.grid_id is not None:
        return _shown(cohort.grid)
    return _shown(_latest(cohort.programme_id))


def latest_grid(programme: Programme) -> Shown:
    """The grid that the next cohort of a programme will be rated on."""
    return _shown(_latest(programme.pk))


def versions_of(programme: Programme) -> list[Grid]:
    """What was written, the latest first, with who wrote it."""
    return list(Grid._base_manager.filter(programme=programme).select_related("by").order_by("-version"))


@transaction.atomic
def edit_grid(*, programme: Programme, by: User, words: Mapping[str, Wording], shown: str = "") -> Shown:
    """Write the words of a grid: in place as long as nobody has rated on it, else as the next version.

    `shown`: the stamp that the form carried. Raises PermissionDenied, Overtaken, ValidationError.
    """
    if not may_write_grid(by, programme):
        raise PermissionDenied
    _lock(programme.pk)
    grid = _latest(programme.pk)
    before = _shown(grid)
    if shown and shown != before.stamp:
        raise Overtaken(OVERTAKEN)
    if dict(words) == dict(before.words):
        return before
    if grid is None or grid.frozen_at is not None:
        grid = _new_version(programme.pk, before.version + 1, by)
    grid.criteria.all().delete()
    _write(grid, words)
    Grid._base_manager.filter(pk=grid.pk).update(by=by, made_at=timezone.now())
    record("edit_grid", programme, by=by, organisation=programme.provider_id, version=grid.version)
    return _shown(grid)


def freeze(cohort: Cohort) -> Grid:
    """Fix the grid of a cohort, within the transaction of its first locked sheet; afterwards always the same one.

    The programme's row is locked: of two first sheets at once, and of a sheet and a change of words, one comes after.
    """
    _lock(cohort.programme_id)
    fixed = Cohort._base_manager.select_related("grid").get(pk=cohort.pk).grid
    if fixed is not None:
        return fixed
    grid = _latest(cohort.programme_id)
    if grid is None:
        grid = _new_version(cohort.programme_id, 1, None)
        _write(grid, DEFAULT)
    Grid._base_manager.filter(pk=grid.pk, frozen_at=None).update(frozen_at=timezone.now())
    Cohort._base_manager.filter(pk=cohort.pk, grid=None).update(grid=grid)
    cohort.grid = grid
    record("freeze_grid", cohort, version=grid.version)
    return grid


def _lock(programme_id: int) -> None:
    """Wait for whoever writes or freezes a grid of this programme."""
    Programme._base_manager.select_for_update(no_key=True).get(pk=programme_id)


def _new_version(programme_id: int, version: int, by: User | None) -> Grid:
    made: Grid = Grid._base_manager.create(programme_id=programme_id, version=version, by=by, made_at=timezone.now())
    return made


def _write(grid: Grid, words: Mapping[str, Wording]) -> None:
    for criterion in Criterion:
        question, anchors = words[criterion]
        told = {f"anchor_{mark}": said for mark, said in enumerate(anchors)}
        row = GridCriterion(grid=grid, criterion=criterion, question=question, **told)
        row.full_clean()
        row.save()
