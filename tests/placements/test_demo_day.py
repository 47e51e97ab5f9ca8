"""The demonstration of another day than today: whatever its people did is dated of that day, or before."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date

import pytest

from cohorts.models import Application
from learners.models import Handoff, Responsibility, Situation
from learners.states import HandoffStatus, Purpose
from placements.demo import relays
from placements.demo.build import build

pytestmark = pytest.mark.django_db
DAY = date(2026, 8, 31)
DATED = (
    (Handoff, "sent_on"), (Handoff, "agreed_on"), (Handoff, "accepted_on"), (Handoff, "ended_on"), (Responsibility, "since"),
    (Situation, "confirmed_on"), (Situation, "starts_on"), (Application, "referred_on"),
)  # fmt: skip


def later_than(day: date) -> set[str]:
    return {
        f"{model.__name__}.{name}"
        for model, name in DATED
        if model._base_manager.filter(**{f"{name}__gt": day}).exists()
    }


def test_a_demonstration_of_another_day_is_dated_of_that_day() -> None:
    build(seed=1, today=DAY)
    assert later_than(DAY) == set()
    assert set(Handoff.objects.filter(purpose=Purpose.TRANSFER).values_list("sent_on", flat=True)) == {DAY}
    assert Handoff.objects.filter(status=HandoffStatus.RETURNED, ended_on__lte=DAY).count() == 1


def test_control_by_the_calendar_alone_it_is_dated_of_the_day_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "on_day", lambda day: nullcontext())
    build(seed=1, today=DAY)
    assert "Handoff.sent_on" in later_than(DAY)
