"""What one report looks at: the agreement's cohorts, its frames, and the lives of all persons."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from tests.oracle.lives import Segment, from_enrolment, from_situation
from tests.oracle.model import Application, Book, Enrolment, FollowUp, Person
from tests.oracle.rule_texts import Case


class Scope:
    """§2, frames: the cohorts of the agreement decide, its own dates limit nothing."""

    def __init__(self, book: Book, agreement: str, start: date, end: date, as_of: date) -> None:
        self.start, self.end, self.as_of = start, end, as_of
        self.cohorts = {cohort.ref for cohort in book.cohorts if agreement in cohort.agreements}
        self.persons: dict[str, Person] = {person.ref: person for person in book.persons}
        self.applications: list[Application] = book.applications
        self.enrolments = [row for row in book.enrolments if row.cohort in self.cohorts]
        self.entered = [row for row in self.enrolments if self.holds(row.entry)]
        self.left = [row for row in self.enrolments if row.exit is not None and self.holds(row.exit)]
        self.enrolment_of: dict[tuple[str, str], Enrolment] = {(r.person, r.cohort): r for r in book.enrolments}
        self._lives: dict[str, list[Segment]] = defaultdict(list)
        for number, situation in enumerate(book.situations):
            self._lives[situation.person].append(from_situation(situation, number))
        for number, enrolment in enumerate(book.enrolments):
            self._lives[enrolment.person].append(from_enrolment(enrolment, number, as_of))
        self._follow_ups: dict[tuple[str, str], list[FollowUp]] = defaultdict(list)
        for follow_up in book.follow_ups:
            self._follow_ups[follow_up.person, follow_up.cohort].append(follow_up)
        self._admissions: dict[str, list[Application]] = defaultdict(list)
        for application in book.applications:
            if application.decision == "admitted":
                self._admissions[application.person].append(application)

    def holds(self, day: date) -> bool:
        """Tell whether a day is in [from, to]."""
        return self.start <= day <= self.end

    def life(self, person: str) -> list[Segment]:
        """§1: the person's situations and all of the person's enrolments, in whatever cohort."""
        return self._lives[person]

    def follow_ups(self, enrolment: Enrolment) -> list[FollowUp]:
        """Return the follow-up rows of this enrolment only."""
        return self._follow_ups[enrolment.person, enrolment.cohort]

    def admissions(self, person: str) -> list[Application]:
        """Return the admitted applications of a person, in whatever cohort."""
        return self._admissions[person]

    def case(self, enrolment: Enrolment) -> Case:
        """§2, respondent at n: a row of this enrolment and milestone n, answered or proxy, whatever its date."""
        rows = self.follow_ups(enrolment)
        responded = {row.milestone for row in rows if row.result in {"answered", "proxy"}}
        return Case(enrolment, self.life(enrolment.person), responded)
