"""A cohort whose selection is led to its end, small enough to be counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from cohorts.models import Application, Appointment, Assessment, CriterionMark, EligibilityCheck, Enrolment, Ruling
from cohorts.states import Continuation, Criterion, Decision, RefusalReason
from partners.models import User
from tests import makers

PARIS = ZoneInfo("Europe/Paris")
REFERRED = date(2025, 11, 3)
SEEN_AT = datetime(2025, 12, 1, 10, tzinfo=PARIS)
RULED_AT = datetime(2025, 12, 10, 10, tzinfo=PARIS)
TOLD_AT = datetime(2025, 12, 12, 10, tzinfo=PARIS)


def applied(cohort: Any, holder: Any, *, partner: Any = None, status: str = "submitted", **person: Any) -> Application:
    return Application.objects.create(
        learner=makers.learner(holder, **person),
        cohort=cohort,
        referred_by=partner,
        referred_on=REFERRED,
        status=status,
    )


def ruled_out(application: Application, by: User) -> None:
    application.status = "ineligible"
    application.save()
    EligibilityCheck.objects.create(
        application=application, eligible=False, reason="age", words="Vous avez plus de 30 ans.", by=by, made_at=SEEN_AT
    )


def met(application: Application, outcome: str, kind: str = "interview") -> Appointment:
    return Appointment.objects.create(application=application, kind=kind, starts_at=SEEN_AT, outcome=outcome)


def rated(application: Application, *assessors: User, criteria: Any = Criterion.values, **fields: Any) -> None:
    for assessor in assessors:
        sheet = Assessment.objects.create(
            application=application, assessor=assessor, submitted_at=SEEN_AT + timedelta(hours=2), **fields
        )
        for criterion in criteria:
            CriterionMark.objects.create(assessment=sheet, criterion=criterion, mark=3)


def ruled(application: Application, decision: str, by: User, *, told: bool = True, **fields: Any) -> Ruling:
    if decision == Decision.REFUSED:
        fields = {
            "refusal": RefusalReason.TRADE, "words": "Revenez à la réunion de mars.", "continuation": Continuation.NEXT, **fields,
        }  # fmt: skip
    application.status = "announced" if told else "decided"
    application.decision = decision if told else ""
    application.decided_on = timezone.localdate(TOLD_AT) if told else None
    application.save()
    return Ruling.objects.create(
        application=application, decision=decision, was="assessed", by=by, staged_at=RULED_AT,
        released_at=TOLD_AT if told else None, released_by=by if told else None, **fields,
    )  # fmt: skip


def entered(application: Application) -> Enrolment:
    application.status = "confirmed"
    application.save()
    return Enrolment.objects.create(
        learner=application.learner, cohort=application.cohort, entered_on=application.cohort.starts_on
    )


def led(cohort: Any, holder: Any, by: User, *, women: tuple[int, int], men: tuple[int, int], told: bool = True) -> None:
    """Women and men who all came: so many of so many admitted, the others refused."""
    for sex, (admitted, n) in (("F", women), ("M", men)):
        for number in range(n):
            one = applied(cohort, holder, partner=holder, sex=sex, level="4", district_status="out")
            met(one, "attended")
            ruled(one, Decision.ADMITTED if number < admitted else Decision.REFUSED, by, told=told)
