"""Writing a calendar: what hangs on a half-day holds it, what changed says why, who comes second is told."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from cohorts import agenda, marking, planning
from cohorts.calendar import CLOSED, Stay, Usual
from cohorts.marking import Line
from cohorts.models import Session, SessionChange
from partners.lifecycle import Refused
from partners.working_days import is_holiday
from tests.cohorts.training_world import Training

pytestmark = pytest.mark.django_db
WEEK = [Usual(day, half, time(9 if half == "am" else 13), 210) for day in range(5) for half in ("am", "pm")]


@pytest.fixture
def at():
    return Training()


def days(cohort):
    return set(cohort.sessions.values_list("day", "half"))


def test_a_week_makes_the_days_to_come_and_a_second_time_nothing(at):
    found = planning.set_timetable(cohort=at.cohort, week=WEEK, stays=[], place="Salle 1", by=at.coline)
    today = timezone.localdate()
    assert {day for day, _half in days(at.cohort)} == {
        day for n in range(61) if (day := today + timedelta(days=n)).weekday() < 5 and not is_holiday(day)
    }
    assert len(found.made) == at.cohort.sessions.count()
    again = planning.difference(at.cohort, WEEK, [])
    assert (again.made, again.removed, again.changed, again.held) == ([], [], [], [])


def test_the_past_is_made_when_it_is_asked_for(at):
    planning.set_timetable(cohort=at.cohort, week=WEEK, stays=[], past=True, by=at.coline)
    assert min(day for day, _half in days(at.cohort)) <= at.cohort.starts_on + timedelta(days=3)


def test_what_hangs_on_a_half_day_holds_it(at):
    planning.set_timetable(cohort=at.cohort, week=WEEK, stays=[], by=at.coline)
    noted = (
        at.half()
        if not at.cohort.sessions.filter(day=timezone.localdate(), half="am").exists()
        else at.cohort.sessions.get(day=timezone.localdate(), half="am")
    )
    Session.objects.filter(pk=noted.pk).update(starts_at=time(0, 1))
    noted.refresh_from_db()
    marking.save_sheet(session=noted, lines=[Line(at.people[0].pk, "present")], by=at.theo)
    by_hand = at.cohort.sessions.filter(day__gt=timezone.localdate()).order_by("day").first()
    planning.cancel_session(session=by_hand, by=at.coline, reason="Grève")
    found = planning.set_timetable(
        cohort=at.cohort, week=WEEK[:2], stays=[Stay(CLOSED, at.cohort.starts_on, at.cohort.ends_on)], by=at.coline
    )
    left = set(at.cohort.sessions.values_list("pk", flat=True))
    assert left == {noted.pk, by_hand.pk}
    assert {one.pk for one in found.held} == left


def test_moving_keeps_what_it_was_and_why(at):
    planning.set_timetable(cohort=at.cohort, week=WEEK[:1], stays=[], by=at.coline)
    one = at.cohort.sessions.order_by("day").last()
    was = one.day
    to = next(day for n in range(1, 6) if not is_holiday(day := was - timedelta(days=n)) and day.weekday() != 0)
    assert planning.change_session(session=one, by=at.coline, reason="Formateur absent", day=to)
    change = SessionChange.objects.get(session=one)
    assert (change.act, change.was_day, change.reason, change.by) == ("moved", was, "Formateur absent", at.coline)
    with pytest.raises(Refused, match="vient de changer"):  # the page showed the old day
        planning.change_session(session=one, by=at.coline, reason="Encore", day=was)


def test_what_does_not_fit_is_refused_in_words(at):
    ahead = next(n for n in range(3, 9) if not is_holiday(timezone.localdate() + timedelta(days=n)))
    one, two = at.half(ago=-ahead), at.half(ago=-ahead, half="pm")
    for given, words in (
        ({"day": at.cohort.ends_on + timedelta(days=9)}, "choisissez un jour entre les deux"),
        ({"half": "pm"}, "déjà à cette place"),
    ):
        with pytest.raises(Refused, match=words):
            planning.change_session(session=one, by=at.coline, reason="Essai", **given)
    with pytest.raises(Refused, match="Écrivez pourquoi"):
        planning.cancel_session(session=two, by=at.coline, reason=" ")
    with pytest.raises(PermissionDenied):
        planning.cancel_session(session=two, by=at.theo, reason="Essai")
    assert not Session.objects.get(pk=two.pk).cancelled and not SessionChange.objects.exists()


def test_where_somebody_is_noted_nothing_moves(at):
    one = at.half()
    marking.save_sheet(session=one, lines=[Line(at.people[0].pk, "present")], by=at.theo)
    with pytest.raises(Refused, match="déjà notées"):
        planning.cancel_session(session=one, by=at.coline, reason="Essai")
    marking.Attendance.objects.all().delete()  # the control: nobody is noted, it goes
    planning.cancel_session(session=one, by=at.coline, reason="Essai")
    planning.restore_session(session=one, by=at.coline, reason="Finalement")
    assert list(SessionChange.objects.values_list("act", flat=True)) == ["cancelled", "restored"]


def test_an_agenda_follows_by_a_secret_that_can_be_changed(client, at):
    planning.set_timetable(cohort=at.cohort, week=WEEK, stays=[], place="Salle 1", by=at.coline)
    struck = at.cohort.sessions.order_by("day", "half").last()
    planning.cancel_session(session=struck, by=at.coline, reason="Grève")
    url = reverse("cohorts:timetable_feed", args=[planning.feed_of(at.cohort)])
    events = {str(one["uid"]): one for one in Calendar.from_ical(client.get(url).content).walk("VEVENT")}
    assert len(events) == at.cohort.sessions.count()
    told = next(one for uid, one in events.items() if uid.startswith(f"seance-{struck.pk}@"))
    assert (told["status"], int(told["sequence"])) == ("CANCELLED", 1)
    assert not any(str(one.learner.last_name) in client.get(url).content.decode() for one in at.people)
    planning.renew_feed(cohort=at.cohort, by=at.coline)
    assert client.get(url).status_code == 404
    assert agenda.held_in(at.cohort.pk).count() == len(events)


@pytest.mark.parametrize("weeks", [2, 8])
def test_the_page_costs_the_same_whatever_the_weeks(client, weeks, django_assert_max_num_queries):
    at = Training(ends_on=timezone.localdate() + timedelta(days=7 * weeks))
    planning.set_timetable(cohort=at.cohort, week=WEEK, stays=[], by=at.coline)
    client.force_login(at.coline)
    client.get(url := reverse("cohorts:timetable", args=[at.cohort.pk]))
    with django_assert_max_num_queries(18):
        assert client.get(url).status_code == 200
