"""How much of a file is read at most, and the refusal of a file as a whole."""

from __future__ import annotations

from dataclasses import dataclass


class Rejected(Exception):
    """The file is refused as a whole; `reason` says why and `fix` how to mend it, both French sentences."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(f"{reason} {fix}")
        self.reason = reason
        self.fix = fix


@dataclass(frozen=True)
class Limits:
    """Bytes once unzipped, all parts together; rows of one sheet, empty ones included; cells of its whole rectangle."""

    unzipped: int = 50_000_000
    rows: int = 50_000
    grid: int = 10_000_000
    members: int = 2_000


USUAL = Limits()
LARGE = Limits(unzipped=2_000_000_000, rows=2_000_000, grid=200_000_000)
