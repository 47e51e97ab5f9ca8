"""The figures of a report (`docs/rules.md` §6): six reads over facts, whatever the volume, and exact arithmetic.

Nothing here knows a particular rule, nor who will read: `placements.reports.result` and `assemble` write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
)

from cohorts.states import ApplicationStatus, Decision, ExitReason
from learners.continuity import NO_DAY, shortened
from learners.states import Sex
from placements.bars import DUE as BARS_DUE
from placements.bars import GROUPS
from placements.fse import OUTPUTS, RESULTS, framed, participants
from placements.models import EnrolmentFacts
from placements.profile import SHARES
from placements.reports.evidence import evidence
from placements.reports.frame import Frame, applications
from placements.rules import RULES, Rule
from placements.states import FollowUpResult, Milestone

LONG_GAP = 15  # days
DUE_COLUMNS = tuple(sorted({rule.due for rule in RULES.values()}))
FOLLOWED = {0: "exited_on", 1: "m1_on", 3: "m3_on", 6: "m6_on", 12: "m12_on"}
SEXES = tuple(Sex.values)


def count(condition: Q) -> Count:
    """How many rows satisfy the condition."""
    return Count(Value(1), filter=condition) if condition else Count(Value(1))


def bit(place: int, condition: Q) -> Case:
    """1, 2, 4, 8… where the condition holds, else 0."""
    return Case(When(condition, then=Value(1 << place)), default=Value(0), output_field=IntegerField())


# --- Rules and profile: one pass ------------------------------------------------------------------------------


class Tally:
    """Counts of every predicate by frame and by what is due: a handful of rows that all rules are summed from.

    Grouping by frames and due dates lets each predicate be counted once, without repeating the dates in it. They are
    packed in one number, so that PostgreSQL expects few groups and counts in parallel.
    """

    LEFT, ENTERED = 0, 1
    DUE = {column: place for place, column in enumerate(DUE_COLUMNS, start=2)}

    def __init__(self, facts: QuerySet[EnrolmentFacts], frame: Frame) -> None:
        self._names: dict[Q, str] = {}
        for predicate in _predicates():
            self._names.setdefault(predicate, f"n{len(self._names)}")
        conditions = {self.LEFT: frame.left, self.ENTERED: frame.entered}
        conditions |= {place: Q(**{f"{column}__lte": frame.as_of}) for column, place in self.DUE.items()}
        packed = reduce(add, (bit(place, condition) for place, condition in conditions.items()))
        found: Any = (  # the columns are made up here: no type can name them
            facts.filter(frame.left | frame.entered)
            .annotate(packed=packed)
            .order_by()
            .values("packed")
            .annotate(**{name: count(predicate) for predicate, name in self._names.items()})
        )
        self._rows: list[dict[str, int]] = list(found)

    def __call__(self, predicate: Q, *, entered: bool, due: str | None = None) -> int:
        """How many of the frame, of those due where `due` is given."""
        wanted = 1 << (self.ENTERED if entered else self.LEFT)
        if due is not None:
            wanted |= 1 << self.DUE[due]
        name = self._names[predicate]
        return sum(row[name] for row in self._rows if row["packed"] & wanted == wanted)


ANYBODY, DROPOUT = Q(), Q(dropout=True)


def _predicates() -> Iterator[Q]:
    yield ANYBODY
    yield DROPOUT
    for rule in RULES.values():
        yield rule.counted
        yield rule.counted & rule.positive
        yield rule.unknown
        for part in rule.parts:
            yield part.holds if part.of_frame else rule.counted & rule.positive & part.holds
    for share in SHARES:
        yield share.asked
        yield share.holds
    for group in GROUPS:
        yield group.holds


@dataclass(frozen=True)
class RuleFigures:
    """One rule's counts; `frame` is N, everybody due."""

    rule: Rule
    numerator: int
    denominator: int
    unknown: int
    not_due: int
    dropouts: int
    frame: int
    parts: dict[str, int]

    @property
    def published(self) -> bool:
        return self.rule.published(self.denominator)

    @property
    def rate(self) -> float | None:
        return three_decimals(self.numerator, self.denominator) if self.published else None

    @property
    def low(self) -> float | None:
        return three_decimals(self.numerator, self.frame)

    @property
    def high(self) -> float | None:
        return three_decimals(self.numerator + self.unknown, self.frame)


def three_decimals(part: int, whole: int) -> float | None:
    """The exact fraction rounded half up to three decimals; None when the whole is empty."""
    return (2000 * part + whole) // (2 * whole) / 1000 if whole else None


def apply(rule: Rule, tally: Tally) -> RuleFigures:
    def counted(predicate: Q) -> int:
        return tally(predicate, entered=rule.on_entry, due=rule.due)

    inside = rule.counted & rule.positive
    return RuleFigures(
        rule=rule,
        numerator=counted(inside),
        denominator=counted(rule.counted),
        unknown=counted(rule.unknown),
        not_due=tally(ANYBODY, entered=rule.on_entry) - counted(ANYBODY),
        dropouts=counted(DROPOUT),
        frame=counted(ANYBODY),
        parts={part.code: counted(part.holds if part.of_frame else inside & part.holds) for part in rule.parts},
    )


def profile(tally: Tally) -> dict[str, dict[str, int]]:
    everybody = tally(ANYBODY, entered=True)
    found = {}
    for share in SHARES:
        of = tally(share.asked, entered=True)
        found[share.code] = {"n": tally(share.holds, entered=True), "of": of, "unknown": everybody - of}
    return found


# --- The other reads: one query each --------------------------------------------------------------------------


def funnel(frame: Frame) -> dict[str, int]:
    """Applications by referral date; entry and completion are those of that person in that cohort."""
    same_cohort = Q(learner__enrolments__cohort=F("cohort"))
    return (
        applications(frame)
        .annotate(entry=FilteredRelation("learner__enrolments", condition=same_cohort))
        .aggregate(
            referred=Count("pk"),
            eligible=count(~Q(status=ApplicationStatus.INELIGIBLE)),
            admitted=count(Q(decision=Decision.ADMITTED)),
            entered=Count("entry"),
            completed=count(Q(entry__exit_reason=ExitReason.COMPLETED)),
        )
    )


SHARED = "shared"  # people whom both EECR01 and EECR04 would count: a check, not a figure


def fse(frame: Frame) -> dict[str, Any]:
    """Counts by sex and in total; a participant without sex is in the total only."""
    period = {"start": frame.start, "end": frame.end, "as_of": frame.as_of}
    wanted = {"incomplete": count(Q(entered_on__range=(frame.start, frame.end), complete=False))}
    for line in (*OUTPUTS, *RESULTS):
        predicate = framed(line, **period)
        wanted[f"{line.code}_total"] = count(predicate)
        wanted |= {f"{line.code}_{sex}": count(predicate & Q(sex=sex)) for sex in SEXES}
    job_seeking, working = (framed(line, **period) for line in RESULTS if line.code in {"EECR01", "EECR04"})
    wanted[SHARED] = count(job_seeking & working)
    counts = participants(frame.agreement).aggregate(**wanted)
    found: dict[str, Any] = {
        line.code: {column: counts[f"{line.code}_{column}"] for column in (*SEXES, "total")}
        for line in (*OUTPUTS, *RESULTS)
    }
    return {**found, "incomplete": counts["incomplete"], SHARED: counts[SHARED]}


def follow_up(frame: Frame) -> dict[str, dict[str, int]]:
    """Best result of each due leaver at each milestone."""
    wanted: dict[str, Count] = {}
    for milestone, due_on in FOLLOWED.items():
        due = Q(**{f"{due_on}__lte": frame.as_of})
        wanted[f"due_{milestone}"] = count(due)
        for result in FollowUpResult.values:
            wanted[f"{result}_{milestone}"] = count(due & Q(**{f"asked_{milestone}": result}))
    counts = frame.facts.filter(frame.left).aggregate(**wanted)
    found = {}
    for milestone in Milestone.values:
        results = {result: counts[f"{result}_{milestone}"] for result in FollowUpResult.values}
        asked = sum(results.values())
        found[str(milestone)] = {"asked": asked, **results, "not_asked": counts[f"due_{milestone}"] - asked}
    return found


def continuity(frame: Frame) -> dict[str, int | float | None]:
    """Days by class from entry to exit + 6 months; runs are read only where the report stops before that."""
    over = Q(m6_on__lte=frame.as_of)
    groups = (
        frame.facts.filter(frame.left)
        .annotate(
            gap=Case(When(over, then=F("days_gap"))),
            stopped=Case(When(over, then=Value("", TextField())), default=F("runs")),
            since=Case(When(over, then=None), default=F("entered_on")),
        )
        .order_by()
        .values_list("gap", "stopped", "since")
        .annotate(
            people=Count(Value(1)),
            active=Sum("days_active"),
            bridged=Sum("days_bridged"),
            neutral=Sum("days_neutral"),
            long=count(Q(longest_gap__gt=LONG_GAP)),
        )
    )
    return _continuity(groups, frame.as_of)


Group = tuple[int | None, str, date | None, int, int, int, int, int]


def _continuity(groups: Iterable[Group], as_of: date) -> dict[str, int | float | None]:
    days = dict.fromkeys(("active", "bridged", "neutral", "gap"), 0)
    gaps: Counter[int] = Counter()
    over = 0
    for gap, runs, since, people, active, bridged, neutral, long in groups:
        if gap is None:  # the window is not over: count its days up to the as-of date
            one = shortened(runs, (as_of - since).days + 1) if since else NO_DAY
            counted = (people * one.active, people * one.bridged, people * one.neutral, people * one.gap)
            over += people if one.longest_gap > LONG_GAP else 0
            gaps[one.gap] += people
        else:
            counted = (active, bridged, neutral, people * gap)
            over += long
            gaps[gap] += people
        for name, number in zip(days, counted, strict=True):
            days[name] += number
    return {**days, "persons_over_15": over, "median_gap": median(gaps)}


def median(values: Counter[int]) -> int | float | None:
    """The median of values counted with their multiplicity; half-way between the middle two, None without any."""
    total = values.total()
    if not total:
        return None
    middle, seen = [], 0
    wanted = [(total - 1) // 2, total // 2]
    for value in sorted(values):
        seen += values[value]
        while wanted and wanted[0] < seen:
            middle.append(value)
            wanted.pop(0)
    twice = sum(middle)
    return twice // 2 if twice % 2 == 0 else twice / 2


# --- The whole ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """Exact figures of a report; the same whoever reads them."""

    frame: Frame
    funnel: dict[str, int]
    profile: dict[str, dict[str, int]]
    rules: dict[str, RuleFigures]  # all twelve
    fse: dict[str, Any]
    follow_up: dict[str, dict[str, int]]
    continuity: dict[str, int | float | None]
    situations: dict[str, int]  # of due leavers at six months, by group of `placements.bars`
    exits: int  # enrolments whose exit is in the period, due or not
    evidence: bytes


def measure(frame: Frame) -> Measured:
    """All figures. Call it inside `snapshot()`, so that all reads see one state of the base."""
    tally = Tally(frame.facts, frame)
    return Measured(
        frame=frame,
        funnel=funnel(frame),
        profile=profile(tally),
        rules={code: apply(rule, tally) for code, rule in RULES.items()},
        fse=fse(frame),
        follow_up=follow_up(frame),
        continuity=continuity(frame),
        situations={group.code: tally(group.holds, entered=False, due=BARS_DUE) for group in GROUPS},
        exits=tally(ANYBODY, entered=False),
        evidence=evidence(frame),
    )
