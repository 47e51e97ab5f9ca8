"""Who assesses does not see: a user who rates the applicants of a cohort knows none of them until each is told.

The loss is whole and wins over every other way of seeing: holder, manager, team, sharing. It depends on the team and on
the state of each application alone, so that it comes at the next request and goes by itself.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet


def rates(user: Any) -> list[int]:
    """The cohorts of which this user is an assessor, read once a request; who is none asks the database for nothing.

    `working_for` says whether there is one. The platform's staff assess nobody: what they open is journalled.
    """
    if user.is_staff:
        return []
    works = user.working_for
    kept = user.__dict__.get("_rates")
    if kept is None or kept[0] is not works:
        any_ = any(one.assesses for one in works)
        kept = works, list(_duties().filter(user=user.pk).values_list("cohort", flat=True)) if any_ else []
        user.__dict__["_rates"] = kept
    found: list[int] = kept[1]
    return found


def assesses(user: str) -> Exists:
    """Whether the user of the outer row is an assessor of some cohort."""
    return Exists(_duties().filter(user=OuterRef(user)))


def _duties() -> QuerySet[Any]:
    members = apps.get_model("cohorts", "TeamMember")
    found: QuerySet[Any] = members._base_manager.filter(duty=members.Duty.ASSESSOR)
    return found


def untold_to(user: Any) -> QuerySet[Any] | None:
    """The applications that keep persons from this user's eyes; None for who assesses nowhere."""
    cohorts = rates(user)
    if not cohorts:
        return None
    found: QuerySet[Any] = apps.get_model("cohorts", "Application")._default_manager.untold().filter(cohort__in=cohorts)
    return found


def unsealed(user: Any, person: str) -> Q:
    """The condition on rows that name somebody: not a person whom this user assesses. No condition for who assesses nowhere.

    `person`: the column of the row that says who, « learner », « pk » of a person, « application__learner ».
    """
    untold = untold_to(user)
    return Q() if untold is None else ~Q(Exists(untold.filter(learner=OuterRef(person))))


def sealed_places(user: Any) -> QuerySet[Any] | None:
    """The organisations whose files may name somebody this user assesses: who trains, holds, held or brought them in."""
    untold = untold_to(user)
    if untold is None:
        return None
    people = untold.values("learner")
    held = apps.get_model("learners", "Responsibility")._base_manager.filter(learner__in=people)
    brought = apps.get_model("learners", "LearnerReference")._base_manager.filter(learner__in=people)
    places = apps.get_model("partners", "Organisation")._base_manager
    found: QuerySet[Any] = places.filter(
        Q(pk__in=untold.values("cohort__programme__provider"))
        | Q(pk__in=untold.exclude(referred_by=None).values("referred_by"))
        | Q(pk__in=held.values("organisation"))
        | Q(pk__in=brought.exclude(importer=None).values("importer"))
    )
    return found
