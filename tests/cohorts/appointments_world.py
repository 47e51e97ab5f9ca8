"""A cohort that recruits, with persons who are eligible: shared by the tests of appointments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cohorts import appointments
from cohorts.models import Application, Cohort, Slot
from cohorts.states import ApplicationStatus, AppointmentKind, CohortStatus
from learners import links
from learners.models import Learner
from partners.models import Organisation
from partners.states import Channel
from tests import makers

PLACE = "12 rue Fictive, 2e étage"


@pytest.fixture
def cohort(body, coline) -> Cohort:
    """One that recruits, at Coline's, who leads its selection."""
    today = timezone.localdate()
    return makers.cohort(
        body, status=CohortStatus.RECRUITING, starts_on=today + timedelta(90), ends_on=today + timedelta(250)
    )


@pytest.fixture
def slot(cohort, coline) -> Slot:
    """A meeting of three places, in two weeks."""
    return open_slot(cohort, coline)


def open_slot(cohort: Cohort, by: Any, **fields: Any) -> Slot:
    starts = fields.pop("starts_at", None) or hour(14)
    given = {"kind": AppointmentKind.MEETING, "capacity": 3, "place": PLACE, "ends_at": starts + timedelta(hours=2)}
    [made] = appointments.open_slots(cohort=cohort, by=by, starts_at=starts, **{**given, **fields})
    return made


def hour(days: int, at: int = 10) -> datetime:
    """At that hour, so many days from now."""
    return timezone.make_aware(
        datetime.combine(timezone.localdate() + timedelta(days), datetime.min.time())
    ) + timedelta(hours=at)


def applicant(
    cohort: Cohort, *, sent_by: Organisation | None = None, day: date | None = None, **fields: Any
) -> Application:
    """Somebody eligible, whom the body holds: written to by e-mail unless it is said otherwise."""
    contacts = {"email": "personne@example.org", "channel": Channel.EMAIL, **fields}
    status = contacts.pop("status", ApplicationStatus.ELIGIBLE)
    person = makers.learner(contacts.pop("holder", cohort.programme.provider), **contacts)
    return Application.objects.create(
        learner=person, cohort=cohort, referred_by=sent_by, referred_on=day or date(2026, 3, 2), status=status
    )


def invited(application: Application, slot: Slot, by: Any) -> Any:
    """The appointment that one invitation makes."""
    [result] = appointments.invite(applications=[application], slot=slot, by=by)
    assert result.appointment is not None, result.refused
    return result.appointment


def past(slot: Slot) -> None:
    """Its hour has come: two hours ago."""
    starts = timezone.now() - timedelta(hours=2)
    Slot._base_manager.filter(pk=slot.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=1))
    slot.appointments.update(starts_at=starts)
    slot.refresh_from_db()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at_home(learner: Learner, by: Any) -> Client:
    """The person's own page, by their link."""
    client = Client()
    made = links.make_path_link(learner=learner, by=by, way="paper")
    client.post(made.address.removeprefix("http://localhost:8000"))
    return client
