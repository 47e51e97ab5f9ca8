"""Reads of partners: who sees which organisations, members, programmes, agreements."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from partners.blindness import sealed_places, unsealed
from partners.scoping import ScopedQuerySet
from partners.search import alike, pattern, patterns, telling_words

MOST_NEAR, MOST_SHOWN = 200, 5  # names compared letter by letter, and shown as likely duplicates


class OrganisationQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Partners know one another by name: the directory is common to all professionals."""
        return self if user.organisation_ids or user.is_staff else self.none()

    def for_list(self) -> Self:
        return self.order_by("name", "pk")

    def with_words(self, text: str) -> Self:
        """Every word is found in the name or in the SIRET, accents and case aside."""
        rows = self
        for word in patterns(text):
            rows = rows.filter(Q(name__iregex=word) | Q(siret__startswith=word))
        return rows

    def resembling(self, name: str, siret: str = "") -> list[Any]:
        """Those that may be the same partner, by SIRET or SIREN or by a near name; a few, the surest first."""
        near = Q(pk=None)
        for word in telling_words(name):
            near |= Q(name__iregex=pattern(word))
        found = self.filter(near).order_by("name", "pk")[:MOST_NEAR]
        same = list(self.filter(siret__startswith=siret[:9]).order_by("name", "pk")[:MOST_SHOWN]) if siret else []
        return (same + [one for one in found if one not in same and alike(one.name, name)])[:MOST_SHOWN]


class MembershipQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self if user.is_staff else self.filter(organisation__in=user.organisation_ids)


class ProgrammeQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """A catalogue is common to all professionals."""
        return self if user.organisation_ids or user.is_staff else self.none()

    def for_list(self) -> Self:
        return self.select_related("provider").order_by("title", "pk")


class NeedQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self if user.organisation_ids or user.is_staff else self.none()


class AgreementQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """The two parties, nobody else."""
        mine = user.organisation_ids
        return self.filter(Q(funder__in=mine) | Q(provider__in=mine))

    def for_list(self) -> Self:
        return self.select_related("funder", "provider").prefetch_related("references")


class InvitationQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self.filter(membership__organisation__in=user.managed_ids)


class EventQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Managers read what was done for their organisation, and the doors of those who work there."""
        members = get_user_model()._default_manager.filter(
            memberships__organisation__in=user.managed_ids, memberships__active=True
        )
        doors = Q(organisation=None, subject_type="partners.user", subject_id__in=members.values("pk"))
        return self.filter(Q(organisation__in=user.managed_ids) | doors, unsealed(user, "learner_id"))

    def for_list(self) -> Self:
        return self.select_related("actor").order_by("-at", "-pk")


class BreakGlassQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """The organisation whose files were opened is told, and its managers see it; who asked sees their own."""
        return self.filter(Q(organisation__in=user.managed_ids) | Q(user=user))

    def open(self, now: Any) -> Self:
        return self.filter(starts_at__lte=now, ends_at__gt=now)

    def for_list(self) -> Self:
        """The latest first, with how many pages were read, and of how many persons."""
        events = apps.get_model("partners", "Event")._base_manager.filter(
            verb="read_behind_glass", actor=OuterRef("user"), organisation=OuterRef("organisation"),
            at__gte=OuterRef("starts_at"), at__lte=OuterRef("ends_at"),
        ).order_by().values("verb")  # fmt: skip
        pages = events.annotate(n=Count("pk")).values("n")
        persons = events.annotate(n=Count("learner_id", distinct=True)).values("n")
        read = {"pages": Coalesce(Subquery(pages), 0), "persons": Coalesce(Subquery(persons), 0)}
        return self.select_related("user", "organisation").annotate(**read).order_by("-starts_at", "-pk")


class ImportRunQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Who sent the file, as long as they work there, and the managers of that organisation.

        Nobody knows whom a file names: who assesses reads none that may name an applicant of theirs.
        """
        mine = Q(by=user, organisation__in=user.organisation_ids)
        rows = self.filter(mine | Q(organisation__in=user.managed_ids))
        sealed = sealed_places(user)
        return rows if sealed is None else rows.exclude(organisation__in=sealed)

    def for_list(self) -> Self:
        return self.select_related("by", "organisation").defer("findings", "written")


class MessageQuerySet(ScopedQuerySet[Any]):
    LATEST = ("-created_at", "-pk")

    def seen_by(self, user: Any) -> Self:
        """Managers: what was written for their organisation; others: what they wrote, and what is about persons they see."""
        open_ = unsealed(user, "learner_id")
        if open_:  # a request is answered to an address before it is known whose it is
            open_ &= ~Q(learner_id=None, matter__startswith="request:")
        whole = self.filter(open_, organisation__in=user.managed_ids)
        rest = set(user.organisation_ids) - set(user.managed_ids)
        if not rest:
            return whole
        people = apps.get_model("learners", "Learner")._default_manager.visible_to(user)
        mine = Q(author=user) | Q(Exists(people.filter(pk=OuterRef("learner_id"))))
        return self.filter(Q(organisation__in=user.managed_ids) | Q(mine, organisation__in=rest), open_)

    def waiting(self) -> Self:
        """Those that can still be kept from leaving."""
        return self.filter(status="queued", departures=0)

    def by_hand(self, channel: str) -> Self:
        """What somebody has to send, and may send today."""
        return self.waiting().filter(channel=channel, send_after__lte=timezone.now())

    def lost(self) -> Self:
        """What did not reach anybody, and that nobody has seen yet."""
        nowhere = Q(status="suppressed", reason="no_address")
        return self.filter(Q(status="failed") | nowhere, noted_at=None)

    def to_note(self, user: Any) -> Self:
        """Those that come back to this user: what they wrote, and as a manager what its author cannot see to any more."""
        there = apps.get_model("partners", "Membership")._base_manager.filter(
            user=OuterRef("author"), organisation=OuterRef("organisation"), active=True, user__is_active=True
        )
        mine = Q(author=user, organisation__in=user.organisation_ids)
        return self.lost().filter(
            mine | Q(~Exists(there), organisation__in=user.managed_ids), unsealed(user, "learner_id")
        )

    def for_list(self) -> Self:
        return self.select_related("author", "organisation", "noted_by").order_by(*self.LATEST)
