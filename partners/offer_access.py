"""Who may create and change partners, programmes and agreements: predicates over an actor."""

from __future__ import annotations

from typing import Any

from partners.states import HOLDERS, PRESCRIBERS, OrganisationKind, Role

# What a manager may add to the directory; training bodies and funders come in through the platform.
ADDED_BY_MANAGERS = (OrganisationKind.EMPLOYER, *PRESCRIBERS)


def may_add_partner(by: Any) -> bool:
    """The platform's staff, and managers of a prescriber or a training body."""
    return bool(by.is_staff) or any(
        one.role == Role.MANAGER and one.organisation.kind in HOLDERS for one in by.working_for
    )


def kinds_to_add(by: Any) -> tuple[OrganisationKind, ...]:
    """The kinds of partner that this person may add."""
    if by.is_staff:
        return tuple(OrganisationKind)
    return ADDED_BY_MANAGERS if may_add_partner(by) else ()


def may_edit_organisation(by: Any, organisation: Any) -> bool:
    """The platform's staff, and its own managers."""
    return bool(by.is_staff) or organisation.pk in by.managed_ids


def bodies(by: Any, *roles: Role) -> list[int]:
    """The training bodies where this person has one of these roles."""
    return [
        one.organisation_id
        for one in by.working_for
        if one.role in roles and one.organisation.kind == OrganisationKind.TRAINING_BODY
    ]


def programme_bodies(by: Any) -> list[int]:
    """Training bodies whose programmes this person writes: its managers and its coordinators."""
    return bodies(by, Role.MANAGER, Role.ADVISER)


def referrers_of(by: Any) -> list[Any]:
    """The prescribers in whose name this person refers somebody to a training: their managers and advisers."""
    works = [one for one in getattr(by, "working_for", ()) if one.role in (Role.MANAGER, Role.ADVISER)]
    return [one.organisation for one in works if one.organisation.kind in PRESCRIBERS]


def agreement_bodies(by: Any) -> list[int]:
    """Training bodies whose agreements this person writes: its managers."""
    return bodies(by, Role.MANAGER)
