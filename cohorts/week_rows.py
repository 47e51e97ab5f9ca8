"""A week of the register: half-days in columns, people in rows, and what each half-day still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from cohorts.models import Attendance, Cohort, Enrolment, Session
from cohorts.roll import is_expected, sealed_from
from cohorts.sheet_rows import LETTERS, TONES, WORDS
from cohorts.states import Mark


@dataclass(frozen=True)
class Cell:
    """A person on a half-day: a letter and its word, its tint; `letter` "" where nothing is noted, None where not awaited."""

    letter: str | None
    word: Any = ""
    tone: str = "grey"
    signed: bool = False


@dataclass(frozen=True)
class Column:
    session: Session
    expected: int
    noted: int
    countersigned: int

    @property
    def complete(self) -> bool:
        return self.expected == self.noted == self.countersigned


@dataclass(frozen=True)
class Line:
    enrolment: Enrolment
    cells: list[Cell]


@dataclass(frozen=True)
class Week:
    columns: list[Column]
    lines: list[Line]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(cohort: Cohort, monday: date, user: Any) -> Week:
    """The half-days held that week, and everybody who was awaited on one of them; three queries."""
    last = monday + timedelta(days=6)
    sessions = list(cohort.sessions.filter(day__range=(monday, last), cancelled=False).order_by("day", "half"))
    people = Enrolment._base_manager.filter(
        Q(exited_on=None) | Q(exited_on__gte=monday), cohort=cohort, entered_on__lte=last
    )
    everybody = list(people.select_related("learner").order_by("learner__name_key", "pk"))
    marks = {
        (row.enrolment_id, row.session_id): row
        for row in Attendance._base_manager.filter(session__in=[one.pk for one in sessions])
    }
    sealed = sealed_from(user, cohort.pk)
    lines = [
        Line(one, [_cell(one, held, marks.get((one.pk, held.pk))) for held in sessions])
        for one in everybody
        if one.pk not in sealed
    ]
    columns = [_column(held, everybody, marks) for held in sessions]
    return Week(columns, lines)


def _cell(enrolment: Enrolment, session: Session, row: Attendance | None) -> Cell:
    if row is not None:
        mark = Mark(row.mark)
        return Cell(LETTERS[mark], WORDS[mark], TONES[mark], row.signed_at is not None)
    return Cell("" if is_expected(enrolment, session) else None)


def _column(session: Session, people: list[Enrolment], marks: dict[tuple[int, int], Attendance]) -> Column:
    there = [one for one in people if is_expected(one, session)]
    rows = [row for one in there if (row := marks.get((one.pk, session.pk)))]
    return Column(session, len(there), len(rows), sum(1 for row in rows if row.countersigned_at))
