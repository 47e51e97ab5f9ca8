"""Slots, invitations, answers and what came of them: who may, what is counted, what is refused and why."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from cohorts import appointments
from cohorts.access import PersonActor
from cohorts.models import Application, Appointment, Slot, TeamMember
from cohorts.states import APPLICATION, ApplicationStatus, AppointmentKind, CohortStatus
from cohorts.states import AppointmentOutcome as O
from learners.models import Learner
from learners.states import Closing
from partners.lifecycle import Refused
from partners.models import Event, Message
from partners.states import Role
from tests import makers
from tests.cohorts.appointments_world import (  # noqa: F401
    PLACE,
    applicant,
    cohort,
    hour,
    invited,
    open_slot,
    past,
    slot,
)

pytestmark = pytest.mark.django_db


def held(slot: Slot) -> int:
    """How many places are held, by the rows that say so: what `taken` must equal."""
    return Appointment.objects.filter(slot=slot, outcome="").count()


def counted(slot: Slot) -> int:
    slot.refresh_from_db()
    assert slot.taken == held(slot)
    return slot.taken


# --- slots -------------------------------------------------------------------------------------------------------


def test_a_slot_is_opened_with_its_places_and_told_in_the_journal(slot, coline) -> None:
    assert (slot.capacity, slot.taken, slot.place) == (3, 0, PLACE)
    assert Event.objects.filter(verb="open_slot", subject_id=slot.pk, actor_id=coline.pk).count() == 1


def test_interviews_in_a_row_are_slots_of_the_length_that_is_said(cohort, coline) -> None:
    made = appointments.open_slots(
        cohort=cohort, by=coline, kind=AppointmentKind.INTERVIEW, starts_at=hour(5, 9), ends_at=hour(5, 12),
        place=PLACE, capacity=1, every=40,
    )  # fmt: skip
    assert len(made) == 4
    assert all(one.ends_at - one.starts_at == timedelta(minutes=40) for one in made)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": hour(-1)}, "starts_at"),
        ({"ends_at": hour(14, 9)}, "ends_at"),
        ({"ends_at": hour(15, 12)}, "ends_at"),
        ({"place": "  "}, "place"),
        ({"place": "x" * 121}, "place"),
        ({"place": "demander le 1 85 05 78 006 084 36"}, "place"),
        ({"capacity": 0}, "capacity"),
        ({"kind": "party"}, "kind"),
        ({"every": 2}, "every"),
    ],
)
def test_what_is_wrong_in_a_slot_is_said_by_field(cohort, coline, wrong, field) -> None:
    with pytest.raises(ValidationError) as told:
        open_slot(cohort, coline, **wrong)
    assert field in told.value.message_dict


def test_only_who_leads_the_selection_opens_invites_and_notes(cohort, slot, body, theo, sam, amina) -> None:
    reader = makers.member(body, Role.READER)
    for by in (theo, sam, amina, reader):
        with pytest.raises(PermissionDenied):
            open_slot(cohort, by)
        with pytest.raises(PermissionDenied):
            appointments.invite(applications=[applicant(cohort)], slot=slot, by=by)
        with pytest.raises(PermissionDenied):
            appointments.cancel_slot(slot=slot, by=by)


def test_who_assesses_the_applicants_leads_nothing(cohort, slot, coline) -> None:
    one = applicant(cohort)
    TeamMember.objects.create(cohort=cohort, user=coline, duty="assessor")
    with pytest.raises(PermissionDenied):
        appointments.invite(applications=[one], slot=slot, by=coline)


def test_a_cohort_that_is_over_receives_nobody(cohort, coline) -> None:
    cohort.status = CohortStatus.FINISHED
    cohort.save()
    with pytest.raises(Refused):
        open_slot(cohort, coline)


# --- inviting ----------------------------------------------------------------------------------------------------


def test_an_invitation_takes_a_place_and_moves_the_application(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    assert (row.kind, row.starts_at, row.place, row.invited_by) == (slot.kind, slot.starts_at, PLACE, coline)
    assert row.application.status == ApplicationStatus.INVITED
    assert Application.objects.get().status == ApplicationStatus.INVITED
    assert counted(slot) == 1
    assert Event.objects.filter(verb="invite_to_appointment", learner_id=row.application.learner_id).count() == 1


def test_where_no_place_is_free_nobody_is_invited_and_who_was_referred_first_comes_first(cohort, slot, coline) -> None:
    rows = [applicant(cohort, day=date(2026, 3, 20 - n)) for n in range(5)]
    results = appointments.invite(applications=rows, slot=slot, by=coline)
    assert [one.application.pk for one in results] == [one.pk for one in reversed(rows)]
    assert [bool(one.appointment) for one in results] == [True, True, True, False, False]
    assert "aucune place" in results[-1].refused
    assert counted(slot) == 3
    left = Application.objects.filter(status=ApplicationStatus.ELIGIBLE)
    assert {one.pk for one in left} == {rows[0].pk, rows[1].pk}


def test_control_under_the_code_the_table_itself_refuses_one_place_too_many(slot) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(taken=4)


@pytest.mark.parametrize("status", ["submitted", "ineligible", "withdrawn", "decided", "announced"])
def test_only_who_is_eligible_is_invited(cohort, slot, coline, status) -> None:
    [result] = appointments.invite(applications=[applicant(cohort, status=status)], slot=slot, by=coline)
    assert result.appointment is None
    assert "éligible" in result.refused
    assert counted(slot) == 0


def test_the_same_person_is_never_twice_in_a_slot_nor_given_two_at_once(cohort, slot, coline) -> None:
    one = applicant(cohort)
    invited(one, slot, coline)
    [again] = appointments.invite(applications=[one], slot=slot, by=coline)
    [other] = appointments.invite(applications=[one], slot=open_slot(cohort, coline, starts_at=hour(20)), by=coline)
    assert again.appointment is other.appointment is None
    assert "déjà" in again.refused
    assert "déplacez" in other.refused
    interview = open_slot(cohort, coline, starts_at=hour(21), kind=AppointmentKind.INTERVIEW)
    assert invited(one, interview, coline).kind == AppointmentKind.INTERVIEW


def test_somebody_of_another_cohort_is_not_invited(cohort, slot, coline, body) -> None:
    [result] = appointments.invite(applications=[applicant(makers.cohort(body))], slot=slot, by=coline)
    assert "autre cohorte" in result.refused


def test_one_whom_a_merge_emptied_is_left_out_and_the_others_are_invited(cohort, slot, coline) -> None:
    gone, kept = applicant(cohort), applicant(cohort)
    Learner._base_manager.filter(pk=gone.learner_id).update(
        merged_into=kept.learner, holder=None, closed_on=date(2026, 4, 1), closed_reason=Closing.MERGED
    )
    results = appointments.invite(applications=[gone, kept], slot=slot, by=coline)
    assert [bool(one.appointment) for one in results] == [False, True]
    assert "réunie" in results[0].refused


def test_nobody_is_invited_to_what_is_past_or_cancelled(cohort, slot, coline) -> None:
    other = open_slot(cohort, coline, starts_at=hour(20))
    appointments.cancel_slot(slot=other, by=coline)
    past(slot)
    for one in (slot, other):
        with pytest.raises(Refused):
            appointments.invite(applications=[applicant(cohort)], slot=one, by=coline)


# --- cancelling, moving ------------------------------------------------------------------------------------------


def test_a_cancelled_slot_gives_everybody_back_to_be_invited(cohort, slot, coline) -> None:
    rows = [invited(applicant(cohort), slot, coline) for _n in range(2)]
    assert appointments.cancel_slot(slot=slot, by=coline) == 2
    for row in rows:
        row.refresh_from_db()
        assert row.outcome == O.CANCELLED_BY_US
    assert counted(slot) == 0
    other = open_slot(cohort, coline, starts_at=hour(20))
    assert invited(rows[0].application, other, coline).outcome == ""
    with pytest.raises(Refused):
        appointments.cancel_slot(slot=slot, by=coline)


def test_a_moved_appointment_leaves_one_place_and_takes_another(cohort, slot, coline) -> None:
    row, other = invited(applicant(cohort), slot, coline), open_slot(cohort, coline, starts_at=hour(20))
    appointments.move(appointment=row, slot=other, by=coline)
    row.refresh_from_db()
    assert (row.slot, row.starts_at) == (other, other.starts_at)
    assert (counted(slot), counted(other)) == (0, 1)


def test_one_moves_neither_to_a_full_slot_nor_to_another_kind_and_nothing_changes(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    full = open_slot(cohort, coline, starts_at=hour(20), capacity=1)
    invited(applicant(cohort), full, coline)
    interview = open_slot(cohort, coline, starts_at=hour(21), kind=AppointmentKind.INTERVIEW)
    for target in (full, interview, slot):
        with pytest.raises(Refused):
            appointments.move(appointment=row, slot=target, by=coline)
    assert (counted(slot), counted(full), counted(interview)) == (1, 1, 0)


# --- what came of it ---------------------------------------------------------------------------------------------


def test_what_came_of_it_is_noted_once_its_hour_has_come_and_may_be_corrected(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    with pytest.raises(Refused):
        appointments.note_outcome(appointment=row, outcome=O.ATTENDED, by=coline)
    past(slot)
    for outcome in (O.NO_SHOW, O.EXCUSED, O.CANCELLED_BY_US, O.ATTENDED, O.ATTENDED):
        appointments.note_outcome(appointment=row, outcome=outcome, by=coline)
        row.refresh_from_db()
        assert (row.outcome, row.noted_by) == (outcome, coline)
    told = Event.objects.filter(verb="note_appointment").order_by("pk").values_list("data", flat=True)
    assert [(one["was"], one["outcome"]) for one in told] == [
        ("", "no_show"), ("no_show", "excused"), ("excused", "cancelled_by_us"), ("cancelled_by_us", "attended"),
    ]  # fmt: skip
    with pytest.raises(ValidationError):
        appointments.note_outcome(appointment=row, outcome="", by=coline)


def test_who_did_not_come_may_be_invited_again_and_stays_a_candidate(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    past(slot)
    appointments.note_outcome(appointment=row, outcome=O.NO_SHOW, by=coline)
    again = invited(Application.objects.get(), open_slot(cohort, coline, starts_at=hour(20)), coline)
    assert again.application.status == ApplicationStatus.INVITED


def test_only_who_leads_notes(cohort, slot, coline, theo, sam) -> None:
    row = invited(applicant(cohort), slot, coline)
    past(slot)
    for by in (theo, sam):
        with pytest.raises(PermissionDenied):
            appointments.note_outcome(appointment=row, outcome=O.ATTENDED, by=by)


# --- what the person answers -------------------------------------------------------------------------------------


def test_who_cannot_come_is_excused_and_the_place_is_for_somebody_else(cohort, coline) -> None:
    small = open_slot(cohort, coline, capacity=1)
    row = invited(applicant(cohort), small, coline)
    me = PersonActor(row.application.learner_id)
    appointments.reply(appointment=row, coming=True, by=me)
    assert counted(small) == 1
    appointments.reply(appointment=row, coming=False, by=me)
    row.refresh_from_db()
    assert (row.outcome, row.coming, row.noted_by, counted(small)) == (O.EXCUSED, False, None, 0)
    appointments.reply(appointment=row, coming=True, by=me)  # after all
    row.refresh_from_db()
    assert (row.outcome, row.coming, counted(small)) == ("", True, 1)
    appointments.reply(appointment=row, coming=False, by=me)
    invited(applicant(cohort), small, coline)
    with pytest.raises(Refused):  # too late: the place is somebody else's
        appointments.reply(appointment=row, coming=True, by=me)
    assert Event.objects.filter(verb="answer_appointment", channel="link", actor=None).count() == 4


def test_nobody_answers_for_somebody_else(cohort, slot, coline, sam, amina, mission_locale) -> None:
    row = invited(applicant(cohort, sent_by=mission_locale), slot, coline)
    for by in (PersonActor(row.application.learner_id + 1), sam):
        with pytest.raises(PermissionDenied):
            appointments.reply(appointment=row, coming=True, by=by)
    for by in (coline, amina):  # who leads, by phone; who referred the person, for them
        appointments.reply(appointment=row, coming=by is coline, by=by)


def test_one_does_not_answer_when_the_hour_is_past_or_it_was_cancelled(cohort, slot, coline) -> None:
    row, other = (
        invited(applicant(cohort), one, coline) for one in (slot, open_slot(cohort, coline, starts_at=hour(20)))
    )
    appointments.cancel_slot(slot=other.slot, by=coline)
    past(slot)
    for one in (row, other):
        with pytest.raises(Refused):
            appointments.reply(appointment=one, coming=True, by=PersonActor(one.application.learner_id))


def test_who_said_no_and_was_given_another_time_answers_for_that_one(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    me = PersonActor(row.application.learner_id)
    appointments.reply(appointment=row, coming=False, by=me)
    invited(Application.objects.get(), open_slot(cohort, coline, starts_at=hour(20)), coline)
    with pytest.raises(Refused):
        appointments.reply(appointment=row, coming=True, by=me)


# --- an application that ends ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "outcome"), [("give_up", O.EXCUSED), ("rule_out", O.CANCELLED_BY_US)])
def test_an_application_that_ends_frees_its_place_and_nobody_is_reminded(cohort, slot, coline, step, outcome) -> None:
    row = invited(applicant(cohort), slot, coline)
    APPLICATION.take(step, Application.objects.get(), by=coline)
    row.refresh_from_db()
    assert (row.outcome, counted(slot)) == (outcome, 0)
    assert not Message.objects.filter(matter=f"appointment:{row.pk}", status="queued").exists()


def test_what_came_before_the_end_stays_as_it_was_noted(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    past(slot)
    appointments.note_outcome(appointment=row, outcome=O.ATTENDED, by=coline)
    APPLICATION.take("give_up", Application.objects.get(), by=coline)
    row.refresh_from_db()
    assert row.outcome == O.ATTENDED


def test_control_an_application_that_goes_on_keeps_its_place(cohort, slot, coline) -> None:
    invited(applicant(cohort), slot, coline)
    APPLICATION.take("stage", Application.objects.get(), by=coline)
    assert counted(slot) == 1
