"""What a person in training finds on their own page: today's half-days, which they may sign; what is noted of them, and
what is coming; what they have learnt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import AttendanceClaim, Enrolment, ProgressPoint, Session, SkillMark, Timetable
from cohorts.register import ATTENDED, HalfDay, Hours, contestable, hours_of
from cohorts.roll import halves_of
from cohorts.signing import Mine, today_of
from cohorts.states import Mark, RegisterSource, SkillLevel
from cohorts.templatetags.training import hours_span
from learners.mine import Ahead
from learners.models import Learner
from learners.steps import Card

COMING = 4  # half-days shown ahead
OVER = timedelta(days=60)  # how long after an exit its hours stay on the page


def own_half_days(learner: Learner) -> list[Ahead]:
    """One card for each half-day of today."""
    return [_card(one) for one in today_of(learner)]


def _card(one: Mine) -> Ahead:
    title = _("Aujourd’hui, %(half)s") % {"half": one.session.get_half_display()}
    where = f"{hours_span(one.session)}, {one.session.place}" if one.session.place else hours_span(one.session)
    lines = (where, f"{one.session.cohort.programme.title} · {one.session.cohort.programme.provider}")
    if one.signed:
        return Ahead(title, lines, said=_("Vous avez signé cette demi-journée."))
    if one.row is not None and one.row.mark in ATTENDED and one.begun:
        url = reverse("cohorts:own_half_day", args=[one.session.pk])
        return Ahead(title, lines, url, (("oui", _("Je signe ma présence")),))
    return Ahead(title, lines)


# --- what is noted, what is coming -----------------------------------------------------------------------------


class Noted(NamedTuple):
    """A half-day noted otherwise than attended whole; `said`: what became of the person's word, "" when they said nothing."""

    half: HalfDay
    name: str  # of the half: « matin »
    mark: str
    said: str


class OwnHours(NamedTuple):
    """A training as the person reads it: their hours, what they may contest, what comes, the address for their agenda."""

    title: str
    hours: Hours
    noted: list[Noted]
    coming: list[Session]
    feed: str


def own_register(learner: Learner, today: date) -> list[Card]:
    """Hours of each training that goes on, or ended within two months. One query for whom there is none, else six."""
    recent = Q(exited_on=None) | Q(exited_on__gte=today - OVER)
    rows = Enrolment._base_manager.filter(recent, learner=learner, entered_on__lte=today)
    entries = list(rows.select_related("cohort__programme").order_by("-entered_on", "-pk"))
    if not entries:
        return []
    halves = halves_of(entries)
    said = said_by(entries)
    cohorts = [one.cohort_id for one in entries if one.exited_on is None]
    feeds = dict(Timetable._base_manager.filter(cohort__in=cohorts).values_list("cohort", "feed"))
    ahead = Session._base_manager.filter(cohort__in=cohorts, cancelled=False, day__gt=today).order_by("day", "half")
    coming = list(ahead[: COMING * len(cohorts)]) if cohorts else []
    found = [_hours(one, halves[one.pk], said, coming, feeds.get(one.cohort_id, "")) for one in entries]
    shown = [one for one in found if one.hours.planned]
    return [Card(24, _("Mes présences"), "cohorts/own_register.html", {"trainings": shown})] if shown else []


def said_by(entries: list[Enrolment]) -> dict[tuple[int, int], str]:
    """(entry, half-day) → what became of what the person said of it."""
    rows = AttendanceClaim._base_manager.filter(enrolment__in=entries, source=RegisterSource.PERSON)
    return {(entry, session): status for entry, session, status in rows.values_list("enrolment", "session", "status")}


def _hours(
    one: Enrolment, halves: list[HalfDay], said: dict[tuple[int, int], str], coming: list[Session], feed: str
) -> OwnHours:
    now = timezone.now()
    noted = [
        Noted(
            half, str(Session.Half(half.half).label), str(Mark(half.mark).label), said.get((one.pk, half.session), "")
        )
        for half in reversed(halves)
        if contestable(half, now)
    ]
    url = reverse("cohorts:timetable_feed", args=[feed]) if feed else ""
    ahead = [session for session in coming if session.cohort_id == one.cohort_id][:COMING]
    return OwnHours(one.cohort.programme.title, hours_of(halves), noted, ahead, url)


# --- what is learnt --------------------------------------------------------------------------------------------


def own_progress(learner: Learner, today: date) -> list[Card]:
    """The skills that were validated, and what was agreed with them, the latest first; never the trainer’s note. Two queries."""
    marks = SkillMark._base_manager.filter(enrolment__learner=learner, level=SkillLevel.VALIDATED).select_related(
        "skill"
    )
    points = (
        ProgressPoint._base_manager.filter(enrolment__learner=learner)
        .exclude(agreed="")
        .only("held_on", "agreed", "next_on")
    )
    skills, agreed = [one.skill.label for one in marks.order_by("skill__rank", "pk")], list(points[:5])
    if not skills and not agreed:
        return []
    return [Card(25, _("Ma formation"), "cohorts/own_progress.html", {"skills": skills, "points": agreed})]
