"""How persons learn of their appointments: by the channel they chose, never about what was cancelled, never why."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from cohorts import agenda, appointments, invitations
from cohorts.access import PersonActor
from cohorts.models import Slot
from cohorts.states import AppointmentKind
from learners import reaching
from partners import outbox
from partners.models import Event, Message, MessageChannel, MessageStatus
from partners.states import Channel
from tests.cohorts.appointments_world import PLACE, applicant, cohort, hour, invited, open_slot, slot  # noqa: F401

pytestmark = pytest.mark.django_db
PHONE = "+33639980001"


def told(row) -> Message:
    """The last message about an appointment, reminders left out."""
    found = Message.objects.filter(matter=f"appointment:{row.pk}").exclude(purpose="appointment_reminder")
    return found.order_by("-pk")[0]


@pytest.mark.parametrize(
    ("contacts", "channel", "said"),
    [
        ({}, MessageChannel.EMAIL, "courriel"),
        ({"channel": Channel.SMS, "phone": PHONE}, MessageChannel.SMS, "SMS"),
        ({"channel": Channel.POST, "address": "1 rue Fictive", "postcode": "59100"}, MessageChannel.LETTER, "lettre"),
        ({"channel": Channel.SMS}, MessageChannel.EMAIL, "courriel"),
    ],
)
def test_each_is_written_to_by_the_channel_they_chose(cohort, slot, coline, contacts, channel, said) -> None:
    [result] = appointments.invite(applications=[applicant(cohort, **contacts)], slot=slot, by=coline)
    message = told(result.appointment)
    assert (message.channel, message.purpose, message.status) == (channel, "appointment_meeting", MessageStatus.QUEUED)
    assert said in result.told
    if channel != MessageChannel.SMS:
        assert PLACE in message.body


@pytest.mark.parametrize("kind", AppointmentKind.values)
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_every_kind_has_its_words_and_none_gives_a_reason(cohort, coline, kind, channel) -> None:
    other = open_slot(cohort, coline, kind=kind, starts_at=hour(20, 14))
    row = invited(applicant(cohort, channel=channel, phone=PHONE), other, coline)
    body = told(row).body
    assert "14" in body
    assert (f"{timezone.localtime(other.starts_at):%d/%m/%Y}" in body) is (channel == Channel.SMS)
    assert not [word for word in ("éligib", "refus", "motif") if word in body]


def test_whom_one_calls_is_not_written_to_and_it_is_said(cohort, slot, coline) -> None:
    for channel, said in ((Channel.PHONE, "appeler"), (Channel.ADVISER, "conseiller")):
        [result] = appointments.invite(
            applications=[applicant(cohort, channel=channel, phone=PHONE)], slot=slot, by=coline
        )
        assert said in result.told
    assert not Message.objects.exists()
    assert Event.objects.filter(verb="call_instead").count() == 2


def test_whom_nobody_can_reach_is_said_to_be_so(cohort, slot, coline) -> None:
    [result] = appointments.invite(applications=[applicant(cohort, email="", channel="")], slot=slot, by=coline)
    assert "injoignable" in result.told


def test_an_invitation_does_not_leave_once_its_slot_is_cancelled_and_the_person_is_told(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    first = told(row)
    appointments.cancel_slot(slot=slot, by=coline)
    first.refresh_from_db()
    assert first.status == MessageStatus.SUPPRESSED
    assert told(row).purpose == "appointment_cancelled"
    assert "pas de votre fait" in told(row).body
    assert not Message.objects.filter(purpose="appointment_reminder", status=MessageStatus.QUEUED).exists()


def test_what_is_about_to_leave_asks_again_whether_the_appointment_stands(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    assert invitations.still_planned(told(row))
    slot.appointments.update(outcome="excused")
    assert not invitations.still_planned(told(row))
    assert not outbox.still_to_send(told(row))


def test_a_moved_appointment_is_told_with_its_new_date_alone(cohort, slot, coline) -> None:
    row, other = invited(applicant(cohort), slot, coline), open_slot(cohort, coline, starts_at=hour(20, 16))
    first = told(row)
    appointments.move(appointment=row, slot=other, by=coline)
    first.refresh_from_db()
    assert first.status == MessageStatus.SUPPRESSED
    assert told(row).purpose == "appointment_moved"
    assert "16\u00a0h" in told(row).body


def test_who_said_that_they_cannot_come_is_reminded_of_nothing(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    reminder = Message.objects.get(purpose="appointment_reminder")
    assert reminder.send_after == invitations.reminder_of(slot.starts_at)
    appointments.reply(appointment=row, coming=False, by=PersonActor(row.application.learner_id))
    reminder.refresh_from_db()
    assert reminder.status == MessageStatus.SUPPRESSED


@time_machine.travel("2026-05-04 09:00", tick=False)
def test_the_reminder_leaves_two_working_days_before_and_not_for_what_is_near(cohort, coline) -> None:
    monday = timezone.make_aware(datetime(2026, 5, 18, 14))
    at = timezone.localtime(invitations.reminder_of(monday))
    assert (at.year, at.month, at.day, at.hour) == (
        2026,
        5,
        13,
        10,
    )  # over the week-end, the 14th, a holiday, and the 15th
    near = open_slot(cohort, coline, starts_at=timezone.make_aware(datetime(2026, 5, 6, 14)))
    invited(applicant(cohort), near, coline)
    assert not Message.objects.filter(purpose="appointment_reminder").exists()


def test_a_full_week_does_not_hide_that_the_person_was_not_written_to(cohort, slot, coline, settings, body) -> None:
    one = applicant(cohort)
    for n in range(settings.MESSAGES_PER_WEEK):
        reaching.tell(learner=one.learner, purpose="call_me", organisation=body, by=coline, key=f"call-{n}")
    [result] = appointments.invite(applications=[one], slot=slot, by=coline)
    assert "appelez" in result.told


# --- calendars ---------------------------------------------------------------------------------------------------


def events(content: bytes) -> list:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_calendar_says_what_where_and_how_many_and_names_nobody(cohort, slot, coline) -> None:
    row = invited(applicant(cohort, last_name="Nom-Secret", first_name="Prénom-Secret"), slot, coline)
    slot.refresh_from_db()
    content = agenda.calendar_of([slot])
    [event] = events(content)
    assert event["summary"] == f"Réunion d’information · {cohort.title}"
    assert event["location"] == PLACE
    assert "1 personne invitée, sur 3 places" in event["description"]
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    assert event["dtstart"].dt == slot.starts_at
    assert b"VTIMEZONE" in content
    assert b"Secret" not in content
    assert str(row.application.learner).encode() not in content


def test_an_event_keeps_its_number_and_a_cancelled_one_says_so(cohort, slot, coline) -> None:
    [before] = events(agenda.calendar_of([slot]))
    appointments.cancel_slot(slot=slot, by=coline)
    [after] = events(agenda.calendar_of([Slot.objects.get(pk=slot.pk)]))
    assert before["uid"] == after["uid"]
    assert (before["status"], after["status"]) == ("CONFIRMED", "CANCELLED")
    assert after["sequence"] > before["sequence"]


def test_what_a_place_holds_cannot_add_a_line_to_a_calendar(cohort, coline) -> None:
    one = open_slot(cohort, coline, place="Salle 2; étage, \nBEGIN:VEVENT")
    [event] = events(agenda.calendar_of([one]))
    assert event["location"] == "Salle 2; étage, BEGIN:VEVENT"


def test_the_public_sees_meetings_to_come_alone_without_numbers(cohort, slot, coline) -> None:
    interview = open_slot(cohort, coline, kind=AppointmentKind.INTERVIEW, starts_at=hour(16))
    gone = open_slot(cohort, coline, starts_at=hour(17))
    appointments.cancel_slot(slot=gone, by=coline)
    found = agenda.open_meetings(cohort.pk)
    assert found == [slot]
    assert interview not in found
    [event] = events(agenda.calendar_of(found, public=True))
    assert "description" not in event
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=2)
