"""Writes that correct an entry: the journal names the fields that changed, never what to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cohorts.access import may_edit_cohort
from cohorts.hours import refresh
from cohorts.models import Enrolment, EntryRecord
from cohorts.states import RecordSource
from learners.corrections import locked, put
from partners.journal import record
from partners.models import User

ASKED = ("sex", "born_on", "level", "status", "unemployed_since", "in_education", "rural")
COPIED = (
    *ASKED, "district_status", "district", "district_list", "disability", "nationality", "foreign_background",
    "housing_exclusion",
)  # fmt: skip
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
        refresh(enrolment_ids=[stored.pk])
        record("correct_enrolment", stored, by=by, organisation=provider, learner=stored.learner_id, fields=changed)
    return changed


@transaction.atomic
def correct_entry_record(*, enrolment: Enrolment, values: Mapping[str, Any], by: User) -> list[str]:
    """Write a new version of the facts of the day of entry, and leave the ones before as they were; what changed.

    Raises PermissionDenied, ValidationError. `values`: fields of EntryRecord among those that are asked at the door.
    """
    provider = enrolment.cohort.programme.provider_id
    if not may_edit_cohort(by, enrolment.cohort):
        raise PermissionDenied
    rows = EntryRecord._base_manager.select_for_update().filter(enrolment=enrolment).order_by("version")
    before = rows.filter(current=True).first()
    changed = [name for name, value in values.items() if name in ASKED and getattr(before, name, None) != value]
    if not changed:
        return []
    kept = {name: getattr(before, name) for name in COPIED} if before is not None else {}
    latest = rows.last()
    made = EntryRecord(
        enrolment=enrolment, version=(latest.version if latest else 0) + 1, current=True, recorded_at=timezone.now(),
        source=RecordSource.SCREEN, **{**kept, **{name: value for name, value in values.items() if name in ASKED}},
    )  # fmt: skip
    rows.filter(current=True).update(current=False)
    made.full_clean(validate_constraints=False)
    made.save()
    record(
        "correct_entry_record", enrolment, by=by, organisation=provider, learner=enrolment.learner_id, fields=changed
    )
    return changed
