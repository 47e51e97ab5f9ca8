"""What agreements promise of who is admitted, counted while decisions are prepared: the same shares as after entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts import seats
from cohorts.models import Application, Cohort
from cohorts.states import Decision
from learners.models import Learner, Situation
from learners.situations import age_on
from learners.states import NEET, RANK, DistrictStatus, Kind, Level, Sex
from partners.models import Agreement
from partners.panels import Gauge, Panel, Row

BAC_OR_BELOW = (Level.NONE, Level.TWO, Level.THREE, Level.FOUR)
YOUNG = 26


class Facts(NamedTuple):
    """What the files say of one person; `neet`: None when no situation says it."""

    sex: str
    district: str
    level: str
    age: int | None
    neet: bool | None


@dataclass(frozen=True)
class Share:
    """`said` of one person: True, False, or None when unknown. `promise`: the field of the agreement."""

    label: Any
    promise: str
    said: Callable[[Facts], bool | None]


def _young_neet(one: Facts) -> bool | None:
    if one.age is None or one.neet is None:
        return None
    return one.age < YOUNG and one.neet


SHARES = (
    Share(lazy("Femmes"), "women_min", lambda one: one.sex == Sex.FEMALE if one.sex else None),
    Share(
        lazy("Habitants d’un quartier prioritaire"), "qpv_min",
        lambda one: one.district == DistrictStatus.INSIDE if one.district else None,
    ),
    Share(lazy("Niveau bac ou moins"), "bac_min", lambda one: one.level in BAC_OR_BELOW if one.level else None),
    Share(lazy("Moins de 26 ans ni en emploi ni en formation"), "neet_min", _young_neet),
)  # fmt: skip


def facts_of(learners: Iterable[int], on: date) -> list[Facts]:
    """One line a person, as the files stand; the age is that of the first day. Two queries."""
    ids, today = list(learners), timezone.localdate()
    running = Situation.objects.filter(learner__in=ids, starts_on__lte=today).exclude(ends_on__lt=today)
    kinds: dict[int, list[str]] = {}
    for learner, kind in running.values_list("learner", "kind"):
        kinds.setdefault(learner, []).append(kind)
    people = Learner._base_manager.filter(pk__in=ids).values_list("pk", "sex", "district_status", "level", "born_on")
    return [
        Facts(sex, district, level, age_on(born, on) if born else None, _neet(kinds.get(pk, [])))
        for pk, sex, district, level, born in people
    ]


def _neet(kinds: list[str]) -> bool | None:
    """Of several situations on one day, the first by the order of the rules is « the » situation; None without any."""
    return min(kinds, key=lambda kind: RANK.index(Kind(kind))) in NEET if kinds else None


def admitted_in(cohort: Cohort) -> list[int]:
    """Who would be admitted if what is prepared were announced now: the persons, each once."""
    rows = Application._base_manager.filter(cohort=cohort)
    seated = seats.seated_in(cohort.pk).values_list("learner", flat=True)
    staged = rows.filter(
        status="decided", rulings__replaced=False, rulings__released_at=None, rulings__decision=Decision.ADMITTED
    ).values_list("learner", flat=True)
    return sorted({*seated, *staged})


def promises_of(cohort: Cohort, agreements: Iterable[Agreement]) -> Panel:
    """The panel of the committee: each promised share over the admitted, unknowns apart."""
    facts = facts_of(admitted_in(cohort), cohort.starts_on)
    agreed = list(agreements)
    rows = [row for share in SHARES for row in _rows(share, facts, agreed)] if facts else []
    return Panel(
        "engagements", _("Engagements, sur les admis"), rows,
        aside=ngettext("%(n)d admis", "%(n)d admis", len(facts)) % {"n": len(facts)} if rows else "",
        empty=_("Les engagements se comptent dès la première admission préparée."),
        note=_("Les inconnus sont hors du calcul, et dits. Avec peu de monde, une personne pèse plusieurs points.")
        if rows else "",
    )  # fmt: skip


def _rows(share: Share, facts: list[Facts], agreements: list[Agreement]) -> list[Row]:
    """One line a promise; one without promise where no agreement makes any."""
    known = [said for one in facts if (said := share.said(one)) is not None]
    count = _Count(str(share.label), sum(known), len(known), len(facts) - len(known))
    kept = [(one.code, value) for one in agreements if (value := getattr(one, share.promise)) is not None]
    if not kept:
        return [Row(count.label, about=" · ".join([*count.unknowns, _("sans engagement")]), figure=count.figure)]
    several = len(agreements) > 1
    return [_promised(count, value, code if several else "") for code, value in kept]


class _Count(NamedTuple):
    """How many of those of whom it is known, and of how many it is not."""

    label: str
    n: int
    of: int
    unknown: int

    @property
    def figure(self) -> str:
        said = _("%(n)d sur %(of)d") % {"n": self.n, "of": self.of}
        return f"{said} · {number_format(round(100 * self.n / self.of))}\u00a0%" if self.of else said

    @property
    def unknowns(self) -> list[str]:
        words = ngettext("%(n)d inconnu", "%(n)d inconnus", self.unknown) % {"n": self.unknown}
        return [words] if self.unknown else []


def _promised(count: _Count, promised: Decimal, named: str) -> Row:
    least = ceil(promised * count.of / 100)
    aim = _("au moins %(share)s\u00a0%%") % {"share": f"{promised.normalize():f}".replace(".", ",")}
    about = " · ".join([*([named] if named else []), *count.unknowns, aim])
    if not count.of:
        return Row(count.label, about=about, figure=count.figure)
    short = least - count.n
    tag = _("tenu") if short <= 0 else ngettext("il en manque %(n)d", "il en manque %(n)d", short) % {"n": short}
    tone = "green" if short <= 0 else "amber"
    gauge = Gauge(count.n, count.of, count.figure, aim, least, tone)
    return Row(count.label, about=about, figure=count.figure, tag=tag, tone=tone, gauge=gauge)
