"""Days of a path, each in exactly one class (`docs/rules.md` §5), pure: intervals in, runs of days out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

ACTIVE, BRIDGED, NEUTRAL, GAP = "a", "b", "n", "g"
Interval = tuple[date, date]  # both ends included; empty when the first is after the last

RUN = re.compile(rb"a+|b+|n+|g+")


class Days(NamedTuple):
    """How many days of each class, the longest uninterrupted gap, and the runs as text, "a120 b3 g16"."""

    active: int
    bridged: int
    neutral: int
    gap: int
    longest_gap: int
    runs: str


NO_DAY = Days(0, 0, 0, 0, 0, "")


def classify(
    window: Interval, *, active: Iterable[Interval], bridged: Iterable[Interval], neutral: Iterable[Interval]
) -> Days:
    """Class of each day of the window: active before bridged before neutral, a gap when nothing holds."""
    first, last = window[0].toordinal(), window[1].toordinal()
    if last < first:
        return NO_DAY
    days = bytearray(b"g") * (last - first + 1)
    # The strongest class is laid last, over the others.
    for mark, intervals in ((b"n", neutral), (b"b", bridged), (b"a", active)):
        for start, end in intervals:
            low, high = max(start.toordinal(), first), min(end.toordinal(), last)
            if low <= high:
                days[low - first : high - first + 1] = mark * (high - low + 1)
    return count(RUN.findall(days))


def count(found: list[bytes]) -> Days:
    """Totals of runs in order, each a string of one letter per day."""
    totals = {"a": 0, "b": 0, "n": 0, "g": 0}
    longest = 0
    words = []
    for run in found:
        letter, length = chr(run[0]), len(run)
        totals[letter] += length
        if letter == GAP and length > longest:
            longest = length
        words.append(f"{letter}{length}")
    return Days(totals["a"], totals["b"], totals["n"], totals["g"], longest, " ".join(words))


def shortened(runs: str, days: int) -> Days:
    """The first `days` days of runs written as text: what a report that stops inside the window counts."""
    kept, left = [], max(days, 0)
    for word in runs.split():
        length = min(int(word[1:]), left)
        if length:
            kept.append(word[0].encode() * length)
        left -= length
    return count(kept)


# --- On whose account ----------------------------------------------------------------------------------------

Hold = tuple[int, date, date | None]  # organisation, since, until; in the order in which they were opened
FOREVER = date.max.toordinal()


class Laid(NamedTuple):
    """What covers the days of a path, by the class that it gives them."""

    active: list[Interval]
    bridged: list[Interval]
    neutral: list[Interval]


class Charge(NamedTuple):
    """Consecutive days of one class under one holder, None before anybody held; `last` is None when they go on."""

    kind: str
    holder: int | None
    first: date
    last: date | None

    @property
    def days(self) -> int:
        """How many, once they end. Raises TypeError while they go on."""
        return (self.last - self.first).days + 1  # type: ignore[operator]


def window_of(begun: Iterable[date], closed_on: date | None) -> tuple[date, date | None] | None:
    """The days that are counted: from the first referral or holder to the closing, or on and on; None when there are none."""
    first = min(begun, default=None)
    return None if first is None or (closed_on is not None and closed_on < first) else (first, closed_on)


def account(window: tuple[date, date | None], laid: Laid, holds: Iterable[Hold]) -> list[Charge]:
    """Each day of the window, which may go on for ever, in one class and on one account.

    Who took the baton on a day has that day; its last day is the holder's as long as nobody else took it then. What is
    known today decides the days to come as well, so that the same runs give the right sums on any later day.
    """
    first = window[0].toordinal()
    last = FOREVER if window[1] is None else window[1].toordinal()
    spans = sorted(
        ((since.toordinal(), FOREVER if until is None else until.toordinal(), who) for who, since, until in holds),
        key=itemgetter(0),
    )
    found: list[list[Any]] = []  # class, holder, first day, of each run
    for at, kind in _kinds(first, last, laid, spans):
        holder = None
        for since, until, who in spans:
            if since <= at <= until:
                holder = who  # of several, who took the baton last
        if not found or found[-1][0] != kind or found[-1][1] != holder:
            found.append([kind, holder, at])
    ends = [*(run[2] - 1 for run in found[1:]), None if last == FOREVER else last]
    return [
        Charge(kind, holder, date.fromordinal(at), None if end is None else date.fromordinal(end))
        for (kind, holder, at), end in zip(found, ends, strict=True)
    ]


def _kinds(first: int, last: int, laid: Laid, spans: list[tuple[int, int, int]]) -> Iterator[tuple[int, str]]:
    """(day, class from that day on), in order from the first day of the window, at each day on which something changes."""
    steps = [(first, 0, 0)]
    for place, intervals in enumerate(laid):
        for start, end in intervals:
            low, high = max(start.toordinal(), first), min(end.toordinal(), last)
            if low <= high:
                steps += ((low, place, 1), (high + 1, place, -1))
    for since, until, _ in spans:
        steps += ((since, 0, 0), (until + 1, 0, 0))
    steps.sort()
    covering = [0, 0, 0]
    for number, (at, place, change) in enumerate(steps, 1):
        covering[place] += change
        if first <= at <= last and (number == len(steps) or steps[number][0] != at):
            active, bridged, neutral = covering
            yield at, ACTIVE if active else BRIDGED if bridged else NEUTRAL if neutral else GAP


def up_to(charges: Iterable[Charge], day: date) -> list[Charge]:
    """The same days, as far as that day included: what is to come is left out, what goes on is cut."""
    return [one._replace(last=day if one.last is None else min(one.last, day)) for one in charges if one.first <= day]


def totals(charges: Iterable[Charge]) -> Days:
    """Days of each class, whoever held, of runs that end; a gap that changes hands is one gap."""
    letters = b"".join(one.kind.encode() * one.days for one in charges)
    return count(RUN.findall(letters))


def broken_since(charges: Iterable[Charge], day: date) -> date | None:
    """The first day of the gap that covers that day, whoever held meanwhile; None when something does, or nothing is counted."""
    since: date | None = None
    last: date | None = None
    for one in up_to(charges, day):  # no day is left out between two runs
        since, last = None if one.kind != GAP else since or one.first, one.last
    return since if last == day else None
