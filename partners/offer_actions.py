"""Writes about the directory and what partners offer: partners, programmes, agreements."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from partners.actions import create_organisation
from partners.editing import change
from partners.journal import record
from partners.models import Agreement, Organisation, Programme, User
from partners.offer_access import agreement_bodies, kinds_to_add, may_edit_organisation, programme_bodies
from partners.states import OrganisationKind


@transaction.atomic
def add_partner(*, by: User, kind: OrganisationKind, **facts: Any) -> Organisation:
    """Bring a partner into the directory. Raises PermissionDenied, ValidationError.

    The platform's staff adds any; a manager adds an employer or a prescriber that is missing from it.
    """
    if kind not in kinds_to_add(by):
        raise PermissionDenied
    if by.is_staff:
        return create_organisation(kind=kind, by=by, **facts)
    organisation = Organisation(kind=kind, **facts)
    organisation.full_clean()
    organisation.save()
    record("add_partner", organisation, by=by, organisation=by.managed_ids[0], kind=str(kind))
    return organisation


@transaction.atomic
def edit_organisation(*, organisation: Organisation, by: User, shown: str, **facts: Any) -> list[str]:
    """Change what is said of a partner, and tell what changed. Raises PermissionDenied, Overtaken, ValidationError."""
    if not may_edit_organisation(by, organisation):
        raise PermissionDenied
    changed = change(organisation, facts, shown=shown)
    if changed:
        record("edit_organisation", organisation, by=by, organisation=organisation, fields=changed)
    return changed


@transaction.atomic
def add_programme(*, by: User, provider: Organisation, reference: str = "", **facts: Any) -> Programme:
    """A training body offers something new. Raises PermissionDenied, ValidationError."""
    if provider.pk not in programme_bodies(by):
        raise PermissionDenied
    programme = Programme(provider=provider, **facts)
    programme.full_clean()
    programme.save()
    name_it(programme, importer=provider, code=reference)
    record("add_programme", programme, by=by, organisation=provider)
    return programme


@transaction.atomic
def edit_programme(*, programme: Programme, by: User, shown: str, reference: str = "", **facts: Any) -> list[str]:
    """Change a programme, and tell what changed. Raises PermissionDenied, Overtaken, ValidationError."""
    if programme.provider_id not in programme_bodies(by):
        raise PermissionDenied
    changed = change(programme, facts, shown=shown)
    changed += name_it(programme, importer=programme.provider, code=reference)
    if changed:
        record("edit_programme", programme, by=by, organisation=programme.provider_id, fields=changed)
    return changed


@transaction.atomic
def add_agreement(*, by: User, provider: Organisation, reference: str = "", **facts: Any) -> Agreement:
    """A training body records what it agreed with a funder. Raises PermissionDenied, ValidationError."""
    if provider.pk not in agreement_bodies(by):
        raise PermissionDenied
    programmes = facts.pop("programmes", ())
    _own(programmes, provider.pk)
    agreement = Agreement(provider=provider, **facts)
    agreement.full_clean()
    agreement.save()
    agreement.programmes.set(programmes)
    name_it(agreement, importer=provider, code=reference)
    record("add_agreement", agreement, by=by, organisation=provider, funder=agreement.funder_id)
    return agreement


@transaction.atomic
def edit_agreement(*, agreement: Agreement, by: User, shown: str, reference: str = "", **facts: Any) -> list[str]:
    """Change an agreement, and tell what changed; frozen reports keep what they said.

    Raises PermissionDenied, Overtaken, ValidationError.
    """
    if agreement.provider_id not in agreement_bodies(by):
        raise PermissionDenied
    _own(facts.get("programmes", ()), agreement.provider_id)
    changed = change(agreement, facts, shown=shown)
    changed += name_it(agreement, importer=agreement.provider, code=reference)
    if changed:
        record("edit_agreement", agreement, by=by, organisation=agreement.provider_id, fields=changed)
    return changed


def _own(programmes: Any, provider: int) -> None:
    if any(programme.provider_id != provider for programme in programmes):
        raise ValidationError({"programmes": _("Un programme appartient à un autre organisme de formation.")})


def name_it(thing: Any, *, importer: Organisation, code: str) -> list[str]:
    """Give `thing` the name by which `importer`'s files know it, and tell whether that changed anything.

    An empty name changes nothing: files may already use the old one. Raises ValidationError when it is taken.
    """
    names: Any = thing.references.model  # the references of this noun
    own: Any = thing.references.filter(importer=importer).order_by("pk").first()
    if not code or (own is not None and own.code == code):
        return []
    if names._base_manager.filter(importer=importer, code=code).exists():
        raise ValidationError({"reference": _("Cette référence désigne déjà autre chose. Choisissez-en une autre.")})
    own = own or names(importer=importer, **{thing.references.field.name: thing})
    own.code = code
    own.full_clean()
    own.save()
    return ["reference"]
