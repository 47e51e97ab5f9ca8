"""Alerts on broken paths: to whom, on which day, once; across days off, changes of hour and the end of the year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.models import Learner, Responsibility, Situation
from partners import jobs
from partners.models import Event, Membership, Message
from partners.states import Role
from partners.working_days import is_working
from placements import alerts
from placements.alerts import alert
from placements.models import DayRun, GapAlert
from placements.refresh import refresh_people
from placements.worklists import broken
from tests import makers

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 9, 7)


class Scene:
    """A mission locale with an adviser, a manager, and somebody whose path is broken from `since` on."""

    def __init__(self, since: date = MONDAY):
        self.since = since
        self.holder = makers.organisation()
        self.adviser = makers.member(self.holder, Role.ADVISER)
        self.manager = makers.member(self.holder, Role.MANAGER)
        self.person = self.follow()

    def follow(self, since: date | None = None) -> Learner:
        return makers.learner(holder=self.holder, since=since or self.since, by=self.adviser)

    def told_on(self, day: date) -> list[str]:
        before = set(Message.objects.values_list("pk", flat=True))
        alert(day)
        return sorted(Message.objects.exclude(pk__in=before).values_list("to", flat=True))

    def told_by_day(self, days: int) -> dict[int, list[str]]:
        """Day of the gap → who was told; the job runs every day."""
        found = {n: self.told_on(self.since + (n - 1) * DAY) for n in range(1, days + 1)}
        return {n: who for n, who in found.items() if who}


def test_who_follows_is_told_at_seven_days_and_their_managers_at_fifteen_once_each():
    scene = Scene()
    both = sorted([scene.adviser.email, scene.manager.email])
    assert scene.told_by_day(40) == {8: [scene.adviser.email], 15: both}  # the seventh day is a Sunday
    assert [(one.level, one.user, one.on) for one in GapAlert.objects.order_by("level")] == [
        (7, scene.adviser, MONDAY + 7 * DAY), (15, None, MONDAY + 14 * DAY),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "since",
    [
        date(2026, 3, 23),  # the hour changes on the 29th
        date(2026, 10, 19),  # and on 25 October
        date(2026, 4, 27),  # 1, 8 and 14 May
        date(2026, 12, 19),  # Christmas
        date(2026, 12, 26),  # the year ends
        date(2028, 2, 24),  # 29 February
    ],
)
def test_days_count_on_the_calendar_and_alerts_wait_for_a_working_day(since):
    scene = Scene(since)
    told = scene.told_by_day(40)
    for level in (7, 15):
        due = since + (level - 1) * DAY
        while not is_working(due):
            due += DAY
        assert (due - since).days + 1 in told, level
    assert len(told) == 2
    assert all(is_working(since + (n - 1) * DAY) for n in told)


def test_control_without_the_calendar_somebody_is_written_to_on_a_sunday(monkeypatch):
    monkeypatch.setattr(alerts, "is_working", lambda day: True)
    scene = Scene()
    assert 7 in scene.told_by_day(8)
    assert not is_working(MONDAY + 6 * DAY)


@pytest.mark.parametrize("cover", ["cdd", "unavailable", "bridge", "closed"])
def test_nobody_is_told_of_a_path_that_is_not_broken(cover):
    scene = Scene()
    day = MONDAY + 20 * DAY + DAY
    if cover == "closed":
        Responsibility.objects.filter(learner=scene.person).update(until=MONDAY + 15 * DAY)
        Learner.objects.update(holder=None, closed_on=MONDAY + 15 * DAY, closed_reason="moved_away")
        refresh_people([scene.person.pk])
    elif cover == "bridge":
        scene.person.handoffs.create(
            sender=scene.holder, receiver=makers.organisation(), purpose="support", obstacle="housing", status="accepted",
            sent_on=MONDAY, accepted_on=MONDAY + 10 * DAY, expected_start_on=MONDAY + 60 * DAY, deadline_on=day,
        )  # fmt: skip
    else:
        Situation.objects.create(
            learner=scene.person, kind=cover, starts_on=MONDAY + 10 * DAY, ends_on=MONDAY + 60 * DAY
        )
    assert scene.told_on(day) == []
    other = scene.follow()
    assert scene.told_on(day)  # control: the same day, of a path that is
    assert set(GapAlert.objects.values_list("learner", flat=True)) == {other.pk}


def test_who_has_left_is_not_told_their_managers_are():
    scene = Scene()
    Membership.objects.filter(user=scene.adviser).update(active=False)
    assert scene.told_on(MONDAY + 7 * DAY) == [scene.manager.email]
    assert GapAlert.objects.get().user is None


def test_control_who_still_works_there_is_told_alone():
    scene = Scene()
    assert scene.told_on(MONDAY + 7 * DAY) == [scene.adviser.email]


def test_with_nobody_to_hear_of_it_it_is_tried_again():
    scene = Scene()
    Membership.objects.update(active=False)
    assert scene.told_on(MONDAY + 7 * DAY) == []
    assert not GapAlert.objects.exists()
    Membership.objects.filter(user=scene.manager).update(active=True)
    assert scene.told_on(MONDAY + 8 * DAY) == [scene.manager.email]


def test_the_new_holder_of_a_long_gap_is_told_and_the_former_one_no_more():
    scene = Scene()
    scene.told_on(MONDAY + 7 * DAY)
    taker = makers.organisation()
    follower = makers.member(taker, Role.ADVISER)
    Responsibility.objects.filter(learner=scene.person).update(until=MONDAY + 9 * DAY)
    Responsibility.objects.create(learner=scene.person, organisation=taker, user=follower, since=MONDAY + 9 * DAY)
    Learner.objects.update(holder=taker)
    assert scene.told_on(MONDAY + 14 * DAY) == [follower.email]
    assert GapAlert.objects.get(level=15).organisation == taker


def test_a_path_mended_and_broken_again_is_told_again():
    scene = Scene()
    scene.told_on(MONDAY + 7 * DAY)
    Situation.objects.create(learner=scene.person, kind="cdd", starts_on=MONDAY + 8 * DAY, ends_on=MONDAY + 20 * DAY)
    assert scene.told_on(MONDAY + 21 * DAY) == []
    assert scene.told_on(MONDAY + 28 * DAY) == [scene.adviser.email]
    assert set(GapAlert.objects.values_list("since", flat=True)) == {MONDAY, MONDAY + 21 * DAY}


def test_one_message_a_user_a_day_with_counts_and_a_link_and_no_name():
    scene = Scene()
    for n in range(3):
        scene.follow(MONDAY + n * DAY)
    scene.follow(MONDAY - 10 * DAY)
    day = MONDAY + 9 * DAY
    assert scene.told_on(day) == sorted([scene.adviser.email, scene.manager.email])
    mine = Message.objects.get(to=scene.adviser.email)
    assert "4 personnes sont sans situation depuis 7 jours au moins." in mine.body
    assert "1 personne est sans situation depuis 15 jours au moins." in mine.body
    assert "7 jours" not in Message.objects.get(to=scene.manager.email).body
    assert "/continuite/" in mine.body
    for word in Learner.objects.values_list("last_name", "first_name"):
        assert not any(name in mine.subject + mine.body for name in word)
    assert mine.learner_id is None
    assert GapAlert.objects.count() == 4 + 2  # long broken, told at both levels at once


def test_each_alert_is_a_line_of_the_journal_of_the_holder():
    scene = Scene()
    scene.told_on(MONDAY + 7 * DAY)
    line = Event.objects.get(verb="gap_alert")
    assert (line.learner_id, line.organisation_id, line.data) == (scene.person.pk, scene.holder.pk, {"level": 7})


def test_queries_do_not_grow_with_the_people_but_for_the_lines_written():
    scene = Scene()

    def price(day: date) -> int:
        with CaptureQueriesContext(connection) as asked:
            alert(day)
        return sum(one["sql"].startswith("SELECT") for one in asked.captured_queries)

    few = price(MONDAY + 7 * DAY)
    for _ in range(8):
        scene.follow()
    assert price(MONDAY + 8 * DAY) == few


@pytest.mark.parametrize("day", [date(2026, 3, 30), date(2026, 10, 26), date(2026, 12, 31), date(2027, 1, 4)])
def test_the_job_runs_at_half_past_seven_in_paris_whatever_the_season(day):
    def paris(on: date, hour: int, minute: int) -> datetime:
        return datetime(on.year, on.month, on.day, hour, minute, tzinfo=PARIS)

    with time_machine.travel(paris(day - DAY, 8, 0), tick=False):  # the day before is done
        jobs.plan()
        jobs.run_all()
    scene = Scene(day - 20 * DAY)
    with time_machine.travel(paris(day, 7, 29), tick=False):
        jobs.plan()
        jobs.run_all()
        assert not GapAlert.objects.filter(on=day).exists()
    with time_machine.travel(paris(day, 7, 31), tick=False):
        jobs.plan()
        jobs.run_all()
        assert GapAlert.objects.filter(learner=scene.person, on=day).count() == 2


def test_the_page_of_the_person_says_who_was_told(client):
    scene = Scene()
    scene.told_on(MONDAY + 7 * DAY)
    scene.told_on(MONDAY + 14 * DAY)
    client.force_login(scene.manager)
    from learners.steps import gather

    said = [(step.label, step.detail) for step in gather(scene.manager, scene.person, MONDAY + 20 * DAY).steps]
    assert ("Alerte : 7 jours d’interruption", f"à {scene.adviser}") in said
    assert ("Alerte : 15 jours d’interruption", f"responsables de {scene.holder}") in said


# --- the alerts and the list of what is to do ------------------------------------------------------------------------
def told_and_listed(last: int) -> tuple[set[int], set[int]]:
    """The days of an open contract that nobody confirmed on which somebody is told, and those on which it is listed."""
    scene = Scene()
    Situation.objects.create(learner=scene.person, kind="cdi", starts_on=MONDAY)
    days = [MONDAY + n * DAY for n in range(1, last)]
    assert DayRun.objects.broken_on(days[-1]).exists()  # its days are counted all the same
    listed = {n for n, day in enumerate(days, 1) if any(rows.exists() for rows in broken(day))}
    return {n for n, day in enumerate(days, 1) if scene.told_on(day)}, listed


def test_no_alert_speaks_of_who_is_not_among_the_interrupted_paths():
    assert told_and_listed(45) == (set(), set())
    ended = Situation.objects.get()
    ended.ends_on = MONDAY + 9 * DAY
    ended.save()
    day = MONDAY + 45 * DAY
    assert any(rows.exists() for rows in broken(day))
    assert alert(day)["alerts"] == len(alerts.LEVELS)


def test_control_by_the_days_alone_somebody_is_told_of_what_no_list_shows(monkeypatch):
    monkeypatch.setattr(alerts, "interrupted", DayRun.objects.broken_on)
    told, listed = told_and_listed(20)
    assert told - listed
