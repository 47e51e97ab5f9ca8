"""Writes that correct what is known of a person: each says in the journal which fields changed, never what to.

A correction gives back what its author had before their eyes (`learners.versions`); when the row is no longer that,
nothing is written and `Changed` names the fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.identity import name_key
from learners.models import Learner, SensitiveProfile, Situation
from learners.sending import one_at_a_time
from learners.signals import address_changed
from learners.states import DistrictMethod
from learners.versions import Changed, changed_since
from partners.codes import district_generation
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, User

IDENTITY = (
    "last_name", "first_name", "sex", "born_on", "level", "phone", "email", "channel", "address", "postcode", "commune",
    "district_status", "district",
)  # fmt: skip
PLACE = frozenset({"address", "postcode", "commune"})
DISTRICT = frozenset({"district_status", "district"})
SITUATION = (
    "kind", "starts_on", "ends_on", "planned_end_on", "confirmed_on", "weekly_hours", "employer", "employer_name",
    "target_trade", "evidence",
)  # fmt: skip
SENSITIVE = ("disability", "nationality", "foreign_background", "housing_exclusion")


def acting_for(by: User, learner: Learner) -> Organisation | None:
    """The organisation in whose name somebody writes about a person: the one that holds them, else their own."""
    mine = {membership.organisation_id: membership.organisation for membership in by.working_for}
    return mine.get(learner.holder_id) or next(iter(mine.values()), None)  # type: ignore[arg-type]


@transaction.atomic
def correct_learner(*, learner: Learner, values: Mapping[str, Any], seen: str, by: User) -> list[str]:
    """Write who the person is and how to reach them; the names of the fields that changed. Raises Changed."""
    one_at_a_time(learner.pk)
    stored = locked(learner, IDENTITY, seen)
    changed = put(stored, values, IDENTITY)
    if not changed:
        return []
    stored.name_key = name_key(stored.last_name, stored.first_name)
    moved = bool(PLACE & set(changed))
    if moved and stored.district_method == DistrictMethod.GEOCODED and not DISTRICT & set(changed):
        # What was found from an address goes with it; what somebody declared stays, with its date.
        changed += put(stored, {"district_status": "", "district": ""}, ("district_status", "district"))
    if DISTRICT & set(changed):
        found = bool(stored.district_status)
        stored.district_list = district_generation(stored.district) or ""
        stored.district_method = DistrictMethod.DECLARED if found else ""
        stored.district_on = timezone.localdate() if found else None
    stored.full_clean()
    stored.save()
    record("correct_learner", stored, by=by, organisation=acting_for(by, stored), learner=stored, fields=changed)
    if moved:
        address_changed.send(Learner, learner_ids=[stored.pk])
    return changed


@transaction.atomic
def record_situation(*, learner: Learner, values: Mapping[str, Any], by: User) -> Situation:
    """Add a dated segment to a path. Raises ValidationError."""
    one_at_a_time(learner.pk)
    made = Situation(learner=learner, **{name: values[name] for name in SITUATION if name in values})
    made.full_clean()
    made.save()
    record("record_situation", made, by=by, organisation=acting_for(by, learner), learner=learner, kind=str(made.kind))
    return made


@transaction.atomic
def correct_situation(*, situation: Situation, values: Mapping[str, Any], seen: str, by: User) -> list[str]:
    """Write what a situation really was; the names of the fields that changed. Raises Changed."""
    one_at_a_time(situation.learner_id)
    stored = locked(situation, SITUATION, seen)
    changed = put(stored, values, SITUATION)
    if not changed:
        return []
    stored.full_clean()
    stored.save()
    _note("correct_situation", stored, by=by, fields=changed)
    return changed


@transaction.atomic
def confirm_situation(*, situation: Situation, by: User, on: date) -> None:
    """Somebody says on that day that it is still true. Refused once it has ended, or before it starts."""
    one_at_a_time(situation.learner_id)
    stored = Situation._base_manager.select_for_update().get(pk=situation.pk)
    if stored.ends_on is not None:
        raise Refused(_("Cette situation a une date de fin\u00a0: il n’y a rien à confirmer."))
    if on < stored.starts_on:
        raise Refused(_("Cette situation n’a pas encore commencé."))
    if stored.confirmed_on is not None and stored.confirmed_on >= on:
        return
    stored.confirmed_on = on
    stored.save(update_fields=["confirmed_on"])
    _note("confirm_situation", stored, by=by, on=on)


@transaction.atomic
def remove_situation(*, situation: Situation, seen: str, by: User) -> None:
    """Take out a segment that never was. Raises Changed when it is not the one that was shown."""
    one_at_a_time(situation.learner_id)
    stored = locked(situation, SITUATION, seen)
    _note("remove_situation", stored, by=by, kind=str(stored.kind))
    stored.delete()


@transaction.atomic
def correct_sensitive(*, learner: Learner, values: Mapping[str, Any], seen: str, by: User) -> list[str]:
    """Write the answers that selection never sees; the names of the fields that changed. Raises Changed."""
    one_at_a_time(learner.pk)
    SensitiveProfile._base_manager.get_or_create(learner=learner)
    stored = SensitiveProfile._base_manager.select_for_update().get(learner=learner)
    _refuse_stale(stored, SENSITIVE, seen)
    changed = put(stored, values, SENSITIVE)
    if changed:
        stored.full_clean()
        stored.save()
        record(
            "correct_sensitive", stored, by=by, organisation=acting_for(by, learner), learner=learner, fields=changed
        )
    return changed


def _note(verb: str, situation: Situation, *, by: User, **data: Any) -> None:
    organisation = acting_for(by, situation.learner)
    record(verb, situation, by=by, organisation=organisation, learner=situation.learner_id, **data)


def locked(row: Any, fields: Sequence[str], seen: str) -> Any:
    """The row as it stands now, kept from others until the end of the transaction. Raises Changed."""
    stored = type(row)._base_manager.select_for_update().get(pk=row.pk)
    _refuse_stale(stored, fields, seen)
    return stored


def _refuse_stale(stored: Model, fields: Sequence[str], seen: str) -> None:
    if stale := changed_since(seen, stored, fields):
        raise Changed(stale)


def put(row: Model, values: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    """Put the values in the row; the names of those that were other."""
    changed = [name for name in fields if name in values and getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    return changed
