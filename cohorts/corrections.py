"""Writes that correct an entry: the journal names the fields that changed, never what to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cohorts.access import may_edit_cohort
from cohorts.models import Enrolment
from learners.corrections import locked, put
from partners.journal import record
from partners.models import User

ENROLMENT = ("entered_on", "exited_on", "exit_reason", "certification", "certified_on")


@transaction.atomic
def correct_enrolment(*, enrolment: Enrolment, values: Mapping[str, Any], seen: str, by: User) -> list[str]:
    """Write when somebody came, when and why they left, and what they obtained; the names of the fields that changed.

    Raises PermissionDenied, ValidationError, and Changed when somebody else has corrected it meanwhile.
    """
    provider = enrolment.cohort.programme.provider_id
    if not may_edit_cohort(by, enrolment.cohort):
        raise PermissionDenied
    stored = locked(enrolment, ENROLMENT, seen)
    changed = put(stored, values, ENROLMENT)
    if changed:
        stored.full_clean()
        stored.save()
        record("correct_enrolment", stored, by=by, organisation=provider, learner=stored.learner_id, fields=changed)
    return changed
