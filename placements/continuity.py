"""Whose account the days are on, read for one organisation: by class, by person, by month, by cohort, by commune.

Counts come before shares. What a figure says of everybody, names say only of the persons whom the reader sees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median_low
from typing import Any

from django.db.models import Count, F, Sum
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from learners.models import Learner
from learners.situations import add_months
from learners.states import DistrictStatus
from partners.models import Commune, Organisation
from partners.states import CommuneKind, Role
from placements.models import DayRun
from placements.models.ledger import DayClass
from placements.reports import charts, french, style
from placements.reports.content import Bar
from placements.reports.page import Chart, Table

WORKS_WITH_PERSONS = (Role.MANAGER, Role.ADVISER, Role.TRAINER)
IN_FORCE = (CommuneKind.CURRENT, CommuneKind.ARRONDISSEMENT)
MOST_PEOPLE, MOST_PLACES, MOST_COHORTS, MOST_MONTHS = 15, 15, 12, 24
CLASSES = {
    DayClass.ACTIVE: ("active", "en situation"),
    DayClass.BRIDGED: ("bridged", "en attente d’une suite datée"),
    DayClass.NEUTRAL: ("neutral", "neutralisés"),
    DayClass.GAP: ("gap", "interruption"),
}
HALF, WHOLE = 410.0, 700.0  # points of a drawing


@dataclass(frozen=True)
class Sums:
    """Days of each class, and how many persons the gap is of."""

    active: int = 0
    bridged: int = 0
    neutral: int = 0
    gap: int = 0
    people: int = 0

    @property
    def total(self) -> int:
        return self.active + self.bridged + self.neutral + self.gap

    @property
    def share(self) -> str:
        """Of all days, the part that is gap, in words; "" without any day."""
        return french.percent(float(Fraction(self.gap, self.total))) if self.total else ""


@dataclass(frozen=True)
class Behind:
    """A person behind the days of gap; `since`: the gap still runs on the last day, from then on."""

    learner: Learner
    days: int
    since: date | None
    running: int = 0


@dataclass(frozen=True)
class Running:
    """Gaps that run on the last day: how many, the median and the longest, in days; None without any."""

    count: int
    median: int | None
    worst: int | None


@dataclass(frozen=True)
class Place:
    label: str
    sums: Sums
    about: str = ""


@dataclass(frozen=True)
class CohortDays:
    """Days of the people of a cohort since they entered, and the days of gap that are on this account."""

    cohort: Cohort
    sums: Sums
    ours: int


@dataclass(frozen=True)
class Account:
    holder: Organisation
    first: date
    last: date
    sums: Sums
    chart: Chart
    months: Chart | None
    running: Running
    people: Sequence[Behind]
    unseen: int  # persons behind the days of gap whom the reader does not see, or who are too many to list
    cohorts: Sequence[CohortDays]
    communes: Sequence[Place]
    districts: Sequence[Place]


def held_by(user: Any) -> list[Organisation]:
    """The organisations that may hold the baton for which this user works with persons."""
    places = [one for one in user.working_for if one.role in WORKS_WITH_PERSONS and one.organisation.can_hold]
    return [one.organisation for one in places]


def account_of(user: Any, *, holder: Organisation, first: date, last: date) -> Account:
    """The account of an organisation over a period, both days included; the same number of queries whatever its size."""
    runs = DayRun.objects.charged_to([holder.pk])
    sums = _sums(runs.days_of(first=first, last=last))
    running, since = _running(runs, last)
    people, behind = _behind(user, runs, since, first, last)
    return Account(
        holder, first, last, sums,
        chart=_classes_chart(sums),
        months=_months_chart(runs, first, last) if sums.gap else None,
        running=running,
        people=people,
        unseen=behind - len(people),
        cohorts=cohorts_of(user, Cohort.objects.visible_to(user).order_by("-starts_on", "-pk")[:MOST_COHORTS], holder, last),
        communes=_communes(runs, first, last),
        districts=_districts(runs, first, last),
    )  # fmt: skip


def _sums(rows: Iterable[dict[str, Any]]) -> Sums:
    days = {row["kind"]: row["days"] for row in rows}
    people = {row["kind"]: row["people"] for row in rows}
    return Sums(
        **{name: days.get(kind.value, 0) for kind, (name, _label) in CLASSES.items()},
        people=people.get(DayClass.GAP.value, 0),
    )


def _by(rows: Iterable[dict[str, Any]], column: str) -> dict[Any, Sums]:
    found: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return {key: _sums(some) for key, some in found.items()}


# --- People --------------------------------------------------------------------------------------------------


def _running(runs: Any, last: date) -> tuple[Running, dict[int, date]]:
    """The gaps that run on that day, whoever held when they began, and since when each person's does."""
    since = dict(runs.broken_on(last).values_list("learner", "since"))
    lengths = [(last - day).days + 1 for day in since.values()]
    return Running(len(lengths), median_low(lengths) if lengths else None, max(lengths, default=None)), since


def _behind(user: Any, runs: Any, since: dict[int, date], first: date, last: date) -> tuple[list[Behind], int]:
    """Those with the most days of gap on this account, of the persons whom the reader sees; and how many there are in all."""
    gaps = runs.gaps().within(first, last).order_by()
    everybody = gaps.aggregate(people=Count("learner", distinct=True))["people"]
    mine = gaps.filter(learner__in=Learner.objects.visible_to(user)).values("learner").annotate(total=Sum("days"))
    top = dict(mine.order_by("-total", "learner").values_list("learner", "total")[:MOST_PEOPLE])
    known = Learner.objects.visible_to(user).in_bulk(list(top))
    found = [
        Behind(known[pk], days, since.get(pk), (last - since[pk]).days + 1 if pk in since else 0)
        for pk, days in top.items()
        if pk in known
    ]
    return found, everybody


# --- Cohorts and places --------------------------------------------------------------------------------------


def cohorts_of(user: Any, cohorts: Iterable[Cohort], holder: Organisation | None, last: date) -> list[CohortDays]:
    """Days of the people of each cohort from their entry to that day; one person in two cohorts counts in both."""
    shown = [one for one in cohorts if one.starts_on <= last]
    stays = DayRun.objects.of_stays(cohort__in=[one.pk for one in shown])
    rows = stays.days_of("stay__cohort", "organisation", first=F("stay__entered_on"), last=last)
    found = []
    for one in shown:
        mine = [row for row in rows if row["stay__cohort"] == one.pk]
        days: dict[str, int] = defaultdict(int)
        for row in mine:
            days[CLASSES[DayClass(row["kind"])][0]] += row["days"]
        ours = sum(row["days"] for row in mine if row["kind"] == "g" and holder and row["organisation"] == holder.pk)
        if days:
            found.append(CohortDays(one, Sums(**days), ours))
    return found


def charged_in(cohort: Cohort, last: date) -> list[tuple[str, int, int]]:
    """Days of gap of the people of a cohort since they entered, by who held: (name, days, persons), the most first."""
    rows = DayRun.objects.of_stays(cohort=cohort).charged_by_holder(first=F("stay__entered_on"), last=last)
    return [(name or _("Personne ne tenait le relais"), days, people) for name, days, people in rows]


def _communes(runs: Any, first: date, last: date) -> list[Place]:
    found = _by(runs.days_of("learner__commune", first=first, last=last), "learner__commune")
    worst = sorted(found, key=lambda code: (-found[code].gap, code))[:MOST_PLACES]
    names = dict(Commune.objects.filter(code__in=worst, kind__in=IN_FORCE).values_list("code", "name"))
    return [
        Place(names.get(code) or code or _("commune inconnue"), found[code], code if code in names else "")
        for code in worst
    ]


def _districts(runs: Any, first: date, last: date) -> list[Place]:
    found = _by(runs.days_of("learner__district_status", first=first, last=last), "learner__district_status")
    labels = {**dict(DistrictStatus.choices), "": _("quartier inconnu")}
    return [Place(str(label), found[code]) for code, label in labels.items() if code in found]


# --- Charts --------------------------------------------------------------------------------------------------


def _classes_chart(sums: Sums) -> Chart:
    days = {name: getattr(sums, name) for name, _label in CLASSES.values()}
    title = _("Jours tenus, par classe")
    drawing = charts.continuity_chart(days, "", HALF)
    rows = tuple((label, french.whole(days[name])) for name, label in CLASSES.values())
    return Chart(mark_safe(charts.chart_svg(drawing, title)), Table(title, (_("Classe"), _("Jours")), rows))  # noqa: S308 -- drawn by us


def _months_chart(runs: Any, first: date, last: date) -> Chart:
    """Days of gap month by month, the last two years at most: one query."""
    months = _months(first, last)
    found = runs.gaps().days_in(months)
    title = _("Jours d’interruption, mois par mois")
    names = [f"{start:%m/%Y}" for start, _end in months]
    bars = [Bar(name, days, "gap") for name, days in zip(names, found, strict=True)]
    drawing = charts.bar_chart(bars, "", HALF, {"gap": style.RED}, step=20, label=60)
    rows = tuple((bar.label, french.whole(bar.n or 0)) for bar in bars)
    return Chart(mark_safe(charts.chart_svg(drawing, title)), Table(title, (_("Mois"), _("Jours")), rows))  # noqa: S308


def _months(first: date, last: date) -> list[tuple[date, date]]:
    """The months of a period, the first and the last cut to it."""
    start, found = max(first, add_months(last.replace(day=1), 1 - MOST_MONTHS)), []
    while start <= last:
        following = add_months(start.replace(day=1), 1)
        found.append((start, min(following - timedelta(1), last)))
        start = following
    return found
