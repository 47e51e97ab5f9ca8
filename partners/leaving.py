"""Who leaves an organisation leaves charges: each app says what somebody holds there, and how it goes to a colleague."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Charge:
    """What one may hold: how many in an organisation, and how they are given to a colleague (count of those given)."""

    count: Callable[[int, int], int]  # (organisation, user)
    give: Callable[..., int]  # (organisation=, of=, to=, by=)


_CHARGES: list[Charge] = []


def register(charge: Charge) -> None:
    """Add a charge: called when the apps are ready."""
    _CHARGES.append(charge)


def held(organisation: int, user: int) -> int:
    """How much `user` holds for `organisation`."""
    return sum(charge.count(organisation, user) for charge in _CHARGES)


def hand_on(*, organisation: int, of: int, to: int, by: Any) -> int:
    """Give all that `of` holds for `organisation` to `to`; ids of users. In the caller's transaction."""
    return sum(charge.give(organisation=organisation, of=of, to=to, by=by) for charge in _CHARGES)
