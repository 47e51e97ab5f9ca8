"""A tiny language in French that commands a robot on a grid: read, run in a bounded number of moves, mistakes in plain words.

AVANCE [n] · TOURNE GAUCHE|DROITE · PRENDS · RÉPÈTE n … FIN · SI COLIS|MUR|LIBRE … SINON … FIN · TANT QUE … FIN. One order
a line; neither capitals nor accents matter. Pure: no query, no clock.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_LINES, MOST_DEPTH, MOST_REPEATS, MOST_MOVES = 40, 4, 20, 300
SIDES = {"GAUCHE": -1, "DROITE": 1}
CONDITIONS = ("COLIS", "MUR", "LIBRE")
WORDS = ("AVANCE", "TOURNE", "PRENDS", "REPETE", "SI", "SINON", "TANT QUE", "FIN")
FACES = ((0, -1), (1, 0), (0, 1), (-1, 0))  # up, right, down, left


class Mistake(Exception):
    """What is wrong and how to mend it, in one or two sentences; `line` counts from 1, 0 for the whole."""

    def __init__(self, line: int, words: str) -> None:
        self.line, self.words = line, words
        super().__init__(_("Ligne %(n)d : %(words)s") % {"n": line, "words": words} if line else words)


@dataclass(frozen=True)
class Order:
    """One order. `count`: cells or repeats; `body`, `other`: what it holds between its line and FIN."""

    line: int
    word: str
    count: int = 1
    said: str = ""
    body: tuple[Order, ...] = ()
    other: tuple[Order, ...] = ()


@dataclass(frozen=True)
class Grid:
    """« # » a wall, « c » a parcel, « p » the door, « . » free; where the robot starts, and which way (0: up, 1: right…)."""

    rows: tuple[str, ...]
    start: tuple[int, int] = (0, 0)
    face: int = 1

    @property
    def width(self) -> int:
        return max(len(row) for row in self.rows)

    @property
    def height(self) -> int:
        return len(self.rows)

    def at(self, x: int, y: int) -> str:
        return self.rows[y][x] if 0 <= y < self.height and 0 <= x < len(self.rows[y]) else "#"

    def all(self, sign: str) -> list[tuple[int, int]]:
        return [(x, y) for y, row in enumerate(self.rows) for x, one in enumerate(row) if one == sign]


@dataclass
class Run:
    """What the robot did: every place where it stood, what it took, and the mistake that stopped it, if any."""

    places: list[tuple[int, int]]
    face: int
    taken: set[tuple[int, int]] = field(default_factory=set)
    mistake: Mistake | None = None
    moves: int = 0

    @property
    def place(self) -> tuple[int, int]:
        return self.places[-1]


# --- reading -------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Capitals without accents, single spaces: « répète  3 » → « REPETE 3 »."""
    apart = unicodedata.normalize("NFD", text.upper())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())


def read(text: str) -> tuple[Order, ...]:
    """The orders of a program. Raises Mistake with its line."""
    lines = [(n, words) for n, line in enumerate(text.splitlines(), start=1) if (words := plain(line))]
    if not lines:
        raise Mistake(0, _("Le programme est vide : écrivez un ordre par ligne, par exemple AVANCE."))
    if len(lines) > MOST_LINES:
        raise Mistake(0, _("Ce programme est trop long : %(n)d lignes au plus.") % {"n": MOST_LINES})
    return _Reader(lines).whole()


class _Reader:
    def __init__(self, lines: list[tuple[int, str]]) -> None:
        self.lines, self.at = lines, 0

    def whole(self) -> tuple[Order, ...]:
        orders, end = self._block(0)
        if end is not None:
            n, words = end
            opening = _("RÉPÈTE, SI ou TANT QUE") if words == "FIN" else "SI"
            raise Mistake(
                n,
                _("%(word)s n’a rien à fermer : effacez cette ligne, ou ajoutez %(opening)s avant.")
                % {"word": words, "opening": opening},
            )
        return orders

    def _block(self, depth: int) -> tuple[tuple[Order, ...], tuple[int, str] | None]:
        """The orders up to FIN, SINON or the end of the text, and which of them it was."""
        found: list[Order] = []
        while self.at < len(self.lines):
            n, words = self.lines[self.at]
            self.at += 1
            if words in ("FIN", "SINON"):
                return tuple(found), (n, words)
            found.append(self._order(n, words, depth))
        return tuple(found), None

    def _order(self, n: int, words: str, depth: int) -> Order:
        head, _space, rest = words.partition(" ")
        if head == "TANT":
            head, rest = "TANT QUE", rest.removeprefix("QUE").strip()
        if head in ("REPETE", "SI", "TANT QUE"):
            return self._holding(n, head, rest, depth)
        return _simple(n, head, rest)

    def _holding(self, n: int, head: str, rest: str, depth: int) -> Order:
        if depth >= MOST_DEPTH:
            raise Mistake(n, _("trop de blocs l’un dans l’autre : quatre au plus. Écrivez plus simple."))
        count, said = 1, ""
        if head == "REPETE":
            count = _count(n, rest.removesuffix("FOIS").strip(), MOST_REPEATS, _("RÉPÈTE 3"), needed=True)
        else:
            said = _condition(n, head, rest)
        body, end = self._block(depth + 1)
        other: tuple[Order, ...] = ()
        if end is not None and end[1] == "SINON":
            if head != "SI":
                raise Mistake(end[0], _("SINON va avec SI seulement : effacez cette ligne."))
            other, end = self._block(depth + 1)
            if end is not None and end[1] == "SINON":
                raise Mistake(end[0], _("un SI n’a qu’un SINON : effacez cette ligne."))
        if end is None:
            raise Mistake(
                n, _("il manque FIN pour fermer ce bloc : ajoutez une ligne FIN après le dernier ordre du bloc.")
            )
        return Order(n, head, count, said, body, other)


def _simple(n: int, head: str, rest: str) -> Order:
    if head == "AVANCE":
        return Order(n, head, _count(n, rest, MOST_REPEATS, _("AVANCE 2")))
    if head == "TOURNE":
        side = rest.removeprefix("A ").strip()
        if side not in SIDES:
            raise Mistake(n, _("dites de quel côté tourner : TOURNE GAUCHE ou TOURNE DROITE."))
        return Order(n, head, said=side)
    if head == "PRENDS":
        if rest not in ("", "COLIS", "LE COLIS"):
            raise Mistake(n, _("écrivez PRENDS, seul sur sa ligne."))
        return Order(n, head)
    shown = head[:20]
    raise Mistake(n, _("le robot ne connaît pas « %(word)s ». %(hint)s") % {"word": shown, "hint": _hint(head)})


def _hint(head: str) -> str:
    near = next((word for word in WORDS if head and word[:3] == head[:3]), "")
    if near:
        return _("Vouliez-vous dire %(word)s ?") % {"word": {"REPETE": "RÉPÈTE"}.get(near, near)}
    return _("Il connaît AVANCE, TOURNE, PRENDS, RÉPÈTE, SI, TANT QUE et FIN : un ordre par ligne.")


def _count(n: int, rest: str, most: int, example: str, *, needed: bool = False) -> int:
    if not rest and not needed:
        return 1
    if not (rest.isascii() and rest.isdigit() and len(rest) < 4 and 1 <= int(rest) <= most):
        words = {"n": most, "example": example}
        raise Mistake(n, _("il faut un nombre de 1 à %(n)d : par exemple %(example)s.") % words)
    return int(rest)


def _condition(n: int, head: str, rest: str) -> str:
    if rest not in CONDITIONS:
        words = {"word": head}
        raise Mistake(n, _("après %(word)s, dites ce que le robot regarde : COLIS, MUR ou LIBRE.") % words)
    return rest


def lines_of(text: str) -> int:
    """How many lines say something."""
    return sum(bool(plain(line)) for line in text.splitlines())


# --- running -------------------------------------------------------------------------------------------------------


def run(orders: Sequence[Order], grid: Grid) -> Run:
    """Do the orders from the start; it always ends, at the latest after MOST_MOVES of them."""
    done = Run([grid.start], grid.face)
    try:
        for order in _unrolled(orders, grid, done):
            _do(order, grid, done)
    except Mistake as mistake:
        done.mistake = mistake
    return done


def _unrolled(orders: Sequence[Order], grid: Grid, done: Run) -> Iterator[Order]:
    """The simple orders one after the other; each turn of a loop, and each question, counts as a move."""
    for order in orders:
        if order.word == "REPETE":
            for _turn in range(order.count):
                _spend(order, done)
                yield from _unrolled(order.body, grid, done)
        elif order.word == "SI":
            _spend(order, done)
            yield from _unrolled(order.body if _holds(order.said, grid, done) else order.other, grid, done)
        elif order.word == "TANT QUE":
            while _holds(order.said, grid, done):
                _spend(order, done)
                yield from _unrolled(order.body, grid, done)
        else:
            yield order


def _spend(order: Order, done: Run) -> None:
    done.moves += 1
    if done.moves > MOST_MOVES:
        raise Mistake(order.line, _("le robot tourne en rond sans fin : vérifiez ce qui arrête cette boucle."))


def _ahead(done: Run) -> tuple[int, int]:
    (x, y), (dx, dy) = done.place, FACES[done.face]
    return x + dx, y + dy


def _holds(condition: str, grid: Grid, done: Run) -> bool:
    if condition == "COLIS":
        return grid.at(*done.place) == "c" and done.place not in done.taken
    wall = grid.at(*_ahead(done)) == "#"
    return wall if condition == "MUR" else not wall


def _do(order: Order, grid: Grid, done: Run) -> None:
    if order.word == "TOURNE":
        _spend(order, done)
        done.face = (done.face + SIDES[order.said]) % 4
    elif order.word == "PRENDS":
        _spend(order, done)
        if not _holds("COLIS", grid, done):
            raise Mistake(order.line, _("il n’y a pas de colis ici : amenez d’abord le robot sur la case du colis."))
        done.taken.add(done.place)
    else:
        for _cell in range(order.count):
            _spend(order, done)
            if _holds("MUR", grid, done):
                raise Mistake(
                    order.line, _("le robot est devant un mur, il s’arrête là. Comptez les cases, ou tournez avant.")
                )
            done.places.append(_ahead(done))
