"""The checks that a workbook can make again by itself: one formula each, beside the result stored in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from placements.reports.content import Content, FseLine, Outcome
from placements.reports.french import NBSP, percent, rounded

# Columns of the sheets Règles and FSE+, as xlsx.py lays them.
_N, _OF, _RATE, _FRAME, _LOW, _HIGH, _UNKNOWN = "F", "G", "H", "I", "J", "K", "L"
_FEMALE, _TOTAL = "C", "F"


@dataclass
class Places:
    """On which row each rule and each indicator stands."""

    rules: dict[str, int] = field(default_factory=dict)
    fse: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Recomputed:
    """A check whose `formula` gives `ok` again."""

    label: str
    detail: str
    ok: bool
    formula: str


def recomputed(content: Content, places: Places) -> list[Recomputed]:
    """All the checks that the figures shown in the workbook allow; hidden figures allow none."""
    return [*_rates(content, places), *_fse(content, places)]


def _rounded(n: str, of: str) -> str:
    """n / of to three decimals, half up, in whole numbers: exact where ROUND works on a binary fraction."""
    return f"INT((2000*({n})+{of})/(2*{of}))/1000"


def _rates(content: Content, places: Places) -> Iterator[Recomputed]:
    for outcome in content.outcomes:
        row = places.rules[outcome.code]
        at = {name: f"'Règles'!{name}{row}" for name in (_N, _OF, _RATE, _FRAME, _LOW, _HIGH, _UNKNOWN)}
        for label, n, of, shown, formula in _fractions(outcome, at):
            if n is None or not of or shown is None:
                continue
            yield Recomputed(
                f"{outcome.label}{NBSP}: {label}", f"{n} / {of} = {percent(shown)}", rounded(n, of) == shown, f"={formula}"
            )  # fmt: skip


def _fractions(outcome: Outcome, at: dict[str, str]) -> list[tuple[str, int | None, int | None, float | None, str]]:
    most = None if outcome.numerator is None or outcome.unknown is None else outcome.numerator + outcome.unknown
    return [
        ("taux", outcome.numerator, outcome.denominator, outcome.rate, f"{_rounded(at[_N], at[_OF])}={at[_RATE]}"),
        ("au moins", outcome.numerator, outcome.frame, outcome.low, f"{_rounded(at[_N], at[_FRAME])}={at[_LOW]}"),
        (
            "au plus",
            most,
            outcome.frame,
            outcome.high,
            f"{_rounded(at[_N] + '+' + at[_UNKNOWN], at[_FRAME])}={at[_HIGH]}",
        ),
    ]


def _fse(content: Content, places: Places) -> Iterator[Recomputed]:
    lines = {line.code: line for line in content.fse}
    status, level = ("EECO02", "EECO04", "EECO05"), ("EECO09", "EECO10", "EECO11")
    left, right = _sum(lines, status), _sum(lines, level)
    if left is not None and right is not None:
        cells = ["+".join(f"'FSE+'!{_TOTAL}{places.fse[code]}" for code in group) for group in (status, level)]
        yield Recomputed(
            f"{' + '.join(status)} = {' + '.join(level)}", f"{left} = {right}", left == right, f"={cells[0]}={cells[1]}"
        )
    long, all_ = _sum(lines, ("EECO03",)), _sum(lines, ("EECO02",))
    if long is not None and all_ is not None:
        formula = f"='FSE+'!{_TOTAL}{places.fse['EECO03']}<='FSE+'!{_TOTAL}{places.fse['EECO02']}"
        yield Recomputed("EECO03 ≤ EECO02", f"{long} ≤ {all_}", long <= all_, formula)
    for line in content.fse:
        check = _sexes(line, places.fse[line.code])
        if check is not None:
            yield check


def _sexes(line: FseLine, row: int) -> Recomputed | None:
    if line.female is None or line.male is None or line.other is None or line.total is None:
        return None
    known = line.female + line.male + line.other
    # Only complete records, hence with a sex, count in these lines; elsewhere a record without sex is in the total alone.
    exact = line.code.startswith("EECO") and line.code != "EECO01"
    sign = "=" if exact else "<="
    ok = known == line.total if exact else known <= line.total
    formula = f"=SUM('FSE+'!{_FEMALE}{row}:E{row}){sign}'FSE+'!{_TOTAL}{row}"
    return Recomputed(
        f"{line.code}{NBSP}: F + M + X {'=' if exact else '≤'} total",
        f"{known} {'=' if exact else '≤'} {line.total}",
        ok,
        formula,
    )


def _sum(lines: dict[str, FseLine], codes: tuple[str, ...]) -> int | None:
    totals = [lines[code].total if code in lines else None for code in codes]
    return None if None in totals else sum(total or 0 for total in totals)
