"""Who may write a cohort, and who reads the profile of its people: predicates over an actor and a cohort."""

from __future__ import annotations

from dataclasses import dataclass, field
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


# --- selection -------------------------------------------------------------------------------------------------

ASSESSOR = "assessor"
UNTOLD = ("submitted", "eligible", "invited", "assessed", "decided")  # as long as the committee may still weigh it


@dataclass(frozen=True)
class PersonActor:
    """A young person who answers by their own page, or on paper through somebody: may answer for themself, no more."""

    learner_id: int
    channel: str = "link"
    organisation_ids: tuple[int, ...] = field(default=(), init=False)
    working_for: tuple[Any, ...] = field(default=(), init=False)
    pk: None = field(default=None, init=False)


def rates(by: Any, cohort: Any) -> bool:
    """Whether they assess applicants of this cohort on whom nothing is announced yet: they do not see who these are."""
    if by.pk is None or not cohort.team.filter(user=by.pk, duty=ASSESSOR).exists():
        return False
    return bool(cohort.applications.filter(status__in=UNTOLD).exists())


def selects(by: Any, cohort: Any) -> bool:
    """Whether they lead its selection: who may change the cohort, but not while they assess its applicants."""
    return may_edit_cohort(by, cohort) and not rates(by, cohort)


def leads(by: Any, application: Any) -> bool:
    """Whether they lead the selection that an application is part of."""
    return not isinstance(by, PersonActor) and by is not None and selects(by, application.cohort)


def is_person(by: Any, application: Any) -> bool:
    """The person who applied, by their own page or on paper."""
    return isinstance(by, PersonActor) and by.learner_id == application.learner_id


def answers(by: Any, application: Any) -> bool:
    """Who says what the person answers: the person, or who leads the selection for them, by phone or from a paper."""
    return is_person(by, application) or leads(by, application)


def reviews(by: Any, application: Any) -> bool:
    """Who takes an application up again: who leads the selection, and whoever was given the review that is open."""
    if by is None or by.pk is None:
        return False
    if application.cohort.programme.provider_id not in by.organisation_ids:
        return False
    return leads(by, application) or application.appeals.filter(status="given", given_to=by.pk).exists()


def gives_review(by: Any, appeal: Any) -> bool:
    """Who says which colleague looks again."""
    return leads(by, appeal.application)


def settles_review(by: Any, appeal: Any) -> bool:
    """The colleague who was asked to look again, as long as they work there; nobody in their place."""
    provider = appeal.application.cohort.programme.provider_id
    return by is not None and by.pk is not None and appeal.given_to_id == by.pk and provider in by.organisation_ids


def follows_from_act(by: Any, application: Any) -> bool:
    """What follows by itself from another act: a seat given back that goes to the next one, never a refusal."""
    return by is None


def reads_fairness(by: Any, cohort: Any) -> bool:
    """Whether they read the figures of its selection by sex, district…: who leads it, and the funders of its agreements.

    Never whoever assesses its applicants until all is announced: the figures would weigh on their marks.
    """
    if rates(by, cohort):
        return False
    if cohort.programme.provider_id in by.organisation_ids:
        return selects(by, cohort)
    return reads_profile(by, cohort)
