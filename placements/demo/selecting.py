"""The selection of the cohort that recruits, half-way: conditions checked, interviews held, sheets locked, a committee to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cohorts import assessing, eligibility_checks
from cohorts.access import PersonActor
from cohorts.actions import edit_cohort
from cohorts.appointments import invite, note_outcome, open_slots
from cohorts.assessing import Given
from cohorts.forms import FACTS
from cohorts.models import Application, Appointment, Cohort, TeamMember
from cohorts.states import ApplicationStatus, AppointmentKind, AppointmentOutcome, Criterion
from cohorts.trials import attach
from learners.states import HandoffStatus
from partners.models import Membership, User
from partners.offer_actions import edit_programme
from partners.working_days import is_working
from placements.demo.made import Demo, on_day
from placements.demo.paths import PROVIDER
from placements.demo.territory import plans

CHECKED, MET, RATED = 6, 4, 2  # working days ago
INTERVIEWS = 9  # of whom one did not come, and one said so
PLACE = "La Navette numérique, 12 rue du Métier-à-Tisser, Roubaix, salle 2"
# One line a person met: the mark of each assessor on the five criteria. Two disagree on the third person.
MARKS = (
    ((4, 3, 3, 3, 4), (3, 3, 4, 3, 4)), ((3, 3, 2, 3, 3), (3, 2, 2, 3, 3)), ((2, 4, 3, 3, 2), (2, 1, 3, 3, 2)),
    ((3, 4, 4, 2, 3), (3, 4, 4, 3, 3)), ((1, 1, 2, 2, 3), (1, 2, 2, 2, 3)), ((2, 2, 3, 3, 3), (2, 3, 3, 3, 3)),
    ((3, 3, 3, 4, 4), (3, 3, 3, 3, 4)),
)  # fmt: skip
SEEN = {
    Criterion.TRADE: "A décrit une journée au support, vue pendant un stage.",
    Criterion.EFFORT: "A montré ses étapes de l’exercice.",
    Criterion.PERSISTENCE: "A recommencé deux fois sans qu’on le lui dise.",
    Criterion.TEAMWORK: "A raconté un travail à trois, et sa part.",
    Criterion.AVAILABILITY: "Connaît les dates, a prévu le trajet.",
}


def select(demo: Demo) -> None:
    """Each act on its day, by the verbs of the pages."""
    plan = plans(demo.today)[-1]
    cohort = Cohort.objects.get(
        references__code=plan.ref, references__importer=demo.organisations[PROVIDER[plan.offer]]
    )
    coline, theo, maelle = (demo.users[f"{name}@example.org"] for name in ("coline", "theo", "maelle"))
    checked, met, rated = (_working_day(demo.today, ago) for ago in (CHECKED, MET, RATED))
    with on_day(checked):
        _prepare(demo, cohort, coline, (theo, maelle))
        people = _confirm(cohort, coline, checked)[:INTERVIEWS]
        invited = _invite(cohort, coline, people, met)
    with on_day(met):
        came = _meet(invited, coline)
    with on_day(rated):
        _rate(cohort, came, (theo, maelle))
    with on_day(demo.today):
        waiting = _confirm(cohort, coline, rated)
        _announce_meeting(cohort, coline, waiting[:3])


def _working_day(today: date, ago: int) -> date:
    day = today
    while ago:
        day -= timedelta(days=1)
        ago -= is_working(day)
    return day


def _prepare(demo: Demo, cohort: Cohort, coline: User, assessors: Sequence[User]) -> None:
    """What the programme asks for, who assesses and by when the answers are known; who teaches the cohort that runs."""
    edit_programme(programme=cohort.programme, by=coline, shown="", age_min=16, age_max=29, neet_required=True)
    running = Cohort.objects.get(programme=cohort.programme, starts_on__lte=demo.today, ends_on__gte=demo.today)
    _staff(running, coline, {TeamMember.Duty.COORDINATOR: [coline], TeamMember.Duty.TRAINER: assessors})
    team = {TeamMember.Duty.COORDINATOR: [coline], TeamMember.Duty.ASSESSOR: assessors}
    _staff(cohort, coline, team, decide_by=cohort.starts_on - timedelta(days=28), reply_days=5)


def _staff(cohort: Cohort, coline: User, team: Mapping[TeamMember.Duty, Sequence[User]], **changed: Any) -> None:
    places = Membership.objects.filter(organisation=cohort.programme.provider_id, active=True)
    place_of = {one.user_id: one for one in places}
    facts = {name: getattr(cohort, name) for name in FACTS if name != "agreements"} | changed
    edit_cohort(
        cohort=cohort, by=coline, shown="", agreements=list(cohort.agreements.all()), **facts,
        team={str(duty): [place_of[one.pk] for one in users] for duty, users in team.items()},
    )  # fmt: skip
    cohort.refresh_from_db()


def _confirm(cohort: Cohort, coline: User, until: date) -> list[Application]:
    """Of those who had asked by that day, whoever meets every condition; the others are left to be looked at."""
    asked = Application.objects.filter(
        Q(handoff=None) | Q(handoff__status=HandoffStatus.RECEIVED), cohort=cohort, status=ApplicationStatus.SUBMITTED,
        referred_on__lte=until,
    ).select_related("learner", "cohort__programme")  # fmt: skip
    outcomes = eligibility_checks.confirm_many(applications=asked.order_by("referred_on", "pk"), by=coline)
    return [one.application for one in outcomes if not one.refusal]


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _invite(cohort: Cohort, coline: User, people: Sequence[Application], day: date) -> list[Appointment]:
    """An interview of half an hour each; three have done the exercise before."""
    slots = open_slots(
        cohort=cohort, by=coline, kind=AppointmentKind.INTERVIEW, starts_at=_at(day, 9), ends_at=_at(day, 15),
        place=PLACE, capacity=1, every=30,
    )  # fmt: skip
    for place, one in enumerate(people[:3]):
        attach(learner=one.learner, by=PersonActor(one.learner_id), solved=5 - place, steps=6, tries=7 + 3 * place)
    found = [
        done
        for one, slot in zip(people, slots, strict=False)
        for done in invite(applications=[one], slot=slot, by=coline)
    ]
    return [one.appointment for one in found if one.appointment is not None]


def _meet(invited: Sequence[Appointment], coline: User) -> list[Application]:
    """Who came, the last two being absent: one without a word, one who had said so. Noted in the evening."""
    *came, silent, excused = invited
    evening = timezone.make_aware(datetime.combine(timezone.localdate(), time(18)))
    outcomes = {silent.pk: AppointmentOutcome.NO_SHOW, excused.pk: AppointmentOutcome.EXCUSED}
    with on_day(evening.date(), evening.timetz()):
        for one in invited:
            note_outcome(appointment=one, outcome=outcomes.get(one.pk, AppointmentOutcome.ATTENDED), by=coline)
    return [one.application for one in came]


def _rate(cohort: Cohort, came: Sequence[Application], assessors: Sequence[User]) -> None:
    """Each alone, on a code: five marks and what was seen; both locked, so that the application is assessed."""
    rng = Random(cohort.pk)
    for application, both in zip(came, MARKS, strict=False):
        for assessor, marks in zip(assessors, both, strict=True):
            sheet = assessing.open_sheet(application=application, by=assessor)
            given = {
                one.value: Given(mark, SEEN[one] if rng.random() < 0.5 else "")
                for one, mark in zip(Criterion, marks, strict=True)
            }
            assessing.save_marks(assessment=sheet, by=assessor, marks=given)
            assessing.lock(assessment=sheet, by=assessor)
            application.refresh_from_db()


def _announce_meeting(cohort: Cohort, coline: User, people: Sequence[Application]) -> None:
    """A meeting to come for those who have just been confirmed."""
    day = timezone.localdate() + timedelta(days=3)
    while not is_working(day):
        day += timedelta(days=1)
    (slot,) = open_slots(
        cohort=cohort, by=coline, kind=AppointmentKind.MEETING, starts_at=_at(day, 14), ends_at=_at(day, 16), place=PLACE,
        capacity=12,
    )  # fmt: skip
    invite(applications=list(people), slot=slot, by=coline)
