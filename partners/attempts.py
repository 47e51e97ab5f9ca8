"""How often one may try at a door: a count in the database, so that neither processes nor parallel tries go round it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from partners.models.attempts import Attempts

MOST = 10
WITHIN = timedelta(minutes=15)
TRIES = 3  # at writing the first row, when others write it too
FORGET = timedelta(days=1)
SWEPT = 100  # old rows removed when a new one is made


def place(request: Any) -> str:
    """Where a request comes from, as sign-in reads it too (proxies included)."""
    return str(get_adapter().get_client_ip(request))


def spend(door: str, who: str, *, most: int = MOST, within: timedelta = WITHIN) -> bool:
    """Take one try at `door` for `who`; False when none is left. Spend before looking, give back if it was right.

    Never call it inside a transaction that a failure rolls back: the try would not have been counted.
    """
    key, now = _key(door, who), timezone.now()
    rows = Attempts.objects.filter(key=key)
    for _ in range(TRIES):
        # Each UPDATE holds its own condition: of parallel tries, no more than `most` pass.
        if rows.filter(since__lt=now - within).update(count=1, since=now):
            return True
        if rows.filter(count__lt=most).update(count=F("count") + 1):
            return True
        if rows.exists():
            return False
        _, made = Attempts.objects.get_or_create(key=key, defaults={"count": 1, "since": now})
        if made:
            _sweep()
            return True
    return False


def give_back(door: str, who: str) -> None:
    """The try was right: it does not count."""
    Attempts.objects.filter(key=_key(door, who), count__gt=0).update(count=F("count") - 1)


def _key(door: str, who: str) -> str:
    return salted_hmac(f"partners.attempts.{door}", who, algorithm="sha256").hexdigest()


def _sweep() -> None:
    old = Attempts.objects.filter(since__lt=timezone.now() - FORGET).values_list("pk", flat=True)[:SWEPT]
    Attempts.objects.filter(pk__in=list(old)).delete()
