"""Two hundred yeses for one seat, and everybody who gives up at once: one has it, and it is never promised twice."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError

from cohorts import committee, offering, seats
from cohorts.access import PersonActor
from cohorts.models import Application, Cohort
from cohorts.states import ApplicationStatus, Decision
from partners.lifecycle import Refused
from tests.cohorts.selection_world import Selection
from tests.races import AT_ONCE, needs_connections, together

pytestmark = [pytest.mark.django_db(transaction=True), needs_connections]
S = ApplicationStatus
MANY = 200


@pytest.fixture
def one_seat() -> Selection:
    at = Selection(seats=20)
    Cohort.objects.filter(pk=at.cohort.pk).update(seats=1, derogation="petite salle")
    at.cohort.refresh_from_db()
    return at


def admitted_without_a_seat(at: Selection, many: int) -> list[int]:
    """As a file may bring them: admitted, told, and more of them than there are seats."""
    rows = [at.applicant(S.ANNOUNCED, referred=False) for _ in range(many)]
    Application.objects.filter(cohort=at.cohort).update(decision=Decision.ADMITTED)
    return [row.pk for row in rows]


def say_yes(pk: int) -> str:
    row = Application.objects.get(pk=pk)
    try:
        offering.accept_seat(application=row, by=PersonActor(row.learner_id))
    except Refused as told:
        return str(told)
    except IntegrityError:
        return "broken"
    return "yes"


def all_say_yes(people: list[int]) -> list[str]:
    return together(lambda n: say_yes(people[n]), len(people))


@pytest.mark.parametrize("run", range(20))
def test_of_two_hundred_yeses_for_one_seat_one_is_taken(one_seat, run, full) -> None:
    said = all_say_yes(admitted_without_a_seat(one_seat, MANY if full or run == 0 else 2 * AT_ONCE))
    assert said.count("yes") == 1
    assert all("prises" in one for one in said if one != "yes")
    assert Cohort.objects.get().promised == Application.objects.filter(seated=True).count() == 1
    assert Application.objects.filter(status=S.CONFIRMED).count() == 1


def test_control_without_the_condition_on_the_counter_seats_are_sold_twice(one_seat, monkeypatch) -> None:
    """The guard off: each looks first, and writes what it has read after somebody else has looked too."""
    two_have_looked = Barrier(2)

    def careless(cohort_id: int) -> bool:
        cohort = Cohort._base_manager.get(pk=cohort_id)
        with suppress(BrokenBarrierError):
            two_have_looked.wait(timeout=5)
        if cohort.promised >= cohort.seats:
            return False
        Cohort._base_manager.filter(pk=cohort_id).update(promised=cohort.promised + 1)
        return True

    monkeypatch.setattr(offering.seats, "take", careless)
    assert all_say_yes(admitted_without_a_seat(one_seat, AT_ONCE)).count("yes") > 1


def test_control_the_table_itself_refuses_one_seat_too_many(one_seat) -> None:
    with pytest.raises(IntegrityError):
        Cohort.objects.filter(pk=one_seat.cohort.pk).update(promised=2)


def test_eight_give_up_at_once_and_each_seat_goes_to_one_of_those_who_wait() -> None:
    at = Selection(seats=20)
    Cohort.objects.filter(pk=at.cohort.pk).update(seats=AT_ONCE, derogation="petite salle")
    at.cohort.refresh_from_db()
    rows = [at.rated(4, 4, referred=False) for _ in range(AT_ONCE)] + [
        at.rated(2, 2, referred=False) for _ in range(AT_ONCE + 3)
    ]
    for row in rows[:AT_ONCE]:
        committee.stage(application=row, by=at.coline, decision=Decision.ADMITTED)
    for row in rows[AT_ONCE:]:
        committee.stage(application=row, by=at.coline, decision=Decision.WAITLISTED)
    committee.release(cohort=at.cohort, by=at.coline)

    def give_up(n: int) -> None:
        row = Application.objects.get(pk=rows[n].pk)
        offering.withdraw(application=row, by=PersonActor(row.learner_id))

    together(give_up)
    assert Cohort.objects.get(pk=at.cohort.pk).promised == seats.held(at.cohort.pk) == AT_ONCE
    offered = Application.objects.filter(pk__in=[one.pk for one in rows[AT_ONCE:]], seated=True)
    assert offered.count() == AT_ONCE
    assert list(offering.waiting_in(at.cohort).values_list("waiting_rank", flat=True)) == [9, 10, 11]
