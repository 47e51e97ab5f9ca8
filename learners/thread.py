"""The thread: a path drawn on an axis of time. Pure geometry, dates in and whole numbers out.

A long history is folded in bands, as text is in lines. Labels are placed only where they overlap nothing; whatever has
no label in the drawing has its line in the table that goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from learners.situations import add_months

DAY = timedelta(days=1)
WIDTH = 1040
LEFT, RIGHT = 128, 1012  # where time starts and stops; lane names stand on the left
AXIS = 18  # base line of the names of months
TOP = 34
BAR, ROW = 26, 31  # height of a bar, and of a row of them
MOST_ROWS = 6  # situations at one time; beyond, the table has them
FEWEST_PX = 4  # a day must be seen
PAD = 6
TICK = 58  # the least room for the name of a month
BAND_MONTHS = 30
BAND_BARS = 12
MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
STEP_ROWS = 4
NAME_ROWS = 2
ELLIPSIS = "…"

NARROW = set("iljtfrI.,;:'’!|()[] ·")
BROAD = set("mwMWŒœ@%&")


def text_width(text: str, size: int = 12) -> int:
    """How wide a text is at most, in a common sans-serif face; characters outside Latin count as broad."""
    units = 0.0
    for char in text:
        if char in NARROW:
            units += 0.36
        elif char in BROAD or ord(char) > 0x24F:
            units += 1.0
        elif char.isupper():
            units += 0.76
        else:
            units += 0.61
    return ceil(units * size)


def shortened(text: str, room: int, size: int = 12) -> str:
    """The text, or as much of it as the room takes; "" when fewer than four letters would be left."""
    if text_width(text, size) <= room:
        return text
    for length in range(len(text) - 1, 3, -1):
        short = text[:length].rstrip(" ·,.") + ELLIPSIS
        if text_width(short, size) <= room:
            return short
    return ""


# --- What is drawn -------------------------------------------------------------------------------------------


class Bar(NamedTuple):
    """A situation: `until` is the last day known, both ends included. `tone` is the name of a colour."""

    start: date
    until: date
    label: str
    tone: str


class Hold(NamedTuple):
    """Who held the baton from one day to another, both included."""

    start: date
    until: date
    label: str
    tone: str


class Dot(NamedTuple):
    day: date
    label: str
    tone: str


class Run(NamedTuple):
    """Days of one class in a row, both ends included; `kind` as in `learners.continuity`, `held`: on whose account a gap is."""

    kind: str
    start: date
    until: date
    held: str = ""

    @property
    def days(self) -> int:
        return (self.until - self.start).days + 1


# --- What the drawing is made of -----------------------------------------------------------------------------


class Text(NamedTuple):
    """A label: its left edge, base line, width and words."""

    x: int
    y: int
    width: int
    words: str


class Shape(NamedTuple):
    """A bar or a segment; `title` says it whole, `text` is its label if there is room for one."""

    x: int
    y: int
    width: int
    tone: str
    title: str
    text: Text | None = None

    @property
    def end(self) -> int:
        return self.x + self.width


class Point(NamedTuple):
    x: int
    y: int
    tone: str
    title: str
    text: Text | None = None


class Tick(NamedTuple):
    x: int
    words: str


@dataclass(frozen=True)
class Lane:
    """A lane's name and the base line on which it is written."""

    words: str
    y: int


@dataclass
class Band:
    """One line of the thread. All numbers are whole, inside 0..width × 0..height."""

    first: date
    last: date
    height: int = 0
    bottom: int = 0  # where the lines of the grid stop
    line_y: int = 0  # the thread itself, under the bars
    baton_y: int = 0
    ticks: list[Tick] = field(default_factory=list)
    bars: list[Shape] = field(default_factory=list)
    runs: list[Shape] = field(default_factory=list)
    holds: list[Shape] = field(default_factory=list)
    rings: list[Point] = field(default_factory=list)
    dots: list[Point] = field(default_factory=list)
    lanes: dict[str, int] = field(default_factory=dict)
    today: int | None = None
    hidden: int = 0  # situations beyond the rows
    width: int = WIDTH

    @property
    def strokes(self) -> list[tuple[str, str]]:
        """The thread as one line for each class: what a long life has by the hundred is written once."""
        drawn: dict[str, str] = {}
        for run in self.runs:
            drawn[run.tone] = f"{drawn.get(run.tone, '')}M{run.x} {run.y}H{run.end}"
        return list(drawn.items())

    def at(self, day: date) -> int:
        """Where a day starts on the axis, kept within it."""
        days = (self.last - self.first).days + 1
        x = LEFT + (RIGHT - LEFT) * (day - self.first).days // days
        return min(max(x, LEFT), RIGHT)


@dataclass(frozen=True)
class Drawing:
    bands: list[Band]

    @property
    def hidden(self) -> int:
        return sum(band.hidden for band in self.bands)


def draw(
    window: tuple[date, date],
    *,
    bars: Sequence[Bar] = (),
    runs: Sequence[Run] = (),
    holds: Sequence[Hold] = (),
    dots: Sequence[Dot] = (),
    today: date | None = None,
) -> Drawing:
    """The thread of a window, both days included, in as many bands as it needs to be read."""
    first, last = window
    drawn = [bar for bar in bars if bar.start <= last and bar.until >= first]
    bands = []
    for start, end in _bands(first.replace(day=1), last, len(drawn)):
        band = Band(start, end)
        _ticks(band)
        _bars(band, _within(drawn, start, end))
        _runs(band, _within(runs, start, end))
        _holds(band, _within(holds, start, end), holds)
        _dots(band, [dot for dot in dots if start <= dot.day <= end])
        band.today = band.at(today) if today is not None and start <= today <= end else None
        band.bottom = band.height
        band.height += 22 if band.today is not None else 6
        bands.append(band)
    return Drawing(bands)


def _bands(first: date, last: date, bars: int) -> list[tuple[date, date]]:
    """The window cut in bands of as many whole months each; the last one ends with the window, or its own month."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    wanted = max(ceil(months / BAND_MONTHS), min(ceil(bars / BAND_BARS), ceil(months / 6)), 1)
    each = max(ceil(months / wanted), 3)
    found = []
    start = first
    while start <= last:
        following = add_months(start, each)
        found.append((start, following - DAY))
        start = following
    return found


def _within(things: Iterable, start: date, end: date) -> list:  # type: ignore[type-arg]
    """What touches the band, cut to it."""
    return [
        thing._replace(start=max(thing.start, start), until=min(thing.until, end))
        for thing in things
        if thing.start <= end and thing.until >= start and thing.start <= thing.until
    ]


def _extent(band: Band, start: date, until: date, least: int = FEWEST_PX) -> tuple[int, int]:
    """Left edge and width of some days, never thinner than what can be seen, never out of the axis."""
    x = band.at(start)
    width = max(band.at(until + DAY) - x, least)
    return min(x, RIGHT - width), width


# --- Lanes ---------------------------------------------------------------------------------------------------


def _ticks(band: Band) -> None:
    """The first days of months, as many as have room; the year is written where it changes."""
    months = []
    day = band.first
    while day <= band.last:
        months.append(day)
        day = add_months(day, 1)
    room = (RIGHT - LEFT) / len(months)
    every = next((n for n in (1, 2, 3, 4, 6, 12) if n * room >= TICK), 12)
    year = 0
    for day in months[::every]:
        name = MONTHS[day.month - 1]
        band.ticks.append(Tick(band.at(day), name if day.year == year else f"{name} {day.year % 100:02d}"))
        year = day.year


def _bars(band: Band, bars: Sequence[Bar]) -> None:
    """Situations, each in the first row where it is alone; its label inside, or after it when the row is free there."""
    rows: list[list[Shape]] = []
    for bar in sorted(bars, key=lambda one: (one.start, -one.until.toordinal())):
        x, width = _extent(band, bar.start, bar.until)
        row = next((n for n, taken in enumerate(rows) if taken[-1].end <= x), len(rows))
        if row == MOST_ROWS:
            band.hidden += 1
            continue
        if row == len(rows):
            rows.append([])
        rows[row].append(Shape(x, TOP + row * ROW, width, bar.tone, bar.label))
    for shapes in rows:
        for shape, following in zip(shapes, [*shapes[1:], None], strict=True):
            band.bars.append(shape._replace(text=_bar_text(shape, following.x if following else RIGHT)))
    band.lanes["situation"] = TOP + 17
    band.line_y = TOP + max(len(rows), 1) * ROW + 6


def _bar_text(shape: Shape, room_until: int) -> Text | None:
    base = shape.y + 17
    room = shape.width - 2 * PAD
    if text_width(shape.title) <= room:
        return Text(shape.x + PAD, base, text_width(shape.title), shape.title)
    after = room_until - shape.end - PAD
    whole = text_width(shape.title)
    if whole + PAD // 2 <= after:
        return Text(shape.end + PAD // 2, base, whole, shape.title)
    inside = shortened(shape.title.split(" · ")[0], room)  # what it is, before where
    return Text(shape.x + PAD, base, text_width(inside), inside) if inside else None


def _runs(band: Band, runs: Sequence[Run]) -> None:
    """The thread itself: whole where something holds, broken where nothing does, with the days missing and who held."""
    for run in runs:
        x, width = band.at(run.start), max(band.at(run.until + DAY) - band.at(run.start), 2)
        days = f"{run.days}\u00a0j"
        words = f"{days} · {run.held}" if run.held else days
        text = None
        said = next((said for said in (words, days) if text_width(said, 11) + 4 <= width), "")
        if run.kind == "g" and said:
            wide = text_width(said, 11)
            text = Text(x + (width - wide) // 2, band.line_y + 16, wide, said)
        band.runs.append(Shape(min(x, RIGHT - width), band.line_y, width, run.kind, words, text))
    band.height = band.line_y + 24


def _holds(band: Band, holds: Sequence[Hold], whole: Sequence[Hold]) -> None:
    """Who holds the baton, the names along it, and a ring at each handoff."""
    base = band.height + 22
    band.baton_y = base
    band.lanes["baton"] = base + 4
    taken = [LEFT - PAD] * NAME_ROWS
    begins = {hold.start for hold in whole[1:]}
    for hold in sorted(holds, key=lambda one: one.start):
        x, width = _extent(band, hold.start, hold.until, 2)
        rows = (base - 10, base + 20)
        text = _first_free(taken, rows, x, hold.label, RIGHT)
        band.holds.append(Shape(x, base, width, hold.tone, hold.label, text))
        if hold.start in begins:
            band.rings.append(Point(x, base, hold.tone, hold.label))
    below = any(shape.text and shape.text.y > base for shape in band.holds)
    band.height = base + (30 if below else 16)


def _dots(band: Band, dots: Sequence[Dot]) -> None:
    """Steps, the labels under them in the first row that is free; those of one day share a dot."""
    base = band.height + 14
    if dots:
        band.lanes["steps"] = base + 4
    taken = [LEFT - PAD] * STEP_ROWS
    rows = tuple(base + 20 + 17 * row for row in range(STEP_ROWS))
    lowest = band.height
    for dot in sorted(dots, key=lambda one: (one.day, one.label)):
        x = band.at(dot.day)
        text = _first_free(taken, rows, x - text_width(dot.label) // 2, dot.label, RIGHT)
        band.dots.append(Point(x, base, dot.tone, dot.label, text))
        lowest = max(lowest, text.y + 8 if text else base + 12)
    band.height = lowest


def _first_free(taken: list[int], rows: Sequence[int], x: int, words: str, limit: int) -> Text | None:
    """Write where a row is free from there on, and mark it taken; None when none is."""
    width = text_width(words)
    x = max(min(x, limit - width), LEFT)
    if x + width > limit:
        return None
    for number, y in enumerate(rows):
        if taken[number] + PAD <= x:
            taken[number] = x + width
            return Text(x, y, width, words)
    return None
