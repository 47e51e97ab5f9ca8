"""What a card says of a cohort in a few words: how far it is, out of what, and what to keep in mind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.states import CohortStatus
from partners.models import Commune
from partners.panels import Gauge
from partners.states import CommuneKind

FEWEST = 20  # below, a cohort does not start without a derogation
BEFORE = (CohortStatus.DRAFT, CohortStatus.RECRUITING, CohortStatus.CONFIRMED)


@dataclass(frozen=True)
class Glance:
    """`value` out of `most` people; `minimum`: where the gauge bears a mark, 0 for nowhere."""

    cohort: Any
    place: str
    tone: str
    reached: str
    aim: str
    note: str
    value: int
    most: int
    minimum: int = 0


def cards_of(cohorts: Iterable[Any]) -> list[Glance]:
    """One card a cohort, with the name of its commune if the list of communes is loaded."""
    cohorts = list(cohorts)
    codes = {cohort.commune for cohort in cohorts if cohort.commune}
    names = dict(Commune.objects.filter(code__in=codes, kind=CommuneKind.CURRENT).values_list("code", "name"))
    return [glance(cohort, today=timezone.localdate(), place=names.get(cohort.commune, "")) for cohort in cohorts]


def seats_gauge(cohort: Any) -> Gauge:
    """Seats taken, by people admitted before the start and by people entered after, with a mark at the minimum."""
    started = cohort.status not in BEFORE
    taken = cohort.entered if started else cohort.admitted
    reached = _many("%(n)d entrée", "%(n)d entrées", taken) if started else _many("%(n)d admis", "%(n)d admis", taken)
    minimum = FEWEST if cohort.seats > FEWEST else 0
    tone = "green" if taken >= min(FEWEST, cohort.seats) else "amber" if started else "teal"
    return Gauge(taken, max(cohort.seats, taken, 1), reached, _seats(cohort.seats), minimum, tone)


def glance(cohort: Any, *, today: date, place: str = "") -> Glance:
    """The card of a cohort that carries the counts of `for_list`."""
    if cohort.status in BEFORE:
        return _recruiting(cohort, place)
    if cohort.status == CohortStatus.RUNNING:
        return _running(cohort, place, today)
    return _over(cohort, place)


def _many(one: str, several: str, n: int) -> str:
    """French takes the plural from 2: 0 candidature, 1 candidature, 2 candidatures."""
    return ngettext(one, several, max(n, 1)) % {"n": n}


def _seats(seats: int) -> str:
    if seats > FEWEST:
        return _("%(least)d à %(seats)d places") % {"least": FEWEST, "seats": seats}
    return _many("%(n)d place", "%(n)d places", seats)


def _recruiting(cohort: Any, place: str) -> Glance:
    note = _many("%(n)d candidature", "%(n)d candidatures", cohort.applied)
    tone = {CohortStatus.DRAFT: "grey", CohortStatus.CONFIRMED: "green"}.get(cohort.status, "teal")
    reached = _many("%(n)d admis", "%(n)d admis", cohort.admitted)
    minimum = FEWEST if cohort.seats > FEWEST else 0
    return Glance(cohort, place, tone, reached, _seats(cohort.seats), note, cohort.admitted, cohort.seats, minimum)


def _running(cohort: Any, place: str, today: date) -> Glance:
    present = cohort.entered - cohort.left
    weeks = (cohort.ends_on - cohort.starts_on).days // 7 + 1
    week = min(max((today - cohort.starts_on).days // 7 + 1, 1), weeks)
    note = _("Semaine %(week)d sur %(weeks)d") % {"week": week, "weeks": weeks}
    reached = _many("%(n)d en formation", "%(n)d en formation", present)
    aim = _many("sur %(n)d entré", "sur %(n)d entrés", cohort.entered)
    return Glance(cohort, place, "green", reached, aim, note, present, max(cohort.seats, cohort.entered))


def _over(cohort: Any, place: str) -> Glance:
    tone = "violet" if cohort.status == CohortStatus.FINISHED else "grey"
    if not cohort.entered:
        return Glance(cohort, place, tone, _("Aucune entrée"), _seats(cohort.seats), "", 0, cohort.seats)
    reached = _many("%(n)d a achevé", "%(n)d ont achevé", cohort.completed)
    aim = _many("sur %(n)d entré", "sur %(n)d entrés", cohort.entered)
    early = cohort.left - cohort.completed
    note = (
        _many("%(n)d sorti avant la fin", "%(n)d sortis avant la fin", early)
        if early
        else _("Personne n’est sorti avant la fin")
    )
    return Glance(cohort, place, tone, reached, aim, note, cohort.completed, max(cohort.entered, 1))
