"""What is wrong with a file, or worth a look: where, why, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from partners.cells import Fault
from partners.nir import contains_nir

MASKED = "(numéro masqué)"


@dataclass(frozen=True)
class Problem:
    """One error or warning. `sheet`, `row`, `column` are None as far as the problem is that of a larger whole."""

    sheet: str | None
    row: int | None
    column: str | None
    value: str
    reason: str
    fix: str

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
            "fix": self.fix,
        }

    def sentence(self) -> str:
        where = [part for part in (self.sheet, self.row and f"ligne {self.row}", self.column) if part]
        shown = f" (« {self.value} »)".replace("« ", "«\u00a0").replace(" »", "\u00a0»") if self.value else ""
        return f"{', '.join(where)}{shown}\u00a0: {self.reason} {self.fix}".removeprefix("\u00a0: ").strip()


@dataclass
class Problems:
    """Errors, one a cell at most, and warnings, in the order they were found."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _cells: set[tuple[str | None, int | None, str | None]] = field(default_factory=set)

    def error(self, sheet: str | None, row: int | None, column: str | None, value: Any, fault: Fault) -> None:
        where = (sheet, row, column)
        if where not in self._cells or row is None:
            self._cells.add(where)
            self.errors.append(Problem(sheet, row, column, shown(value), fault.reason, fault.fix))

    def warn(self, sheet: str | None, row: int | None, column: str | None, value: Any, fault: Fault) -> None:
        self.warnings.append(Problem(sheet, row, column, shown(value), fault.reason, fault.fix))

    def sort(self, sheets: list[str]) -> None:
        """In the order of the workbook, then of the rows."""
        place = {title: number for number, title in enumerate(sheets)}
        for problems in (self.errors, self.warnings):
            problems.sort(key=lambda problem: (place.get(problem.sheet or "", -1), problem.row or 0))


def shown(value: Any) -> str:
    """A cell's value as a person would write it, shortened; a social-security number is never repeated."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}".replace(".", ",")
    if isinstance(value, tuple | list):
        value = ", ".join(map(str, value))
    text = "".join(c if c.isprintable() else " " for c in str(value))
    if contains_nir(text):
        return MASKED
    return text if len(text) <= 100 else text[:99] + "…"
