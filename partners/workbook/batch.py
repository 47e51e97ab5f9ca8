"""The rows of one sheet of a file, by columns, and what is known of them as the import goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from partners.cells import Fault
from partners.workbook.problems import Problems
from partners.workbook.sheets import Sheet


class Batch:
    """One sheet of the file, column by column. A cell that is blank or faulty is None; `bad` tells which are faulty.

    `rows`: sheet row of each line. `tokens`: for a link, the id of what is in the base, or -(line + 1) for what the
    file brings. `known`: line → id in the base. `fresh`: lines to write, `ids`: the id each will have.
    """

    def __init__(self, sheet: Sheet, problems: Problems) -> None:
        self.sheet = sheet
        self.problems = problems
        self.present = False
        self.whole = True  # False when a column is missing: what depends on the sheet cannot be judged
        self.header_row = 0
        self.rows: list[int] = []
        self.headers: dict[str, str] = {}
        self.values: dict[str, list[Any]] = {}
        self.bad: dict[str, set[int]] = defaultdict(set)
        self.tokens: dict[str, list[Any]] = {}
        self.known: dict[int, int] = {}
        self.fresh: list[int] = []
        self.ids: dict[int, int] = {}
        self.fills: dict[int, dict[str, Any]] = {}
        self.named: set[int] = set()  # lines of the base that this importer names for the first time
        self.keyed: dict[Any, int] = {}  # key → line, for sheets without reference
        self.untouchable: set[int] = set()
        self.aliases: set[int] = set()  # lines whose reference was another row's, which this one stands for now

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, attr: str) -> list[Any]:
        """The values of a column: tokens for a link, None everywhere when the file does not have it."""
        found = self.tokens.get(attr)
        if found is None:
            found = self.values.get(attr)
        return found if found is not None else [None] * len(self.rows)

    def text(self, attr: str) -> list[Any]:
        """The values as read, references of links included."""
        return self.values.get(attr) or [None] * len(self.rows)

    def header(self, attr: str) -> str:
        return self.headers.get(attr) or self.sheet.by_attr[attr].title

    def fault(self, line: int, attr: str, reason: str, fix: str, value: Any = None) -> None:
        """Record an error on one cell."""
        said = self.text(attr)[line] if value is None else value
        self.bad[attr].add(line)
        self.problems.error(self.sheet.title, self.rows[line], self.header(attr), said, Fault(reason, fix))

    def warn(self, line: int, attr: str, reason: str, fix: str) -> None:
        self.problems.warn(
            self.sheet.title, self.rows[line], self.header(attr), self.text(attr)[line], Fault(reason, fix)
        )

    def faulty(self, line: int, *attrs: str) -> bool:
        return any(line in self.bad[attr] for attr in attrs)

    def lines(self, *attrs: str) -> Iterator[tuple[Any, ...]]:
        """(line, values…) where every one of `attrs` is there and sound."""
        columns = [self[attr] for attr in attrs]
        bad = set().union(*(self.bad[attr] for attr in attrs))
        for line, values in enumerate(zip(*columns, strict=True)):
            if None not in values and line not in bad:
                yield line, *values

    def identity(self, line: int) -> int:
        """The token by which other sheets know this line."""
        return self.known.get(line, -line - 1)

    def final_id(self, line: int) -> int | None:
        """The id this line has in the base, or will have once written."""
        return self.known.get(line) or self.ids.get(line)

    def absorb(self, line: int, attr: str, value: Any) -> None:
        """Where the file is blank and the base is not, what the base says holds."""
        store = self.tokens if self.sheet.by_attr[attr].link else self.values
        column = store.setdefault(attr, [None] * len(self.rows))
        column[line] = value
