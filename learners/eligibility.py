"""Whether somebody meets the conditions of a programme, criterion by criterion and in words: pure, facts in and findings out.

What nobody knows is neither a yes nor a no: it is to prove. Nothing here decides: a human reads, and answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from learners.situations import DECEASED, IS_ACTIVE, Span, age_on, known_until, preference
from learners.states import NEET, Kind

MET, UNMET, TO_PROVE = "met", "unmet", "to_prove"
AGE, SITUATION = "age", "neet"
FRESH = timedelta(days=30)  # how long a situation without an end is believed after it was last said
IS_NEET = frozenset(kind.value for kind in NEET)


@dataclass(frozen=True)
class Facts:
    """What is known of a person. `situations`: enrolments among them, as spans of qualifying training."""

    born_on: date | None = None
    situations: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Criteria:
    """What a programme asks for; None: no bound. Ages are those of the day training starts, in completed years."""

    age_min: int | None = None
    age_max: int | None = None
    neet_required: bool = True


@dataclass(frozen=True)
class Finding:
    """One criterion: met, unmet or to prove, said in a sentence; `proof`: what would prove it, blank when nothing is needed."""

    criterion: str
    verdict: str
    sentence: str
    proof: str = ""


def findings(facts: Facts, criteria: Criteria, *, on: date, starts_on: date) -> list[Finding]:
    """What each criterion of a programme says of a person on a day, for a training that starts on another."""
    found = []
    if criteria.age_min is not None or criteria.age_max is not None:
        found.append(age(facts.born_on, criteria, starts_on))
    if criteria.neet_required:
        found.append(situation(facts.situations, on=on, starts_on=starts_on))
    return found


def all_met(found: Iterable[Finding]) -> bool:
    """Whether no criterion is unmet or to prove; a programme without criteria is open to everybody."""
    return all(one.verdict == MET for one in found)


# --- age -----------------------------------------------------------------------------------------------------------
def age(born_on: date | None, criteria: Criteria, starts_on: date) -> Finding:
    """The age on the day training starts, bounds included."""
    identity = _("Une pièce d’identité, ou tout document officiel qui porte la date de naissance.")
    words = {"asked": asked_age(criteria), "day": f"{starts_on:%d/%m/%Y}"}
    if born_on is None or born_on > starts_on:
        said = _("Date de naissance inconnue ; le programme accueille %(asked)s à l’entrée.")
        return Finding(AGE, TO_PROVE, said % words, identity)
    years = age_on(born_on, starts_on)
    low, high = criteria.age_min, criteria.age_max
    inside = (low is None or low <= years) and (high is None or years <= high)
    said = _("%(years)d ans le %(day)s, jour de l’entrée ; le programme accueille %(asked)s.")
    return Finding(AGE, MET if inside else UNMET, said % {**words, "years": years}, "" if inside else identity)


def asked_age(criteria: Criteria) -> str:
    """« de 16 à 25 ans »."""
    low, high = criteria.age_min, criteria.age_max
    if low is not None and high is not None:
        return _("de %(low)d à %(high)d ans") % {"low": low, "high": high}
    if low is not None:
        return _("à partir de %(low)d ans") % {"low": low}
    return _("jusqu’à %(high)d ans") % {"high": high}


# --- situation -------------------------------------------------------------------------------------------------------
def holds(span: Span, day: date) -> bool:
    """Whether a situation is believed on a day: until its end, or a month after it was last said when it has none.

    The rules of reports believe an open situation no longer than the day it was said; a human who reads this one asks
    the person again, which a report cannot.
    """
    until = known_until(span)
    if span.end is None and span.kind != DECEASED:
        until += FRESH
    return span.start <= day <= until


def situation(spans: Iterable[Span], *, on: date, starts_on: date) -> Finding:
    """Neither in employment nor in training on that day, by the groups of the rules; contradictions count as active."""
    known = [span for span in spans if span.start <= on]
    now = min((span for span in known if holds(span, on)), key=preference, default=None)
    if now is None:
        return _unknown(known, on)
    label = str(Kind(now.kind).label)
    words = {"what": label[:1].upper() + label[1:], "day": f"{on:%d/%m/%Y}"}
    if now.kind in IS_NEET:
        said = _("%(what)s le %(day)s : ni en emploi ni en formation.") % words
        return Finding(SITUATION, MET, said, "" if now.proven else _status_proof())
    if now.kind == DECEASED:
        return Finding(SITUATION, UNMET, _("La personne est décédée."))
    if now.kind not in IS_ACTIVE:
        said = _("%(what)s le %(day)s : dites si la personne peut suivre une formation, et depuis quand.") % words
        return Finding(
            SITUATION, TO_PROVE, said, _("Ce que la personne en dit, et la date où elle redevient disponible.")
        )
    return _active(now, words, starts_on)


def _active(now: Span, words: dict[str, str], starts_on: date) -> Finding:
    if now.end is not None and now.end < starts_on:
        said = _("%(what)s jusqu’au %(end)s, avant l’entrée le %(start)s : à vérifier ce jour-là.")
        dates = {"end": f"{now.end:%d/%m/%Y}", "start": f"{starts_on:%d/%m/%Y}"}
        ending = _("Le contrat ou l’attestation qui porte la date de fin.")
        return Finding(SITUATION, TO_PROVE, said % {**words, **dates}, ending)
    said = _("%(what)s le %(day)s ; le programme est réservé aux personnes ni en emploi ni en formation.") % words
    return Finding(SITUATION, UNMET, said, _("Un document qui porte la fin de cette situation avant l’entrée."))


def _unknown(known: list[Span], on: date) -> Finding:
    latest = max(known, key=lambda span: (known_until(span), span.start, span.order), default=None)
    if latest is None:
        said = _("Situation inconnue au %(day)s : personne ne l’a encore écrite.") % {"day": f"{on:%d/%m/%Y}"}
    else:
        said = _("Dernière situation connue : %(what)s, au %(day)s. Personne ne l’a confirmée depuis.") % {
            "what": Kind(latest.kind).label, "day": f"{known_until(latest):%d/%m/%Y}",
        }  # fmt: skip
    return Finding(SITUATION, TO_PROVE, said, _status_proof())


def _status_proof() -> str:
    return _("Une attestation de France Travail ou de la mission locale, ou une déclaration sur l’honneur datée.")
