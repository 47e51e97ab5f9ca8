"""Sheets to sign on paper: one page a day, a box for each person and half-day, the code by which each is keyed back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.units import mm

from cohorts.referral_pdf import INK, LEFT, LINE, MUTED, RIGHT, TEAL, TOP, Sheet
from partners import fonts

ROW = 6.9 * mm
LATE_ENTRANTS = 2  # blank lines


@dataclass(frozen=True)
class Printed:
    """A half-day on paper: its hours in words, its code, where it is held or how."""

    title: str
    hours: str
    code: str
    about: str = ""


@dataclass(frozen=True)
class Day:
    """A page: the half-days of a day, and who is awaited: (row code, name, which of the half-days, in their order)."""

    day: date
    halves: Sequence[Printed]
    people: Sequence[tuple[str, str, tuple[bool, ...]]]


class Register(Sheet):
    """Each page bears its day and the codes of its half-days."""

    def page(self, one: Day, *, first: bool, cohort: str, body: str) -> None:
        if not first:
            self._keep()
            self.y = TOP
            self.say(_("Feuille d’émargement"), bold=True, size=15)
        self.say(date_format(one.day, "l j F Y").capitalize(), bold=True, size=12)
        self.say(cohort, size=9.5, colour=MUTED)
        self.say(body, size=9.5, colour=MUTED)
        self.gap(3)
        self._heads(one)
        for code, name, there in [*one.people, *[("", "", (True,) * len(one.halves))] * LATE_ENTRANTS]:
            self._row(one, code, name, there)
        self._trainer(one)

    def _columns(self, one: Day) -> list[tuple[float, float]]:
        first = LEFT + 74 * mm
        wide = (RIGHT - first) / len(one.halves)
        return [(first + place * wide, first + (place + 1) * wide) for place in range(len(one.halves))]

    def _heads(self, one: Day) -> None:
        top = self.y
        for (start, _end), half in zip(self._columns(one), one.halves, strict=True):
            self.y = top - 11
            self._text(start + 2 * mm, half.title, fonts.BOLD, 10, INK)
            wide = fonts.width(half.code, fonts.BOLD, 11)
            self._text(_end - 2 * mm - wide, half.code, fonts.BOLD, 11, TEAL)
            self.y = top - 22
            self._text(start + 2 * mm, half.hours, fonts.REGULAR, 8.5, MUTED)
            self.y = top - 32
            self._text(start + 2 * mm, half.about, fonts.REGULAR, 8, MUTED)
        self.y = top - 22
        self._text(LEFT, _("Nom et prénom"), fonts.BOLD, 10, INK)
        self.y = top - 36
        self._line()

    def _line(self) -> None:
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.7)
        self.canvas.line(LEFT, self.y, RIGHT, self.y)

    def _row(self, one: Day, code: str, name: str, there: Sequence[bool], height: float = ROW) -> None:
        bottom = self.y - height
        self.y = bottom + height / 2 - 3
        self._text(LEFT, code, fonts.REGULAR, 8.5, MUTED)
        shown = name
        while shown and fonts.width(fonts.drawable(shown), fonts.REGULAR, 10) > 64 * mm:
            shown = shown[:-2].rstrip() + "…" if not shown.endswith("…") else shown[:-2] + "…"
        self._text(LEFT + 8 * mm, shown, fonts.REGULAR, 10, INK)
        for (start, end), awaited in zip(self._columns(one), there, strict=True):
            self.canvas.setStrokeColor(LINE)
            self.canvas.line(start, bottom, start, bottom + height)
            if not awaited:
                self._text((start + end) / 2 - 2, "–", fonts.REGULAR, 10, MUTED)
        self.y = bottom
        self._line()

    def _trainer(self, one: Day) -> None:
        self.gap(1)
        self._row(one, "", _("Formateur\u00a0: nom et signature"), (True,) * len(one.halves), 12 * mm)
        self.gap(1)
        self.say(
            _("Signez dans votre case. En retard\u00a0: l’heure d’arrivée dans la case. Absent\u00a0: le formateur écrit A, ou J si c’est justifié."),
            size=8.5, colour=MUTED,
        )  # fmt: skip


def sheets_pdf(days: Sequence[Day], *, cohort: str, body: str) -> bytes:
    """One page for each day, numbered; a PDF."""
    register = Register(_("Feuille d’émargement"))
    for place, one in enumerate(days):
        register.page(one, first=place == 0, cohort=cohort, body=body)
    return register.finish(f"{cohort} · {body}")
