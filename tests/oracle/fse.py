"""The common indicators of the ESF+, rules.md §4."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.oracle.lives import NEET, RANK, TRAINING, WORK, add_months, age_at, known_until, situation_at
from tests.oracle.model import Enrolment, Person
from tests.oracle.scope import Scope


@dataclass(frozen=True)
class Participant:
    """§4: one per person and agreement; the record is the first entry, leaving is the last exit."""

    person: Person
    record: Enrolment
    enrolments: list[Enrolment]

    @property
    def left(self) -> date | None:
        """§4: the last exit; None while an enrolment of the agreement has no exit."""
        exits = [enrolment.exit for enrolment in self.enrolments]
        known = [day for day in exits if day is not None]
        return max(known) if len(known) == len(exits) else None

    @property
    def complete(self) -> bool:
        """§4: sex, birth date, entry date, status at entry and level all present."""
        record = self.record
        return None not in (self.person.sex, self.person.birth, record.entry, record.status, record.level)

    @property
    def age(self) -> int:
        """§4: age in completed years at entry, of a complete record."""
        assert self.person.birth is not None
        return age_at(self.person.birth, self.record.entry)


def participants(scope: Scope) -> list[Participant]:
    """§4: the first entry in any cohort of the agreement; the earlier row among entries of one day."""
    by_person: dict[str, list[Enrolment]] = defaultdict(list)
    for enrolment in scope.enrolments:
        by_person[enrolment.person].append(enrolment)
    found = []
    for ref, enrolments in by_person.items():
        record = enrolments[0]
        for enrolment in enrolments[1:]:
            if enrolment.entry < record.entry:
                record = enrolment
        found.append(Participant(scope.persons[ref], record, enrolments))
    return found


def _long_unemployed(p: Participant) -> bool:
    """§4 EECO03: unemployed since more than 6 months if under 25, 12 otherwise."""
    since = p.record.unemployed_since
    if p.record.status != "unemployed" or since is None:
        return False
    return add_months(since, 6 if p.age < 25 else 12) < p.record.entry


OUTPUTS: dict[str, Callable[[Participant], bool]] = {
    "EECO02": lambda p: p.record.status == "unemployed",
    "EECO03": _long_unemployed,
    "EECO04": lambda p: p.record.status == "inactive",
    "EECO05": lambda p: p.record.status == "employed",
    "EECO06": lambda p: p.age < 18,
    "EECO07": lambda p: 18 <= p.age <= 29,
    "EECO08": lambda p: p.age >= 55,
    "EECO09": lambda p: p.record.level in {"none", "2"},
    "EECO10": lambda p: p.record.level in {"3", "4"},
    "EECO11": lambda p: p.record.level in {"5", "6", "7", "8"},
    "EECO12": lambda p: p.record.disabled is True,
    "EECO13": lambda p: p.record.nationality == "third_country",
    "EECO14": lambda p: p.record.foreign_parents is True,
    "EECO16": lambda p: p.record.no_housing is True,
    "EECO17": lambda p: p.record.rural is True,
}


def _last_event(scope: Scope, p: Participant, leaving: date) -> str | None:
    """§4: among WORK ∪ NEET covering a day of the window, the latest start, ties by rank."""
    window_end = leaving + timedelta(days=28)
    events = [
        segment
        for segment in scope.life(p.person.ref)
        if segment.kind in WORK | NEET and segment.start <= window_end and known_until(segment) >= leaving
    ]
    if not events:
        return None
    return min(events, key=lambda segment: (-segment.start.toordinal(), RANK.index(segment.kind))).kind


def _starts_training(scope: Scope, p: Participant, leaving: date) -> bool:
    """§4 EECR02: a TRAINING situation starts in the window; enrolments of the agreement never count."""
    window_end = leaving + timedelta(days=28)
    return any(
        segment.kind in TRAINING and segment.cohort not in scope.cohorts and leaving <= segment.start <= window_end
        for segment in scope.life(p.person.ref)
    )


def _certified(p: Participant, leaving: date) -> bool:
    """§4 EECR03: certification obtained in any enrolment of the agreement, dated ≤ leaving + 28 days."""
    return any(
        enrolment.certification == "obtained"
        and enrolment.certified is not None
        and enrolment.certified <= leaving + timedelta(days=28)
        for enrolment in p.enrolments
    )


def _works_at_six(scope: Scope, p: Participant, leaving: date) -> bool:
    """§4 EECR05: M(6) ≤ A and the situation at M(6) in WORK."""
    month_six = add_months(leaving, 6)
    if month_six > scope.as_of:
        return False
    segment = situation_at(scope.life(p.person.ref), month_six)
    return segment is not None and segment.kind in WORK


def results(scope: Scope, p: Participant, leaving: date) -> set[str]:
    """§4: the result codes of one participant who has left."""
    status = p.record.status
    event = _last_event(scope, p, leaving)
    out_of_work = status in {"unemployed", "inactive"}
    found = {
        "EECR01": status == "inactive" and event == "job_seeking",
        "EECR02": p.record.studying is False and _starts_training(scope, p, leaving),
        "EECR03": _certified(p, leaving),
        "EECR04": out_of_work and event in WORK,
        "EECR05": out_of_work and _works_at_six(scope, p, leaving),
    }
    return {code for code, holds in found.items() if holds}


def _by_sex(people: list[Participant]) -> dict[str, int]:
    """§4: by sex and total; a record without sex counts in the total only."""
    counts = {sex: sum(p.person.sex == sex for p in people) for sex in "FMX"}
    return {**counts, "total": len(people)}


def fse(scope: Scope) -> dict[str, Any]:
    """§4: EECO01–17 without 15, EECR01–05, and how many records are incomplete."""
    everybody = participants(scope)
    entered = [p for p in everybody if scope.holds(p.record.entry)]
    complete = [p for p in entered if p.complete]
    figures: dict[str, Any] = {"EECO01": _by_sex(entered)}
    for code, holds in OUTPUTS.items():
        figures[code] = _by_sex([p for p in complete if holds(p)])
    gone = [(p, p.left) for p in everybody]
    met = [(p, results(scope, p, left)) for p, left in gone if left is not None and scope.holds(left)]
    for code in ("EECR01", "EECR02", "EECR03", "EECR04", "EECR05"):
        figures[code] = _by_sex([p for p, codes in met if code in codes])
    figures["incomplete"] = len(entered) - len(complete)
    return figures
