"""What a path says of a day: the primitives of `docs/rules.md` §2, pure, dates in and values out."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from learners.continuity import Interval, Laid
from learners.states import ACTIVE, NEUTRAL, RANK, UNLIMITED, Kind

DAY = timedelta(days=1)
ENDLESS = 9_999  # whole months of a contract without end; also the most that is counted
PLACE = {kind.value: place for place, kind in enumerate(RANK)}
DECEASED = Kind.DECEASED.value
NO_END = frozenset(kind.value for kind in UNLIMITED)
# Plain words: a set of them is asked millions of times.
IS_ACTIVE = frozenset(kind.value for kind in ACTIVE)
IS_NEUTRAL = frozenset(kind.value for kind in NEUTRAL)


class Span(NamedTuple):
    """A situation as rules read it. `order` is the order of recording; `half_time`: 17.5 hours a week or more."""

    kind: str
    start: date
    end: date | None = None
    planned_end: date | None = None
    confirmed: date | None = None
    half_time: bool = False
    target_trade: bool = False
    proven: bool = False  # by a third party, a document or the person's confirmation
    order: int = 0


@lru_cache(maxsize=200_000)
def add_months(day: date, months: int) -> date:
    """The same day number `months` later, clamped to the last day of that month (and to the end of the calendar)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def known_until(span: Span) -> date:
    """The last day a situation is known to hold: an open contract that nobody reconfirmed is not assumed to go on."""
    if span.kind == DECEASED:
        return date.max
    return span.end or span.confirmed or span.start


def covers(span: Span, day: date) -> bool:
    return span.start <= day <= known_until(span)


def last_day(span: Span) -> date | None:
    """The last day of the contract as signed: the planned end prevails over the actual one. None when unknown."""
    return span.planned_end or span.end or span.confirmed


def whole_months(span: Span) -> int:
    """The length of a contract: the largest n with `add_months(start, n) ≤ last day + 1`; 0 when unknown."""
    return _months(span, DAY)


def months_exceeded(span: Span) -> int:
    """The largest n that the contract is longer than: `add_months(start, n) ≤ last day`; 0 when unknown."""
    return _months(span, timedelta())


def _months(span: Span, margin: timedelta) -> int:
    last = last_day(span)
    if span.kind in NO_END:
        return ENDLESS
    if last is None:
        return 0
    months = (last.year - span.start.year) * 12 + last.month - span.start.month + 1
    while months > 0 and add_months(span.start, months) - margin > last:
        months -= 1
    return min(months, ENDLESS - 1)


def preference(span: Span) -> tuple[int, int, int, int]:
    """Sort key: rank, then longest contract, then latest start, then order of recording."""
    last = last_day(span)
    days = 0 if last is None else (last - span.start).days + 1
    return (
        PLACE[span.kind],
        -(date.max.toordinal() if span.kind in NO_END else days),
        -span.start.toordinal(),
        span.order,
    )


def situation_at(spans: Iterable[Span], day: date) -> Span | None:
    """« The » situation on a day among those that cover it; None is unknown."""
    return min((span for span in spans if covers(span, day)), key=preference, default=None)


def age_on(born: date, day: date) -> int:
    """Completed years by month and day: born on 29 February, a year older on 1 March of an ordinary year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def laid(
    situations: Iterable[tuple[str, date, date]],
    stays: Iterable[tuple[date, date | None]],
    bridges: Iterable[Interval],
) -> Laid:
    """What covers the days of a path: situations (kind, start, known until), enrolments, days before what is promised.

    An enrolment without exit goes on.
    """
    found = Laid([(start, until or date.max) for start, until in stays], list(bridges), [])
    for kind, start, until in situations:
        if kind in IS_ACTIVE:
            found.active.append((start, until))
        elif kind in IS_NEUTRAL:
            found.neutral.append((start, until))
    return found
