from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cohorts.models import Application, Attendance, Cohort, Enrolment, EntryRecord, Session
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("seats", "derogation", "accepted"),
    [
        (20, "", True),
        (30, "", True),
        (19, "", False),
        (31, "", False),
        (12, "territoire rural", True),
        (0, "vide", False),
    ],
)
def test_a_cohort_has_20_to_30_seats_unless_a_derogation_is_written(
    seats: int, derogation: str, accepted: bool
) -> None:
    made = makers.cohort()
    change = Cohort.objects.filter(pk=made.pk)
    if accepted:
        assert change.update(seats=seats, derogation=derogation) == 1
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            change.update(seats=seats, derogation=derogation)


def test_the_refusal_is_a_sentence_for_the_person_who_types() -> None:
    made = makers.cohort()
    made.seats = 31
    with pytest.raises(ValidationError, match="20 à 30 places"):
        made.full_clean()


def test_one_application_and_one_enrolment_per_person_and_cohort() -> None:
    made = makers.enrolment()
    for again in (
        lambda: Application.objects.create(learner=made.learner, cohort=made.cohort, referred_on=makers.START),
        lambda: Enrolment.objects.create(learner=made.learner, cohort=made.cohort, entered_on=makers.START),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()
    assert (Application.objects.count(), Enrolment.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"exited_on": date(2026, 1, 4)},  # entered on the 5th
        {"exit_reason": "completed"},  # without a date
        {"exited_on": date(2026, 2, 1), "exit_reason": "vacances"},
        {"hours_done": -1},
    ],
)
def test_the_database_refuses_an_exit_that_makes_no_sense(change: dict[str, object]) -> None:
    made = makers.enrolment()
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.filter(pk=made.pk).update(**change)


def test_a_correction_of_the_entry_record_supersedes_and_never_doubles() -> None:
    made = makers.enrolment()
    record = made.entry_records.get()
    fields = {"enrolment": made, "recorded_at": record.recorded_at, "source": "screen"}
    with pytest.raises(IntegrityError), transaction.atomic():
        EntryRecord.objects.create(version=2, **fields)
    made.entry_records.update(current=False)
    assert EntryRecord.objects.create(version=2, **fields).current


def test_a_half_day_is_signed_once() -> None:
    made = makers.enrolment()
    session = Session.objects.create(cohort=made.cohort, day=makers.START, half="am")
    Attendance.objects.create(enrolment=made, session=session, mark="present", source="paper", minutes=210)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(enrolment=made, session=session, mark="absent", source="screen")
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(cohort=made.cohort, day=makers.START, half="am")
