"""What tests of rating share: a cohort with two assessors, sheets filled in, the row that somebody sees."""

from __future__ import annotations

import pytest

from cohorts import assessing, ratings
from cohorts.assessing import Given
from cohorts.models import Application, Assessment, TeamMember
from cohorts.states import Criterion
from partners.models import User
from partners.states import Role
from tests import makers
from tests.cohorts.selection_world import Selection


@pytest.fixture
def group() -> Selection:
    return Selection()


@pytest.fixture
def application(group: Selection) -> Application:
    return group.applicant()


def again(user: User) -> User:
    """The same person at their next request."""
    return User.objects.get(pk=user.pk)


def five(mark: int = 3, **others: int) -> dict[str, Given]:
    return {one.value: Given(others.get(one.value, mark), f"vu {one.value}") for one in Criterion}


def draft(application: Application, by: User, marks: dict[str, Given] | None = None) -> Assessment:
    sheet = assessing.open_sheet(application=application, by=by)
    assessing.save_marks(assessment=sheet, by=by, marks=five() if marks is None else marks)
    return sheet


def rate(application: Application, by: User, mark: int = 3, **others: int) -> Assessment:
    return assessing.lock(assessment=draft(application, by, five(mark, **others)), by=by)


def third(group: Selection) -> User:
    made = makers.member(group.body, Role.TRAINER)
    TeamMember.objects.create(cohort=group.cohort, user=made, duty="assessor")
    return made


def row(group: Selection, application: Application, user: User) -> ratings.Row:
    board = ratings.board_of(group.cohort, again(user))
    return next(one for one in board.rows if one.application.pk == application.pk)


def awaited(user: User) -> list[str]:
    return [one.code for one in ratings.sheets_of(again(user))]
