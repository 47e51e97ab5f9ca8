"""Reads of partners: who sees which organisations, members, programmes, agreements."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Q

from partners.scoping import ScopedQuerySet


class OrganisationQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Partners know one another by name: the directory is common to all professionals."""
        return self if user.organisation_ids or user.is_staff else self.none()


class MembershipQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self if user.is_staff else self.filter(organisation__in=user.organisation_ids)


class ProgrammeQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self if user.organisation_ids or user.is_staff else self.none()


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
