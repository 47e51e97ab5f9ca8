"""What is known of people's doors: second factors, invitations that wait, sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from partners.models import Invitation, User

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def with_doors(memberships: Any) -> Any:
    """Places, each with `secured` (a second factor stands), `invited` (an invitation waits) and `invited_until`."""
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_FACTORS)
    waiting = Invitation.objects.filter(membership=OuterRef("pk"), used_at=None, revoked_at=None).order_by("-pk")
    return memberships.annotate(
        secured=Exists(factors),
        invited=Exists(waiting.filter(ends_at__gt=timezone.now())),
        invited_until=Subquery(waiting.values("ends_at")[:1]),
    )


def sessions_of(user: User) -> list[UserSession]:
    """One's own open sessions, the last opened first."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda one: one.created_at, reverse=True)


def forget_factors(user: User) -> int:
    """Take all second factors away, recovery codes included; tell how many."""
    return int(Authenticator.objects.filter(user=user).delete()[0])
