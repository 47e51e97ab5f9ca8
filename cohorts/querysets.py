"""Reads of cohorts: the training body sees its own, a funder those it pays for, a prescriber those it refers to."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Count, Exists, OuterRef, Q

from cohorts.states import Decision, ExitReason
from learners.querysets import OfLearner
from partners.scoping import ScopedQuerySet


class CohortQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        mine = user.organisation_ids
        applications = self.model._meta.get_field("applications").related_model
        links = self.model.agreements.through._base_manager.filter(cohort=OuterRef("pk"))
        referred = applications._base_manager.filter(cohort=OuterRef("pk"), referred_by__in=mine)
        return self.filter(
            Q(programme__provider__in=mine) | Exists(links.filter(agreement__funder__in=mine)) | Exists(referred)
        )

    def for_list(self) -> Self:
        """With counts of the whole cohort: applications, entries, exits, completions."""
        return (
            self.select_related("programme__provider")
            .annotate(
                applied=Count("applications", distinct=True),
                admitted=Count("applications", filter=Q(applications__decision=Decision.ADMITTED), distinct=True),
                entered=Count("enrolments", distinct=True),
                left=Count("enrolments", filter=Q(enrolments__exited_on__isnull=False), distinct=True),
                completed=Count("enrolments", filter=Q(enrolments__exit_reason=ExitReason.COMPLETED), distinct=True),
            )
            .order_by("-starts_on", "pk")
        )


class OfCohort(OfLearner):
    """Rows of a person in a cohort: for the training body, and for whoever sees the person."""

    def seen_by(self, user: Any) -> Self:
        teaches = Q(cohort__programme__provider__in=user.organisation_ids)
        learners = self.model._meta.get_field("learner").related_model
        return self.filter(teaches | Q(learner__in=learners.objects.visible_to(user)))


class ApplicationQuerySet(OfCohort): ...


class EnrolmentQuerySet(OfCohort):
    def left_between(self, start: Any, end: Any) -> Self:
        return self.filter(exited_on__range=(start, end))
