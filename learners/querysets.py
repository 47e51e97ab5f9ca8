"""Reads of learners. A person is seen by who follows them, by those they were handed to, and for 30 days by who let go."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from learners.seeing import seen
from learners.states import HandoffStatus, Verdict
from partners.blindness import unsealed
from partners.models import Membership
from partners.scoping import ScopedQuerySet
from partners.states import Role


class LearnerQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """`learners.seeing` says by which ways; the platform's staff see nobody but behind glass."""
        return self.filter(seen(user))

    def known_to(self, user: Any) -> Self:
        """Of those, the ones of whom more than a name and dates is seen: a filter on anything else starts here."""
        return self.filter(seen(user, known=True))

    def active(self) -> Self:
        return self.filter(closed_on=None)

    def standing(self) -> Self:
        """Without the files that were merged into another: the other one stands for them."""
        return self.filter(merged_into=None)


class OfLearner(ScopedQuerySet[Any]):
    """Rows seen by whoever sees the person they belong to."""

    def seen_by(self, user: Any) -> Self:
        learners = self.model._meta.get_field("learner").related_model
        return self.filter(learner__in=learners.objects.visible_to(user))


class SituationQuerySet(OfLearner): ...


class ResponsibilityQuerySet(OfLearner):
    def open(self) -> Self:
        return self.filter(until=None)

    def of(self, user: Any) -> Self:
        """Those that are this user's own, and those of the organisations they manage."""
        mine = Q(user=user, organisation__in=user.organisation_ids) | Q(organisation__in=user.managed_ids)
        return self.filter(mine, unsealed(user, "learner"))


class SharingQuerySet(OfLearner): ...


class HandoffQuerySet(ScopedQuerySet[Any]):
    LATEST = ("-sent_on", "-pk")

    def seen_by(self, user: Any) -> Self:
        """The two sides, but for who assesses the person."""
        mine = user.organisation_ids
        return self.filter(Q(sender__in=mine) | Q(receiver__in=mine), unsealed(user, "learner"))

    def awaiting_reply(self) -> Self:
        return self.filter(status__in=(HandoffStatus.PROPOSED, HandoffStatus.RECEIVED))

    def late_on(self, today: date) -> Self:
        """Those that nobody answered in time."""
        return self.awaiting_reply().filter(deadline_on__lt=today)

    def for_list(self) -> Self:
        return self.select_related("learner", "sender", "receiver").order_by(*self.LATEST)


class BehalfQuerySet(OfLearner):
    def seen_by(self, user: Any) -> Self:
        """Who sees the person; and without the person, who typed it, and the managers of that organisation."""
        learners = self.model._meta.get_field("learner").related_model
        mine = Q(typed_by=user.pk, organisation__in=user.organisation_ids) | Q(organisation__in=user.managed_ids)
        return self.filter(mine | Q(learner__in=learners.objects.visible_to(user)), unsealed(user, "learner"))

    def awaiting_verdict(self) -> Self:
        return self.filter(verdict="")

    def contested_before(self, user: Any) -> Self:
        """What a person contests and this user is to put right: what they typed, and for a manager what nobody else can."""
        answers = Membership._base_manager.filter(
            user=OuterRef("typed_by"),
            organisation=OuterRef("organisation"),
            active=True,
            role__in=(Role.MANAGER, Role.ADVISER),
        )
        own = Q(typed_by=user.pk, organisation__in=user.organisation_ids) & Q(Exists(answers))
        left = Q(organisation__in=user.managed_ids) & ~Q(Exists(answers))
        return self.filter(own | left, unsealed(user, "learner"), verdict=Verdict.CONTESTED)


class DocumentQuerySet(OfLearner):
    """Read by whoever sees the person and was given the documents too: `learners.access` says who."""

    def kept(self) -> Self:
        return self.filter(removed_at=None)


class PersonalLinkQuerySet(OfLearner):
    """Who sees the person sees that a link exists, never the link itself."""

    def unspent(self) -> Self:
        """Those that still open: neither used, nor revoked, nor out of date; an employer's, as long as an answer is awaited."""
        now = timezone.now()
        awaited = Q(handoff=None) | Q(handoff__status__in=(HandoffStatus.PROPOSED, HandoffStatus.RECEIVED))
        return self.filter(awaited, used_at=None, revoked_at=None, ends_at__gt=now)
