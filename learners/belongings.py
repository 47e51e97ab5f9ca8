"""What belongs to a person: the rows of every table that point at them. Which can change hands, and which have to stay.

The tables are asked of the models themselves, so that one to come cannot be forgotten; what does not move is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, UniqueConstraint

from learners.models import Learner

# What is said of two files, not of a person: it stays, and readers follow `merged_into`.
HISTORY = ("learners.Merge.kept", "learners.Merge.absorbed", "learners.Distinct.first", "learners.Distinct.second")
# Computed from rows that move: written anew for both persons, never carried.
DERIVED = ("placements.EnrolmentFacts.learner", "placements.DayRun.learner")
# Tables of an app to the left know a person by number. The journal is never altered: it is read with that of both files.
NUMBERS = (("partners.Message", "learner_id"),)
# What the file that is kept may take from the other where it has nothing, by choice: a name and its columns.
FILLS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("sex", "born_on", "level", "phone", "email", "channel", "address", "postcode")},
    "commune": ("commune",),
    "district": ("district_status", "district", "district_list", "district_method", "district_on"),
}


class Tie(NamedTuple):
    """One column by which rows of a table belong to a person."""

    model: type[Model]
    field: str
    column: str

    @property
    def code(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    def rows_of(self, person: int) -> QuerySet[Any]:
        return self.model._base_manager.filter(**{self.column: person}).order_by("pk")


def ties() -> list[Tie]:
    """Every tie to a person, in a constant order."""
    found = [
        Tie(model, field.name, field.attname)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.model is Learner
    ]
    found += [Tie(apps.get_model(label), column, column) for label, column in NUMBERS]
    return sorted(found, key=lambda tie: tie.code)


def carried() -> list[Tie]:
    """Those whose rows change hands."""
    return [tie for tie in ties() if tie.code not in (*HISTORY, *DERIVED)]


def clashing(tie: Tie, *, to: int, among: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of `among` that cannot be given to person `to`, because one of theirs is there and only one may be."""
    theirs, clash = tie.rows_of(to).order_by(), Q(pk__in=[])
    for others, condition in _only_one(tie):
        same = theirs.filter(condition, **{name: OuterRef(name) for name in others})
        clash |= condition & Q(Exists(same))
    return among.filter(clash)


def _only_one(tie: Tie) -> Iterator[tuple[list[str], Q]]:
    """(the other columns, on which rows) of each uniqueness in which the person takes part."""
    meta = tie.model._meta
    if getattr(meta.get_field(tie.field), "unique", False):
        yield [], Q()
    for together in meta.unique_together:
        if tie.field in together:
            yield [name for name in together if name != tie.field], Q()
    for one in meta.constraints:
        if isinstance(one, UniqueConstraint) and tie.field in one.fields:
            yield [name for name in one.fields if name != tie.field], one.condition or Q()


class Parts(NamedTuple):
    """The rows of one table: the ids of those that move, and of those that stay."""

    tie: Tie
    moving: list[int]
    staying: list[int]


def parts(absorbed: int, *, to: int, lock: bool = False) -> list[Parts]:
    """What moves from one person to another and what stays, table by table, without what has no row.

    `lock`: nobody else changes these rows before the end of the transaction; raises OperationalError at once when
    somebody is about to, since waiting for them while the persons are held would be waiting for one another.
    """
    found = []
    for tie in carried():
        rows = tie.rows_of(absorbed)
        held = rows.select_for_update(nowait=True) if lock else rows
        ids = list(held.values_list("pk", flat=True))
        if ids:
            staying = set(clashing(tie, to=to, among=rows).values_list("pk", flat=True))
            found.append(Parts(tie, [pk for pk in ids if pk not in staying], [pk for pk in ids if pk in staying]))
    return found


def give(tie: Tie, ids: Iterable[int], *, to: int) -> int:
    """Let these rows be somebody else's; how many."""
    return tie.model._base_manager.filter(pk__in=list(ids)).update(**{tie.column: to})


def tie_of(code: str) -> Tie | None:
    """The tie of that code; None for a table that is no more."""
    return next((tie for tie in carried() if tie.code == code), None)


def fillable(kept: Learner, absorbed: Learner) -> list[str]:
    """What the one has not and the other has."""
    first = {name: columns[0] for name, columns in FILLS.items()}
    return [name for name, column in first.items() if not getattr(kept, column) and getattr(absorbed, column)]
