"""What apps to the right add to a person's page: learners know nothing of them, so they register.

A contribution is asked with (user, learner, today) and answers with steps, stretches, bridges and cards; it costs a
constant number of queries. It is asked only for who sees the path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Interval = tuple[date, date]  # both ends included


@dataclass(frozen=True)
class Step:
    """A dated point of the path: an interview, an admission, an answer. `tone`: ink, green, amber or red."""

    day: date
    label: str
    detail: str = ""
    tone: str = "ink"


@dataclass(frozen=True)
class Stretch:
    """A segment of the path that is not a situation, an enrolment: it covers its days as a training does."""

    start: date
    until: date | None
    label: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Card:
    """A card of the page: a title, a template and what it needs. The lowest rank stands first."""

    rank: int
    title: str
    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What one app adds. `bridges`: days between a promise and what it announces."""

    steps: list[Step] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    bridges: list[Interval] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True)
class Dated:
    """What somebody who knows a person by name and dates only may read: a stay, from when to when."""

    start: date
    until: date | None
    label: str


Contribute = Callable[[Any, Any, date], Part]
Dates = Callable[[Any, Any], list[Dated]]  # (user, learner) -> stays that concern this user's own organisations
_CONTRIBUTIONS: list[Contribute] = []
_DATES: list[Dates] = []


def register(contribute: Contribute, dates: Dates) -> None:
    """Add a contribution, once: called when the apps are ready."""
    if contribute not in _CONTRIBUTIONS:
        _CONTRIBUTIONS.append(contribute)
        _DATES.append(dates)


def gather_dates(user: Any, learner: Any) -> list[Dated]:
    """The stays that a user who does not see the path may know of, the latest first."""
    found = [dated for dates in _DATES for dated in dates(user, learner)]
    return sorted(found, key=lambda dated: (dated.start, dated.label), reverse=True)


def gather(user: Any, learner: Any, today: date) -> Part:
    """What all apps add to this person's page, steps and stretches in order of date, cards by rank."""
    parts = [contribute(user, learner, today) for contribute in _CONTRIBUTIONS]
    return Part(
        steps=sorted((step for part in parts for step in part.steps), key=lambda step: (step.day, step.label)),
        stretches=sorted((one for part in parts for one in part.stretches), key=lambda one: (one.start, one.label)),
        bridges=[bridge for part in parts for bridge in part.bridges],
        cards=sorted((card for part in parts for card in part.cards), key=lambda card: card.rank),
    )
