"""What each side does with the handoffs it receives from the other: delays, silences, refusals, both ways.

One query, whatever the number of partners. Only handoffs that one's own organisation sent or received; their receiver is
who they speak of. Of those that an import wrote, nobody knows when they were acknowledged: unknown is not at once, and they
are left out of that delay, and counted. What came back after a refusal or a silence was nobody's choice to send: it is counted apart, as what
its receiver has to take back, and never among what a partner asked or answered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import F, Q

from learners.delays import ANSWERED, SILENT, WITHDRAWN, Delays, Wait, WorkingDays, delays
from learners.models import Handoff
from learners.situations import add_months
from learners.states import DeclineReason, Purpose
from learners.states import HandoffStatus as S
from partners.models import Organisation


class Passing(NamedTuple):
    """A handoff as far as its delays go."""

    sender: int
    receiver: int
    sender_name: str
    receiver_name: str
    purpose: str
    status: str
    sent: date
    received: date | None
    accepted: date | None
    ended: date | None
    reason: str
    follows: int | None
    deadline: date | None = None
    author: int | None = None

    @property
    def taken_over(self) -> bool:
        """Written by an import: no clock ever ran, and the day of receipt is the day it was sent for want of another."""
        return self.deadline is None and self.author is None

    @property
    def comes_back(self) -> bool:
        return self.purpose == Purpose.RETURN and self.follows is not None

    @property
    def answer(self) -> date | None:
        """The day of a yes or a no."""
        if self.status not in (S.ACCEPTED, S.DECLINED):
            return None
        return self.accepted or self.ended or self.received or self.sent

    @property
    def acknowledged(self) -> date | None:
        """Who answers at once acknowledges by the same act."""
        return self.received or self.answer


@dataclass
class Way:
    """What one side did with what it received: delays to acknowledge (of all but `undated`), to decide, to take back; refusals."""

    count: int = 0
    undated: int = 0
    acknowledge: Delays = field(default_factory=Delays)
    decide: list[tuple[Purpose, Delays]] = field(default_factory=list)
    take_back: Delays = field(default_factory=Delays)
    reasons: list[tuple[DeclineReason, int]] = field(default_factory=list)
    declined: int = 0
    silent: int = 0

    def __bool__(self) -> bool:
        return bool(self.count or self.take_back.count)


@dataclass
class Between:
    """One partner: what we did with theirs, what they did with ours."""

    pk: int
    name: str
    ours: Way
    theirs: Way


@dataclass
class Reliability:
    """Our own figure over all partners, then each partner by name: no ranking."""

    own: Way
    partners: list[Between]


FIELDS = (
    "sender_id", "receiver_id", "from_name", "to_name", "purpose", "status", "sent_on", "received_on", "accepted_on",
    "ended_on", "decline_reason", "follows_id", "deadline_on", "created_by_id",
)  # fmt: skip


class Period(NamedTuple):
    """Handoffs sent from `start` to `end`, as they stand on `today`."""

    start: date
    end: date
    today: date


def last_year(today: date) -> Period:
    """The last twelve months."""
    return Period(add_months(today, -12), today, today)


def reliability(user: Any, organisation: Organisation, period: Period, partner: int | None = None) -> Reliability:
    """The handoffs of a period between this organisation and its partners, or one of them."""
    mine = (
        Handoff.objects.visible_to(user).filter(sent_on__range=(period.start, period.end)).exclude(sender=F("receiver"))
    )
    between = Q(sender=organisation) | Q(receiver=organisation)
    if partner is not None:
        between = Q(sender=organisation, receiver=partner) | Q(sender=partner, receiver=organisation)
    rows = mine.filter(between).annotate(from_name=F("sender__name"), to_name=F("receiver__name")).order_by()
    passings = [Passing(*row) for row in rows.values_list(*FIELDS)]
    return _told(passings, organisation.pk, WorkingDays(period.start, period.today), period.today)


def _told(passings: list[Passing], own: int, days: WorkingDays, today: date) -> Reliability:
    ours: dict[int, list[Passing]] = defaultdict(list)
    theirs: dict[int, list[Passing]] = defaultdict(list)
    names = {}
    for one in passings:
        received = one.receiver == own
        other, name = (one.sender, one.sender_name) if received else (one.receiver, one.receiver_name)
        names[other] = name
        (ours if received else theirs)[other].append(one)
    everything = [one for several in ours.values() for one in several]
    partners = [
        Between(pk, names[pk], way(ours[pk], days, today), way(theirs[pk], days, today))
        for pk in sorted(names, key=lambda pk: (names[pk].casefold(), pk))
    ]
    return Reliability(way(everything, days, today), partners)


def way(passings: Iterable[Passing], days: WorkingDays, today: date) -> Way:
    """What the receiver of these handoffs did with them."""
    rows = list(passings)
    asked = [one for one in rows if not one.comes_back]
    reasons = Counter(one.reason for one in asked if one.status == S.DECLINED)
    decided = defaultdict(list)
    for one in asked:
        if (wait := decision(one, days, today)) is not None:
            decided[one.purpose].append(wait)
    return Way(
        count=len(asked),
        undated=sum(one.taken_over for one in asked),
        acknowledge=delays(acknowledgement(one, days, today) for one in asked if not one.taken_over),
        decide=[(purpose, delays(decided[purpose])) for purpose in Purpose if purpose in decided],
        take_back=delays(taking_back(one, days, today) for one in rows if one.comes_back),
        reasons=[(reason, reasons[reason]) for reason in DeclineReason if reasons[reason]],
        declined=reasons.total(),
        silent=sum(one.status == S.RETURNED for one in asked),
    )


def acknowledgement(one: Passing, days: WorkingDays, today: date) -> Wait:
    """From the day it was sent to the day somebody said they have it."""
    if one.acknowledged is not None:
        return Wait(days.between(one.sent, one.acknowledged), ANSWERED)
    return _unanswered(one, one.sent, days, today)


def decision(one: Passing, days: WorkingDays, today: date) -> Wait | None:
    """From the day somebody had it to a yes or a no (of a referral: entry, or a no); None if nobody ever had it."""
    if one.acknowledged is None:
        return None
    if one.answer is not None:
        return Wait(days.between(one.acknowledged, one.answer), ANSWERED)
    return _unanswered(one, one.acknowledged, days, today)


def taking_back(one: Passing, days: WorkingDays, today: date) -> Wait:
    """From the day it came back to the day somebody took it."""
    if one.answer is not None:
        return Wait(days.between(one.sent, one.answer), ANSWERED)
    return _unanswered(one, one.sent, days, today)


def _unanswered(one: Passing, since: date, days: WorkingDays, today: date) -> Wait:
    if one.status == S.RETURNED:
        return Wait(None, SILENT)
    if one.status == S.WITHDRAWN:
        return Wait(days.between(since, one.ended or since), WITHDRAWN)
    return Wait(days.between(since, today))
