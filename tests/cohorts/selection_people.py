"""A cohort that recruits at Coline's, and somebody whom Amina refers to it: shared by the tests of eligibility and reviews."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cohorts.models import Application, Cohort, TeamMember
from cohorts.states import ApplicationStatus, CohortStatus
from learners import actions
from learners.models import Learner, Situation
from partners.models import Programme, User
from tests import makers

TODAY = timezone.localdate()
BORN = date((TODAY + timedelta(60)).year - 20, 1, 1)  # twenty on the day training starts
REASON, WORDS = (
    "Pièce d’identité vue, âge dépassé.",
    "Vous avez plus que l’âge prévu. Appelez-nous : une autre formation existe.",
)


@pytest.fixture
def group(body) -> Cohort:
    """For those aged 16 to 25 who neither work nor train."""
    programme = Programme.objects.create(provider=body, title="Développement web", age_min=16, age_max=25)
    return makers.cohort(
        programme=programme, title="Dev Web 12", status=CohortStatus.RECRUITING,
        starts_on=TODAY + timedelta(60), ends_on=TODAY + timedelta(200),
    )  # fmt: skip


def person(
    holder: Any, by: User | None = None, *, born: date | None = BORN, seeking: bool = True, **fields: Any
) -> Learner:
    """Somebody of twenty who seeks a job, as said today."""
    made = makers.learner(holder, by=by, born_on=born, **fields)
    if seeking:
        Situation.objects.create(learner=made, kind="job_seeking", starts_on=TODAY - timedelta(90), confirmed_on=TODAY)
    return made


def referred(learner: Learner, cohort: Cohort, by: User, *, receive: User | None = None) -> Application:
    """Their referral by who holds them, and the application it opened."""
    body = cohort.programme.provider
    sent = actions.refer(learner=learner, sender=learner.holder, receiver=body, by=by, on=TODAY - timedelta(2))
    if receive is not None:
        actions.receive(handoff=sent, by=receive)
    return Application.objects.create(
        learner=learner, cohort=cohort, referred_by=learner.holder, handoff=sent, referred_on=sent.sent_on,
        status=ApplicationStatus.SUBMITTED,
    )  # fmt: skip


@pytest.fixture
def application(mission_locale, amina, group, coline) -> Application:
    """Who meets every condition."""
    made = person(mission_locale, amina, first_name="Inès", last_name="Fictive-Canari", email="ines@example.org")
    return referred(made, group, amina, receive=coline)


def assessor(cohort: Cohort, user: User) -> User:
    TeamMember.objects.create(cohort=cohort, user=user, duty=TeamMember.Duty.ASSESSOR)
    return user


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())
