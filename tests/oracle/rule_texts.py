"""The twelve rules of rules.md §3, each a function from one enrolment to what the rule says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from tests.oracle.lives import (
    ALTERNANCE,
    DAY,
    NEUTRAL,
    SALARIED,
    TRAINING,
    WORK,
    Segment,
    add_months,
    covers,
    known_until,
    last_day,
    lasts,
    proven,
    situation_at,
)
from tests.oracle.model import Enrolment


@dataclass(frozen=True)
class Case:
    """One enrolment, the whole life of its person, and the milestones its person answered at."""

    enrolment: Enrolment
    life: list[Segment]
    responded: set[int]

    @property
    def exit(self) -> date:
        """Return the exit date of a leaver."""
        assert self.enrolment.exit is not None
        return self.enrolment.exit

    @property
    def completed(self) -> bool:
        """§2: exit reason `completed`."""
        return self.enrolment.reason == "completed"

    def month(self, months: int) -> date:
        """§2: M(n) is add_months(exit, n)."""
        return add_months(self.exit, months)

    def at(self, day: date) -> Segment | None:
        """§2: the situation at D, None when unknown."""
        return situation_at(self.life, day)

    def kind_at(self, day: date) -> str:
        """§2: the kind of the situation at D, `unknown` when there is none."""
        segment = self.at(day)
        return "unknown" if segment is None else segment.kind

    def uncovered(self, day: date) -> bool:
        """§2, bounds: no situation covers that day."""
        return not any(covers(segment, day) for segment in self.life)


@dataclass(frozen=True)
class Verdict:
    """What a rule says of one due enrolment."""

    positive: bool
    counted: bool
    unknown: bool
    parts: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Rule:
    """A rule: its last date, its verdict, its parts and its floor; entry rules look at the entry frame."""

    due_on: Callable[[Case], date]
    judge: Callable[[Case], Verdict]
    parts: tuple[str, ...] = ()
    floor: int = 0
    on_entry: bool = False


def gen_2019(case: Case) -> Verdict:
    """§3 gen-2019: at M(3), completed and WORK ∪ TRAINING, over the completed with a known situation."""
    kind = case.kind_at(case.month(3))
    counted = case.completed and kind != "unknown"
    positive = case.completed and kind in WORK | TRAINING
    parts = set()
    if positive and kind in SALARIED | ALTERNANCE:
        parts.add("company")
    if positive and kind == "self_employed":
        parts.add("own_firm")
    if positive and kind in TRAINING:
        parts.add("training")
    return Verdict(positive, counted, kind == "unknown", parts)


def relais_6m(case: Case) -> Verdict:
    """§3 relais-6m: at M(6), WORK ∪ TRAINING over all due leavers."""
    kind = case.kind_at(case.month(6))
    return Verdict(kind in WORK | TRAINING, True, kind == "unknown")


def iae_exit(case: Case) -> Verdict:
    """§3 iae-exit: at exit + 1 day, durable ∪ transition ∪ positive_strict."""
    segment = case.at(case.exit + DAY)
    if segment is None:
        return Verdict(False, True, True)
    contract = segment.kind in {"cdd", "temp", "seasonal"} | ALTERNANCE
    parts = set()
    if segment.kind in {"cdi", "public", "self_employed"} or (contract and lasts(segment, 6)):
        parts.add("durable")
    elif contract or segment.kind == "subsidised":
        parts.add("transition")
    elif segment.kind in {"training_qualifying", "training_other", "iae"}:
        parts.add("positive_strict")
    return Verdict(bool(parts), True, False, parts)


def _held_for_plie(case: Case, segment: Segment) -> bool:
    """§3 plie: one situation that proves the exit by itself."""
    if not case.enrolment.entry <= segment.start <= case.month(6):
        return False
    if not proven(segment):
        return False
    if segment.kind in ALTERNANCE:
        return True
    if segment.kind not in SALARIED | {"self_employed"}:
        return False
    if add_months(segment.start, 6) > known_until(segment) + DAY:
        return False
    return segment.kind == "self_employed" or (segment.hours is not None and segment.hours >= 17.5)


def plie(case: Case) -> Verdict:
    """§3 plie, due at M(12); unknown if no situation covers M(12) and none meets the rule."""
    positive = any(_held_for_plie(case, segment) for segment in case.life)
    return Verdict(positive, True, not positive and case.uncovered(case.month(12)))


def cej_6m(case: Case) -> Verdict:
    """§3 cej-6m: at entry + 6 months, WORK over all due entrants."""
    segment = case.at(add_months(case.enrolment.entry, 6))
    if segment is None:
        return Verdict(False, True, True)
    parts = set()
    if segment.kind in {"cdi", "public"} or (segment.kind in {"cdd", "temp"} and lasts(segment, 6)):
        parts.add("durable")
    return Verdict(segment.kind in WORK, True, False, parts)


def _starts_for_ft(case: Case, segment: Segment) -> bool:
    """§3 ft-6m: WORK starting in ]exit, M(6)], subsidised, self-employed or of a month at least."""
    if segment.kind not in WORK or not case.exit < segment.start <= case.month(6):
        return False
    return segment.kind in {"subsidised", "self_employed"} or lasts(segment, 1)


def ft_6m(case: Case) -> Verdict:
    """§3 ft-6m: window ]exit, M(6)], over all due leavers, floor 60."""
    positive = any(_starts_for_ft(case, segment) for segment in case.life)
    return Verdict(positive, True, not positive and case.uncovered(case.month(6)))


def pric(months: int) -> Callable[[Case], Verdict]:
    """§3 pric-6m, pric-12m: WORK of a month at least overlapping [exit + 1, M(n)], over the respondents."""

    def overlaps(case: Case, segment: Segment) -> bool:
        if segment.kind not in WORK or not lasts(segment, 1):
            return False
        return segment.start <= case.month(months) and known_until(segment) >= case.exit + DAY

    def judge(case: Case) -> Verdict:
        met = any(overlaps(case, segment) for segment in case.life)
        answered = months in case.responded
        return Verdict(met and answered, answered, not met and case.uncovered(case.month(months)))

    return judge


def inserjeunes_6m(case: Case) -> Verdict:
    """§3 inserjeunes-6m: at M(6), SALARIED ∪ professionalisation, minus those in school or apprenticeship."""
    kind = case.kind_at(case.month(6))
    continuing = kind in {"school", "apprenticeship"}
    positive = kind in SALARIED | {"professionalisation"}
    parts = set()
    if continuing:
        parts.add("continuing")
    if continuing or positive:
        parts.add("favourable")
    return Verdict(positive, not continuing, kind == "unknown", parts)


def rncp_6m(case: Case) -> Verdict:
    """§3 rncp-6m: at M(6), WORK over the certified who responded at 6, minus TRAINING ∪ NEUTRAL."""
    segment = case.at(case.month(6))
    kind = "unknown" if segment is None else segment.kind
    certified = case.enrolment.certification == "obtained"
    counted = certified and 6 in case.responded and kind not in TRAINING | NEUTRAL
    positive = counted and kind in WORK
    target = positive and segment is not None and segment.target_trade is True
    return Verdict(positive, counted, kind == "unknown", {"target_trade"} if target else set())


def epide_exit(case: Case) -> Verdict:
    """§3 epide-exit: at exit + 1 day, WORK longer than 2 months or training_qualifying; the rest is dynamic."""
    segment = case.at(case.exit + DAY)
    if segment is None:
        return Verdict(False, True, True)
    last = last_day(segment)
    long = segment.kind in {"cdi", "public", "self_employed"} or (
        last is not None and add_months(segment.start, 2) <= last
    )
    positive = (segment.kind in WORK and long) or segment.kind == "training_qualifying"
    dynamic = not positive and segment.kind in WORK | {"training_other", "school"}
    return Verdict(positive, True, False, {"dynamic"} if dynamic else set())


def cared_1m(case: Case) -> Verdict:
    """§3 cared-1m: at M(1), cdi or professionalisation over all due leavers."""
    kind = case.kind_at(case.month(1))
    return Verdict(kind in {"cdi", "professionalisation"}, True, kind == "unknown")


def _month(months: int) -> Callable[[Case], date]:
    return lambda case: case.month(months)


RULES = {
    "gen-2019": Rule(_month(3), gen_2019, ("company", "own_firm", "training")),
    "relais-6m": Rule(_month(6), relais_6m),
    "iae-exit": Rule(lambda case: case.exit + DAY, iae_exit, ("durable", "transition", "positive_strict")),
    "plie": Rule(_month(12), plie),
    "cej-6m": Rule(lambda case: add_months(case.enrolment.entry, 6), cej_6m, ("durable",), on_entry=True),
    "ft-6m": Rule(_month(6), ft_6m, floor=60),
    "pric-6m": Rule(_month(6), pric(6)),
    "pric-12m": Rule(_month(12), pric(12)),
    "inserjeunes-6m": Rule(_month(6), inserjeunes_6m, ("continuing", "favourable"), floor=20),
    "rncp-6m": Rule(_month(6), rncp_6m, ("target_trade",)),
    "epide-exit": Rule(lambda case: case.exit + DAY, epide_exit, ("dynamic",)),
    "cared-1m": Rule(_month(1), cared_1m),
}
