"""Who waits for whom: the lists of persons asked of the database at once, and each person left in one of them.

Two statements, whatever the number of lists and of persons. The first reads whom the lists may have for a user, a bounded
number a list. The second reads every row of just those persons in the same organisations: the lowest rank keeps each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, DateField, Expression, F, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from partners.blindness import untold_to
from partners.models import Membership
from partners.states import Role
from partners.worklist import PeopleList, Row

ANSWERS = (Role.MANAGER.value, Role.ADVISER.value)  # who may be named: a reader only reads, a trainer only teaches
Found = dict[int, tuple[list[Row], bool]]  # rank → rows, and whether there may be more
Span = tuple[int, int]  # ids of persons, both included


class _Ask(NamedTuple):
    """Which lists, on which day, how many rows of each (None: all), of which persons (None: all)."""

    lists: tuple[PeopleList, ...]
    today: date
    most: int | None
    among: Span | None


class Part(NamedTuple):
    """One queryset of a list, as SQL with four named columns."""

    rank: int
    sql: str
    params: tuple[Any, ...]


def urgency(row: Row) -> tuple[int, date, int, int]:
    return row.rank, row.day or date.max, row.person, row.owner or 0


def who(
    rows: QuerySet[Any, Any],
    *,
    person: str = "learner_id",
    organisation: str = "organisation_id",
    owner: str | Expression | Subquery | None = "user_id",
    day: str | Expression | None = None,
) -> QuerySet[Any, Any]:
    """The four columns of a list of persons, by the names of columns of a queryset or by expressions."""
    nobody = Cast(Value(None), BigIntegerField())
    some_day = Cast(Value(None), DateField())
    return rows.order_by().values(
        w_person=F(person),
        w_place=F(organisation),
        w_owner=nobody if owner is None else F(owner) if isinstance(owner, str) else owner,
        w_day=some_day if day is None else F(day) if isinstance(day, str) else day,
    )


def first_of(*owners: str | Expression | Subquery) -> Coalesce:
    """The first of some columns of users that bears one."""
    return Coalesce(*owners, output_field=BigIntegerField())


def members() -> QuerySet[Any, Any]:
    """Places of whom a person may be entrusted to, by name."""
    return Membership._base_manager.filter(active=True, awaiting=False, role__in=ANSWERS, user__is_active=True)


def rows_for(
    user: Any,
    today: date,
    lists: Sequence[PeopleList],
    *,
    most: int | None,
    organisation: int | None = None,
    among: Span | None = None,
) -> Found:
    """The rows that are this user's, by rank, the most urgent first; whom they assess is in none.

    `most`: of each list, None for all; `organisation`, `among`: only there, only of those persons.
    """
    roles = {
        one.organisation_id: str(one.role)
        for one in user.working_for
        if organisation is None or one.organisation_id == organisation
    }
    if not roles or not lists:
        return {}
    ask = _Ask(tuple(lists), today, most, among)
    mine = _candidates(user.pk, roles, ask, _sealed(user))
    capped = {rank for rank, rows in mine.items() if most is not None and len(rows) > most}
    kept = {rank: sorted(rows, key=urgency)[:most] for rank, rows in mine.items()}
    people = {row.person for rows in kept.values() for row in rows}
    places = {row.organisation for rows in kept.values() for row in rows}
    won = resolve(_rivals(people, sorted(places), ask))
    found: Found = {}
    for rank, rows in kept.items():
        left = [_nobodys(row, user.pk) for row in rows if won.get((row.organisation, row.person)) == row]
        if left:
            found[rank] = left, rank in capped
    return found


def rows_of(people: set[int], organisation: int, lists: Sequence[PeopleList], today: date) -> Iterable[Row]:
    """Every row of some persons in one organisation, whoever owns them."""
    return _rivals(people, [organisation], _Ask(tuple(lists), today, None, None))


def resolve(rows: Iterable[Row]) -> dict[tuple[int, int], Row]:
    """(organisation, person) → the row that keeps them there: the lowest rank, then the earliest day."""
    won: dict[tuple[int, int], Row] = {}
    for row in rows:
        key = row.organisation, row.person
        if key not in won or urgency(row) < urgency(won[key]):
            won[key] = row
    return won


def _nobodys(row: Row, user: int) -> Row:
    """Of the rows that a user sees, one that bears another name is nobody's: who bears it has left."""
    return row if row.owner == user else row._replace(owner=None)


# --- The two statements ----------------------------------------------------------------------------------------


def _sealed(user: Any) -> tuple[str, list[Any]]:
    """The condition that keeps from a user the persons whom they assess, and its values; empty for who assesses nobody."""
    untold = untold_to(user)
    if untold is None:
        return "", []
    sql, params = untold.order_by().values("learner_id").query.get_compiler(connection=connection).as_sql()
    return f" AND w_person NOT IN ({sql})", list(params)


def _candidates(user: int, roles: Mapping[int, str], ask: _Ask, sealed: tuple[str, list[Any]]) -> dict[int, list[Row]]:
    """Rows owned by the user, and those that nobody owns in the organisations where they answer for such."""
    named = [place for place, role in roles.items() if role in ANSWERS]
    of_list = {one.rank: [place for place, role in roles.items() if role in one.unowned] for one in ask.lists}
    statement = _Statement(most=None if ask.most is None else ask.most + 1, among=ask.among)
    for part in _parts(ask.lists, ask.today, connection.vendor):
        condition, params = _for_user(user, named, of_list[part.rank])
        if condition:
            statement.add(part, f"({condition}){sealed[0]}", [*params, *sealed[1]])
    rows: dict[int, list[Row]] = {}
    for row in set(statement.rows()):
        rows.setdefault(row.rank, []).append(row)
    return rows


def _for_user(user: int, named: Sequence[int], answers: Sequence[int]) -> tuple[str, list[Any]]:
    """The condition on a row, and its values; empty when no row can be theirs."""
    conditions, params = [], []
    if named:
        conditions.append(f"(w_owner = %s AND w_place IN ({_places(named)}))")
        params += [user, *named]
    if answers:
        still, of_them = _members_of(tuple(answers))
        conditions.append(
            f"(w_place IN ({_places(answers)}) AND (w_owner IS NULL OR (w_place, w_owner) NOT IN ({still})))"
        )
        params += [*answers, *of_them]
    return " OR ".join(conditions), params


def _members_of(places: tuple[int, ...]) -> tuple[str, list[Any]]:
    rows = members().filter(organisation__in=places).order_by().values_list("organisation_id", "user_id")
    sql, params = rows.query.get_compiler(connection=connection).as_sql()
    return sql, list(params)


def _rivals(people: set[int], places: Sequence[int], ask: _Ask) -> Iterable[Row]:
    """Every row of some persons in some organisations, in all lists."""
    if not people:
        return []
    chosen, value = CHOSEN[connection.vendor]
    statement = _Statement(f"WITH chosen AS ({chosen}) ", [value(sorted(people))])
    for part in _parts(ask.lists, ask.today, connection.vendor):
        condition = f"w_person IN (SELECT id FROM chosen) AND w_place IN ({_places(places)})"  # noqa: S608 -- names of ours
        statement.add(part, condition, places)
    return statement.rows()


# Many ids as one parameter.
CHOSEN: dict[str, tuple[str, Callable[[list[int]], Any]]] = {
    "postgresql": ("SELECT unnest(%s::bigint[]) AS id", list),
    "sqlite": ("SELECT value AS id FROM json_each(%s)", json.dumps),
}


class _Statement:
    """A union of parts, each under its own condition. Names are ours, values are parameters."""

    def __init__(
        self, start: str = "", params: Sequence[Any] = (), *, most: int | None = None, among: Span | None = None
    ) -> None:
        self.start, self.parts, self.params = start, list[str](), list(params)
        self.within = " AND w_person BETWEEN %s AND %s" if among else ""
        self.among: tuple[int, ...] = among or ()
        self.first = "" if most is None else f" ORDER BY w_day IS NULL, w_day, w_person LIMIT {most}"

    def add(self, part: Part, condition: str, params: Sequence[Any]) -> None:
        self.params += [*part.params, *params, *self.among]
        self.parts.append(
            f"SELECT * FROM (SELECT {part.rank} AS w_rank, w_person, w_place, w_owner, w_day FROM ({part.sql}) AS t"  # noqa: S608
            f" WHERE ({condition}){self.within}{self.first}) AS p"
        )

    def rows(self) -> Iterable[Row]:
        if not self.parts:
            return
        with connection.cursor() as cursor:
            cursor.execute(self.start + " UNION ALL ".join(self.parts), self.params)
            for rank, person, place, owner, day in cursor.fetchall():
                yield Row(rank, person, place, owner, date.fromisoformat(day[:10]) if isinstance(day, str) else day)


def _places(ids: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(ids))


@lru_cache(maxsize=8)
def _parts(lists: tuple[PeopleList, ...], today: date, vendor: str) -> tuple[Part, ...]:
    """Every queryset of every list, compiled once a day: wording twenty of them takes longer than running them."""
    parts = []
    for one in lists:
        for rows in one.waiting(today):
            try:
                sql, params = rows.query.get_compiler(connection=connection).as_sql()
            except EmptyResultSet:
                continue
            parts.append(Part(one.rank, sql, tuple(params)))
    return tuple(parts)
