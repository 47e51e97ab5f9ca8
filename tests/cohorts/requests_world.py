"""A cohort that recruits, and what one posts to ask for it: shared by the tests of direct requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cohorts import trainings
from cohorts.models import DirectRequest
from cohorts.requests import ask
from cohorts.states import CohortStatus, RequestKind
from tests import makers

KEY = "une-clef-fictive-de-formulaire"
POSTED = {
    "key": KEY, "first_name": "Inès", "last_name": "Fictive-Demande", "born_on": "03/02/2004", "email": "ines@example.org",
    "agreed": "on",
}  # fmt: skip
SAID = {"first_name": "Inès", "last_name": "Fictive-Demande", "email": "ines@example.org"}


@pytest.fixture
def cohort(body, coline) -> Any:
    """One that recruits, at Coline's, who answers."""
    today = timezone.localdate()
    return makers.cohort(
        body, status=CohortStatus.RECRUITING, starts_on=today + timedelta(60), ends_on=today + timedelta(200)
    )


def asked(cohort: Any, key: str = KEY, **facts: Any) -> DirectRequest:
    offer = trainings.cohort_offer(cohort.pk, timezone.localdate())
    assert offer is not None
    return ask(offer=offer, kind=RequestKind.APPLY, key=key, facts={**SAID, **facts})


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client
