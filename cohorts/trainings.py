"""What anybody may read of trainings without an account: cohorts that recruit, and programmes that have none for now.

Only of bodies where somebody answers. Nothing of who applied, nor how many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.offers import Offer, open_cohorts
from learners.identity import national
from partners.models import Membership, Organisation, Programme
from partners.referentials.known import commune_names, communes_named
from partners.search import patterns
from partners.states import OrganisationKind, Role

MOST = 60
WEEK = 7
PREFIX = "GR-"  # of the code of a cohort, printed on its form
LEVELS = {
    "3": "le niveau d’un CAP ou d’un BEP", "4": "le niveau du bac", "5": "le niveau bac + 2", "6": "le niveau bac + 3 ou 4",
    "7": "le niveau bac + 5",
}  # fmt: skip


@dataclass(frozen=True)
class Trainings:
    """Cohorts by date of start, then programmes by title; `more`: there are others."""

    cohorts: list[Offer]
    programmes: list[Offer]
    more: bool = False


def _answered(provider: str) -> Exists:
    """Somebody of that body answers a person who asks."""
    people = Membership._base_manager.filter(organisation=OuterRef(provider), active=True, awaiting=False)
    return Exists(people.filter(role__in=(Role.MANAGER, Role.ADVISER)))


def open_to_all(today: date) -> Any:
    """Cohorts to which one may apply by oneself."""
    return open_cohorts(today).filter(_answered("programme__provider"))


def _programmes() -> Any:
    taught = Programme._base_manager.filter(_answered("provider"), provider__kind=OrganisationKind.TRAINING_BODY)
    return taught.select_related("provider")


def find(words: str, today: date) -> Trainings:
    """Those in which every word is found, or those of the town so named: four queries."""
    cohorts, programmes = open_to_all(today), _programmes()
    programmes = programmes.exclude(pk__in=open_cohorts(today).values("programme"))
    there = Q(commune__in=communes_named(words)) if words.strip() else Q(pk__in=[])
    for word in patterns(words):
        named = Q(programme__title__iregex=word) | Q(programme__provider__name__iregex=word)
        cohorts = cohorts.filter(named | Q(title__iregex=word) | there)
        programmes = programmes.filter(Q(title__iregex=word) | Q(provider__name__iregex=word))
    first = list(cohorts.order_by("starts_on", "pk")[: MOST + 1])
    rest = list(programmes.order_by("title", "pk")[: MOST + 1])
    places = commune_names({one.commune for one in first if one.commune})
    return Trainings(
        [Offer(one.programme, one, places.get(one.commune, "")) for one in first[:MOST]],
        [Offer(one) for one in rest[:MOST]],
        more=len(first) > MOST or len(rest) > MOST,
    )


def cohort_offer(pk: int, today: date) -> Offer | None:
    """A cohort to which one may apply today."""
    found = open_to_all(today).filter(pk=pk).first()
    if found is None:
        return None
    return Offer(found.programme, found, commune_names([found.commune]).get(found.commune, "") if found.commune else "")


def programme_offer(pk: int) -> Offer | None:
    """A programme about which one may ask to be called."""
    found = _programmes().filter(pk=pk).first()
    return Offer(found) if found else None


def offers_for(bodies: list[int] | None, today: date) -> list[Offer]:
    """All that may be asked for somebody: cohorts, then programmes; of some bodies only when they are given."""
    cohorts, programmes = open_to_all(today), _programmes()
    if bodies is not None:
        cohorts, programmes = cohorts.filter(programme__provider__in=bodies), programmes.filter(provider__in=bodies)
    found = [Offer(one.programme, one) for one in cohorts.order_by("starts_on", "pk")[:MOST]]
    return [*found, *(Offer(one) for one in programmes.order_by("title", "pk")[:MOST])]


# --- in words ----------------------------------------------------------------------------------------------------
def code_of(pk: int) -> str:
    """What is printed on the form of a cohort, and finds it again: « GR-000012 »."""
    return f"{PREFIX}{pk:06d}"


def length_of(offer: Offer) -> str:
    """« 24 semaines, 560 heures »."""
    said = []
    if offer.cohort is not None:
        weeks = max(1, round(((offer.cohort.ends_on - offer.cohort.starts_on).days + 1) / WEEK))
        said.append(ngettext("%(n)d semaine", "%(n)d semaines", weeks) % {"n": weeks})
    if offer.programme.hours:
        hours = f"{int(offer.programme.hours):,}".replace(",", "\u202f")
        said.append(_("%(n)s heures") % {"n": hours})
    return ", ".join(said)


def for_whom(programme: Programme) -> list[str]:
    """The conditions, one short sentence each."""
    low, high = programme.age_min, programme.age_max
    said = []
    if low is not None and high is not None:
        said.append(_("Vous avez de %(low)d à %(high)d ans.") % {"low": low, "high": high})
    elif low is not None:
        said.append(_("Vous avez %(low)d ans ou plus.") % {"low": low})
    elif high is not None:
        said.append(_("Vous avez %(high)d ans ou moins.") % {"high": high})
    if programme.neet_required:
        said.append(_("Vous n’avez ni travail ni formation en ce moment."))
    return [*said, _("Il n’y a pas de diplôme à avoir. Ce qui compte, c’est l’envie d’apprendre.")]


def level_of(programme: Programme) -> str:
    """Where it leads, when that is known."""
    return LEVELS.get(programme.target_level, "")


def reached(body: Organisation) -> dict[str, str]:
    """How to reach a training body, as anybody may read it."""
    town = commune_names([body.commune]).get(body.commune, "") if body.commune else ""
    return {"phone": national(body.phone).replace(" ", "\u00a0"), "dial": body.phone, "email": body.email, "town": town}


def long_day(day: date) -> str:
    return date_format(day, "j F Y")
