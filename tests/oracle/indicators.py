"""Funnel, profile, follow-up and continuity of rules.md §5."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.lives import ACTIVE, NEUTRAL, add_months, age_at, covers
from tests.oracle.model import Enrolment
from tests.oracle.scope import Scope

MILESTONES = (0, 1, 3, 6, 12)
BEST_FIRST = ("answered", "proxy", "declined", "unreachable")
CLASSES = ("active", "bridged", "neutral", "gap")


def funnel(scope: Scope) -> dict[str, int]:
    """§5: applications to the agreement's cohorts whose date is in [from, to]."""
    rows = [row for row in scope.applications if row.cohort in scope.cohorts and scope.holds(row.date)]
    entered = [scope.enrolment_of.get((row.person, row.cohort)) for row in rows]
    return {
        "referred": len(rows),
        "eligible": sum(row.decision != "ineligible" for row in rows),
        "admitted": sum(row.decision == "admitted" for row in rows),
        "entered": sum(enrolment is not None for enrolment in entered),
        "completed": sum(enrolment is not None and enrolment.reason == "completed" for enrolment in entered),
    }


def _answers(scope: Scope, enrolment: Enrolment) -> dict[str, bool | None]:
    """§5: each profile question, None when not answered or unknown."""
    person = scope.persons[enrolment.person]
    answers: dict[str, bool | None] = {
        "women": None if person.sex is None else person.sex == "F",
        "qpv": None if person.qpv is None else person.qpv != "non",
        "bac_or_below": None if enrolment.level is None else enrolment.level in {"none", "2", "3", "4"},
        "disabled": enrolment.disabled,
        "neet_under_26": None,
    }
    if enrolment.status is not None and enrolment.studying is not None and person.birth is not None:
        out_of_work = enrolment.status in {"unemployed", "inactive"}
        young = age_at(person.birth, enrolment.entry) < 26
        answers["neet_under_26"] = out_of_work and not enrolment.studying and young
    return answers


def profile(scope: Scope) -> dict[str, dict[str, int]]:
    """§5: over entries in [from, to], each n of `of`, `of` excluding the unknown."""
    figures = {}
    for question in ("women", "qpv", "bac_or_below", "neet_under_26", "disabled"):
        answers = [_answers(scope, enrolment)[question] for enrolment in scope.entered]
        unknown = sum(answer is None for answer in answers)
        figures[question] = {
            "n": sum(answer is True for answer in answers),
            "of": len(answers) - unknown,
            "unknown": unknown,
        }
    return figures


def follow_up(scope: Scope) -> dict[str, dict[str, int]]:
    """§5: per milestone over due leavers, the best result of each enrolment."""
    figures = {}
    for milestone in MILESTONES:
        tally: Counter[str] = Counter()
        for enrolment in scope.left:
            assert enrolment.exit is not None
            if add_months(enrolment.exit, milestone) > scope.as_of:
                continue
            results = {row.result for row in scope.follow_ups(enrolment) if row.milestone == milestone}
            best = next((result for result in BEST_FIRST if result in results), "not_asked")
            tally[best] += 1
            tally["asked"] += best != "not_asked"
        keys = ("asked", "answered", "proxy", "unreachable", "declined", "not_asked")
        figures[str(milestone)] = {key: tally[key] for key in keys}
    return figures


def _bridged(scope: Scope, person: str, day: date) -> bool:
    """§5: an admitted application decided on or before that day led to an enrolment that starts later."""
    for application in scope.admissions(person):
        enrolment = scope.enrolment_of.get((person, application.cohort))
        if application.decided is None or enrolment is None:
            continue
        if application.decided <= day < enrolment.entry:
            return True
    return False


def day_class(scope: Scope, person: str, day: date) -> str:
    """§5: the first class that holds, among active, bridged, neutral and gap."""
    kinds = {segment.kind for segment in scope.life(person) if covers(segment, day)}
    if kinds & ACTIVE:
        return "active"
    if _bridged(scope, person, day):
        return "bridged"
    return "neutral" if kinds & NEUTRAL else "gap"


def _days(scope: Scope, enrolment: Enrolment) -> list[str]:
    """§5: the class of each day from entry to min(M(6), A), both included."""
    assert enrolment.exit is not None
    last = min(add_months(enrolment.exit, 6), scope.as_of)
    day, classes = enrolment.entry, []
    while day <= last:
        classes.append(day_class(scope, enrolment.person, day))
        day += timedelta(days=1)
    return classes


def _longest_gap(classes: list[str]) -> int:
    """§5: the longest uninterrupted run of gap days."""
    longest = run = 0
    for label in classes:
        run = run + 1 if label == "gap" else 0
        longest = max(longest, run)
    return longest


def median(numbers: list[int]) -> int | float | None:
    """§5: the median, zeros included; it may end in .5; None without numbers."""
    if not numbers:
        return None
    ordered, middle = sorted(numbers), len(numbers) // 2
    if len(ordered) % 2:
        return ordered[middle]
    half = Fraction(ordered[middle - 1] + ordered[middle], 2)
    return int(half) if half.denominator == 1 else float(half)


def continuity(scope: Scope) -> dict[str, Any]:
    """§5: over exits in [from, to], due or not."""
    calendars = [_days(scope, enrolment) for enrolment in scope.left]
    figures: dict[str, Any] = {label: sum(days.count(label) for days in calendars) for label in CLASSES}
    figures["persons_over_15"] = sum(_longest_gap(days) > 15 for days in calendars)
    figures["median_gap"] = median([days.count("gap") for days in calendars])
    return figures
