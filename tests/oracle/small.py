"""Small books by hand: one agreement, one cohort, persons with a few dated facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.oracle.model import Agreement, Application, Book, Cohort, Enrolment, FollowUp, Person, Situation
from tests.oracle.report import report
from tests.oracle.rule_texts import RULES

PERIOD = (date(2024, 1, 1), date(2026, 12, 31))
AS_OF = date(2026, 11, 22)


def day(text: str | None) -> date | None:
    """Read AAAA-MM-JJ; None stays None."""
    return None if text is None else date.fromisoformat(text)


def agreement(ref: str = "A") -> Agreement:
    """An agreement that lists the twelve rules."""
    return Agreement(ref, "FIN", "OF", date(2024, 1, 1), date(2024, 12, 31), rules=list(RULES))


def cohort(ref: str = "C", agreements: tuple[str, ...] = ("A",)) -> Cohort:
    """A cohort of the agreement A, or of others."""
    return Cohort(ref, "PRG", ref, date(2024, 9, 2), date(2025, 1, 31), 20, agreements=list(agreements))


def situation(kind: str, start: str, end: str | None = None, **more: Any) -> Situation:
    """A situation of the person P; planned_end and confirmed as text."""
    for name in ("planned_end", "confirmed"):
        if name in more:
            more[name] = day(more[name])
    return Situation(more.pop("person", "P"), kind, date.fromisoformat(start), day(end), **more)


def enrolment(entry: str = "2024-09-02", left: str | None = "2025-01-31", **more: Any) -> Enrolment:
    """An enrolment of P in C from 2 September 2024 to 31 January 2025, completed unless said otherwise."""
    more.setdefault("reason", "completed" if left else None)
    for name in ("certified", "unemployed_since"):
        if name in more:
            more[name] = day(more[name])
    person, where = more.pop("person", "P"), more.pop("cohort", "C")
    return Enrolment(person, where, date.fromisoformat(entry), day(left), **more)


def follow_up(milestone: int, result: str, on: str = "2025-08-01", **more: Any) -> FollowUp:
    """A follow-up row of P in C."""
    return FollowUp(more.pop("person", "P"), more.pop("cohort", "C"), milestone, date.fromisoformat(on), result, **more)


def application(date_: str, decision: str | None = "admitted", decided: str | None = None, **more: Any) -> Application:
    """An application of P to C."""
    person, where = more.pop("person", "P"), more.pop("cohort", "C")
    return Application(person, where, None, date.fromisoformat(date_), decision, day(decided))


def book(*facts: Any, persons: list[Person] | None = None) -> Book:
    """Sort facts into their sheets, in the order given; A holds C and C2, B holds X."""
    made = Book(agreements=[agreement("A"), agreement("B")])
    made.cohorts = [cohort("C"), cohort("C2"), cohort("X", ("B",))]
    made.persons = persons or [Person("P", "Técher", "Inès", "F", date(2004, 2, 29))]
    sheets = {Situation: made.situations, Enrolment: made.enrolments}
    others = {FollowUp: made.follow_ups, Application: made.applications}
    for fact in facts:
        {**sheets, **others}[type(fact)].append(fact)
    return made


def figures(*facts: Any, as_of: str = "2026-11-22", persons: list[Person] | None = None) -> dict[str, Any]:
    """Return the report of agreement A over 2024–2026."""
    made = book(*facts, persons=persons)
    if not made.enrolments:
        made.enrolments.append(enrolment())
    return report(made, "A", *PERIOD, date.fromisoformat(as_of))
