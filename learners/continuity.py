"""Days of a path, each in exactly one class (`docs/rules.md` §5), pure: intervals in, runs of days out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

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
