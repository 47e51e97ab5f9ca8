"""A no, with its reason and its words, and the review that the person asked: every text a mark."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cohorts import models as together
from cohorts.states import ApplicationStatus
from learners import models as whom


def ask(world: Any) -> None:
    """Of the person referred, who applied to another cohort too: ruled out by who leads, and not given to anybody yet."""
    mark, today, coline = world.canaries, world.today, world.users["coline"]
    application = together.Application.objects.create(
        learner=world.learners["referred"], cohort=world.cohorts["quiet"], referred_on=today - timedelta(20),
        status=ApplicationStatus.INELIGIBLE,
    )  # fmt: skip
    together.EligibilityCheck.objects.create(
        application=application, eligible=False, by=coline, made_at=timezone.now(),
        findings=[{"criterion": "age", "verdict": "unmet", "sentence": "Trop jeune.", "proof": ""}],
        reason=mark.name("referred", "text:body", "check.reason"), words=mark.name("referred", "path", "check.words"),
    )  # fmt: skip
    world.appeals["referred"] = together.Appeal.objects.create(
        application=application, words=mark.name("referred", "text:body", "appeal.words"), asked_on=today,
        answer_by=today + timedelta(14),
    )  # fmt: skip
    assert whom.Sharing.objects.filter(learner=application.learner, until=None).exists()
