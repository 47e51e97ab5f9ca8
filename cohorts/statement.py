"""The monthly attendance statement (*état de présence*): one row generator for the page, the PDF and the XLSX."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.hours import Counted, counted, month_span
from cohorts.models import Cohort
from cohorts.register import Hours
from cohorts.sheet_rows import LETTERS, WORDS
from cohorts.states import Mark

HEADS = (
    lazy("Prévu"), lazy("Réalisé"), lazy("dont entreprise"), lazy("dont à distance"), lazy("Retards"), lazy("Justifié"), lazy("Absent"), lazy("Non noté"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One person: their letters by day, morning then afternoon; their minutes, in the order of HEADS."""

    name: str
    entered: str
    letters: dict[date, str]
    minutes: tuple[int, ...]
    signed: int


@dataclass(frozen=True)
class Statement:
    """A cohort in a month, ready to be drawn: nothing more is asked of the database."""

    title: str
    month: str
    body: str
    cohort: str
    agreements: str
    days: list[date]
    rows: list[Row]
    total: tuple[int, ...]
    legend: str
    written: str
    waiting: int


def heads() -> tuple[str, ...]:
    """What stands above the minutes."""
    return tuple(str(one) for one in HEADS)


def minutes_of(hours: Hours) -> tuple[int, ...]:
    return (
        hours.planned, hours.done, hours.in_company, hours.remote, hours.late, hours.excused, hours.missed, hours.unmarked,
    )  # fmt: skip


def statement_of(cohort: Cohort, month: date) -> Statement:
    """The statement of a month; five queries, whatever the number of people."""
    found = counted(cohort, *month_span(month))
    days = sorted({half.day for person in found.people for half in person.halves})
    provider = cohort.programme.provider
    agreements = [
        f"{one.code} ({one.funder})"
        for one in cohort.agreements.select_related("funder").prefetch_related("references")
    ]
    return Statement(
        title=_("État de présence mensuel"), month=date_format(month, "F Y"),
        body=f"{provider.name}, SIRET {provider.siret}" if provider.siret else provider.name,
        cohort=f"{cohort.title} · {cohort.programme.title}", agreements=", ".join(agreements) or _("aucune convention"),
        days=days, rows=_rows(found), total=minutes_of(found.total),
        legend=", ".join(f"{LETTERS[mark]} {str(WORDS[mark]).lower()}" for mark in Mark),
        written=date_format(timezone.localdate(), "j F Y"), waiting=found.waiting,
    )  # fmt: skip


def _rows(found: Counted) -> list[Row]:
    rows = []
    for person in found.people:
        letters: dict[date, str] = {}
        for half in person.halves:
            said = LETTERS[Mark(half.mark)] if half.mark else "–"
            letters[half.day] = letters.get(half.day, "") + said
        one = person.enrolment
        dates = f"{one.entered_on:%d/%m/%y}" + (f" – {one.exited_on:%d/%m/%y}" if one.exited_on else "")
        rows.append(Row(str(one.learner), dates, letters, minutes_of(person.hours), person.hours.signed))
    return rows


def said(minutes: int) -> str:
    """« 126 h 30 », short enough for a column."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}\u00a0h" + (f"\u00a0{rest:02d}" if rest else "")
