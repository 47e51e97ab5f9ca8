"""What is to do: each app adds its lists, and every person or file that waits stands in one of them, the most urgent.

A list of files answers for one user: who waits (`find`) and what a line says (`show`). A list of persons is a definition
for the whole platform (`waiting`), so that within each organisation a person stands in one list, whoever looks: of all
lists that have them there, the lowest rank keeps them, and its owner sees them. `partners.waiting` asks
for persons, `partners.to_do` shares out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise

MOST = 500  # subjects that a list looks for; beyond, « 500 + »
FIRST = 5  # lines on the page of everything

Subject = tuple[str, int]  # ("report", 3)


@dataclass(frozen=True)
class Line:
    """One thing that waits: whose, what happened, how urgent in words, and the act that answers it.

    `owner`: who is to act, when it is not this user; `due`: the day by which.
    """

    who: str
    what: str
    act: str
    url: str
    about: str = ""
    tag: str = ""
    tone: str = "grey"
    owner: str = ""
    due: date | None = None


Find = Callable[[Any, date], Sequence[Subject]]
Show = Callable[[Any, Sequence[Subject], date], list[Line]]


@dataclass(frozen=True)
class WorkList:
    """A list of files. The lowest rank takes its subjects first; `tone`: red for what must not stay."""

    code: str
    title: str | Promise
    rank: int
    find: Find
    show: Show
    tone: str = "grey"
    hint: str | Promise = ""


class Row(NamedTuple):
    """A person who waits in an organisation; `owner` None: nobody is named, or who was has left.

    `day`: what sorts them, since when or by when they wait; the earlier, the more urgent.
    """

    rank: int
    person: int
    organisation: int
    owner: int | None
    day: date | None


People = Mapping[int, Any]  # those whom the user may see, by id
ShowPeople = Callable[[Any, Sequence[Row], People, date], list[Line]]  # a line for each row, in their order
Waiting = Callable[[date], Iterable["QuerySet[Any, Any]"]]


@dataclass(frozen=True)
class PeopleList:
    """A list of persons: `waiting` gives querysets of `who(…)`, for everybody on the platform at once.

    `unowned`: roles of who sees, in an organisation, those for whom nobody is named.
    """

    code: str
    title: str | Promise
    rank: int
    waiting: Waiting
    show: ShowPeople
    unowned: tuple[str, ...]
    tone: str = "grey"
    hint: str | Promise = ""


_LISTS: dict[str, WorkList | PeopleList] = {}
_PEOPLE: list[Callable[[Any, Iterable[int]], People]] = []


def register(*added: WorkList | PeopleList) -> None:
    """Add lists, once each: called when the apps are ready. Raises ValueError for a code or a rank already taken."""
    for one in added:
        if one.code in _LISTS or any(one.rank == other.rank for other in _LISTS.values()):
            raise ValueError(f"{one.code} (rank {one.rank}) stands already.")
        _LISTS[one.code] = one


def register_people(see: Callable[[Any, Iterable[int]], People]) -> None:
    """Say how the persons whom a user may see are read, by id: one query."""
    _PEOPLE[:] = [see]


def lists() -> list[WorkList | PeopleList]:
    """Every list, the most urgent first."""
    return sorted(_LISTS.values(), key=lambda one: one.rank)


def people_seen(user: Any, ids: set[int]) -> People:
    """Those of some persons whom a user may see."""
    return _PEOPLE[0](user, ids) if ids and _PEOPLE else {}


def lists_of_people() -> tuple[PeopleList, ...]:
    """Every list of persons, the most urgent first."""
    return tuple(one for one in lists() if isinstance(one, PeopleList))
