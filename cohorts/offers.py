"""What somebody may be referred to: open cohorts, and programmes for which the training body will choose the cohort.

Offers are public: no cohort is in them before it recruits, and nothing of who applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from cohorts.states import CohortStatus
from partners.models import Organisation, Programme
from partners.referentials.known import commune_names
from partners.search import patterns
from partners.states import OrganisationKind

MOST = 60  # offers on a page; a search finds the others
NAMED = re.compile(r"(cohorte|programme)-([1-9][0-9]{0,11})")
LEVELS = {"3": "CAP, BEP", "4": "bac", "5": "bac + 2", "6": "bac + 3 ou 4", "7": "bac + 5"}


@dataclass(frozen=True)
class Offer:
    """A place to ask for: a cohort that recruits, or a programme of which the body will choose the cohort."""

    programme: Programme
    cohort: Cohort | None = None
    place: str = ""  # the name of its commune, where it is known

    @property
    def code(self) -> str:
        """What a form posts."""
        return f"cohorte-{self.cohort.pk}" if self.cohort else f"programme-{self.programme.pk}"

    @property
    def provider(self) -> Organisation:
        return self.programme.provider

    @property
    def starts_on(self) -> date | None:
        return self.cohort.starts_on if self.cohort else None

    @property
    def criteria(self) -> str:
        """For whom it is, in one line."""
        return " · ".join(criteria_of(self.programme))

    def __str__(self) -> str:
        return f"{self.cohort or self.programme}, {self.provider}"


@dataclass(frozen=True)
class Offers:
    """The offers found, by training body; `more`: there are others."""

    by_body: list[tuple[Organisation, list[Offer]]]
    more: bool = False

    def __iter__(self) -> Iterator[Offer]:
        return (offer for _body, offers in self.by_body for offer in offers)


def criteria_of(programme: Programme) -> list[str]:
    """Conditions of a programme as one says them."""
    low, high = programme.age_min, programme.age_max
    said = []
    if low is not None and high is not None:
        said.append(_("de %(low)d à %(high)d ans") % {"low": low, "high": high})
    elif low is not None:
        said.append(_("à partir de %(low)d ans") % {"low": low})
    elif high is not None:
        said.append(_("jusqu’à %(high)d ans") % {"high": high})
    if programme.neet_required:
        said.append(_("ni en emploi ni en formation"))
    if programme.target_level in LEVELS:
        said.append(_("mène au niveau %(level)s") % {"level": LEVELS[programme.target_level]})
    return said or [_("sans condition")]


def open_cohorts(today: date) -> Any:
    """Cohorts that recruit and have not started."""
    rows = Cohort._base_manager.filter(status=CohortStatus.RECRUITING, starts_on__gte=today)
    return rows.select_related("programme__provider")


def _programmes() -> Any:
    return Programme._base_manager.filter(provider__kind=OrganisationKind.TRAINING_BODY).select_related("provider")


def find(words: str, today: date) -> Offers:
    """Offers in which every word is found, cohorts before programmes, the soonest first: three queries."""
    cohorts, programmes = open_cohorts(today), _programmes()
    for word in patterns(words):
        named = Q(programme__title__iregex=word) | Q(programme__provider__name__iregex=word)
        cohorts = cohorts.filter(named | Q(title__iregex=word))
        programmes = programmes.filter(Q(title__iregex=word) | Q(provider__name__iregex=word))
    chosen = list(cohorts.order_by("starts_on", "pk")[: MOST + 1])
    rest = list(programmes.order_by("title", "pk")[: MOST + 1 - len(chosen)]) if len(chosen) <= MOST else []
    offers = _offers(chosen) + [Offer(one) for one in rest]
    return Offers(_by_body(offers[:MOST]), more=len(offers) > MOST)


def named(code: str, today: date) -> Offer | None:
    """The offer of that code, if it is open today."""
    match = NAMED.fullmatch(code)
    if match is None:
        return None
    pk = int(match[2])
    if match[1] == "programme":
        programme = _programmes().filter(pk=pk).first()
        return Offer(programme) if programme else None
    return next(iter(_offers(open_cohorts(today).filter(pk=pk))), None)


def _offers(cohorts: Iterable[Cohort]) -> list[Offer]:
    found = list(cohorts)
    places = commune_names({one.commune for one in found if one.commune})
    return [Offer(one.programme, one, places.get(one.commune, "")) for one in found]


def _by_body(offers: Iterable[Offer]) -> list[tuple[Organisation, list[Offer]]]:
    bodies: dict[int, tuple[Organisation, list[Offer]]] = {}
    for offer in offers:
        bodies.setdefault(offer.provider.pk, (offer.provider, []))[1].append(offer)
    return sorted(bodies.values(), key=lambda pair: (pair[0].name, pair[0].pk))
