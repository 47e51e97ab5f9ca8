"""Shares of people at entry that agreements promise, as data over facts (`docs/rules.md` §5)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from cohorts.states import EntryStatus
from learners.states import Level, Sex

BAC_OR_BELOW = (Level.NONE, Level.TWO, Level.THREE, Level.FOUR)
AWAY_FROM_WORK = (EntryStatus.UNEMPLOYED, EntryStatus.INACTIVE)
NEET_KNOWN = Q(status__isnull=False) & Q(in_education__isnull=False) & Q(age__isnull=False)


@dataclass(frozen=True)
class ShareRule:
    """`asked`: the answer is known; `holds`: it is yes. `promise`: the field of Agreement that commits to it, if any."""

    code: str
    label: str
    asked: Q
    holds: Q
    promise: str = ""
    sensitive: bool = False


SHARES = (
    ShareRule("women", "Femmes", Q(sex__isnull=False), Q(sex=Sex.FEMALE), promise="women_min"),
    ShareRule("qpv", "Habitants d’un quartier prioritaire", Q(qpv__isnull=False), Q(qpv=True), promise="qpv_min"),
    ShareRule(
        "bac_or_below", "Niveau bac ou moins", Q(level__isnull=False), Q(level__in=BAC_OR_BELOW), promise="bac_min"
    ),
    ShareRule(
        "neet_under_26",
        "Moins de 26 ans ni en emploi ni en formation",
        NEET_KNOWN,
        NEET_KNOWN & Q(status__in=AWAY_FROM_WORK, in_education=False, age__lt=26),
        promise="neet_min",
    ),
    ShareRule("disabled", "Personnes handicapées (RQTH)", Q(disabled__isnull=False), Q(disabled=True), sensitive=True),
)
