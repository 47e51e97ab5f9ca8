"""Lives to look at: one like the picture of the design, and one as long as one wishes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from cohorts.models import Application, Appointment, Enrolment
from cohorts.states import AppointmentKind, AppointmentOutcome, Decision
from learners.models import Handoff, Learner, Responsibility, Sharing, Situation
from partners.models import Commune, District, Organisation
from partners.states import OrganisationKind
from placements.models import FollowUp, Placement
from tests.makers import cohort, learner, organisation

TODAY = date(2026, 11, 22)


def moment(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 10, 0))


def ines(mission_locale: Organisation, body: Organisation, by: Any, adviser: Any = None, **fields: Any) -> Learner:
    """Referred in October, trained from February to August, an internship until November, and then nothing."""
    Commune.objects.get_or_create(code="59512", kind="current", defaults={"name": "Roubaix"})
    District.objects.get_or_create(code="QN05910I", defaults={"generation": "2024", "name": "Alma"})
    identity = {
        "first_name": "Inès", "last_name": "Belkacem-Fictive", "born_on": date(2003, 5, 2), "level": "3", "sex": "F",
        "commune": "59512", "postcode": "59100", "address": "4 rue des Canaris", "phone": "+33639980001",
        "email": "ines@example.org", "channel": "sms", "district_status": "in", "district": "QN05910I",
    }  # fmt: skip
    person = learner(mission_locale, since=date(2025, 10, 6), by=adviser, **{**identity, **fields})
    Responsibility.objects.filter(learner=person).update(until=date(2026, 2, 2))
    Responsibility.objects.create(learner=person, organisation=body, user=by, since=date(2026, 2, 2))
    Learner.objects.filter(pk=person.pk).update(holder=body)
    employer = organisation(OrganisationKind.EMPLOYER, name="Ovalie SAS")
    group = cohort(body, title="Dev Web 10", starts_on=date(2026, 2, 2), ends_on=date(2026, 8, 3))
    referral = Handoff.objects.create(
        learner=person, sender=mission_locale, receiver=body, purpose="referral", status="accepted",
        sent_on=date(2025, 12, 12), received_on=date(2025, 12, 15), accepted_on=date(2026, 1, 20),
        expected_start_on=date(2026, 2, 2), deadline_on=date(2025, 12, 16),
    )  # fmt: skip
    Handoff.objects.create(
        learner=person, sender=body, receiver=employer, purpose="placement", status="accepted", sent_on=date(2026, 7, 20),
        received_on=date(2026, 7, 24), accepted_on=date(2026, 7, 24), expected_start_on=date(2026, 8, 5),
        deadline_on=date(2026, 7, 22),
    )  # fmt: skip
    application = Application.objects.create(
        learner=person, cohort=group, referred_by=mission_locale, handoff=referral, referred_on=date(2025, 12, 12),
        status="confirmed", decision=Decision.ADMITTED, decided_on=date(2026, 1, 26),
    )  # fmt: skip
    for kind, day in ((AppointmentKind.MEETING, date(2025, 12, 1)), (AppointmentKind.INTERVIEW, date(2026, 1, 14))):
        Appointment.objects.create(
            application=application, kind=kind, starts_at=moment(day), outcome=AppointmentOutcome.ATTENDED
        )
    stay = Enrolment.objects.create(
        learner=person, cohort=group, entered_on=date(2026, 2, 2), exited_on=date(2026, 8, 3), exit_reason="completed",
        certification="obtained", certified_on=date(2026, 8, 1),
    )  # fmt: skip
    situation(person, "job_seeking", date(2025, 10, 6), date(2025, 12, 21))
    situation(person, "training_other", date(2025, 12, 22), date(2026, 1, 30), employer_name="Prépa numérique")
    situation(person, "internship", date(2026, 8, 5), date(2026, 11, 6), employer=employer, employer_name="")
    Placement.objects.create(
        learner=person,
        employer=employer,
        kind="internship",
        starts_on=date(2026, 8, 5),
        ends_on=date(2026, 11, 6),
        status="ended",
    )
    FollowUp.objects.create(enrolment=stay, milestone=3, asked_on=date(2026, 10, 5), result="answered", channel="sms")
    for who, scope in ((mission_locale, "path"), (employer, "identity")):
        Sharing.objects.create(learner=person, organisation=who, scope=scope, basis="referral", since=date(2026, 2, 2))
    return Learner.objects.get(pk=person.pk)


def situation(of: Learner, kind: str, start: date, end: date | None = None, **fields: Any) -> Situation:
    return Situation.objects.create(learner=of, kind=kind, starts_on=start, ends_on=end, **fields)


def long_life(of: Learner, count: int, sender: Organisation, receiver: Organisation, last: date = TODAY) -> None:
    """`count` situations and as many handoffs, one after the other, with a few days lost between them."""
    start = last - timedelta(days=40 * count)
    for n in range(count):
        day = start + timedelta(days=40 * n)
        kind = ("temp", "cdd", "job_seeking", "internship", "unavailable")[n % 5]
        situation(of, kind, day, day + timedelta(days=33), employer_name=f"Atelier fictif {n}")
        Handoff.objects.create(
            learner=of, sender=sender, receiver=receiver, purpose="support", status="declined", decline_reason="full",
            sent_on=day, ended_on=day + timedelta(days=3), deadline_on=day + timedelta(days=2),
        )  # fmt: skip
