"""Many at the same slot at the same moment: exactly as many are invited as there are places."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import F

from cohorts import appointments
from cohorts.access import PersonActor
from cohorts.models import Application, Appointment, Slot
from cohorts.states import APPLICATION
from partners.lifecycle import Refused
from tests.cohorts.appointments_world import applicant, cohort, hour, invited, open_slot  # noqa: F401
from tests.races import needs_connections, together

pytestmark = [pytest.mark.django_db(transaction=True), needs_connections]
MANY, PLACES = 200, 12


@pytest.fixture
def slot(cohort, coline) -> Slot:
    return open_slot(cohort, coline, capacity=PLACES)


def invite(people: list[Any], slot: Slot, by: Any, n: int) -> str:
    try:
        [result] = appointments.invite(applications=[people[n]], slot=slot, by=by)
    except IntegrityError:
        return "broken"
    return result.refused or "invited"


def test_two_hundred_at_once_on_twelve_places_are_twelve(cohort, slot, coline) -> None:
    people, turn = [applicant(cohort) for _n in range(MANY)], count()
    said = together(lambda n: invite(people, slot, coline, next(turn)), MANY)
    slot.refresh_from_db()
    assert said.count("invited") == slot.taken == Appointment.objects.count() == PLACES
    assert len([one for one in said if "aucune place" in one]) == MANY - PLACES


def test_control_without_the_condition_the_table_itself_breaks(cohort, slot, coline, monkeypatch) -> None:
    Slot.objects.filter(pk=slot.pk).update(capacity=3)
    monkeypatch.setattr(appointments, "_free", lambda one: Slot._base_manager.filter(pk=one.pk))
    people = [applicant(cohort) for _n in range(8)]
    said = together(lambda n: invite(people, slot, coline, n))
    assert "broken" in said
    assert Appointment.objects.count() == 3


def test_control_with_a_count_read_before_it_is_written_more_come_than_there_are_places(
    cohort, slot, coline, monkeypatch
) -> None:
    def naive(one: Slot) -> None:
        if Appointment.objects.filter(slot=one).count() >= 3:
            raise Refused("complet")

    monkeypatch.setattr(appointments, "_take_place", naive)
    people = [applicant(cohort) for _n in range(8)]
    together(lambda n: invite(people, slot, coline, n))
    assert Appointment.objects.count() > 3


def test_one_person_invited_eight_times_at_once_has_one_appointment(cohort, slot, coline) -> None:
    people = [applicant(cohort)]
    said = together(lambda n: invite(people, slot, coline, 0))
    assert said.count("invited") == 1
    slot.refresh_from_db()
    assert slot.taken == Appointment.objects.count() == 1


def test_lists_that_cross_never_wait_for_each_other(cohort, slot, coline) -> None:
    people = [applicant(cohort) for _n in range(4)]

    def act(n: int) -> int:
        order = people if n % 2 else list(reversed(people))
        return len(appointments.invite(applications=order, slot=slot, by=coline))

    assert together(act) == [4] * 8
    slot.refresh_from_db()
    assert slot.taken == Appointment.objects.count() == 4


def test_moves_that_cross_keep_both_counts(cohort, slot, coline) -> None:
    other = open_slot(cohort, coline, starts_at=hour(20), capacity=PLACES)
    rows = [invited(applicant(cohort), slot if n % 2 else other, coline) for n in range(8)]

    def act(n: int) -> str:
        row = Appointment.objects.get(pk=rows[n].pk)
        return appointments.move(appointment=row, slot=other if n % 2 else slot, by=coline)

    assert len(together(act)) == 8
    for one in (slot, other):
        one.refresh_from_db()
        assert one.taken == Appointment.objects.filter(slot=one).count() == 4


def test_a_slot_cancelled_while_people_answer_leaves_nobody_in_it(cohort, slot, coline) -> None:
    rows = [invited(applicant(cohort), slot, coline) for _n in range(7)]

    def act(n: int) -> str:
        try:
            if n == 7:
                appointments.cancel_slot(slot=slot, by=coline)
            else:
                appointments.reply(
                    appointment=rows[n], coming=n % 2 == 0, by=PersonActor(rows[n].application.learner_id)
                )
        except Refused as told:
            return str(told)
        return "done"

    together(act)
    slot.refresh_from_db()
    assert slot.cancelled_at is not None
    assert slot.taken == Appointment.objects.filter(slot=slot, outcome="").count() == 0
    assert Slot.objects.filter(taken__gt=F("capacity")).count() == 0


def test_persons_who_withdraw_while_others_are_invited_leave_the_count_right(cohort, slot, coline) -> None:
    people = [applicant(cohort) for _n in range(8)]
    for one in people[:4]:
        invited(one, slot, coline)

    def act(n: int) -> str:
        if n >= 4:
            return invite(people, slot, coline, n)
        APPLICATION.take("give_up", Application.objects.get(pk=people[n].pk), by=coline)
        return "left"

    assert together(act).count("left") == 4
    slot.refresh_from_db()
    assert slot.taken == Appointment.objects.filter(slot=slot, outcome="").count() == 4
