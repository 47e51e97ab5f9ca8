"""Referrals that a past leaves open: they get a clock, or end when their cohort is over or nobody follows the person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from learners.models import Handoff, Learner
from learners.states import HandoffStatus
from partners.working_days import add_working_days
from placements.proofs import Ask, clock_kept
from tests.workbooks import Rows, brought, plain

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


def pending(begins: date, ends: date, said: str | None = None) -> Rows:
    """One referral without an entry, to a cohort of these days."""
    rows = plain()
    rows["Cohortes"][0] |= {"Début": begins, "Fin": ends}
    rows["Inscriptions"], rows["Suivis"] = [], []
    rows["Orientations"] = [rows["Orientations"][2] | {"Décision": said}]
    if said is None:
        rows["Orientations"][0].pop("Décision")
    return rows


def broken() -> list[Any]:
    return list(clock_kept(Ask(TODAY, timezone.now())))


@pytest.mark.parametrize("said", [None, "waitlisted", "admitted"])
def test_to_a_cohort_to_come_entry_is_awaited_after_its_start(tmp_path, said):
    begins = TODAY + 40 * DAY
    brought(tmp_path, pending(begins, begins + 90 * DAY, said))
    handoff = Handoff.objects.get()
    assert (handoff.status, handoff.deadline_on) == (HandoffStatus.RECEIVED, add_working_days(begins, 3))
    assert broken() == []
    Handoff.objects.update(deadline_on=None)  # control
    assert [one.pk for one in broken()] == [handoff.pk]


def test_to_a_cohort_that_runs_entry_is_awaited_from_now(tmp_path):
    brought(tmp_path, pending(TODAY - 40 * DAY, TODAY + DAY, "admitted"))
    handoff = Handoff.objects.get()
    assert (handoff.status, handoff.deadline_on) == (HandoffStatus.RECEIVED, add_working_days(TODAY, 3))


def test_to_a_cohort_that_is_over_nothing_is_awaited(tmp_path):
    ends = TODAY - DAY
    brought(tmp_path, pending(TODAY - 90 * DAY, ends, "waitlisted"))
    handoff = Handoff.objects.get()
    assert (handoff.status, handoff.ended_on, handoff.deadline_on) == (HandoffStatus.WITHDRAWN, ends, None)
    assert broken() == []


def test_of_a_person_whom_nobody_follows_nothing_is_awaited(tmp_path):
    begins = TODAY + 40 * DAY
    brought(tmp_path, pending(begins, begins + 90 * DAY))
    Handoff.objects.all().delete()
    Learner.objects.update(holder=None, closed_on=TODAY, closed_reason="taken_over")
    rows = pending(begins, begins + 90 * DAY)
    rows["Cohortes"].append(rows["Cohortes"][0] | {"Référence": "C-autre"})
    rows["Orientations"][0]["Cohorte"] = "C-autre"
    brought(tmp_path, rows)
    handoff = Handoff.objects.get()
    assert (handoff.status, handoff.learner.closed_on) == (HandoffStatus.WITHDRAWN, TODAY)
