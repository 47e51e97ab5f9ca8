"""Grids filled by hand and keyed in, what one assessor drifts from another, and what a page of sheets costs."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cohorts import assessing, ratings
from cohorts.assessing import Given
from cohorts.models import Application, Assessment
from cohorts.states import ApplicationStatus as A
from partners.lifecycle import Refused
from partners.models import Event, User
from partners.states import Role
from tests import makers
from tests.cohorts.rating_world import again, application, draft, five, group, rate, third  # noqa: F401

pytestmark = pytest.mark.django_db


# --- from paper ------------------------------------------------------------------------------------------------
def key(application: Application, assessor: User, by: User, **more: Any) -> Assessment:
    return assessing.key_in(application=application, assessor=assessor, by=by, **{"marks": five(2), **more})


def test_what_is_keyed_in_is_locked_and_says_who_typed_it(group, application):
    sheet = key(application, group.ada, group.coline)
    sheet.refresh_from_db()
    assert (sheet.assessor, sheet.typed_by, sheet.source) == (group.ada, group.coline, "paper")
    assert sheet.submitted_at is not None
    assert Event.objects.get(verb="key_sheet").data["assessor"] == group.ada.pk
    key(application, group.basile, group.coline)
    application.refresh_from_db()
    assert application.status == A.ASSESSED


def test_an_abstention_on_paper_is_keyed_in_too(group, application):
    sheet = key(application, group.ada, group.coline, marks={}, reason="Je reconnais la personne.")
    sheet.refresh_from_db()
    assert (sheet.abstained, sheet.source, sheet.submitted_at) == ("Je reconnais la personne.", "paper", None)


def test_a_paper_grid_is_keyed_in_whole_or_not_at_all(group, application):
    with pytest.raises(ValidationError):
        key(application, group.ada, group.coline, marks={"trade": Given(2)})
    assert not Assessment.objects.exists()


def test_who_still_rates_a_code_does_not_type_another_sheet_of_it(group, application):
    with pytest.raises(Refused, match="verrouillez d’abord votre évaluation"):
        key(application, group.basile, group.ada)
    rate(application, group.ada)
    key(application, group.basile, group.ada)


def test_control_without_that_rule_they_would_read_it_first(group, application, monkeypatch):
    monkeypatch.setattr(assessing, "_not_before_mine", lambda application, by: None)
    assert key(application, group.basile, group.ada).pk


def test_ones_own_paper_is_typed_by_oneself(group, application):
    draft(application, group.ada, {"trade": Given(1, "")})
    sheet = key(application, group.ada, group.ada)
    assert assessing.drafted(sheet)["trade"].mark == 2


def test_paper_does_not_overwrite_what_the_assessor_began_on_screen(group, application):
    draft(application, group.ada, {"trade": Given(1, "")})
    with pytest.raises(Refused, match="a commencé"):
        key(application, group.ada, group.coline)


def test_only_the_team_roles_of_the_body_type_and_only_for_its_assessors(group, application):
    reader = makers.member(group.body, Role.READER)
    for by in (reader, group.adviser):
        with pytest.raises(PermissionDenied):
            key(application, group.ada, by)
    with pytest.raises(Refused, match="n’évalue pas"):
        key(application, group.coline, group.coline)


# --- drift -----------------------------------------------------------------------------------------------------
def test_drift_is_told_once_ones_own_are_all_locked(group):
    rows = [group.applicant() for _ in range(2)]
    for one in rows:
        rate(one, group.basile, 2)
    rate(rows[0], group.ada, 3)
    assert ratings.board_of(group.cohort, again(group.ada)).drifts == []
    rate(rows[1], group.ada, 3)
    found = {(one.assessor, one.criterion): one for one in ratings.board_of(group.cohort, again(group.ada)).drifts}
    assert (found[group.ada.pk, "trade"].above, found[group.ada.pk, "trade"].telling) == (2, False)


def test_drift_of_codes_that_one_may_not_compare_is_left_out(group):
    carl = third(group)
    mine, theirs = group.applicant(), group.applicant()
    for by in (group.ada, carl):
        rate(mine, by)
    for by in (group.ada, group.basile):
        rate(theirs, by)
    found = ratings.board_of(group.cohort, again(carl))
    assert {one.codes for one in found.drifts} == {1}
    assert group.basile.pk not in {one.assessor for one in found.drifts}
    Application.objects.update(status=A.ANNOUNCED)
    assert group.basile.pk in {one.assessor for one in ratings.board_of(group.cohort, again(carl)).drifts}


# --- what it costs ---------------------------------------------------------------------------------------------
def queries(django_assert_max_num_queries, act) -> int:
    with django_assert_max_num_queries(30) as found:
        act()
    return len(found)


@pytest.mark.parametrize("read", ["board", "sheets"])
def test_as_many_queries_whatever_the_number_of_codes(group, django_assert_max_num_queries, read):
    def act() -> Any:
        user = again(group.ada)
        return ratings.board_of(group.cohort, user) if read == "board" else ratings.sheets_of(user)

    def some(number: int) -> None:
        for _ in range(number):
            rate(group.applicant(), group.basile)
            draft(group.applicant(), group.ada)

    some(2)
    few = queries(django_assert_max_num_queries, act)
    some(10)
    assert queries(django_assert_max_num_queries, act) == few
