"""What stands on « À faire » of who leads a selection, on which day, and of nobody else."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from cohorts import committee, offering
from cohorts.access import PersonActor
from cohorts.models import Application, Cohort
from cohorts.states import CohortStatus, Decision
from partners.models import User
from partners.to_do import lines_of, one_list
from partners.working_days import add_working_days
from tests.cohorts.selection_world import Selection

pytestmark = pytest.mark.django_db
YES, WAIT = Decision.ADMITTED, Decision.WAITLISTED
SEATS, COHORTS = "places-sans-reponse", "selections"


@pytest.fixture
def at() -> Selection:
    return Selection(seats=20)


def said(user: User, code: str, on: date | None = None) -> list[str]:
    user.__dict__.pop("working_for", None)
    day = on or timezone.localdate()
    with time_machine.travel(timezone.make_aware(datetime.combine(day, time(12)))):
        found = one_list(user, code, day)
        return [f"{one.what} ({one.act})" for one in lines_of(user, found, found.items, day)] if found else []


def announced(at: Selection, decision: str = YES, **how: object) -> Application:
    row = at.rated()
    committee.stage(application=row, by=at.coline, decision=decision, **how)
    committee.release(cohort=at.cohort, by=at.coline)
    return Application.objects.get(pk=row.pk)


def test_a_seat_waits_from_the_day_after_its_answer_was_due_and_for_who_leads_alone(at) -> None:
    row = announced(at)
    assert row.reply_by is not None
    assert said(at.coline, SEATS, row.reply_by) == []
    late = row.reply_by + timedelta(days=1)
    assert said(at.coline, SEATS, late) == [
        f"Place proposée en {at.cohort}, sans réponse (Rappeler, ou rendre la place)"
    ]
    assert said(at.ada, SEATS, late) == said(at.adviser, SEATS, late) == []
    offering.accept_seat(application=row, by=PersonActor(row.learner_id))
    assert said(at.coline, SEATS, late) == []


def test_a_condition_waits_three_working_days_before_its_day_until_it_is_met(at) -> None:
    due = add_working_days(timezone.localdate(), 12)
    row = announced(at, condition="Apporter une pièce d’identité", condition_by=due)
    offering.accept_seat(application=row, by=PersonActor(row.learner_id))
    before = [day for n in range(1, 12) if add_working_days(day := timezone.localdate() + timedelta(days=n), 3) < due]
    assert said(at.coline, SEATS, before[-1]) == []
    assert said(at.coline, SEATS, due) == ["Condition\u00a0: Apporter une pièce d’identité (Vérifier la condition)"]
    offering.meet_condition(application=row, by=at.coline)
    assert said(at.coline, SEATS, due) == []


def test_rated_applications_wait_when_the_day_to_announce_is_near_or_unsaid(at) -> None:
    at.rated()
    waits = ["1 candidature à décider (Décider)"]
    assert said(at.coline, COHORTS) == waits
    Cohort.objects.filter(pk=at.cohort.pk).update(decide_by=add_working_days(timezone.localdate(), 11))
    assert said(at.coline, COHORTS) == []
    Cohort.objects.filter(pk=at.cohort.pk).update(decide_by=add_working_days(timezone.localdate(), 10))
    assert said(at.coline, COHORTS) == waits
    assert said(at.adviser, COHORTS) == said(at.ada, COHORTS) == []


def test_what_is_prepared_waits_to_be_announced_whatever_the_day(at) -> None:
    Cohort.objects.filter(pk=at.cohort.pk).update(decide_by=at.cohort.starts_on)
    one, two = at.rated(), at.rated()
    committee.stage(application=one, by=at.coline, decision=YES)
    committee.stage(application=two, by=at.coline, decision=WAIT)
    assert said(at.coline, COHORTS) == ["2 décisions à annoncer (Annoncer)"]
    committee.release(cohort=at.cohort, by=at.coline)
    assert said(at.coline, COHORTS) == []


def test_a_list_that_nobody_closed_waits_once_the_training_has_started(at) -> None:
    announced(at, WAIT)
    Cohort.objects.filter(pk=at.cohort.pk).update(status=CohortStatus.RUNNING)
    start = at.cohort.starts_on
    assert said(at.coline, COHORTS, start - timedelta(days=1)) == []
    (line,) = said(at.coline, COHORTS, start)
    assert line == "1 personne attend encore une place, et la formation a commencé (Clore la liste)"
    assert said(at.coline, COHORTS, at.cohort.ends_on + timedelta(days=1)) == []
