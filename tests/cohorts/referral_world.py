"""What tests of referrals start from: a prescriber with an adviser, a body that recruits, and a form filled in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort
from cohorts.offers import Offer
from cohorts.referring import Consent
from partners.models import Organisation
from tests import makers

SAID = {"sender": "", "available_on": "", "message": "", "mandate": "", "agreed_through": "adviser"}
WHO = {
    "last_name": "Martin", "first_name": "Inès", "born_on": "2004-02-03", "sex": "F", "phone": "06 12 34 56 78",
    "email": "", "channel": "", "address": "", "postcode": "", "commune": "", "level": "4", "kind": "job_seeking", "since": "",
}  # fmt: skip


def soon(days: int = 40) -> date:
    return timezone.localdate() + timedelta(days=days)


def open_cohort(body: Organisation, **fields: Any) -> Cohort:
    """A cohort that recruits."""
    wanted = {"status": "recruiting", "starts_on": soon(), "ends_on": soon(160), **fields}
    return makers.cohort(body, **wanted)


def offer(cohort: Cohort) -> Offer:
    return Offer(cohort.programme, cohort)


def agreed(through: str = "adviser") -> Consent:
    return Consent(timezone.localdate(), through)


def filled(to: str, **more: Any) -> dict[str, Any]:
    """What the form posts about somebody known."""
    return {**SAID, "agreed_on": timezone.localdate().isoformat(), "offer": to, **more}


def filled_new(to: str, **more: Any) -> dict[str, Any]:
    """What the form posts about somebody new."""
    return {**filled(to), **WHO, "same": "", "shown": "", **more}
