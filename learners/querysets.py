"""Reads of learners. A person is seen by who follows them, by those they were handed to, and for 30 days by who let go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from learners.states import HandoffStatus
from partners.scoping import ScopedQuerySet

OVERLAP = timedelta(days=30)  # a former holder still reads


class LearnerQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Managers see whom their organisation follows, advisers whom they follow, partners whom they share; the platform nobody.

        A sharing ends on the day it says, and at once when the person objects.
        """
        today = timezone.localdate()
        followed = self._rows("responsibilities").filter(Q(until=None) | Q(until__gte=today - OVERLAP))
        by_manager = followed.filter(organisation__in=user.managed_ids)
        by_adviser = followed.filter(user=user)
        shared = self._rows("sharings").filter(organisation__in=user.organisation_ids, objected_on=None)
        still_shared = shared.filter(Q(until=None) | Q(until__gt=today))
        return self.filter(Exists(by_manager) | Exists(by_adviser) | Exists(still_shared))

    def _rows(self, relation: str) -> Any:
        related = self.model._meta.get_field(relation).related_model
        return related._base_manager.filter(learner=OuterRef("pk"))

    def active(self) -> Self:
        return self.filter(closed_on=None)


class OfLearner(ScopedQuerySet[Any]):
    """Rows seen by whoever sees the person they belong to."""

    def seen_by(self, user: Any) -> Self:
        learners = self.model._meta.get_field("learner").related_model
        return self.filter(learner__in=learners.objects.visible_to(user))


class SituationQuerySet(OfLearner): ...


class ResponsibilityQuerySet(OfLearner):
    def open(self) -> Self:
        return self.filter(until=None)


class SharingQuerySet(OfLearner): ...


class HandoffQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """The two sides."""
        mine = user.organisation_ids
        return self.filter(Q(sender__in=mine) | Q(receiver__in=mine))

    def awaiting_reply(self) -> Self:
        return self.filter(status__in=(HandoffStatus.PROPOSED, HandoffStatus.RECEIVED))
