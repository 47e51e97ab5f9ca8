"""Reads of learners. A person is seen by who follows them, by those they were handed to, and for 30 days by who let go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from learners.states import HandoffStatus
from partners.scoping import ScopedQuerySet

if TYPE_CHECKING:
    from learners import models

OVERLAP = timedelta(days=30)  # a former holder still reads
LIVE = (HandoffStatus.PROPOSED, HandoffStatus.RECEIVED, HandoffStatus.ACCEPTED)


class LearnerQuerySet(ScopedQuerySet["models.Learner"]):
    def seen_by(self, user: Any) -> Self:
        """Managers see whom their organisation follows; advisers whom they follow; the platform nobody."""
        today = timezone.localdate()
        mine = user.organisation_ids
        followed = self._rows("responsibilities").filter(Q(until=None) | Q(until__gte=today - OVERLAP))
        by_manager = followed.filter(organisation__in=user.managed_ids)
        by_adviser = followed.filter(user=user)
        shared = (
            self._rows("sharings").filter(organisation__in=mine, objected_on=None).filter(Q(until=None) | Q(until__gte=today))
        )
        handed = self._rows("handoffs").filter(receiver__in=mine, status__in=LIVE)
        return self.filter(Exists(by_manager) | Exists(by_adviser) | Exists(shared) | Exists(handed))

    def _rows(self, relation: str) -> Any:
        related = self.model._meta.get_field(relation).related_model
        return related._base_manager.filter(learner=OuterRef("pk"))  # type: ignore[union-attr]

    def active(self) -> Self:
        return self.filter(closed_on=None)


class OfLearner(ScopedQuerySet[Any]):
    """Rows seen by whoever sees the person they belong to."""

    def seen_by(self, user: Any) -> Self:
        learners = self.model._meta.get_field("learner").related_model
        return self.filter(learner__in=learners.objects.visible_to(user))  # type: ignore[union-attr]


class SituationQuerySet(OfLearner): ...


class ResponsibilityQuerySet(OfLearner):
    def open(self) -> Self:
        return self.filter(until=None)


class SharingQuerySet(OfLearner): ...


class HandoffQuerySet(ScopedQuerySet["models.Handoff"]):
    def seen_by(self, user: Any) -> Self:
        """The two sides."""
        mine = user.organisation_ids
        return self.filter(Q(sender__in=mine) | Q(receiver__in=mine))

    def awaiting_reply(self) -> Self:
        return self.filter(status__in=(HandoffStatus.PROPOSED, HandoffStatus.RECEIVED))
