"""A list of codes: its layouts, and how its lines become rows, checked one by one and against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Model

from partners.referentials.tables import FAULTS_SHOWN, RELOAD, BadCell, Broken, Fault, Layout, Line, lines_of
from partners.states import ReferentialKind


@dataclass(frozen=True)
class Listing:
    """One kind of list, read by `collect`: from a file of a layout to its rows, or Broken. `key`: what names a row."""

    kind: ReferentialKind
    model: type[Model]
    layouts: tuple[Layout, ...]
    key: tuple[str, ...]
    collect: Collect
    # The field that says to which generation a row belongs, for the lists that have several.
    generation: str = ""


Read = Callable[[Line], Model]
# A file already read whole: path, bytes, layout, and the rows that win over it when it is a complement.
Collect = Callable[["Listing", Path, bytes, Layout, "Collected | None"], "Collected"]


class Collected:
    """Rows seen once each; the same row twice is one, two different rows under one key are a fault."""

    def __init__(self, key: tuple[str, ...], *, complement_of: Collected | None = None) -> None:
        self.key = key
        self.seen: dict[tuple[Any, ...], tuple[int, Model]] = {}
        self.before = complement_of.seen if complement_of else {}
        self.faults: list[Fault] = []

    def add(self, row: Model, number: int) -> None:
        name = tuple(getattr(row, part) for part in self.key)
        if name in self.before:
            return
        first, known = self.seen.setdefault(name, (number, row))
        if known is not row and values(known) != values(row):
            code = " ".join(str(part) for part in name)
            what = f"«\u00a0{code}\u00a0» est déjà à la ligne {first} avec d’autres valeurs."
            self.faults.append(Fault(what, "Gardez une seule des deux lignes.", number))

    @property
    def rows(self) -> list[Model]:
        return [row for _, row in self.seen.values()]


def values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def lines_with(read: Read) -> Collect:
    """The way a CSV list is collected, `read` making a row of a line, or raising BadCell."""

    def collect(listing: Listing, path: Path, raw: bytes, layout: Layout, after: Collected | None) -> Collected:
        collected = Collected(listing.key, complement_of=after)
        for line in lines_of(path, raw, layout):
            try:
                collected.add(read(whole(line)), line.number)
            except BadCell as bad:
                collected.faults.append(bad.fault)
        return settled(listing, path, collected)

    return collect


def whole(line: Line) -> Line:
    """The line itself, if it is not torn."""
    if line.torn:
        raise BadCell(line.torn)
    return line


def settled(listing: Listing, path: Path, collected: Collected) -> Collected:
    """The same rows if nothing is wrong with them; raises Broken otherwise, or when there is none at all."""
    refuse(path, collected.faults)
    if not collected.seen and not collected.before:
        raise Broken(path.name, Fault("le fichier ne contient aucune ligne.", RELOAD))
    refuse(path, strangers(listing, collected))
    return collected


def refuse(path: Path, faults: list[Fault]) -> None:
    if faults:
        raise Broken(path.name, *faults[:FAULTS_SHOWN], more=max(0, len(faults) - FAULTS_SHOWN))


def strangers(listing: Listing, collected: Collected) -> list[Fault]:
    """Rows of another generation than the first one's: two lists were pasted into one file."""
    if not listing.generation:
        return []
    found = [(getattr(row, listing.generation), number) for number, row in collected.seen.values()]
    other = next((number for generation, number in found if generation != found[0][0]), None)
    if other is None:
        return []
    return [
        Fault("le fichier mêle des quartiers de 2015 et de 2024.", "Séparez les deux listes en deux fichiers.", other)
    ]


def count(rows: Iterable[Model], field: str) -> dict[str, int]:
    """How many rows for each value of `field`, in order of appearance."""
    totals: dict[str, int] = {}
    for row in rows:
        value = str(getattr(row, field))
        totals[value] = totals.get(value, 0) + 1
    return totals
