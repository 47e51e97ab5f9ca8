"""Fairness of a selection (*équité*) in exact numbers: from counts by group to rates, tests and what one may conclude. Pure.

A stratum is one cohort: with several, each person is compared with those of their own cohort only, so that a group that
applied more where few are taken is not said to be treated worse. Why these tests: docs/decisions/0018.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import comb, exp, log

from cohorts.fair_cells import FEWEST_SHOWN, Line, lines_of

LEVEL = 0.05  # of the tests: one false alarm in twenty
SURE = 0.95  # of the intervals
FOUR_FIFTHS = Fraction(4, 5)
HALVED = 0.5  # a group whose chances are halved ought to be seen…
POWER = 0.8  # …four times in five, or one cannot conclude
MOST_TABLES = 60_000  # beyond, the whole-table test gives way to the corrected tests of its groups

Counts = Mapping[str, tuple[int, int]]  # group → persons at the stage, persons who passed it


class Verdict(StrEnum):
    """What numbers allow to say. Never that a selection is fair: at most that no difference was seen."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    CANNOT = "cannot"


# --- one group against the others, exactly ---------------------------------------------------------------------
@dataclass(frozen=True)
class Split:
    """A group in one cohort: `n` persons of whom `passed`, out of `of` persons of whom `taken`."""

    n: int
    passed: int
    of: int
    taken: int


@dataclass(frozen=True)
class Conditional:
    """How many of a group pass, all margins given: `weights[i]` ways of `least + i`; `seen`: how many did."""

    least: int
    weights: tuple[int, ...]
    seen: int

    @property
    def total(self) -> int:
        return sum(self.weights)


def conditional(splits: Sequence[Split]) -> Conditional:
    """The exact law of the sum over cohorts: one hypergeometric law each, convolved in whole numbers."""
    least, weights = 0, [1]
    for one in splits:
        low, high = max(0, one.n + one.taken - one.of), min(one.n, one.taken)
        ways = [comb(one.n, k) * comb(one.of - one.n, one.taken - k) for k in range(low, high + 1)]
        product = [0] * (len(weights) + len(ways) - 1)
        for i, left in enumerate(weights):
            for j, right in enumerate(ways):
                product[i + j] += left * right
        least, weights = least + low, product
    return Conditional(least, tuple(weights), sum(one.passed for one in splits))


@lru_cache(maxsize=1024)
def p_values(weights: tuple[int, ...]) -> tuple[Fraction, ...]:
    """For each outcome, the chance of one no likelier than it: the two-sided p of Fisher, ties told exactly."""
    total, below, found = sum(weights), 0, {}
    for weight in sorted(set(weights)):
        below += weight * weights.count(weight)
        found[weight] = Fraction(below, total)
    return tuple(found[weight] for weight in weights)


def p_value(law: Conditional) -> Fraction:
    """Two-sided exact p of what was seen; with one cohort, that of Fisher's test."""
    return p_values(law.weights)[law.seen - law.least]


def _tilted(law: Conditional, odds: float) -> list[float]:
    """The law if the odds of the group were `odds` times those of the others."""
    logs = [log(weight) + i * log(odds) for i, weight in enumerate(law.weights)]
    top = max(logs)
    shares = [exp(one - top) for one in logs]
    whole = sum(shares)
    return [one / whole for one in shares]


def power(law: Conditional, odds: float, level: float) -> float:
    """The chance that the test sees, at that level, odds that truly are `odds` times those of the others."""
    tilted = _tilted(law, odds)
    return sum(share for share, p in zip(tilted, p_values(law.weights), strict=True) if p <= level)


def odds_between(law: Conditional, sure: float = SURE) -> tuple[float, float | None]:
    """Exact interval of the odds ratio common to the cohorts; no upper bound (None) when the most possible passed."""
    at, tail = law.seen - law.least, (1 - sure) / 2
    low = 0.0 if at == 0 else _solve(lambda odds: sum(_tilted(law, odds)[at:]) < tail)
    high = None if at == len(law.weights) - 1 else _solve(lambda odds: sum(_tilted(law, odds)[: at + 1]) > tail)
    return low, high


def _solve(below: Callable[[float], bool]) -> float:
    """The odds at which a monotone condition turns false, by halving on the logarithmic scale."""
    low, high = -40.0, 40.0
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if below(exp(middle)) else (low, middle)
    return exp((low + high) / 2)


def pooled_odds(splits: Sequence[Split]) -> float | None:
    """The odds ratio of Mantel and Haenszel; None when nothing in the other diagonal."""
    over = under = 0.0
    for one in splits:
        others = one.of - one.n
        passed = one.taken - one.passed
        over += one.passed * (others - passed) / one.of
        under += (one.n - one.passed) * passed / one.of
    return over / under if under else None


# --- rates -----------------------------------------------------------------------------------------------------
@lru_cache(maxsize=4096)
def rate_between(passed: int, n: int, sure: float = SURE) -> tuple[float, float]:
    """Exact interval of a rate (Clopper and Pearson); everything from 0 to 1 when there is nobody."""
    if n == 0:
        return 0.0, 1.0
    tail = (1 - sure) / 2
    low = 0.0 if passed == 0 else 1 - _upper(n - passed, n, tail)
    high = 1.0 if passed == n else _upper(passed, n, tail)
    return low, high


def _upper(k: int, n: int, tail: float) -> float:
    """The rate at which `k` or fewer of `n` has the chance `tail`."""
    low, high = 0.0, 1.0
    for _ in range(55):
        rate = (low + high) / 2
        low, high = (rate, high) if _at_most(k, n, rate) > tail else (low, rate)
    return (low + high) / 2


def _at_most(k: int, n: int, rate: float) -> float:
    term = exp(log(comb(n, k)) + k * log(rate) + (n - k) * log(1 - rate))
    whole, odds = term, (1 - rate) / rate
    for i in range(k, 0, -1):
        term *= i / (n - i + 1) * odds
        whole += term
    return whole


# --- all groups at once ----------------------------------------------------------------------------------------
def whole_table(groups: Sequence[tuple[int, int]]) -> Fraction | None:
    """Exact p of a table of groups by passed or not (Freeman and Halton); None when it has too many to be counted."""
    taken = sum(passed for _n, passed in groups)
    ways: dict[tuple[int, int], int] = {(0, 1): 1}  # passed so far, product of ways → how many tables
    left = sum(n for n, _passed in groups)
    for n, _passed in groups:
        left -= n
        ways = _with_one_more(ways, n, taken, left)
        if len(ways) > MOST_TABLES:
            return None
    seen = 1
    for n, passed in groups:
        seen *= comb(n, passed)
    whole = sum(product * many for (_k, product), many in ways.items())
    as_rare = sum(product * many for (_k, product), many in ways.items() if product <= seen)
    return Fraction(as_rare, whole)


def _with_one_more(ways: dict[tuple[int, int], int], n: int, taken: int, left: int) -> dict[tuple[int, int], int]:
    """Tables with one more group, of those that can still reach the total taken."""
    longer: dict[tuple[int, int], int] = {}
    for (k, product), many in ways.items():
        for more in range(max(0, taken - left - k), min(n, taken - k) + 1):
            key = (k + more, product * comb(n, more))
            longer[key] = longer.get(key, 0) + many
            if len(longer) > MOST_TABLES:
                return longer
    return longer


def holm(values: Sequence[Fraction]) -> list[Fraction]:
    """P-values corrected for being several (Holm), in the same order."""
    corrected, running = [Fraction(1)] * len(values), Fraction(0)
    for rank, at in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        running = max(running, min(Fraction(1), (len(values) - rank) * values[at]))
        corrected[at] = running
    return corrected


# --- what is said ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Finding:
    """What is said of one line. `expected`: how many would pass if, in each cohort, it went as for everybody there.

    `ratio`: to the best line, cohort by cohort; `low_ratio`: under four fifths, a mark to look at and no verdict.
    `p`: corrected. `gap`: between which differences of rate with the others the truth may lie. `blind`: no result
    whatever could have been seen. `verdict`: None for a line that is not tested (several small groups together).
    """

    line: Line
    rate: float
    between: tuple[float, float]
    expected: float
    ratio: float | None = None
    low_ratio: bool = False
    p: float | None = None
    odds: float | None = None
    gap: tuple[float, float] | None = None
    blind: bool = False
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Table:
    """One trait at one stage. `p`: of the whole table; `tests`: how many, corrected for; `cohorts`: how many are in it.

    `unknown`: persons of whom the trait is not known, in no test; `unknown_passed` is None when they are too few.
    """

    findings: tuple[Finding, ...]
    unknown: int
    unknown_passed: int | None
    n: int
    passed: int
    p: float | None
    verdict: Verdict
    tests: int
    cohorts: int

    @property
    def together(self) -> frozenset[str]:
        """Groups that share a line here, and will at the stages that follow."""
        return frozenset(group for one in self.findings if one.line.several for group in one.line.groups)


def table(strata: Sequence[Counts], *, unknown: str = "", together: frozenset[str] = frozenset()) -> Table:
    """What may be said of groups at a stage; `unknown` is a group apart; `together`: see `fair_cells.lines_of`."""
    known = [{group: pair for group, pair in one.items() if group != unknown} for one in strata]
    not_known = [one.get(unknown, (0, 0)) for one in strata]
    lines = lines_of(known, together=together)
    tested = _tested(known, lines)
    corrected = holm([p_value(conditional(splits)) for _line, splits in tested])
    p = _whole(known, lines, corrected)
    least = p or Fraction(0)  # a group is said to differ only where the whole table does
    found = {
        line.groups: _judged(line, splits, max(least, corrected[at]), len(tested))
        for at, (line, splits) in enumerate(tested)
    }
    findings = [found.get(line.groups) or _plain(line, _splits(known, line)) for line in lines]
    if len(tested) == 1:  # two lines, one test: it says the same of both
        [said] = found.values()
        findings = [
            one if one.verdict else replace(one, p=said.p, blind=said.blind, verdict=said.verdict) for one in findings
        ]
    n_unknown = sum(n for n, _passed in not_known)
    return Table(
        findings=tuple(_with_ratios(findings)),
        unknown=n_unknown,
        unknown_passed=sum(passed for _n, passed in not_known) if n_unknown >= FEWEST_SHOWN else None,
        n=sum(line.n for line in lines),
        passed=sum(line.passed for line in lines),
        p=None if p is None else float(p),
        verdict=_verdict(p, [one.verdict for one in found.values()]),
        tests=len(tested),
        cohorts=sum(1 for one in known if any(n for n, _passed in one.values())),
    )


def _splits(strata: Sequence[Counts], line: Line) -> tuple[Split, ...]:
    """A line against everybody known, cohort by cohort; cohorts without any of them compare nothing."""
    found = []
    for one in strata:
        n = sum(one[group][0] for group in line.groups if group in one)
        passed = sum(one[group][1] for group in line.groups if group in one)
        of, taken = sum(pair[0] for pair in one.values()), sum(pair[1] for pair in one.values())
        if n:
            found.append(Split(n, passed, of, taken))
    return tuple(found)


def _tested(strata: Sequence[Counts], lines: Sequence[Line]) -> list[tuple[Line, tuple[Split, ...]]]:
    """The lines tested against all the others: each single group; of two lines one, since the test is the same."""
    single = [line for line in lines if not line.several]
    if len(lines) < 2:
        return []
    return [(line, _splits(strata, line)) for line in (single[:1] if len(lines) == 2 else single)]


def _whole(strata: Sequence[Counts], lines: Sequence[Line], corrected: Sequence[Fraction]) -> Fraction | None:
    """The p of the whole table: exact for one cohort; for several, the least of the corrected ones."""
    if not corrected:
        return None
    if len(lines) > 2 and len([one for one in strata if any(n for n, _passed in one.values())]) == 1:
        exact = whole_table([(line.n, line.passed) for line in lines])
        if exact is not None:
            return exact
    return min(corrected)


def _plain(line: Line, splits: Sequence[Split]) -> Finding:
    expected = sum(one.n * one.taken / one.of for one in splits)
    return Finding(line, line.passed / line.n, rate_between(line.passed, line.n), expected)


def _judged(line: Line, splits: tuple[Split, ...], p: Fraction, tests: int) -> Finding:
    law = conditional(splits)
    said = replace(_plain(line, splits), p=float(p), odds=pooled_odds(splits))
    if len(law.weights) == 1:  # everybody passed, or nobody: nothing to compare
        return replace(said, blind=True, verdict=Verdict.CANNOT)
    others, level = _rate_of_others(splits), LEVEL / tests
    said = replace(said, gap=_gap(law, others), blind=min(p_values(law.weights)) > level)
    if p <= LEVEL:
        return replace(said, verdict=Verdict.SEEN)
    seeing = power(law, _odds(others * HALVED) / _odds(others), level)
    own = line.passed / line.n
    if tests == 1 and 0 < own < 1:  # the same test speaks for the others too: they ought to be seen as well
        seeing = min(seeing, power(law, _odds(own) / _odds(own * HALVED), level))
    return replace(said, verdict=Verdict.NOT_SEEN if seeing >= POWER else Verdict.CANNOT)


def _rate_of_others(splits: Sequence[Split]) -> float:
    """The rate that the others have where the group is, cohort by cohort; that of everybody if it is 0 or 1."""
    with_others = [one for one in splits if one.of > one.n]
    n = sum(one.n for one in with_others)
    rate = sum(one.n * (one.taken - one.passed) / (one.of - one.n) for one in with_others) / n
    if 0 < rate < 1:
        return rate
    return sum(one.taken for one in splits) / sum(one.of for one in splits)


def _odds(rate: float) -> float:
    return rate / (1 - rate)


def _gap(law: Conditional, others: float) -> tuple[float, float]:
    """The interval of the odds ratio, told as differences of rate with the others."""
    low, high = odds_between(law)
    at = [1.0 if odds is None else odds * others / (1 - others + odds * others) for odds in (low, high)]
    return at[0] - others, at[1] - others


def _with_ratios(findings: Sequence[Finding]) -> list[Finding]:
    """With how each compares to the best one: passed over expected, which for one cohort is the ratio of rates."""
    shares = [one.line.passed / one.expected if one.expected else None for one in findings]
    best = max((share for share in shares if share is not None), default=0.0)
    if not best or len(findings) < 2:
        return list(findings)
    ratios = [None if share is None else share / best for share in shares]
    return [
        replace(one, ratio=ratio, low_ratio=ratio is not None and ratio < FOUR_FIFTHS - 1e-12)
        for one, ratio in zip(findings, ratios, strict=True)
    ]


def _verdict(p: Fraction | None, verdicts: Sequence[Verdict | None]) -> Verdict:
    """Of the whole table: nothing is said not to be seen that could not have been, in any group."""
    if p is None:
        return Verdict.CANNOT
    if p <= LEVEL:
        return Verdict.SEEN
    return Verdict.NOT_SEEN if all(one is Verdict.NOT_SEEN for one in verdicts) else Verdict.CANNOT
