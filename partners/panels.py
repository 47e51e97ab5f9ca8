"""What the apps to the right add to the pages of a partner, a programme, an agreement or a cohort: a registry of panels.

A panel is data: a title, lines, gauges. The page draws them all alike, and knows nothing of who made them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Gauge:
    """`value` out of `most`, a mark at `minimum` (0: none); `reached` and `aim` say the same in words."""

    value: int
    most: int
    reached: str
    aim: str
    minimum: int = 0
    tone: str = "teal"


@dataclass(frozen=True)
class Row:
    """One line of a panel: what, a link to it, a word on it, a figure on the right, a tag or a gauge."""

    text: str
    url: str = ""
    about: str = ""
    figure: str = ""
    tag: str = ""
    tone: str = "grey"
    gauge: Gauge | None = None


@dataclass(frozen=True)
class Panel:
    """`code`: its anchor on the page; `empty`: what is said when there is no row; `act`: a label and its address."""

    code: str
    title: str
    rows: Sequence[Row] = ()
    aside: str = ""
    empty: str = ""
    note: str = ""
    act: tuple[str, str] | None = None


Maker = Callable[[Any, Any], Panel | None]  # (user, object) -> what this user may see of it, if anything
_MAKERS: dict[str, dict[int, Maker]] = {}


def register(noun: str, rank: int, maker: Maker) -> None:
    """Add a panel to the pages of a noun, called when the apps are ready. Raises ValueError for a rank already taken."""
    if rank in _MAKERS.setdefault(noun, {}):
        raise ValueError(f"Rank {rank} of {noun} is taken already.")
    _MAKERS[noun][rank] = maker


def panels_of(noun: str, user: Any, subject: Any) -> list[Panel]:
    """The panels of one page for one user, in order; a maker that has nothing for them gives None."""
    makers = _MAKERS.get(noun, {})
    return [panel for rank in sorted(makers) if (panel := makers[rank](user, subject)) is not None]
