"""Random persons, paths, enrolments and follow-ups, thick with the edges of rules.md."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from tests.oracle.generate_paths import Paths
from tests.oracle.lives import add_months, age_at
from tests.oracle.model import Application, Book, Cohort, Enrolment, FollowUp, Person
from tests.oracle.words import COMMUNES, DISTRICTS, FIRST_NAMES, LAST_NAMES, STREETS, phone

DAY = timedelta(days=1)
CHANNELS = ["phone", "sms", "email", "post", "adviser", None]
REASONS = [
    *["completed"] * 11, None, None, "job", "other_training", "dropout", "dropout", "exclusion", "health",
    "moved", "force_majeure", "provider", "other", "unknown",
]  # fmt: skip
CERTIFICATIONS = ["obtained", "obtained", "obtained", "partial", "failed", "not_presented", "pending", None]
STATUSES = ["unemployed"] * 6 + ["inactive"] * 3 + ["employed", None]
LEVELS = ["none", "2", "3", "3", "4", "4", "4", "5", "6", "7", "8", None]
NATIONALITIES = ["fr"] * 6 + ["eu", "third_country", "third_country", None]
DECISIONS = ["ineligible", "refused", "waiting", "withdrawn", None, "admitted"]
RESULTS = ["answered", "answered", "proxy", "unreachable", "declined"]
AGES = [15, 17, 18, 24, 25, 26, 29, 30, 54, 55, 65]


class Lives:
    """Fill persons, situations, applications, enrolments and follow-ups of a book that has its cohorts."""

    def __init__(self, rng: Random, book: Book, today: date, prescribers: list[str], employers: list[str]) -> None:
        self.rng, self.book, self.today, self.prescribers = rng, book, today, prescribers
        self.paths = Paths(rng, today, employers)
        self.taken: dict[str, list[tuple[date, date]]] = defaultdict(list)
        self.by_ref = {cohort.ref: cohort for cohort in book.cohorts}
        self.twins: dict[date, list[Cohort]] = defaultdict(list)
        self.mates: dict[str, list[Cohort]] = defaultdict(list)
        for cohort in book.cohorts:
            self.twins[cohort.start].append(cohort)
            for agreement in cohort.agreements:
                self.mates[agreement].append(cohort)

    def fill(self, persons: int) -> None:
        """Add n persons and all that happens to them, then mix the order of the rows."""
        for number in range(persons):
            self.add_person(f"P-{number + 1:06d}")
        for rows in (self.book.situations, self.book.applications, self.book.enrolments, self.book.follow_ups):
            self.rng.shuffle(rows)

    def add_person(self, ref: str) -> None:
        """Add one person with zero to three enrolments, situations, other applications and follow-ups."""
        enrolments: list[Enrolment] = []
        for _ in range(self.rng.choices([0, 1, 2, 3], [4, 70, 20, 6])[0]):
            cohort = self.next_cohort(enrolments)
            if cohort is not None:
                enrolment = self.enrol(ref, cohort, enrolments)
                if enrolment is not None:
                    enrolments.append(enrolment)
        person = self.identity(ref, [enrolment.entry for enrolment in enrolments])
        self.book.persons.append(person)
        self.book.enrolments.extend(enrolments)
        for enrolment in enrolments:
            self.admit(enrolment)
            self.follow(enrolment)
        self.apply_elsewhere(ref, {enrolment.cohort for enrolment in enrolments})
        self.book.situations.extend(self.paths.situations(ref, enrolments))

    def next_cohort(self, enrolments: list[Enrolment]) -> Cohort | None:
        """Choose a cohort: at first any; then one of the same agreement, of the same day, or any."""
        rng, cohorts = self.rng, self.book.cohorts
        choice = rng.choice(cohorts)
        if enrolments:
            known = self.by_ref[enrolments[-1].cohort]
            mates = [mate for agreement in known.agreements for mate in self.mates[agreement]]
            choice = rng.choice(rng.choice([mates or cohorts, self.twins[known.start], cohorts]))
        return None if choice.ref in {enrolment.cohort for enrolment in enrolments} else choice

    def enrol(self, ref: str, cohort: Cohort, others: list[Enrolment]) -> Enrolment | None:
        """Make one enrolment within the cohort's dates ± 30 days and its seats; None when it is full."""
        entry = self.entry_date(cohort, others)
        exit_ = self.exit_date(cohort, entry)
        if not self.seat(cohort, entry, exit_):
            return None
        rng = self.rng
        enrolment = Enrolment(ref, cohort.ref, entry, exit_)
        if exit_ is not None:
            enrolment.reason = rng.choice(REASONS)
        if rng.random() < (0.7 if enrolment.reason == "completed" else 0.2):
            enrolment.certification = rng.choice(CERTIFICATIONS)
            if enrolment.certification in {"obtained", "partial"} and rng.random() < 0.75:
                late = (exit_ or entry) + timedelta(days=rng.choice([-20, 0, 1, 27, 28, 29, 90]))
                enrolment.certified = min(late, self.today)
        self.entry_record(enrolment)
        return enrolment

    def entry_date(self, cohort: Cohort, others: list[Enrolment]) -> date:
        """Mostly the first day; sometimes the ends of what is allowed; sometimes the day of another entry."""
        low, high = cohort.start - 30 * DAY, cohort.end + 30 * DAY
        shared = [other.entry for other in others if low <= other.entry <= high]
        if shared and self.rng.random() < 0.5:
            return shared[0]
        step = self.rng.choices([0, 1, 2, 3, 4], [60, 20, 10, 4, 6])[0]
        near = timedelta(days=self.rng.randrange(-30, 31))
        return [cohort.start, cohort.start + near, cohort.start + DAY, low, min(high, cohort.end + near)][step]

    def exit_date(self, cohort: Cohort, entry: date) -> date | None:
        """None while open; else the cohort's end or around it, an early day, the day of entry."""
        rng = self.rng
        planned = rng.choice([cohort.end, cohort.end, cohort.end, cohort.end + DAY, cohort.end - 7 * DAY])
        if rng.random() < 0.3:
            planned = entry + timedelta(days=rng.choice([0, 1, 15, rng.randrange(1, 200)]))
        if rng.random() < 0.12 or not entry <= planned <= self.today:
            return None
        return planned

    def seat(self, cohort: Cohort, entry: date, exit_: date | None) -> bool:
        """Take a seat from entry to exit, both included, unless a day would have more people than seats."""
        taken, until = self.taken[cohort.ref], exit_ or date.max
        if len(taken) >= cohort.seats:
            days = [entry, *(start for start, _ in taken if entry <= start <= until)]
            if any(sum(start <= day <= end for start, end in taken) >= cohort.seats for day in days):
                return False
        taken.append((entry, until))
        return True

    def entry_record(self, enrolment: Enrolment) -> None:
        """Fill the facts at entry, each of them missing now and then."""
        rng, entry = self.rng, enrolment.entry
        enrolment.status = rng.choice(STATUSES)
        if enrolment.status == "unemployed" and rng.random() < 0.85:
            since = add_months(entry, -rng.choice([1, 6, 6, 12, 12, 30]))
            enrolment.unemployed_since = since + rng.choice([-1, 0, 0, 1]) * DAY
        enrolment.studying = rng.choice([False, False, False, False, True, None])
        enrolment.level = rng.choice(LEVELS)
        enrolment.nationality = rng.choice(NATIONALITIES)
        for name in ("disabled", "foreign_parents", "no_housing", "rural"):
            setattr(enrolment, name, rng.choice([False, False, False, True, None]))
        if rng.random() < 0.6:
            enrolment.hours_planned = rng.choice([400, 602.5, 700])
            enrolment.hours_done = rng.choice([None, 0, 150.25, 400])

    def identity(self, ref: str, entries: list[date]) -> Person:
        """Make a fictitious identity whose age stays in 15–65 at each entry."""
        rng = self.rng
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        commune, postcode = rng.choice(COMMUNES)
        person = Person(ref, last, first, rng.choice(["F", "F", "F", "M", "M", "M", "M", "X", None]))
        person.birth = self.birth(sorted(entries) or [self.today])
        if rng.random() < 0.7:
            person.email = f"jeune{ref[2:]}@example.org"
        if rng.random() < 0.7:
            person.phone = phone(rng)
        person.channel = rng.choice(CHANNELS)
        if rng.random() < 0.8:
            person.address = f"{rng.randrange(1, 200)} {rng.choice(STREETS)}"
            person.postcode, person.commune = postcode, commune
        person.qpv = rng.choice([*DISTRICTS, None, None])
        person.holder = rng.choice([*self.prescribers, None])
        return person

    def birth(self, entries: list[date]) -> date | None:
        """Draw a birth date, often on the edge of an age at the first entry, sometimes a 29 February."""
        rng, first = self.rng, entries[0]
        for _ in range(6):
            if rng.random() < 0.35:
                years = rng.choice(AGES)
                birth = add_months(first, -12 * years) + rng.choice([-1, 0, 0, 1]) * DAY
            elif rng.random() < 0.1:
                birth = date(rng.choice([1996, 2000, 2004, 2008]), 2, 29)
            else:
                birth = first - timedelta(days=rng.randrange(16 * 366, 29 * 365))
            if all(15 <= age_at(birth, entry) <= 65 for entry in entries):
                return birth
        return None

    def admit(self, enrolment: Enrolment) -> None:
        """Give each enrolment its admitted application; its decision may be blank or late."""
        rng = self.rng
        applied = min(enrolment.entry, self.today) - timedelta(days=rng.choice([0, 5, 20, 45, 120]))
        decided: date | None = min(applied + timedelta(days=rng.choice([0, 1, 4, 10, 40])), self.today)
        if rng.random() < 0.06:
            decided = None
        sender = rng.choice([*self.prescribers, None])
        row = Application(enrolment.person, enrolment.cohort, sender, applied, "admitted", decided)
        self.book.applications.append(row)

    def apply_elsewhere(self, ref: str, taken: set[str]) -> None:
        """Add applications that led nowhere, or nowhere yet."""
        rng = self.rng
        for _ in range(1 if not taken else rng.choice([0, 0, 0, 1])):
            cohort = rng.choice(self.book.cohorts)
            if cohort.ref in taken:
                continue
            applied = min(cohort.start - timedelta(days=rng.randrange(90)), self.today)
            decision = rng.choice(DECISIONS)
            row = Application(ref, cohort.ref, rng.choice([*self.prescribers, None]), applied, decision)
            if decision is not None and rng.random() < 0.8:
                row.decided = min(applied + timedelta(days=rng.randrange(30)), self.today)
                row.reason = rng.choice([None, "Plus de place", "Souhaite un autre métier"])
            self.book.applications.append(row)

    def follow(self, enrolment: Enrolment) -> None:
        """Ask at some milestones, once or more, through several channels; never after today."""
        rng, known = self.rng, set()
        base = enrolment.exit or enrolment.entry
        for milestone in (0, 1, 3, 6, 12) if enrolment.exit or rng.random() < 0.1 else ():
            for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
                asked = add_months(base, milestone) + timedelta(days=rng.choice([-3, 0, 0, 5, 21, 80]))
                if asked > self.today and rng.random() < 0.9:
                    continue
                row = FollowUp(
                    enrolment.person, enrolment.cohort, milestone, min(asked, self.today),
                    rng.choice(RESULTS), rng.choice(CHANNELS),
                )  # fmt: skip
                key = (milestone, row.date, row.channel)
                if key not in known:
                    known.add(key)
                    self.book.follow_ups.extend([row] * (2 if rng.random() < 0.02 else 1))
