"""Reads of placements and reports: a report is seen by the two parties of its agreement."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q

from learners.querysets import OfLearner
from partners.scoping import ScopedQuerySet


class PlacementQuerySet(OfLearner):
    def seen_by(self, user: Any) -> Self:
        """Whoever sees the person, and the employer that hosts them."""
        return (super().seen_by(user) | self.filter(employer__in=user.organisation_ids)).distinct()


class FollowUpQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self.filter(enrolment__cohort__programme__provider__in=user.organisation_ids)


class ReportQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        mine = user.organisation_ids
        return self.filter(Q(agreement__funder__in=mine) | Q(agreement__provider__in=mine))


class ReportRunQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        mine = user.organisation_ids
        return self.filter(Q(report__agreement__funder__in=mine) | Q(report__agreement__provider__in=mine))

    def for_list(self) -> Self:
        """Without the heavy columns: files and frozen content are read one run at a time."""
        parties = self.select_related("report__agreement__funder", "report__agreement__provider")
        return parties.defer("content", "result", "evidence", "xlsx", "pdf").prefetch_related(
            "report__agreement__references"
        )


class FactsQuerySet(ScopedQuerySet[Any]):
    """Reads as a sentence: `facts.for_agreement(agreement).left_between(start, end)`."""

    def seen_by(self, user: Any) -> Self:
        return self.filter(cohort__programme__provider__in=user.organisation_ids)

    def for_agreement(self, agreement: Any) -> Self:
        """Enrolments in the agreement's cohorts; its own dates limit nothing."""
        return self.filter(cohort__in=agreement.cohorts.all())

    def left_between(self, start: date, end: date) -> Self:
        return self.filter(exited_on__range=(start, end))

    def entered_between(self, start: date, end: date) -> Self:
        return self.filter(entered_on__range=(start, end))
