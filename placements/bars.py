"""Where people stand six months after their exit, in the groups a chart can show: data over facts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from learners.states import ALTERNANCE, NEUTRAL, TRAINING, Kind
from placements.rules import at, unknown_at

FIXED_TERM = at("m6", {Kind.CDD, Kind.TEMP, Kind.SEASONAL})


@dataclass(frozen=True)
class Group:
    """`tone`: "positive", "neutral" or "unknown". A sensitive group has no bar of its own in public."""

    code: str
    label: str
    holds: Q
    tone: str
    sensitive: bool = False


GROUPS = (
    Group("lasting", "CDI ou emploi public", at("m6", {Kind.CDI, Kind.PUBLIC}), "positive"),
    Group("long", "CDD, intérim, saison de 6 mois ou plus", FIXED_TERM & Q(months_m6__gte=6), "positive"),
    Group("short", "CDD, intérim, saison de moins de 6 mois", FIXED_TERM & Q(months_m6__lt=6), "positive"),
    Group("alternance", "Alternance", at("m6", ALTERNANCE), "positive"),
    Group("own_firm", "Création ou reprise d’entreprise", at("m6", {Kind.SELF_EMPLOYED}), "positive"),
    Group("assisted", "Contrat aidé ou d’insertion", at("m6", {Kind.SUBSIDISED, Kind.IAE}), "positive"),
    Group("training", "Formation ou études", at("m6", TRAINING), "positive"),
    Group(
        "step",
        "Service civique, stage ou immersion",
        at("m6", {Kind.CIVIC_SERVICE, Kind.INTERNSHIP, Kind.IMMERSION}),
        "neutral",
    ),
    Group("seeking", "Recherche d’emploi", at("m6", {Kind.JOB_SEEKING}), "neutral"),
    Group("inactive", "Sans activité ni recherche", at("m6", {Kind.INACTIVE}), "neutral"),
    # Health, detention, death.
    Group("neutral", "Indisponible, à l’étranger ou décédé", at("m6", NEUTRAL), "neutral", sensitive=True),
    Group("unknown", "Situation inconnue", unknown_at("m6"), "unknown"),
)
DUE = "m6_on"
