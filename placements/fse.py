"""ESF+ common indicators (Regulation (EU) 2021/1057, Annex I) as data over participants (`docs/rules.md` §4).

A participant is a person in an agreement: the record of the first entry, the leaving date of the last exit.
The predicates read the facts of the first enrolment, and what `participants` adds: `left_on`, `event`, `trained`,
`certificate_on`, `outcome` and `outcome_on` of the last exit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, Min, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import FirstValue, RowNumber

from cohorts.states import EntryStatus
from learners.states import WORK, Kind, Level, Nationality
from placements.models import EnrolmentFacts

COMPLETE = Q(complete=True)
FROM_OUT_OF_WORK = Q(status__in=(EntryStatus.UNEMPLOYED, EntryStatus.INACTIVE))
WORK_KINDS = sorted(kind.value for kind in WORK)


@dataclass(frozen=True)
class Indicator:
    """`due`: asked only of participants whose `outcome_on` is not after the as-of date."""

    code: str
    label: str
    text: str
    holds: Q
    due: bool = False
    sensitive: bool = False


OUTPUTS = (
    Indicator(
        "EECO01",
        "Participants",
        "toutes les personnes dont la première entrée est dans la période, dossier complet ou non",
        Q(),
    ),
    Indicator(
        "EECO02",
        "Demandeurs d’emploi",
        "statut à l’entrée\u00a0: demandeur d’emploi",
        COMPLETE & Q(status=EntryStatus.UNEMPLOYED),
    ),
    Indicator(
        "EECO03",
        "Demandeurs d’emploi de longue durée",
        "demandeur d’emploi depuis plus de 6 mois avant 25 ans, de 12 mois ensuite",
        COMPLETE & Q(long_unemployed=True),
    ),
    Indicator("EECO04", "Inactifs", "statut à l’entrée\u00a0: inactif", COMPLETE & Q(status=EntryStatus.INACTIVE)),
    Indicator("EECO05", "En emploi", "statut à l’entrée\u00a0: en emploi", COMPLETE & Q(status=EntryStatus.EMPLOYED)),
    Indicator("EECO06", "Moins de 18 ans", "âge révolu à l’entrée", COMPLETE & Q(age__lt=18)),
    Indicator("EECO07", "De 18 à 29 ans", "âge révolu à l’entrée", COMPLETE & Q(age__range=(18, 29))),
    Indicator("EECO08", "55 ans et plus", "âge révolu à l’entrée", COMPLETE & Q(age__gte=55)),
    Indicator(
        "EECO09",
        "Premier cycle du secondaire ou moins",
        "sans diplôme ou niveau 2",
        COMPLETE & Q(level__in=(Level.NONE, Level.TWO)),
    ),
    Indicator(
        "EECO10", "Deuxième cycle du secondaire", "niveau 3 ou 4", COMPLETE & Q(level__in=(Level.THREE, Level.FOUR))
    ),
    Indicator("EECO11", "Enseignement supérieur", "niveau 5 à 8", COMPLETE & Q(level__gte=Level.FIVE)),
    Indicator("EECO12", "Participants handicapés", "RQTH\u00a0: oui", COMPLETE & Q(disabled=True), sensitive=True),
    Indicator(
        "EECO13",
        "Ressortissants de pays tiers",
        "nationalité\u00a0: hors UE",
        COMPLETE & Q(nationality=Nationality.THIRD_COUNTRY),
        sensitive=True,
    ),
    Indicator(
        "EECO14",
        "Parents nés à l’étranger",
        "parents nés à l’étranger\u00a0: oui",
        COMPLETE & Q(foreign_background=True),
        sensitive=True,
    ),
    Indicator(
        "EECO16", "Sans logement stable", "sans logement stable\u00a0: oui", COMPLETE & Q(homeless=True), sensitive=True
    ),
    Indicator("EECO17", "Zones rurales", "zone rurale\u00a0: oui", COMPLETE & Q(rural=True)),
)
RESULTS = (
    Indicator(
        "EECR01",
        "Inactifs engagés dans une recherche d’emploi à la sortie",
        "inactif à l’entrée\u202f; dernier évènement des 28 jours qui suivent la sortie\u00a0: recherche d’emploi",
        Q(status=EntryStatus.INACTIVE, event=Kind.JOB_SEEKING),
    ),
    Indicator(
        "EECR02",
        "Suivent un enseignement ou une formation à la sortie",
        "pas en études à l’entrée\u202f; une formation hors de la convention débute dans les 28 jours",
        Q(in_education=False, trained=True),
    ),
    Indicator(
        "EECR03",
        "Ont obtenu une qualification à la sortie",
        "certification obtenue, datée au plus tard de 28 jours après la sortie",
        Q(certificate_on__lte=F("window_end")),
    ),
    Indicator(
        "EECR04",
        "En emploi à la sortie",
        "demandeur d’emploi ou inactif à l’entrée\u202f; dernier évènement des 28 jours\u00a0: un emploi",
        FROM_OUT_OF_WORK & Q(event__in=WORK_KINDS),
    ),
    Indicator(
        "EECR05",
        "En emploi 6 mois après la sortie",
        "demandeur d’emploi ou inactif à l’entrée\u202f; en emploi 6 mois après la sortie, échue",
        FROM_OUT_OF_WORK & Q(outcome__in=WORK_KINDS),
        due=True,
    ),
)
NOT_COLLECTED = (
    ("EECO15", "la France ne tient pas de fichier des minorités"),
    ("EECO18", "concerne des administrations, pas des personnes"),
    ("EECO19", "concerne des entreprises, pas des personnes"),
    ("EECR06", "demanderait de suivre la qualité de l’emploi occupé dès l’entrée"),
)


def participants(agreement: Any) -> QuerySet[EnrolmentFacts]:
    """One row per person of the agreement, its first entry; `left_on` is null as long as one enrolment is open."""
    of_person: dict[str, Any] = {"partition_by": F("learner_id")}
    last_exit: dict[str, Any] = {
        **of_person,
        "order_by": [F("exited_on").desc(nulls_first=True), F("enrolment_id").asc()],
    }
    elsewhere = EnrolmentFacts._base_manager.filter(
        learner=OuterRef("learner"), entered_on__range=(OuterRef("exited_on"), OuterRef("fse_until"))
    ).exclude(cohort__in=agreement.cohorts.all())
    trained = Case(
        When(trained_28=True, then=Value(True)),
        When(Q(entered_28=True) & Exists(elsewhere), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return (
        EnrolmentFacts._base_manager.filter(cohort__in=agreement.cohorts.all())
        .annotate(starts_training=trained)
        .annotate(
            nth=Window(RowNumber(), **of_person, order_by=[F("entered_on").asc(), F("enrolment_id").asc()]),
            # Nulls first: an open enrolment makes the whole person one who has not left.
            left_on=Window(FirstValue("exited_on"), **last_exit),
            window_end=Window(FirstValue("fse_until"), **last_exit),
            event=Window(FirstValue("last_event"), **last_exit),
            trained=Window(FirstValue("starts_training"), **last_exit),
            outcome=Window(FirstValue("kind_m6"), **last_exit),
            outcome_on=Window(FirstValue("m6_on"), **last_exit),
            certificate_on=Window(Min("certified_on"), **of_person),
        )
        .filter(nth=1)
    )


def framed(indicator: Indicator, *, start: date, end: date, as_of: date) -> Q:
    """The indicator's predicate within its frame: first entries for outputs, leaving dates for results."""
    if indicator in OUTPUTS:
        return Q(entered_on__range=(start, end)) & indicator.holds
    frame = Q(left_on__range=(start, end))
    return frame & indicator.holds & Q(outcome_on__lte=as_of) if indicator.due else frame & indicator.holds
