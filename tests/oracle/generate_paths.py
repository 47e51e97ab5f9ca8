"""Random situations of one person, drawn on the days where the rules look, and one day around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tests.oracle.lives import RANK, WORK, add_months
from tests.oracle.model import Enrolment, Situation
from tests.oracle.words import EMPLOYERS

DAY = timedelta(days=1)
KINDS = [*RANK, "cdi", "cdd", "cdd", "cdd", "temp", "job_seeking", "inactive", "apprenticeship"]
HOURS = [35, 35, 35, 17.5, 17.4, 20, 24.5, None, None]
EVIDENCES = ["declared", "third_party", "third_party", "document", "confirmed", None]


class Paths:
    """Draw the situations of one person around the person's enrolments."""

    def __init__(self, rng: Random, today: date, employers: list[str]) -> None:
        self.rng, self.today = rng, today
        self.employers = [*employers, *EMPLOYERS, None, None]

    def situations(self, ref: str, enrolments: list[Enrolment]) -> list[Situation]:
        """Return zero to nine situations, no two with one key unless they are wholly the same."""
        rng, found = self.rng, {}
        for _ in range(rng.choice([0, 1, 2, 3, 3, 4, 5, 6])):
            situation = self.draw(ref, enrolments)
            found.setdefault((situation.kind, situation.start, situation.employer), situation)
            if rng.random() < 0.12:
                rival = self.rival(situation)
                found.setdefault((rival.kind, rival.start, rival.employer), rival)
        rows = list(found.values())
        if rows and rng.random() < 0.02:
            rows.append(replace(rng.choice(rows)))
        return rows

    def edges(self, enrolments: list[Enrolment]) -> list[date]:
        """Return the days where a rule looks: entry, exit, the windows' ends, the milestones."""
        if not enrolments:
            return [self.today - timedelta(days=self.rng.randrange(1000))]
        enrolment = self.rng.choice(enrolments)
        days = [enrolment.entry, add_months(enrolment.entry, 6)]
        if enrolment.exit is not None:
            left = enrolment.exit
            days += [left, left, left + 28 * DAY]
            days += [add_months(left, months) for months in (1, 3, 6, 6, 12)]
        return days

    def around(self, enrolments: list[Enrolment]) -> date:
        """Draw a day on an edge, the day before, the day after, or anywhere near."""
        edge = self.rng.choice(self.edges(enrolments))
        if self.rng.random() < 0.25:
            return edge + timedelta(days=self.rng.randrange(-120, 120))
        return edge + self.rng.choice([-1, 0, 0, 1]) * DAY

    def draw(self, ref: str, enrolments: list[Enrolment]) -> Situation:
        """Draw one situation."""
        rng = self.rng
        kind = rng.choice(KINDS)
        start = self.around(enrolments)
        situation = Situation(ref, kind, start, hours=None, evidence=rng.choice(EVIDENCES))
        if rng.random() < 0.55:
            situation.end = self.after(start, enrolments)
        if rng.random() < (0.45 if kind in WORK else 0.1):
            situation.planned_end = self.after(start, enrolments)
        if rng.random() < 0.45:
            seen = self.after(start, enrolments)
            situation.confirmed = seen if seen <= self.today else None
        if kind in WORK:
            situation.hours = rng.choice(HOURS)
            situation.employer = rng.choice(self.employers)
            situation.target_trade = rng.choice([True, False, None])
        return situation

    def after(self, start: date, enrolments: list[Enrolment]) -> date:
        """Draw a later day: exactly n months, one day short of it or past it, or another edge."""
        rng = self.rng
        if rng.random() < 0.5:
            length = add_months(start, rng.choice([1, 1, 2, 6, 6, 6, 12])) - DAY
            return max(start, length + rng.choice([-1, 0, 0, 1]) * DAY)
        other = self.around(enrolments)
        return other if other >= start else start + timedelta(days=rng.choice([0, 1, 30, 200, 500]))

    def rival(self, situation: Situation) -> Situation:
        """Return a situation of the same kind that competes with it, by length, by start or by row only."""
        rng = self.rng
        other = rng.choice([name for name in self.employers if name != situation.employer])
        rival = replace(situation, employer=other)
        rival.target_trade = rng.choice([True, False, None])
        change = rng.choice(["row", "start", "length"])
        if change == "start" and situation.end is not None:
            rival.start = min(situation.end, situation.start + DAY)
            floor = [day for day in (rival.planned_end, rival.confirmed) if day is not None]
            if any(day < rival.start for day in floor):
                rival.start = situation.start
        if change == "length":
            rival.planned_end = add_months(situation.start, rng.choice([1, 2, 6])) - rng.choice([0, 1]) * DAY
        return rival
