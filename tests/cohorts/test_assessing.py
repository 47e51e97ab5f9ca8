"""Rating an application: two sheets at least, locked for ever, hidden from whoever has not locked theirs."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cohorts import assessing, grids, ratings
from cohorts.agreement import Accord
from cohorts.assessing import Given
from cohorts.models import Application, Assessment, Cohort, CriterionMark, Grid, TeamMember
from cohorts.ratings import Mine
from cohorts.states import ApplicationStatus as A
from cohorts.states import Criterion
from partners.editing import Overtaken
from partners.lifecycle import Refused
from partners.models import Event, Membership
from tests.cohorts.rating_world import again, application, awaited, draft, five, group, rate, row, third  # noqa: F401

pytestmark = pytest.mark.django_db


# --- two assessors ---------------------------------------------------------------------------------------------
def test_the_second_locked_sheet_makes_it_assessed_by_nobodys_act(group, application):
    rate(application, group.ada)
    application.refresh_from_db()
    assert application.status == A.ELIGIBLE
    rate(application, group.basile)
    application.refresh_from_db()
    assert application.status == A.ASSESSED
    assert Event.objects.get(verb="assess").actor_id is None
    assert list(Event.objects.filter(verb="lock_sheet").order_by("pk").values_list("actor_id", "learner_id")) == [
        (group.ada.pk, None), (group.basile.pk, None),
    ]  # fmt: skip


def test_a_code_waits_for_both_and_then_for_nobody(group, application):
    assert awaited(group.ada) == awaited(group.basile) == [application.code]
    rate(application, group.ada)
    assert (awaited(group.ada), awaited(group.basile)) == ([], [application.code])
    rate(application, group.basile, 2)
    assert awaited(third(group)) == []


def test_the_least_rated_come_first_then_the_codes_in_the_same_order_for_everyone(group):
    rows = [group.applicant(A.INVITED) for _ in range(4)]
    rate(rows[0], group.ada)
    free = sorted(one.code for one in rows[1:])
    assert awaited(group.basile) == [*free, rows[0].code]
    assert [one.code for one in ratings.board_of(group.cohort, again(group.ada)).rows] == awaited(group.basile)


@pytest.mark.parametrize("status", [A.SUBMITTED, A.INELIGIBLE, A.DECIDED, A.ANNOUNCED, A.WITHDRAWN])
def test_what_is_not_to_be_weighed_waits_for_nobody_and_opens_to_nobody(group, status):
    made = group.applicant(status)
    assert awaited(group.ada) == []
    with pytest.raises(Refused, match="ne s’évalue plus"):
        assessing.open_sheet(application=made, by=group.ada)


def test_the_first_locked_sheet_freezes_the_grid(group, application):
    draft(application, group.ada)
    assert not Grid.objects.exists()
    rate(application, group.ada)
    assert Cohort.objects.get(pk=group.cohort.pk).grid == Grid.objects.get(version=1)


def test_a_grid_that_changed_under_the_sheet_is_read_again_before_locking(group, application):
    seen, sheet = grids.grid_of(group.cohort).stamp, draft(application, group.ada)
    words = {name: grids.Wording("Autre ?", ("a", "b", "c", "d", "e")) for name in Criterion.values}
    grids.edit_grid(programme=group.cohort.programme, by=group.coline, words=words)
    with pytest.raises(Refused, match="La grille a changé"):
        assessing.lock(assessment=sheet, by=group.ada, seen=seen)
    assert Grid.objects.get().frozen_at is None
    assessing.lock(assessment=sheet, by=group.ada, seen=grids.latest_grid(group.cohort.programme).stamp)


# --- drafts ----------------------------------------------------------------------------------------------------
def test_a_draft_keeps_what_is_there_words_before_marks_too(group, application):
    sheet = draft(application, group.ada, {"trade": Given(None, "cite deux tâches"), "effort": Given(2, "")})
    assert assessing.drafted(sheet) == {"trade": Given(None, "cite deux tâches"), "effort": Given(2, "")}
    assert row(group, application, group.ada).mine == Mine.DRAFT
    assessing.save_marks(assessment=sheet, by=group.ada, marks={"trade": Given()})
    assert assessing.drafted(sheet) == {"effort": Given(2, "")}


def test_a_sheet_without_five_marks_is_not_locked_and_says_which(group, application):
    sheet = draft(application, group.ada, {**five(), "teamwork": Given(None, "mot")})
    with pytest.raises(ValidationError) as wrong:
        assessing.lock(assessment=sheet, by=group.ada)
    assert list(wrong.value.message_dict) == ["teamwork"]
    assert not Grid.objects.exists()


def test_two_windows_do_not_overwrite_each_other(group, application):
    sheet = draft(application, group.ada, five(1))
    shown = assessing.draft_stamp(assessing.drafted(sheet))
    assessing.save_marks(assessment=sheet, by=group.ada, marks=five(2), shown=shown)
    with pytest.raises(Overtaken):
        assessing.save_marks(assessment=sheet, by=group.ada, marks=five(4), shown=shown)
    assert assessing.drafted(sheet)["trade"].mark == 2


def test_a_note_refuses_the_number_of_somebody(group, application):
    with pytest.raises(ValidationError):
        draft(application, group.ada, {"trade": Given(1, "2 04 05 75 115 001 12")})


# --- who may ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["coline", "adviser"])
def test_only_assessors_of_the_cohort_rate(group, application, who):
    with pytest.raises(PermissionDenied):
        assessing.open_sheet(application=application, by=getattr(group, who))


def test_who_left_the_body_rates_no_more(group, application):
    sheet = draft(application, group.ada)
    Membership.objects.filter(user=group.ada).update(active=False)
    assert awaited(group.ada) == []
    with pytest.raises(PermissionDenied):
        assessing.lock(assessment=sheet, by=again(group.ada))


def test_a_sheet_is_its_assessors_alone(group, application):
    sheet = draft(application, group.ada)
    for act in (
        lambda: assessing.save_marks(assessment=sheet, by=group.basile, marks=five(0)),
        lambda: assessing.lock(assessment=sheet, by=group.basile),
        lambda: assessing.abstain(assessment=sheet, by=group.basile, reason="non"),
    ):
        with pytest.raises(PermissionDenied):
            act()


# --- what one sees ---------------------------------------------------------------------------------------------
def test_nobody_sees_another_sheet_before_theirs_is_locked(group, application):
    rate(application, group.ada)
    assert row(group, application, group.basile).sheets == ()
    draft(application, group.basile)
    assert row(group, application, group.basile).sheets == ()
    rate(application, group.basile, 2)
    seen = row(group, application, group.basile)
    assert [(one.assessor, one.marks["trade"]) for one in seen.sheets] == [(group.ada.pk, 3), (group.basile.pk, 2)]
    assert (seen.compared[0].median, seen.accord) == (2.5, Accord.NEAR)


def test_control_the_rows_do_hold_what_is_hidden(group, application):
    rate(application, group.ada)
    sheets = ratings.sheets_by([application])[application.pk]
    shown = ratings.row_of(application, sheets, group.basile, [], leads=True)
    assert [one.marks["trade"] for one in shown.sheets] == [3]


def test_a_draft_of_somebody_else_is_never_shown(group, application):
    draft(application, group.ada)
    rate(application, group.basile)
    assert [one.assessor for one in row(group, application, group.basile).sheets] == [group.basile.pk]
    assert row(group, application, group.coline).sheets[0].assessor == group.basile.pk
    assert list(Assessment.objects.visible_to(again(group.coline)).values_list("assessor", flat=True)) == [
        group.basile.pk
    ]


def test_who_leads_and_assesses_is_an_assessor_like_others(group, application):
    TeamMember.objects.create(cohort=group.cohort, user=group.coline, duty="assessor")
    rate(application, group.ada)
    assert row(group, application, group.coline).sheets == ()


def test_no_row_carries_the_person(group, application):
    rate(application, group.ada)
    for one in ratings.board_of(group.cohort, again(group.basile)).rows:
        assert "learner_id" in one.application.get_deferred_fields()
        assert "referred_by_id" in one.application.get_deferred_fields()


# --- locked for ever -------------------------------------------------------------------------------------------
def test_a_locked_sheet_never_changes(group, application):
    sheet = rate(application, group.ada)
    before = list(CriterionMark.objects.order_by("pk").values())
    for act in (
        lambda: assessing.save_marks(assessment=sheet, by=group.ada, marks=five(0)),
        lambda: assessing.lock(assessment=sheet, by=group.ada),
        lambda: assessing.abstain(assessment=sheet, by=group.ada, reason="je reconnais"),
        lambda: assessing.key_in(application=application, assessor=group.ada, by=group.ada, marks=five(0)),
    ):
        with pytest.raises(Refused, match="ne change plus"):
            act()
    assert list(CriterionMark.objects.order_by("pk").values()) == before


def test_control_without_the_guard_it_would(group, application, monkeypatch):
    sheet = rate(application, group.ada)
    monkeypatch.setattr(assessing, "_draft", lambda assessment: None)
    assessing.save_marks(assessment=sheet, by=group.ada, marks=five(0))
    assert assessing.drafted(sheet)["trade"].mark == 0


def test_the_where_clause_holds_even_when_the_look_before_does_not(group, application, monkeypatch):
    sheet = rate(application, group.ada)
    monkeypatch.setattr(assessing, "_draft", lambda assessment: None)
    with pytest.raises(Refused, match="ne change plus"):
        assessing.lock(assessment=sheet, by=group.ada)


# --- a third ---------------------------------------------------------------------------------------------------
def test_two_points_apart_ask_the_others_of_the_team(group, application):
    carl = third(group)
    rate(application, group.ada, 3)
    rate(application, group.basile, 3, teamwork=1)
    assert (awaited(carl), awaited(group.ada)) == ([application.code], [])
    [waits] = ratings.sheets_of(again(carl))
    assert waits.third
    application.refresh_from_db()
    sheet = rate(application, carl, 2)
    assert sheet.third
    assert awaited(carl) == awaited(third(group)) == []
    assert len(row(group, application, carl).sheets) == 3


def test_control_one_point_apart_asks_nobody(group, application):
    carl = third(group)
    rate(application, group.ada, 3)
    rate(application, group.basile, 3, teamwork=2)
    assert awaited(carl) == []
    assert row(group, application, carl).mine == Mine.SPARED


def test_with_nobody_left_to_ask_it_says_so_to_who_leads(group, application):
    rate(application, group.ada, 4)
    assert not row(group, application, group.coline).lacking
    rate(application, group.basile, 1)
    assert row(group, application, group.coline).lacking
    third(group)
    assert not row(group, application, group.coline).lacking


def test_what_is_reopened_after_a_review_waits_for_who_has_not_rated(group, application):
    rate(application, group.ada)
    rate(application, group.basile)
    Application.objects.update(status=A.ELIGIBLE)
    carl = third(group)
    assert (awaited(carl), awaited(group.ada)) == ([application.code], [])
    application.refresh_from_db()
    rate(application, carl)
    application.refresh_from_db()
    assert application.status == A.ASSESSED


# --- abstaining ------------------------------------------------------------------------------------------------
def test_an_abstention_has_a_reason_counts_for_nothing_and_asks_somebody_else(group, application):
    carl, sheet = third(group), draft(application, group.ada)
    with pytest.raises(ValidationError):
        assessing.abstain(assessment=sheet, by=group.ada, reason="  ")
    assessing.abstain(assessment=sheet, by=group.ada, reason="Je reconnais la personne.")
    assert not CriterionMark.objects.filter(assessment=sheet).exists()
    rate(application, group.basile)
    application.refresh_from_db()
    assert application.status == A.ELIGIBLE
    assert (awaited(carl), awaited(group.ada)) == ([application.code], [])
    assert row(group, application, group.ada).mine == Mine.ABSTAINED
    assert [one.assessor for one in row(group, application, group.ada).sheets] == [group.basile.pk]


def test_who_abstained_does_not_come_back(group, application):
    sheet = draft(application, group.ada)
    assessing.abstain(assessment=sheet, by=group.ada, reason="Je reconnais la personne.")
    with pytest.raises(Refused):
        assessing.save_marks(assessment=sheet, by=group.ada, marks=five())
    with pytest.raises(Refused):
        assessing.lock(assessment=sheet, by=group.ada)
