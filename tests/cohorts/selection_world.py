"""What tests of a selection start from: a body that recruits, who leads it, assessors, and applicants at a stage."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cohorts.models import Application, Assessment, Cohort, CriterionMark, TeamMember
from cohorts.states import ApplicationStatus, Criterion
from learners.actions import refer
from partners.models import Organisation, User
from partners.states import Channel, Role
from partners.tokens import new_code
from tests import makers
from tests.cohorts.referral_world import open_cohort

S = ApplicationStatus


class Selection:
    """A cohort that recruits: `coline` leads, `ada` and `basile` assess; `sender` refers."""

    def __init__(self, seats: int = 20, **fields: Any) -> None:
        self.body: Organisation = makers.training_body(email="contact@example.org")
        self.sender: Organisation = makers.organisation()
        self.adviser: User = makers.member(self.sender)
        self.cohort: Cohort = open_cohort(self.body, seats=seats, **fields)
        self.coline: User = makers.member(self.body, Role.MANAGER)
        self.ada, self.basile = (makers.member(self.body, Role.TRAINER) for _ in range(2))
        for user in (self.ada, self.basile):
            TeamMember.objects.create(cohort=self.cohort, user=user, duty=TeamMember.Duty.ASSESSOR)

    def applicant(
        self,
        status: str = S.ELIGIBLE,
        *,
        referred: bool = True,
        on: date | None = None,
        marks: tuple[int, ...] = (),
        **who: Any,
    ) -> Application:
        """Somebody who applied; `marks`: one sheet for each, the same mark on the five criteria."""
        on = on or timezone.localdate() - timedelta(days=20)
        who = {"channel": Channel.EMAIL, "email": f"p{new_code()}@example.org", **who}
        learner = makers.learner(self.sender if referred else self.body, since=on, **who)
        handoff = None
        if referred:
            handoff = refer(
                learner=learner, sender=self.sender, receiver=self.body, on=on, by=self.adviser,
                programme=self.cohort.programme, expected_start=self.cohort.starts_on,
            )  # fmt: skip
        made = Application.objects.create(
            learner=learner, cohort=self.cohort, referred_by=self.sender if referred else None, handoff=handoff,
            referred_on=on, status=status, code="" if status == S.SUBMITTED else new_code(),
        )  # fmt: skip
        for assessor, mark in zip((self.ada, self.basile, self.coline), marks, strict=False):
            self.sheet(made, assessor, [mark] * 5)
        return made

    def sheet(self, application: Application, assessor: User, marks: list[int]) -> Assessment:
        """A locked sheet."""
        made = Assessment.objects.create(application=application, assessor=assessor, submitted_at=timezone.now())
        for criterion, mark in zip(Criterion, marks, strict=True):
            CriterionMark.objects.create(assessment=made, criterion=criterion, mark=mark)
        return made

    def rated(self, *marks: int, **how: Any) -> Application:
        """Somebody rated by two people or more."""
        return self.applicant(S.ASSESSED, marks=marks or (3, 3), **how)
