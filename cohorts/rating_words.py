"""What sheets say together, in words: accord, ranges, and how assessors differ. Never an average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts.agreement import TELLING, Accord, Compared, Drift
from cohorts.ratings import Board, Mine, Row
from cohorts.states import Criterion

ACCORDS: dict[Accord, tuple[Any, str]] = {
    Accord.ALONE: (lazy("une seule évaluation"), "grey"),
    Accord.SAME: (lazy("identique"), "green"),
    Accord.NEAR: (lazy("à un point"), "teal"),
    Accord.APART: (lazy("à discuter"), "amber"),
}
STATES: dict[Mine, tuple[Any, str]] = {
    Mine.TODO: (lazy("à faire"), "amber"),
    Mine.DRAFT: (lazy("brouillon"), "violet"),
    Mine.LOCKED: (lazy("verrouillée"), "green"),
    Mine.ABSTAINED: (lazy("abstention"), "grey"),
    Mine.SPARED: (lazy("plus demandée"), "grey"),
}


@dataclass(frozen=True)
class Line:
    """One criterion of a code: each assessor's mark, the median, the range and the accord."""

    label: str
    marks: list[tuple[str, str]]
    median: str
    reach: str
    accord: Any
    tone: str


@dataclass(frozen=True)
class Item:
    """One code of the list. `lines`: once this reader may compare; `doubt`: the accord of the whole."""

    code: str
    state: Any
    tone: str
    rated: str
    third: bool
    lacking: bool
    asked: bool
    closed: bool
    lines: list[Line]
    doubt: Any
    doubt_tone: str
    typed: list[str]


def items_of(board: Board) -> list[Item]:
    """The codes of a board, in its order."""
    return [_item(row) for row in board.rows]


def _item(row: Row) -> Item:
    state, tone = STATES[row.mine]
    doubt, doubt_tone = ACCORDS[row.accord] if row.sheets else ("", "grey")
    rated = ngettext("%(n)d évaluation verrouillée", "%(n)d évaluations verrouillées", max(row.locked, 1))
    typed = [
        _("évaluation de %(who)s recopiée du papier par %(by)s") % {"who": one.name, "by": one.typed_by}
        for one in row.sheets
        if one.typed_by
    ]
    return Item(
        row.code, state, tone, rated % {"n": row.locked}, row.third, row.lacking, row.asked,
        row.mine in (Mine.LOCKED, Mine.ABSTAINED), _lines(row), doubt, doubt_tone, typed,
    )  # fmt: skip


def _lines(row: Row) -> list[Line]:
    found = {one.criterion: one for one in row.compared}
    names = [one.name for one in row.sheets]
    return [_line(str(one.label), found[one.value], names) for one in Criterion if one.value in found]


def _line(label: str, one: Compared, names: Sequence[str]) -> Line:
    accord, tone = ACCORDS[one.accord]
    reach = str(one.low) if one.low == one.high else _("de %(low)d à %(high)d") % {"low": one.low, "high": one.high}
    marks = [(name, str(mark)) for name, mark in zip(names, one.marks, strict=False)]
    return Line(label.capitalize(), marks, half(one.median), reach, accord, tone)


def half(value: float) -> str:
    """A median as it is read: 2, 2,5."""
    return f"{value:g}".replace(".", ",")


# --- between assessors -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One assessor on one criterion: on how many codes below, level and above the others, and what to make of it."""

    name: str
    criterion: str
    below: int
    level: int
    above: int
    codes: int
    sentence: str


def drift_of(board: Board) -> list[Told]:
    """By assessor, then by criterion."""
    order = list(Criterion.values)
    found = sorted(
        board.drifts, key=lambda one: (board.names.get(one.assessor, ""), one.assessor, order.index(one.criterion))
    )
    return [
        Told(
            board.names.get(one.assessor, ""), str(Criterion(one.criterion).label).capitalize(), one.below, one.level,
            one.above, one.codes, _sentence(one),
        )
        for one in found
    ]  # fmt: skip


def _sentence(one: Drift) -> str:
    if not one.telling:
        return _("trop peu de codes pour conclure (moins de %(n)d)") % {"n": TELLING}
    if not one.middle:
        return _("note comme les autres")
    side = _("plus haut que les autres") if one.middle > 0 else _("plus bas que les autres")
    if abs(one.middle) < 1:
        return _("note un peu %(side)s") % {"side": side}
    points = ngettext("note %(n)s point %(side)s", "note %(n)s points %(side)s", int(abs(one.middle)))
    return points % {"n": half(abs(one.middle)), "side": side}
