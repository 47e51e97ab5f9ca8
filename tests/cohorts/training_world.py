"""What tests of a training start from: a cohort that runs, who leads and teaches it, people who entered, half-days held."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from cohorts.models import Application, Attendance, Cohort, Enrolment, Session, TeamMember
from cohorts.states import CohortStatus
from learners.actions import refer
from partners.models import Organisation, User
from partners.states import Role
from tests import makers


class Training:
    """A cohort on its way: `coline` manages the body, `theo` teaches; `amina` of a mission locale has referred everybody."""

    def __init__(self, people: int = 3, **fields: Any) -> None:
        today = timezone.localdate()
        self.body: Organisation = makers.training_body(email="contact@example.org")
        self.sender: Organisation = makers.organisation(email="ml@example.org")
        self.coline: User = makers.member(self.body, Role.MANAGER)
        self.theo: User = makers.member(self.body, Role.TRAINER)
        self.amina: User = makers.member(self.sender)
        given = {
            "starts_on": today - timedelta(days=40),
            "ends_on": today + timedelta(days=60),
            "status": CohortStatus.RUNNING,
        }
        self.cohort: Cohort = makers.cohort(self.body, **{**given, **fields})
        TeamMember.objects.create(cohort=self.cohort, user=self.theo, duty=TeamMember.Duty.TRAINER)
        self.people = [self.enters() for _ in range(people)]

    def enters(self, on: date | None = None, **who: Any) -> Enrolment:
        learner = makers.learner(self.body, since=self.cohort.starts_on, **who)
        enrolment = makers.enrolment(learner, self.cohort, entered_on=on or self.cohort.starts_on)
        handoff = None
        if learner.born_on is not None:
            handoff = refer(
                learner=learner, sender=self.sender, receiver=self.body, on=self.cohort.starts_on, by=self.amina
            )
            handoff.status, handoff.accepted_on = "accepted", self.cohort.starts_on
            handoff.save()
        Application.objects.filter(learner=learner).update(referred_by=self.sender, handoff=handoff)
        return enrolment

    def half(self, ago: int = 0, half: str = "am", **fields: Any) -> Session:
        """A half-day held some days ago; today's has begun."""
        starts = {"starts_at": time(0, 1)} if ago == 0 else {}
        return Session.objects.create(
            cohort=self.cohort, day=timezone.localdate() - timedelta(days=ago), half=half, **{**starts, **fields}
        )

    def line(self, enrolment: Enrolment, session: Session) -> Attendance:
        return Attendance.objects.get(enrolment=enrolment, session=session)
