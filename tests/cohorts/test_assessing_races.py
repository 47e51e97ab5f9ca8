"""Two who lock at once: the second makes it assessed, and nothing is lost."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from cohorts import assessing
from cohorts.models import Application, Assessment, Grid
from cohorts.states import ApplicationStatus as A
from partners.lifecycle import Refused
from partners.models import Event
from tests.cohorts.rating_world import again, application, draft, group, third  # noqa: F401
from tests.cohorts.selection_world import Selection
from tests.races import AT_ONCE, needs_connections, together

pytestmark = pytest.mark.django_db


# --- at once ---------------------------------------------------------------------------------------------------
@needs_connections
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(3))
def test_two_locks_at_once_make_it_assessed_once(run):
    group = Selection()
    application = group.applicant()
    team = [group.ada, group.basile, *(third(group) for _ in range(AT_ONCE - 2))]
    sheets = [draft(application, one) for one in team]

    def act(number: int) -> str:
        try:
            assessing.lock(assessment=Assessment.objects.get(pk=sheets[number].pk), by=again(team[number]))
        except Refused as reason:
            return str(reason)
        return ""

    assert together(act) == [""] * AT_ONCE
    application.refresh_from_db()
    assert application.status == A.ASSESSED
    assert Event.objects.filter(verb="assess").count() == 1
    assert Grid.objects.count() == 1


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_control_without_the_row_two_locks_both_believe_they_are_first(monkeypatch):
    """Each looks before the other has committed: nobody sees two."""
    seen = []
    for _ in range(6):
        group = Selection()
        application = group.applicant()
        grids_of_it = draft(application, group.ada), draft(application, group.basile)
        with monkeypatch.context() as patch:
            patch.setattr(assessing, "freeze", lambda cohort: None)
            patch.setattr(QuerySet, "select_for_update", lambda self, *a, **k: self)
            real = assessing._locked_sheets

            def slow(application: Application, real: Any = real) -> int:
                from time import sleep

                found = real(application)
                sleep(0.3)
                return found

            patch.setattr(assessing, "_locked_sheets", slow)

            def act(number: int, sheets: Any = grids_of_it, team: Any = (group.ada, group.basile)) -> None:
                if number < 2:
                    assessing.lock(assessment=Assessment.objects.get(pk=sheets[number].pk), by=again(team[number]))

            together(act)
        application.refresh_from_db()
        seen.append(application.status)
    assert A.ELIGIBLE in seen


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_one_sheet_locked_and_abstained_at_once_is_one_of_the_two():
    group = Selection()
    sheet = draft(group.applicant(), group.ada)

    def act(number: int) -> str:
        mine = Assessment.objects.get(pk=sheet.pk)
        try:
            if number % 2:
                assessing.abstain(assessment=mine, by=again(group.ada), reason="Je reconnais.")
            else:
                assessing.lock(assessment=mine, by=again(group.ada))
        except (Refused, ValidationError):
            return "refused"
        return "done"

    assert together(act).count("done") == 1
    sheet.refresh_from_db()
    assert (sheet.submitted_at is None) == bool(sheet.abstained)
