from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cohorts.models import Cohort
from cohorts.states import CohortStatus
from partners.lifecycle import Lifecycle, Refused, Step
from partners.models import Event
from tests import makers

pytestmark = pytest.mark.django_db

S = CohortStatus


def only_boss(by: Any, obj: Any) -> bool:
    return by == "boss"


def too_few(obj: Any) -> str:
    return "Il manque des personnes." if obj.seats < 24 else ""


TABLE = Lifecycle(
    Step("recruit", "Recruter", (S.DRAFT,), S.RECRUITING),
    Step("start", "Démarrer", (S.RECRUITING, S.CONFIRMED), S.RUNNING, who=only_boss, shut=too_few),
)


def test_a_step_moves_the_row_and_the_object_and_writes_one_line() -> None:
    cohort = makers.cohort()
    before = Event.objects.count()
    TABLE.take("recruit", cohort, by=None, title="Dev Web 2")
    stored = Cohort.objects.get(pk=cohort.pk)
    assert (cohort.status, stored.status, stored.title) == (S.RECRUITING, S.RECRUITING, "Dev Web 2")
    line = Event.objects.latest("pk")
    assert (Event.objects.count() - before, line.verb, line.data) == (1, "recruit", {"was": "draft"})


def test_an_illegal_move_is_refused_and_leaves_no_trace() -> None:
    cohort = makers.cohort()
    with pytest.raises(Refused):
        TABLE.take("start", cohort, by="boss")
    assert (Cohort.objects.get().status, cohort.status, Event.objects.filter(verb="start").count()) == (
        S.DRAFT,
        S.DRAFT,
        0,
    )


def test_who_may_not_is_turned_away_before_anything_is_read() -> None:
    cohort = makers.cohort(status=S.RECRUITING)
    with pytest.raises(PermissionDenied):
        TABLE.take("start", cohort, by="somebody")


def test_a_step_that_is_shut_says_why_on_its_button_and_when_taken() -> None:
    cohort = makers.cohort(status=S.RECRUITING, seats=20)
    assert [(step.name, why) for step, why in TABLE.offered(cohort, by="boss")] == [
        ("start", "Il manque des personnes.")
    ]
    assert TABLE.offered(cohort, by="somebody") == []
    with pytest.raises(Refused, match="Il manque des personnes"):
        TABLE.take("start", cohort, by="boss")


def test_of_two_people_only_one_moves_it() -> None:
    cohort = makers.cohort()
    stale = Cohort.objects.get(pk=cohort.pk)
    TABLE.take("recruit", cohort, by=None)
    with pytest.raises(Refused, match="vient de le faire avancer"):
        TABLE.take("recruit", stale, by=None)
    # The control: an unguarded write would have gone through in silence.
    assert Cohort.objects.filter(pk=cohort.pk).update(status=S.RECRUITING) == 1
