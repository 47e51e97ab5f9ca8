"""What waits for one user: each list shared out by rank, and the lines that are shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from partners import waiting
from partners.worklist import (
    FIRST,
    MOST,
    Line,
    People,
    PeopleList,
    Row,
    Subject,
    WorkList,
    lists,
    lists_of_people,
    people_seen,
)


@dataclass(frozen=True)
class Shared:
    """A list for one user before anything is shown of it: its subjects or rows, and whether there may be more."""

    work_list: WorkList | PeopleList
    items: Sequence[Any]
    capped: bool


@dataclass(frozen=True)
class Filled:
    """A list for one user, with some of its lines."""

    work_list: WorkList | PeopleList
    count: int
    capped: bool
    lines: list[Line]


def share_out(user: Any, today: date) -> list[Shared]:
    """Every list that is not empty for `user`, most urgent first; a subject stands in one of them only."""
    by_rank = waiting.rows_for(user, today, lists_of_people(), most=MOST)
    taken: set[Subject] = set()
    shared: list[Shared] = []
    for one in lists():
        if isinstance(one, PeopleList):
            each = Shared(one, *by_rank.get(one.rank, ([], False)))
        else:
            found = list(one.find(user, today))
            each = Shared(
                one, [subject for subject in dict.fromkeys(found) if subject not in taken], len(found) >= MOST
            )
            taken.update(each.items)
        if each.items:
            shared.append(each)
    return shared


def to_do(user: Any, today: date, first: int = FIRST) -> list[Filled]:
    """What waits for `user`, with the first lines of each list."""
    shared = share_out(user, today)
    shown = [one.items[:first] for one in shared]
    people = _people(user, shared, shown)
    return [
        Filled(one.work_list, len(one.items), one.capped, _lines(user, one.work_list, items, people, today))
        for one, items in zip(shared, shown, strict=True)
    ]


def one_list(user: Any, code: str, today: date) -> Shared | None:
    """One list without what a more urgent one took; None when nothing waits there, or nobody knows of it."""
    return next((found for found in share_out(user, today) if found.work_list.code == code), None)


def lines_of(user: Any, shared: Shared, items: Sequence[Any], today: date) -> list[Line]:
    """What a list says of some of its items."""
    return _lines(user, shared.work_list, items, _people(user, [shared], [items]), today)


def _people(user: Any, shared: Sequence[Shared], shown: Sequence[Sequence[Any]]) -> People:
    """Whoever is shown and may be seen, read at once for all lists."""
    ids = {
        row.person
        for one, items in zip(shared, shown, strict=True)
        if isinstance(one.work_list, PeopleList)
        for row in items
    }
    return people_seen(user, ids)


def _lines(user: Any, one: WorkList | PeopleList, items: Sequence[Any], people: People, today: date) -> list[Line]:
    if isinstance(one, WorkList):
        return one.show(user, items, today)
    places = {place.organisation_id: str(place.organisation) for place in user.working_for}
    lines = one.show(user, items, people, today)
    return [replace(line, owner=line.owner or _owner(row, places)) for row, line in zip(items, lines, strict=True)]


def _owner(row: Row, places: Mapping[int, str]) -> str:
    """Who is to act, when it is not plain: nobody by name, or in the name of which organisation of several."""
    said = [places[row.organisation]] if len(places) > 1 and row.organisation in places else []
    if row.owner is None:
        said.append(_("personne n’est nommé : à qui le fera"))
    return " · ".join(said)
