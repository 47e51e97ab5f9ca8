"""Outcome rules as data: each a frozen, versioned set of predicates over facts, with the words that explain it.

The engine (`placements.reports.figures`) knows none of them: adding a funder's rule is adding one value here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from learners.states import ALTERNANCE, NEUTRAL, SALARIED, TRAINING, WORK, Kind
from placements.facts import UNKNOWN
from placements.states import FollowUpResult

RESPONDED = (FollowUpResult.ANSWERED, FollowUpResult.PROXY)


def at(day: str, kinds: Iterable[str]) -> Q:
    """The situation on that day (`next`, `m1`, …, `e6`) is one of these kinds."""
    return Q(**{f"kind_{day}__in": sorted(str(kind) for kind in kinds)})


def unknown_at(day: str) -> Q:
    """Nothing covers that day."""
    return Q(**{f"kind_{day}": UNKNOWN})


def known_at(day: str) -> Q:
    return Q(**{f"kind_{day}__lt": UNKNOWN})  # the last of the codes


def responded_at(milestone: int) -> Q:
    return Q(**{f"asked_{milestone}__in": RESPONDED})


@dataclass(frozen=True)
class Part:
    """A named share: inside the numerator, or over the whole frame of due people when `of_frame`."""

    code: str
    label: str
    holds: Q
    of_frame: bool = False


@dataclass(frozen=True)
class Rule:
    """One funder's definition of a positive outcome.

    due: the fact column with the last day the rule looks at; on_entry: its frame is entries, not exits.
    counted: who is in the denominator; positive: who among them is in the numerator; unknown: asked of everybody due.
    floor: the smallest denominator for which a rate is published.
    """

    code: str
    version: int
    label: str
    due: str
    when: str
    positive: Q
    unknown: Q
    positive_text: str
    population_text: str
    status: str
    source: str
    counted: Q = field(default_factory=Q)
    parts: tuple[Part, ...] = ()
    on_entry: bool = False
    floor: int = 0
    # What adds up, for checks and for what a reader could compute: (total, its parts), by names of parts and figures.
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()
    categories: tuple[str, ...] = ()  # what is positive, in short words that two rules can be compared by
    restricted_to: str = ""  # whom the denominator leaves out, "" for everybody due

    def published(self, denominator: int) -> bool:
        return denominator >= max(self.floor, 1)


DURABLE = frozenset({Kind.CDI, Kind.PUBLIC, Kind.SELF_EMPLOYED})
FIXED_TERM = frozenset({Kind.CDD, Kind.TEMP, Kind.SEASONAL}) | ALTERNANCE
DURABLE_NEXT = at("next", DURABLE) | (at("next", FIXED_TERM) & Q(months_next__gte=6))
TRANSITION_NEXT = (at("next", FIXED_TERM) & Q(months_next__lt=6)) | at("next", {Kind.SUBSIDISED})
STRICT_NEXT = at("next", {Kind.TRAINING_QUALIFYING, Kind.TRAINING_OTHER, Kind.IAE})
LONG_WORK_NEXT = at("next", WORK) & Q(over_next__gte=2)
OTHER_WORK_NEXT = at("next", WORK) & Q(over_next__lt=2)
CONTINUING_M6 = at("m6", {Kind.SCHOOL, Kind.APPRENTICESHIP})
INSERJEUNES_JOB = at("m6", SALARIED | {Kind.PROFESSIONALISATION})
DURABLE_E6 = at("e6", {Kind.CDI, Kind.PUBLIC}) | (at("e6", {Kind.CDD, Kind.TEMP}) & Q(months_e6__gte=6))
EVERYBODY = "toutes les sorties échues, abandons et situations inconnues compris"

GEN_2019 = Rule(
    code="gen-2019",
    version=1,
    label="Sorties positives de la Grande École du Numérique (2019)",
    due="m3_on",
    when="à 3 mois",
    counted=Q(completed=True) & known_at("m3"),
    positive=at("m3", WORK | TRAINING),
    unknown=unknown_at("m3"),
    parts=(
        Part("company", "en entreprise", at("m3", SALARIED | ALTERNANCE)),
        Part("own_firm", "à leur compte", at("m3", {Kind.SELF_EMPLOYED})),
        Part("training", "en formation", at("m3", TRAINING)),
    ),
    sums=(("numerator", ("company", "own_firm", "training")),),
    positive_text="formation achevée et, 3 mois après la sortie, en emploi, en alternance, à son compte ou en formation",
    population_text="formations achevées, échues, dont la situation à 3 mois est connue",
    status="catégories et date publiées\u202f; dénominateur déduit des publications",
    source="Grande École du Numérique, chiffres de 2019 relayés par la presse\u202f; observations de la Cour des comptes",
    categories=("emploi", "alternance", "création d’entreprise", "formation"),
    restricted_to="les formations achevées dont la situation est connue",
)
RELAIS_6M = Rule(
    code="relais-6m",
    version=1,
    label="Sorties positives (Relais)",
    due="m6_on",
    when="à 6 mois",
    positive=at("m6", WORK | TRAINING),
    unknown=unknown_at("m6"),
    positive_text="6 mois après la sortie, en emploi, en alternance, à son compte ou en formation",
    population_text=EVERYBODY,
    status="définition propre à Relais, la plus stricte\u00a0: une situation inconnue n’est pas positive",
    source="Relais, règle relais-6m",
    categories=("emploi", "alternance", "création d’entreprise", "formation"),
)
IAE_EXIT = Rule(
    code="iae-exit",
    version=1,
    label="Sorties dynamiques de l’insertion par l’activité économique",
    due="next_on",
    when="au lendemain de la sortie",
    positive=DURABLE_NEXT | TRANSITION_NEXT | STRICT_NEXT,
    unknown=unknown_at("next"),
    parts=(
        Part("durable", "emploi durable", DURABLE_NEXT),
        Part("transition", "emploi de transition", TRANSITION_NEXT),
        Part("positive_strict", "sortie positive au sens strict", STRICT_NEXT),
    ),
    sums=(("numerator", ("durable", "transition", "positive_strict")),),
    positive_text=(
        "emploi durable (CDI, emploi public, à son compte, contrat d’au moins 6 mois), emploi de transition (contrat plus"
        " court, contrat aidé) ou sortie positive au sens strict (formation, contrat d’insertion)"
    ),
    population_text=EVERYBODY,
    status="classes officielles\u202f; la place de l’alternance est déduite",
    source="Plateforme de l’inclusion, «\u00a0Les sorties dynamiques dans l’IAE\u00a0»",
    categories=("emploi", "alternance", "création d’entreprise", "formation hors études"),
)
PLIE = Rule(
    code="plie",
    version=1,
    label="Sorties positives du PLIE",
    due="m12_on",
    when="à 12 mois",
    positive=Q(held_6m=True),
    unknown=unknown_at("m12") & Q(held_6m=False),
    positive_text=(
        "emploi salarié d’au moins 17,5 heures par semaine ou création d’entreprise, débuté entre l’entrée et 6 mois après la"
        " sortie, tenu 6 mois et prouvé\u202f; ou contrat d’alternance prouvé débuté dans ce délai"
    ),
    population_text=EVERYBODY,
    status="guide publié\u202f; la formation validée n’est pas retenue\u202f; des heures non renseignées ne prouvent rien",
    source="Appréciation de la notion de sortie du PLIE, guide de janvier 2013",
    categories=("emploi tenu 6 mois et prouvé", "alternance prouvée", "création d’entreprise tenue 6 mois et prouvée"),
)
CEJ_6M = Rule(
    code="cej-6m",
    version=1,
    label="En emploi (contrat d’engagement jeune)",
    due="e6_on",
    when="6 mois après l’entrée",
    on_entry=True,
    positive=at("e6", WORK),
    unknown=unknown_at("e6"),
    parts=(Part("durable", "emploi durable", DURABLE_E6),),
    positive_text="6 mois après l’entrée, en emploi, en alternance ou à son compte",
    population_text="toutes les entrées échues",
    status="définition telle que publiée",
    source="Missions locales, bilan du contrat d’engagement jeune relayé par la presse",
    categories=("emploi", "alternance", "création d’entreprise"),
)
FT_6M = Rule(
    code="ft-6m",
    version=1,
    label="Retour à l’emploi (France Travail)",
    due="m6_on",
    when="à un moment des 6 mois qui suivent la sortie",
    floor=60,
    positive=Q(hired_6m=True),
    unknown=unknown_at("m6") & Q(hired_6m=False),
    positive_text=(
        "un emploi débuté dans les 6 mois qui suivent la sortie\u00a0: contrat d’au moins 1 mois, contrat aidé ou création"
        " d’entreprise"
    ),
    population_text=EVERYBODY,
    status="définition telle que publiée\u202f; l’inscription à France Travail n’est pas vérifiée",
    source="France Travail, API «\u00a0Retour à l’emploi suite à formation\u00a0»",
    categories=("emploi d’au moins 1 mois débuté après la sortie", "contrat aidé", "création d’entreprise"),
)
INSERJEUNES_6M = Rule(
    code="inserjeunes-6m",
    version=1,
    label="Taux d’emploi (InserJeunes)",
    due="m6_on",
    when="à 6 mois",
    floor=20,
    counted=~CONTINUING_M6,
    positive=INSERJEUNES_JOB,
    unknown=unknown_at("m6"),
    parts=(
        Part("continuing", "poursuivent leurs études ou en apprentissage", CONTINUING_M6, of_frame=True),
        Part("favourable", "devenir favorable", INSERJEUNES_JOB | CONTINUING_M6, of_frame=True),
    ),
    sums=(("favourable", ("numerator", "continuing")), ("frame", ("denominator", "continuing"))),
    positive_text="6 mois après la sortie, salarié ou en contrat de professionnalisation",
    population_text="sorties échues, sans les personnes en études ou en apprentissage à 6 mois",
    status="définition telle que publiée\u202f; enquête au lieu des données de paie",
    source="InserJeunes (DEPP et DARES), documentation du taux d’emploi",
    categories=("emploi salarié", "contrat de professionnalisation"),
    restricted_to="les personnes qui ne sont ni en études ni en apprentissage à 6 mois",
)
RNCP_6M = Rule(
    code="rncp-6m",
    version=1,
    label="Taux d’insertion des certifiés (RNCP)",
    due="m6_on",
    when="à 6 mois",
    counted=Q(certified=True) & responded_at(6) & ~at("m6", TRAINING | NEUTRAL),
    positive=at("m6", WORK),
    unknown=unknown_at("m6"),
    parts=(Part("target_trade", "dans le métier visé", Q(trade_m6=True)),),
    positive_text="certifié, a répondu à 6 mois, et alors en emploi, en alternance ou à son compte",
    population_text="certifiés, échus, ayant répondu à 6 mois, sans ceux en formation ou indisponibles",
    status="définition rapportée par des tiers",
    source="France compétences, enquête d’insertion exigée pour l’enregistrement au RNCP",
    categories=("emploi", "alternance", "création d’entreprise"),
    restricted_to="les certifiés qui ont répondu, ni en formation ni indisponibles",
)
EPIDE_EXIT = Rule(
    code="epide-exit",
    version=1,
    label="Sorties positives de l’EPIDE",
    due="next_on",
    when="au lendemain de la sortie",
    positive=LONG_WORK_NEXT | at("next", {Kind.TRAINING_QUALIFYING}),
    unknown=unknown_at("next"),
    parts=(
        Part(
            "dynamic",
            "sortie dynamique (autre emploi, autre formation, études)",
            OTHER_WORK_NEXT | at("next", {Kind.TRAINING_OTHER, Kind.SCHOOL}),
            of_frame=True,
        ),
    ),
    positive_text="emploi de plus de 2 mois ou formation qualifiante",
    population_text=EVERYBODY,
    status="définition telle que publiée",
    source="EPIDE, résultats de 2018",
    categories=(
        "emploi de plus de 2 mois",
        "alternance de plus de 2 mois",
        "création d’entreprise",
        "formation qualifiante",
    ),
)
CARED_1M = Rule(
    code="cared-1m",
    version=1,
    label="Insertion (CARED)",
    due="m1_on",
    when="à 1 mois",
    positive=at("m1", {Kind.CDI, Kind.PROFESSIONALISATION}),
    unknown=unknown_at("m1"),
    positive_text="1 mois après la sortie, en CDI ou en contrat de professionnalisation",
    population_text=EVERYBODY,
    status="une seule Région, en 2017",
    source="Contrat d’aide et de retour à l’emploi durable, bilan d’une formation de 2017",
    categories=("CDI", "contrat de professionnalisation"),
)


def _pric(months: int) -> Rule:
    worked = Q(**{f"worked_{months}m": True})
    return Rule(
        code=f"pric-{months}m",
        version=1,
        label=f"Accès à l’emploi (PRIC, {months} mois)",
        due=f"m{months}_on",
        when=f"à un moment des {months} mois qui suivent la sortie",
        counted=responded_at(months),
        positive=worked,
        unknown=unknown_at(f"m{months}") & Q(**{f"worked_{months}m": False}),
        positive_text=f"un emploi d’au moins 1 mois, occupé à un moment des {months} mois qui suivent la sortie",
        population_text=f"sorties échues ayant répondu au suivi à {months} mois",
        status="définition telle que publiée",
        source="Région Pays de la Loire, bilan à 12 mois des stagiaires de 2022 (pacte régional d’investissement)",
        categories=("emploi d’au moins 1 mois", "alternance d’au moins 1 mois", "création d’entreprise"),
        restricted_to=f"les personnes qui ont répondu à {months} mois",
    )


PRIC_6M, PRIC_12M = _pric(6), _pric(12)
RULES = {
    rule.code: rule
    for rule in (
        GEN_2019, RELAIS_6M, IAE_EXIT, PLIE, CEJ_6M, FT_6M, PRIC_6M, PRIC_12M, INSERJEUNES_6M, RNCP_6M, EPIDE_EXIT, CARED_1M,
    )
}  # fmt: skip
OWN_RULE = RELAIS_6M.code  # what a commitment on positive exits means when the agreement does not say
