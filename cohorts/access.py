"""Who may write a cohort, and who reads the profile of its people: predicates over an actor and a cohort."""

from __future__ import annotations

from typing import Any

from learners.access import acts_for
from partners.offer_access import programme_bodies
from partners.states import OrganisationKind, Role

COORDINATOR = "coordinator"


def may_open_cohort(by: Any) -> bool:
    """Managers and coordinators of a training body."""
    return bool(programme_bodies(by))


def may_edit_cohort(by: Any, cohort: Any) -> bool:
    """Managers and coordinators of its training body, and whoever of the body coordinates this cohort."""
    provider = cohort.programme.provider_id
    if provider in programme_bodies(by):
        return True
    return provider in by.organisation_ids and cohort.team.filter(user=by, duty=COORDINATOR).exists()


def reads_profile(by: Any, cohort: Any) -> bool:
    """Shares of women, of QPV… of one cohort: its training body and the funders of its agreements, not who refers to it."""
    if cohort.programme.provider_id in by.organisation_ids:
        return True
    funders = [one.organisation_id for one in by.working_for if one.organisation.kind == OrganisationKind.FUNDER]
    return bool(funders) and cohort.agreements.filter(funder__in=funders).exists()


TEAM_ROLES = (Role.MANAGER, Role.ADVISER, Role.TRAINER)  # a reader teaches nobody


def may_confirm_entry(by: Any, cohort: Any) -> bool:
    """Whoever manages, coordinates or teaches in the training body; a trainer sees only the cohorts of their teams."""
    return acts_for(by, cohort.programme.provider_id, roles=TEAM_ROLES)
