"""What a sheet of the workbook is: its columns as data, and the few places where a noun has its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models

from partners.cells import Cell, Text, fold_header
from partners.traces import amend

if TYPE_CHECKING:
    from partners.workbook.batch import Batch
    from partners.workbook.takeover import Takeover

TEXT = Text()
Key = tuple[Any, ...]
Values = tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """One column. `attr`: its name in code. `link`: the sheet whose references it holds; `loose` accepts free text too,
    `many` a list of references."""

    title: str
    attr: str
    cell: Cell = TEXT
    required: bool = False
    link: str = ""
    loose: bool = False
    many: bool = False
    say: Mapping[str, str] = field(default_factory=dict)  # code → what an export writes, where it is another word

    @property
    def folded(self) -> str:
        return fold_header(self.title)


class Sheet:
    """A noun of the workbook. Subclasses are data; they override the methods only where the noun is special."""

    title: str
    columns: tuple[Column, ...]
    model: type[models.Model]
    reference: type[models.Model] | None = None  # where importers' names for it are kept
    noun: str = ""  # the field of `reference` that points to the noun
    key: tuple[str, ...] = ("code",)
    repeatable = False  # the same row twice, with the same values, is no fault
    fields: dict[str, Any] = {}  # attr → field or expression of the model, where the base holds it as the file does

    def __init__(self) -> None:
        self.by_attr = {column.attr: column for column in self.columns}
        self.compared = [column.attr for column in self.columns if column.attr not in self.key]

    @property
    def named_in(self) -> type[models.Model]:
        """Where importers' references to it are kept; for sheets with references."""
        if self.reference is None:
            raise TypeError(f"{self.title} has no references")
        return self.reference

    # --- reading the base ----------------------------------------------------------------------------------

    def stored(self, rows: models.QuerySet[Any]) -> Iterator[tuple[int, Values]]:
        """Each row of the base as (id, values in the order of `key` then `compared`, links as ids, blanks as None)."""
        attrs = [attr for attr in (*self.key, *self.compared) if attr != "code"]
        names = [self.fields.get(attr, attr) for attr in attrs]
        for pk, *values in rows.values_list("pk", *names).iterator(chunk_size=5_000):
            yield pk, tuple([as_file(value) if type(value) in DRESSED or value == "" else value for value in values])

    def owned_by(self, learner_ids: list[int]) -> models.QuerySet[Any]:
        """The rows of the base a key of these people may meet; for sheets without reference."""
        return self.model._base_manager.filter(learner__in=learner_ids)

    # --- checking and writing ------------------------------------------------------------------------------

    def match(self, takeover: Takeover, batch: Batch) -> dict[int, int]:
        """Rows unknown by reference that are yet in the base: index of the row → id."""
        return {}

    def precheck(self, takeover: Takeover, batch: Batch) -> None:
        """Checks that other sheets' checks must know of."""

    def check(self, takeover: Takeover, batch: Batch) -> None:
        """Checks beyond types, once links are resolved and the base compared."""

    def plan(self, takeover: Takeover, batch: Batch) -> None:
        """What must be known of several sheets before the first is written."""

    def write(self, takeover: Takeover, batch: Batch) -> None:
        """Write the fresh rows; their ids are reserved in `batch.ids`."""
        raise NotImplementedError

    def after(self, takeover: Takeover, batch: Batch) -> None:
        """What follows once every sheet is written."""

    def fill(self, takeover: Takeover, batch: Batch, filled: dict[int, dict[str, Any]]) -> None:
        """Give rows of the base values that were blank there: id → attr → value."""
        for pk, values in filled.items():
            named = {self.fields.get(attr, attr): stored_form(value) for attr, value in values.items()}
            amend(self.model._base_manager.filter(pk=pk), **named)

    # --- exporting -----------------------------------------------------------------------------------------

    def exported(self, rows: models.QuerySet[Any]) -> Iterator[tuple[int, Values]]:
        """As `stored`, in the order of recording."""
        return self.stored(rows.order_by("pk"))


DRESSED = frozenset({list})


def as_file(value: Any) -> Any:
    """A value of the base as a file gives it: blanks are None, lists tuples."""
    return tuple(value) or None if isinstance(value, list) else None


def stored_form(value: Any) -> Any:
    """A value read from a file as a model keeps it: lists for JSON."""
    return list(value) if isinstance(value, tuple) else value


def in_slices(ids: Iterable[int], size: int = 10_000) -> Iterator[list[int]]:
    listed = sorted(ids)
    for at in range(0, len(listed), size):
        yield listed[at : at + size]
