"""A seat that is offered: yes, no, silence, the next one; whatever the order, seats and ranks agree with the decisions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cohorts import committee, offering, seats
from cohorts.access import PersonActor
from cohorts.entry import confirm_entry
from cohorts.models import Application, Cohort, Ruling
from cohorts.states import ApplicationStatus, Decision
from learners.models import Behalf, Handoff
from learners.states import HandoffStatus
from partners import jobs
from partners.lifecycle import Refused
from partners.models import Job, Message
from tests import makers
from tests.cohorts.selection_world import Selection

pytestmark = pytest.mark.django_db
S = ApplicationStatus


@pytest.fixture
def at() -> Selection:
    made = Selection(seats=20)
    Cohort.objects.filter(pk=made.cohort.pk).update(seats=1, derogation="petite salle")
    made.cohort.refresh_from_db()
    return made


def announced(at: Selection, *decisions: str) -> list[Application]:
    rows = [at.rated() for _ in decisions]
    for row, decision in zip(rows, decisions, strict=True):
        committee.stage(application=row, by=at.coline, decision=decision)
    committee.release(cohort=at.cohort, by=at.coline)
    return [Application.objects.get(pk=row.pk) for row in rows]


def now(row: Application) -> Application:
    return Application.objects.get(pk=row.pk)


def me(row: Application) -> PersonActor:
    return PersonActor(row.learner_id)


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


YES, WAIT = Decision.ADMITTED, Decision.WAITLISTED


def test_the_person_says_yes(at) -> None:
    (one,) = announced(at, YES)
    offering.accept_seat(application=one, by=me(one))
    assert (now(one).status, now(one).replied_on) == (S.CONFIRMED, timezone.localdate())
    assert not Behalf.objects.exists()


def test_somebody_else_cannot_say_it_for_them(at) -> None:
    (one,) = announced(at, YES)
    for who in (PersonActor(one.learner_id + 1), at.adviser, at.ada):
        with pytest.raises(PermissionDenied):
            offering.accept_seat(application=one, by=who)


def test_what_is_typed_for_them_says_so(at) -> None:
    (one,) = announced(at, YES)
    offering.accept_seat(application=one, by=at.coline, mandate="oral", channel="phone")
    typed = Behalf.objects.get()
    assert (typed.typed_by, typed.channel, typed.mandate) == (at.coline, "phone", "oral")


def test_twice_yes_is_one_seat(at) -> None:
    (one,) = announced(at, YES)
    offering.accept_seat(application=one, by=me(one))
    with pytest.raises(Refused, match="déjà noté"):
        offering.accept_seat(application=now(one), by=me(one))
    assert seats.held(at.cohort.pk) == 1


def test_who_waits_or_is_refused_has_no_seat_to_take(at) -> None:
    _, waiting = announced(at, YES, WAIT)
    with pytest.raises(Refused, match="Aucune place"):
        offering.accept_seat(application=waiting, by=me(waiting))


def test_a_no_offers_the_seat_to_the_next_with_a_day_to_answer(at) -> None:
    one, two = announced(at, YES, WAIT)
    offering.withdraw(application=one, by=me(one))
    two = now(two)
    assert (two.decision, two.seated, two.waiting_rank) == (YES, True, None)
    assert two.reply_by > timezone.localdate()
    assert Cohort.objects.get(pk=at.cohort.pk).promised == 1
    jobs.run_all()
    assert Message.objects.filter(purpose="application_offered", learner_id=two.learner_id).count() == 1


def test_the_referral_of_who_gives_up_has_no_object_any_more(at) -> None:
    one, two = announced(at, YES, WAIT)
    offering.withdraw(application=one, by=me(one))
    offering.withdraw(application=two, by=at.coline)
    assert Handoff.objects.get(pk=one.handoff_id).status == HandoffStatus.WITHDRAWN
    assert Handoff.objects.get(pk=two.handoff_id).status == HandoffStatus.DECLINED
    assert Handoff.objects.filter(follows=two.handoff_id, receiver=at.sender).exists()


def test_who_is_offered_the_seat_and_gives_up_before_the_message_is_not_written_to(at) -> None:
    one, two = announced(at, YES, WAIT)
    offering.withdraw(application=one, by=me(one))
    offering.withdraw(application=now(two), by=me(two))
    jobs.run_all()
    assert not Message.objects.filter(purpose="application_offered").exists()


def test_silence_is_noted_by_a_human_and_not_before_its_day(at) -> None:
    one, two = announced(at, YES, WAIT)
    with pytest.raises(Refused, match="jusqu’à ce jour"):
        offering.lapse(application=one, by=at.coline)
    with time_machine.travel(timezone.now() + timedelta(days=12)):
        with pytest.raises(PermissionDenied):
            offering.lapse(application=now(one), by=at.adviser)
        offering.lapse(application=now(one), by=at.coline)
    assert (now(one).status, now(one).seated) == (S.LAPSED, False)
    assert now(two).seated
    assert not Job.objects.filter(kind="lapse").exists()  # no job does it


def test_who_has_entered_leaves_by_an_exit(at) -> None:
    (one,) = announced(at, YES)
    makers.Enrolment.objects.create(learner=one.learner, cohort=one.cohort, entered_on=one.cohort.starts_on)
    with pytest.raises(Refused, match="enregistrez sa sortie"):
        offering.withdraw(application=one, by=at.coline)


def test_the_position_is_counted_among_those_who_still_wait(at) -> None:
    _, two, three = announced(at, YES, WAIT, WAIT)
    assert [offering.position_of(one) for one in (two, three)] == [1, 2]
    offering.withdraw(application=two, by=me(two))
    assert offering.position_of(now(three)) == 1


def test_what_was_prepared_falls_when_the_person_gives_up(at) -> None:
    one = at.rated()
    committee.stage(application=one, by=at.coline, decision=YES)
    offering.withdraw(application=one, by=me(one))
    assert not Ruling.objects.exists()
    with pytest.raises(Refused, match="Aucune décision"):
        committee.release(cohort=at.cohort, by=at.coline)


def test_the_seat_that_an_entry_takes_is_counted_once(at) -> None:
    (one,) = announced(at, YES)
    offering.accept_seat(application=one, by=me(one))
    with time_machine.travel(noon(one.cohort.starts_on)):
        confirm_entry(application=now(one), on=one.cohort.starts_on, by=at.coline)
    assert Cohort.objects.get(pk=at.cohort.pk).promised == seats.held(at.cohort.pk) == 1


def test_nobody_enters_by_the_seat_promised_to_another(at) -> None:
    announced(at, YES)
    other: Any = at.rated()
    start = at.cohort.starts_on
    with (
        time_machine.travel(noon(start)),
        pytest.raises(Refused, match="promises"),
    ):
        confirm_entry(application=other, on=start, by=at.coline)


def test_who_a_file_says_admitted_or_waiting_counts_from_the_first_act_on() -> None:
    at = Selection(seats=20)
    early, late = (timezone.localdate() - timedelta(days=days) for days in (40, 30))
    for decision, on in ((YES, early), (WAIT, late), (WAIT, early)):
        row = at.applicant(S.ANNOUNCED, on=on)
        Application.objects.filter(pk=row.pk).update(decision=decision)
    assert (seats.held(at.cohort.pk), seats.free_seats(at.cohort.pk)) == (1, 19)
    committee.stage(application=at.rated(), by=at.coline, decision=WAIT)
    committee.release(cohort=at.cohort, by=at.coline)
    assert Cohort.objects.get(pk=at.cohort.pk).promised == 1
    ranked = offering.waiting_in(at.cohort).values_list("waiting_rank", "referred_on")
    assert [day for _rank, day in ranked][:2] == [early, late]
    assert [rank for rank, _day in ranked] == [1, 2, 3]
