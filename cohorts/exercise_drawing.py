"""A grid of the exercise as a drawing, and the same in words for who does not see it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.robot import Grid, Run

CELL = 40
FACES = (lazy("le haut"), lazy("la droite"), lazy("le bas"), lazy("la gauche"))
TURN = 90


@dataclass(frozen=True)
class Drawing:
    """What the template puts in an SVG; `words` says all of it. Places are the corners of cells, in units."""

    width: int
    height: int
    lines: str
    walls: list[tuple[int, int]]
    parcels: list[tuple[int, int]]
    doors: list[tuple[int, int]]
    way: str
    robot: tuple[int, int, int]
    start: tuple[int, int] | None
    words: str


def drawn(grid: Grid, done: Run | None = None) -> Drawing:
    """The grid with the robot at its start; or with the way it went and where it stopped."""
    (x, y), face = (done.place, done.face) if done else (grid.start, grid.face)
    taken = done.taken if done else set()
    lines = [f"M{n * CELL} 0V{grid.height * CELL}" for n in range(grid.width + 1)]
    lines += [f"M0 {n * CELL}H{grid.width * CELL}" for n in range(grid.height + 1)]
    way = " ".join(f"{_middle(a)},{_middle(b)}" for a, b in done.places) if done and len(done.places) > 1 else ""
    return Drawing(
        grid.width * CELL, grid.height * CELL, "".join(lines), _corners(grid.all("#")),
        _corners([one for one in grid.all("c") if one not in taken]), _corners(grid.all("p")), way,
        (_middle(x), _middle(y), face * TURN), (_middle(grid.start[0]), _middle(grid.start[1])) if way else None,
        _words(grid, done, (x, y), face),
    )  # fmt: skip


def _middle(n: int) -> int:
    return n * CELL + CELL // 2


def _corners(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(x * CELL, y * CELL) for x, y in places]


def _words(grid: Grid, done: Run | None, place: tuple[int, int], face: int) -> str:
    where = {"x": place[0] + 1, "y": place[1] + 1, "face": FACES[face]}
    said = [_("Grille de %(w)d colonnes sur %(h)d lignes.") % {"w": grid.width, "h": grid.height}]
    if done is None:
        said.append(_("Le robot est colonne %(x)d, ligne %(y)d, tourné vers %(face)s.") % where)
    else:
        passed = ", ".join(f"{x + 1}-{y + 1}" for x, y in done.places)
        said.append(_("Le robot est passé par les cases %(way)s (colonne-ligne).") % {"way": passed})
        said.append(_("Il s’arrête colonne %(x)d, ligne %(y)d, tourné vers %(face)s.") % where)
    for sign, name in (("p", _("Porte")), ("c", _("Colis")), ("#", _("Murs"))):
        if found := grid.all(sign):
            said.append(f"{name}\u00a0: {', '.join(f'{x + 1}-{y + 1}' for x, y in found)}.")
    return " ".join(said)
