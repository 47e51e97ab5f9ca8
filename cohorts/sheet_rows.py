"""The sheet of a half-day as it is shown and sent back: one row per person, what is noted, signed, corrected, and what clashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from cohorts.marking import Clash, Line, needs_reason, usual_mark
from cohorts.models import Attendance, AttendancePast, Enrolment, Session
from cohorts.register import ATTENDED
from cohorts.roll import expected, sealed_from
from cohorts.states import Mark

# What is written on the buttons: a word that fits a thumb.
WORDS = {
    Mark.PRESENT: _("Présent"), Mark.LATE: _("Retard"), Mark.ABSENT: _("Absent"), Mark.ABSENT_EXCUSED: _("Justifié"),
    Mark.REMOTE: _("À distance"), Mark.IN_COMPANY: _("Entreprise"),
}  # fmt: skip
TONES = {
    Mark.PRESENT: "green", Mark.LATE: "amber", Mark.ABSENT: "red", Mark.ABSENT_EXCUSED: "grey", Mark.REMOTE: "teal",
    Mark.IN_COMPANY: "violet",
}  # fmt: skip
LETTERS = {
    Mark.PRESENT: "P", Mark.LATE: "R", Mark.ABSENT: "A", Mark.ABSENT_EXCUSED: "J", Mark.REMOTE: "D", Mark.IN_COMPANY: "E",
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One button: its value, its word, its tint, whether it is the one."""

    value: str
    word: Any
    tone: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    """One person on the sheet. `line`: what stands; `typed`: what somebody was writing; `clash`: who wrote otherwise meanwhile."""

    enrolment: Enrolment
    session: Session
    code: str
    line: Attendance | None = None
    typed: Line | None = None
    clash: Clash | None = None

    @property
    def mark(self) -> str:
        return self.typed.mark if self.typed else self.line.mark if self.line else ""

    @property
    def late(self) -> int:
        if self.typed:
            return self.typed.late
        late = self.line is not None and self.line.mark == Mark.LATE
        return self.session.minutes - self.line.minutes if late and self.line else 0

    @property
    def version(self) -> int:
        return self.line.version if self.line else 0

    @property
    def choices(self) -> list[Choice]:
        return [Choice(one, WORDS[one], TONES[one], one == self.mark) for one in order_for(self.session)]

    @property
    def corrects(self) -> bool:
        """Whether changing it asks for a reason."""
        return self.line is not None and needs_reason(self.line)

    @property
    def reason(self) -> str:
        return self.typed.reason if self.typed else ""

    @property
    def pasts(self) -> list[AttendancePast]:
        return list(self.line.pasts.all()) if self.line else []

    @property
    def attended(self) -> bool:
        return self.line is not None and self.line.mark in ATTENDED


def order_for(session: Session) -> list[Mark]:
    """The usual mark of this half-day first, then what happens most."""
    usual = Mark(usual_mark(session))
    rest = (Mark.PRESENT, Mark.LATE, Mark.ABSENT, Mark.ABSENT_EXCUSED, Mark.REMOTE, Mark.IN_COMPANY)
    return [usual, *(one for one in rest if one != usual)]


def row_code(place: int) -> str:
    """What stands beside a name on the printed sheet: 1 → « 01 »."""
    return f"{place:02d}"


def sheet_of(
    session: Session, user: Any, typed: Mapping[int, Line] | None = None, clashes: Iterable[Clash] = ()
) -> list[Row]:
    """Every row of a sheet that this user may read, by name; a few queries, whatever the number."""
    sealed = sealed_from(user, session.cohort_id)
    pasts = Prefetch("pasts", AttendancePast._base_manager.select_related("by").order_by("at", "pk"))
    lines = Attendance._base_manager.filter(session=session).select_related("marked_by", "countersigned_by")
    by_person = {row.enrolment_id: row for row in lines.prefetch_related(pasts)}
    for row in by_person.values():
        row.session = session
    against = {one.mine.enrolment_id: one for one in clashes}
    return [
        Row(one, session, row_code(place), by_person.get(one.pk), (typed or {}).get(one.pk), against.get(one.pk))
        for place, one in enumerate(expected(session), start=1)
        if one.pk not in sealed
    ]


def typed_in(data: Mapping[str, Any], enrolments: Iterable[int]) -> dict[int, Line]:
    """What was sent of these persons: those of whom a mark was chosen. A lateness that is no number reads as none."""
    found = {}
    for pk in enrolments:
        mark = str(data.get(f"m{pk}", ""))
        if mark:
            late, seen = str(data.get(f"l{pk}", "")).strip(), str(data.get(f"v{pk}", ""))
            found[pk] = Line(
                pk, mark, late=int(late) if late.isdigit() and len(late) < 5 and mark == Mark.LATE else 0,
                seen=int(seen) if seen.isdigit() and len(seen) < 10 else 0, reason=str(data.get(f"r{pk}", ""))[:200],
            )  # fmt: skip
    return found


@dataclass(frozen=True)
class Sums:
    """How many are noted, are there, have signed, out of how many; and whether the trainer has signed all of it."""

    people: int
    noted: int
    there: int
    signed: int
    countersigned: bool


def sums_of(rows: list[Row]) -> Sums:
    noted = [one for one in rows if one.line]
    return Sums(
        len(rows), len(noted), sum(one.attended for one in rows), sum(1 for one in noted if one.line and one.line.signed_at),
        bool(rows) and len(noted) == len(rows) and all(one.line and one.line.countersigned_at for one in noted),
    )  # fmt: skip
