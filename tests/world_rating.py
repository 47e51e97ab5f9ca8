"""A cohort whose applicants are rated: one code that waits, one that somebody else has locked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cohorts import models as together
from cohorts.states import ApplicationStatus, Criterion
from learners import models as whom
from tests.makers import member

CODE, OTHER = "AB2CD", "EF3GH"


def rate(world: Any) -> None:
    """Two applicants who bear no mark: what an assessor sees of persons is walked by the tests of blindness."""
    cohort, today = world.cohorts["rated"], world.today
    second = member(world.organisations["body"])
    together.TeamMember.objects.create(cohort=cohort, user=second, duty="assessor")
    for code in (CODE, OTHER):
        person = whom.Learner.objects.create(
            last_name="Anonyme", first_name=code.capitalize(), name_key=f"anonyme {code.lower()}",
            holder=world.organisations["body"],
        )  # fmt: skip
        whom.Responsibility.objects.create(learner=person, organisation=person.holder, since=today)
        made = together.Application.objects.create(
            learner=person,
            cohort=cohort,
            referred_on=today - timedelta(20),
            status=ApplicationStatus.ELIGIBLE,
            code=code,
        )
    sheet = together.Assessment.objects.create(application=made, assessor=second, submitted_at=timezone.now())
    for criterion in Criterion:
        together.CriterionMark.objects.create(
            assessment=sheet, criterion=criterion, mark=1,
            note=world.canaries.name("rated", "locked", f"note.{criterion.value}"),
        )  # fmt: skip
