"""Writes about partners and their people: every verb is atomic, keyword-only, and leaves a line in the journal."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from partners.cells import Lists, Unreadable
from partners.code_cells import Siret
from partners.journal import record
from partners.models import Membership, Organisation, OrganisationReference, User
from partners.states import OrganisationKind, Role


@transaction.atomic
def create_organisation(
    *, kind: OrganisationKind, name: str, by: User | None = None, reference: str = "", siret: str = "", **facts: Any
) -> Organisation:
    """Bring a partner in, known to the platform as `reference`. `facts`: other fields of Organisation.

    The platform's staff only; `by` is None for a command. Raises PermissionDenied, ValidationError.
    """
    if by is not None and not by.is_staff:
        raise PermissionDenied
    organisation = Organisation(kind=kind, name=name, siret=_siret(siret), **facts)
    organisation.full_clean()
    organisation.save()
    if reference:
        named = OrganisationReference(code=reference, organisation=organisation)
        named.full_clean()
        named.save()
    record("create_organisation", organisation, by=by, organisation=organisation, kind=str(kind))
    return organisation


def _siret(said: str) -> str:
    try:
        return Siret().one(said, Lists()) if said else ""
    except Unreadable as unread:
        raise ValidationError({"siret": f"{unread.fault.reason} {unread.fault.fix}"}) from unread


@transaction.atomic
def open_account(
    *,
    email: str,
    first_name: str,
    last_name: str,
    password: str | None = None,
    platform: bool = False,
    by: User | None = None,
) -> User:
    """Give a professional an account; without a password they cannot sign in yet.

    `platform`: they administer the platform, and see no personal file. `by` is None for a command.
    Raises PermissionDenied, ValidationError.
    """
    if by is not None and not by.is_staff:
        raise PermissionDenied
    user = User(email=email.strip().lower(), first_name=first_name, last_name=last_name)
    user.is_staff = user.is_superuser = platform
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    record("open_account", user, by=by, platform=platform)
    return user


@transaction.atomic
def invite_member(*, organisation: Organisation, user: User, role: Role, by: User | None = None) -> Membership:
    """Give somebody a place in an organisation. Its managers and the platform's staff may; `by` is None for a command.

    Raises PermissionDenied, ValidationError when they are already there.
    """
    if by is not None and not (by.is_staff or organisation.pk in by.managed_ids):
        raise PermissionDenied
    membership = Membership(user=user, organisation=organisation, role=role)
    membership.full_clean()
    membership.save()
    user.__dict__.pop("working_for", None)  # read again: it has one more
    record("invite_member", membership, by=by, organisation=organisation, role=str(role))
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: User | None = None) -> None:
    """Deactivate, never delete: what they did keeps their name."""
    if by is not None and not (by.is_staff or membership.organisation_id in by.managed_ids):
        raise PermissionDenied
    if not Membership.objects.filter(pk=membership.pk, active=True).update(active=False):
        raise ValidationError(_("Cette personne ne fait déjà plus partie de l’organisme."))
    membership.active = False
    record("end_membership", membership, by=by, organisation=membership.organisation_id)
