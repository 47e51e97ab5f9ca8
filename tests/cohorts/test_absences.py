"""Absences without a word ask for help by themselves, once; the alert ends with an outcome alone, and the trainer reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from cohorts import absences, marking
from cohorts.marking import Line
from cohorts.models import AbsenceAlert, Attendance
from cohorts.states import AlertOutcome, AlertStatus
from learners.models import Handoff
from learners.states import HandoffStatus, Purpose
from partners.lifecycle import Refused
from partners.models import Message
from tests.cohorts.training_world import Training
from tests.races import needs_connections, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return Training()


def misses(at, one, *agos, mark="absent"):
    for ago in agos:
        session = at.cohort.sessions.filter(day=timezone.localdate() - timedelta(days=ago)).first() or at.half(ago=ago)
        marking.save_sheet(session=session, lines=[Line(one.pk, mark, reason="Essai")], by=at.theo)


def alert_of(one):
    return AbsenceAlert.objects.get(enrolment=one)


def test_three_in_a_row_ask_who_referred_for_help(at):
    one = at.people[0]
    # On Sunday nights two half-days are already two days: the third is what is looked at here.
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        misses(at, one, 1)
        assert not AbsenceAlert.objects.exists()
        session, other = at.half(ago=0), at.half(ago=0, half="pm", starts_at="00:02")
        for each in (session, other):
            each.refresh_from_db()
            marking.save_sheet(session=each, lines=[Line(one.pk, "absent")], by=at.theo)
    alert = alert_of(one)
    asked = alert.handoff
    assert (alert.half_days, asked.purpose, asked.obstacle, asked.receiver, asked.addressed_to) == (
        3,
        Purpose.SUPPORT,
        "unsaid",
        at.sender,
        at.amina,
    )
    one.learner.refresh_from_db()
    assert one.learner.holder == at.body  # the baton stays
    told = Message.objects.filter(purpose="handoff_propose")
    assert told.exists() and not any(one.learner.last_name in f"{row.subject}{row.body}" for row in told)


def test_two_days_without_a_word_are_seen_by_the_hourly_look(at):
    one = at.people[0]
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        misses(at, one, 0)
    assert not AbsenceAlert.objects.exists()
    assert (absences.look_at_all(), absences.look_at_all()) == (1, 0)
    assert alert_of(one).half_days == 1


@pytest.mark.parametrize("between", ["present", "absent_excused"])
def test_who_is_heard_of_in_between_asks_for_nothing(at, between):
    one = at.people[0]
    misses(at, one, 9, 8)
    AbsenceAlert.objects.all().delete()
    misses(at, one, 7, mark=between)
    assert absences.look_at_all() == 0


def test_more_absences_bring_the_open_alert_up_to_date(at):
    one = at.people[0]
    misses(at, one, 6, 5, 4, 3)
    assert (
        AbsenceAlert.objects.count(),
        alert_of(one).half_days,
        Handoff.objects.filter(purpose=Purpose.SUPPORT).count(),
    ) == (1, 4, 1)


def test_the_whole_story_through_the_pages(client, at):
    one = at.people[0]
    misses(at, one, 6, 5, 4)
    alert = alert_of(one)
    page = reverse("cohorts:absence_detail", args=[alert.pk])
    client.force_login(at.amina)
    assert "Absences à éclaircir" in client.get("/").content.decode()
    assert (
        "Absence de formation"
        in client.get(reverse("learners:handoff_detail", args=[alert.handoff_id])).content.decode()
    )

    def act(name, **typed):
        return client.post(reverse("cohorts:absence_act", args=[alert.pk, name]), typed)

    act("issue", outcome="not_reached")
    assert alert_of(one).status == AlertStatus.OPEN  # nobody has tried yet
    act("appel", channel="phone", reached="oui")
    act("frein", obstacle="mobility")
    assert Handoff.objects.get(pk=alert.handoff_id).obstacle == "mobility"
    act("issue", outcome="arranged")
    alert.refresh_from_db()
    assert (alert.status, alert.outcome, alert.closed_by, alert.seen_at) == (
        AlertStatus.CLOSED,
        "arranged",
        at.amina,
        None,
    )
    client.force_login(at.theo)
    assert "Absence terminée" in client.get("/a-faire/absences-sans-nouvelles/").content.decode()
    assert "de retour, avec un aménagement" in client.get(page).content.decode()
    act("lu")
    alert.refresh_from_db()
    assert alert.seen_by == at.theo
    assert "Absence terminée" not in client.get("/").content.decode()


def test_not_reached_takes_two_calls_by_two_channels(at):
    one = at.people[0]
    misses(at, one, 6, 5, 4)
    alert = alert_of(one)
    absences.note_call(alert=alert, channel="phone", reached=False, by=at.theo)
    absences.note_call(alert=alert, channel="phone", reached=False, by=at.theo)
    with pytest.raises(Refused, match="deux moyens différents"):
        absences.close_alert(alert=alert, outcome=AlertOutcome.NOT_REACHED, by=at.theo)
    absences.note_call(alert=alert, channel="sms", reached=False, by=at.amina)
    absences.close_alert(alert=alert, outcome=AlertOutcome.NOT_REACHED, by=at.theo)
    assert Handoff.objects.get(pk=alert.handoff_id).status == HandoffStatus.WITHDRAWN
    with pytest.raises(Refused, match="vient de clore"):
        absences.close_alert(alert=alert, outcome=AlertOutcome.BACK, by=at.theo)
    assert absences.look_at_all() == 0  # what it dealt with opens no other


def test_coming_back_closes_nothing_by_itself_and_explaining_keeps_what_it_was(at):
    one = at.people[0]
    misses(at, one, 6, 5, 4)
    misses(at, one, 3, mark="present")
    alert = alert_of(one)
    assert alert.status == AlertStatus.OPEN
    missed = absences.missed_of(alert)
    assert (
        absences.explain(enrolment=one, sessions=[half.session for half in missed], reason="Hospitalisée", by=at.theo)
        == 3
    )
    assert set(
        Attendance.objects.filter(enrolment=one, mark="absent_excused").values_list("pasts__mark", flat=True)
    ) == {"absent"}
    with pytest.raises(PermissionDenied):
        absences.explain(enrolment=one, sessions=[], reason="x", by=at.amina)


def test_who_nobody_referred_stays_with_the_body(at):
    one = at.people[0]
    one.learner.applications.update(referred_by=None, handoff=None)
    misses(at, one, 6, 5, 4)
    assert alert_of(one).handoff is None


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_two_marks_at_once_open_one_alert():
    at = Training(1)
    one = at.people[0]
    misses(at, one, 9, 8)
    AbsenceAlert.objects.all().delete()
    Handoff.objects.filter(purpose=Purpose.SUPPORT).delete()
    sessions = [at.half(ago=n) for n in (7, 6, 5, 4)]

    def act(number: int) -> bool:
        session = type(sessions[0]).objects.select_related("cohort__programme").get(pk=sessions[number].pk)
        return bool(marking.save_sheet(session=session, lines=[Line(one.pk, "absent")], by=at.theo).written)

    assert together(act, 4) == [True] * 4
    assert (AbsenceAlert.objects.count(), Handoff.objects.filter(purpose=Purpose.SUPPORT).count()) == (1, 1)


@pytest.mark.parametrize("people", [2, 12])
def test_the_page_costs_the_same_whatever_the_people(client, people, django_assert_max_num_queries):
    at = Training(people)
    for one in at.people:
        misses(at, one, 6, 5, 4)
    client.force_login(at.theo)
    client.get(url := reverse("cohorts:absence_list", args=[at.cohort.pk]))
    with django_assert_max_num_queries(26):
        assert client.get(url).status_code == 200
