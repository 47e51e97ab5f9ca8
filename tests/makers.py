"""Small makers of fictitious rows, each with a sensible default for what a test does not care about."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.utils import timezone

from cohorts.models import Application, Cohort, Enrolment, EntryRecord
from cohorts.states import ApplicationStatus, Decision, RecordSource
from learners.actions import new_learner
from learners.models import Learner
from partners.models import Agreement, Membership, Organisation, Programme, User
from partners.states import OrganisationKind, Role

_n = count(1)
START = date(2026, 1, 5)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of everybody's second factor


def organisation(kind: OrganisationKind = OrganisationKind.MISSION_LOCALE, **fields: Any) -> Organisation:
    return Organisation.objects.create(kind=kind, **{"name": f"{kind.label} n° {next(_n)}", **fields})


def training_body(**fields: Any) -> Organisation:
    return organisation(OrganisationKind.TRAINING_BODY, **fields)


def member(of: Organisation, role: Role = Role.ADVISER, **fields: Any) -> User:
    number = next(_n)
    user = User.objects.create_user(
        fields.pop("email", f"membre{number}@example.org"), first_name="Camille", last_name=f"Fictif{number}", **fields
    )
    Membership.objects.create(user=user, organisation=of, role=role)
    second_factor(user)
    return user


def second_factor(user: User) -> Authenticator:
    """An application of codes, without which nobody goes anywhere."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)}, created_at=timezone.now()
    )


def learner(holder: Organisation | None = None, **fields: Any) -> Learner:
    identity = {"last_name": f"Personne{next(_n)}", "first_name": "Sacha", "born_on": date(2004, 2, 3), **fields}
    since, by = identity.pop("since", START), identity.pop("by", None)
    return new_learner(holder=holder or organisation(), since=since, by=by, **identity)


def cohort(provider: Organisation | None = None, agreements: tuple[Agreement, ...] = (), **fields: Any) -> Cohort:
    programme = fields.pop("programme", None) or Programme.objects.create(
        provider=provider or training_body(), title="Développement web"
    )
    made = Cohort.objects.create(
        programme=programme,
        **{"title": "Dev Web 1", "starts_on": START, "ends_on": date(2026, 6, 30), "seats": 24, **fields},
    )
    made.agreements.set(agreements)
    return made


def agreement(provider: Organisation | None = None, funder: Organisation | None = None, **fields: Any) -> Agreement:
    return Agreement.objects.create(
        provider=provider or training_body(),
        funder=funder or organisation(OrganisationKind.FUNDER),
        **{"starts_on": date(2025, 1, 1), "ends_on": date(2026, 12, 31), **fields},
    )


def enrolment(
    of: Learner | None = None, into: Cohort | None = None, record: dict[str, Any] | None = None, **fields: Any
) -> Enrolment:
    """An admitted application, the entry it led to, and the facts frozen that day."""
    of, into = of or learner(), into or cohort()
    Application.objects.create(
        learner=of,
        cohort=into,
        referred_on=START,
        status=ApplicationStatus.CONFIRMED,
        decision=Decision.ADMITTED,
        decided_on=START,
    )
    made = Enrolment.objects.create(learner=of, cohort=into, **{"entered_on": into.starts_on, **fields})
    EntryRecord.objects.create(
        enrolment=made,
        recorded_at=timezone.now(),
        source=RecordSource.SCREEN,
        **{"born_on": of.born_on, "sex": of.sex, **(record or {})},
    )
    return made
