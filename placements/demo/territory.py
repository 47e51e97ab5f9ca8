"""The made-up territory: who works there, what is offered, promised and planned, relative to one day.

Communes, priority districts, trades and certifications are real codes; every organisation is fictitious, its SIRET too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from stdnum import luhn

from learners.situations import add_months
from partners.states import OrganisationKind, Role


@dataclass(frozen=True)
class Partner:
    ref: str
    kind: OrganisationKind
    name: str
    commune: str
    siret: str


@dataclass(frozen=True)
class Colleague:
    """Someone with an account. `shown`: in the table of logins that the command prints."""

    first_name: str
    last_name: str
    role: Role
    works_for: str
    shown: bool = True

    @property
    def email(self) -> str:
        plain = self.first_name.lower().translate(str.maketrans("éèïëç", "eeiec"))
        return f"{plain}@example.org"


@dataclass(frozen=True)
class Offer:
    ref: str
    title: str
    provider: str
    certification: str
    level: str
    hours: int
    occupations: tuple[str, ...]


@dataclass(frozen=True)
class Deal:
    """An agreement, with its commitments in percent: women, qpv, bac, neet, positive."""

    ref: str
    funder: str
    provider: str
    rules: tuple[str, ...]
    nominative: bool = False
    least: dict[str, int] = field(default_factory=dict)
    own_rule: str = ""


@dataclass(frozen=True)
class Plan:
    """A cohort: when it is or was, how many asked and came, and how well its people were followed up.

    `lost`: share of those who left whom nobody could reach any more. `places`: communes of its people.
    """

    ref: str
    offer: str
    title: str
    starts_on: date
    weeks: int
    seats: int
    applicants: int
    entrants: int
    lost: float
    commune: str
    places: tuple[str, ...]
    deals: tuple[str, ...]
    prescribers: tuple[str, ...]

    @property
    def ends_on(self) -> date:
        """The Friday of the last week."""
        return self.starts_on + timedelta(days=7 * self.weeks - 3)

    @property
    def committee_on(self) -> date:
        """Selection is on the Thursday two and a half weeks before the first day."""
        return self.starts_on - timedelta(days=18)


def _siret(number: int) -> str:
    """Fourteen digits with both keys right, of a company number (0002…) that is never given to anybody."""
    siren = f"0002{number:04d}"
    siren += luhn.calc_check_digit(siren)
    return siren + "0001" + luhn.calc_check_digit(siren + "0001")


K = OrganisationKind
_PARTNERS = (
    ("MDE", K.MAISON_EMPLOI, "Maison de l’emploi des Deux-Beffrois", "59599"),
    ("ML-TRAME", K.MISSION_LOCALE, "Mission locale Val-de-Trame", "59512"),
    ("ML-TERRILS", K.MISSION_LOCALE, "Mission locale des Terrils-Rieurs", "62498"),
    ("PLIE", K.PLIE, "PLIE Trame-et-Chaîne", "59350"),
    ("NAVETTE", K.TRAINING_BODY, "La Navette numérique", "59512"),
    ("GALIBOT", K.TRAINING_BODY, "L’École du Galibot", "62498"),
    ("FILOCTET", K.EMPLOYER, "Filoctet", "59512"),
    ("BEFFRODATA", K.EMPLOYER, "Beffrodata", "59599"),
    ("TERRIPIXEL", K.EMPLOYER, "Terripixel", "62498"),
    ("CARDANOVE", K.EMPLOYER, "Cardanove Logistique", "59650"),
    ("ORMELEC", K.EMPLOYER, "Ormelec Services", "59350"),
    ("CLINIQUE", K.EMPLOYER, "Clinique du Métier-Bleu", "59009"),
    ("MUTUELLE", K.EMPLOYER, "Mutuelle Quatre-Navettes", "59350"),
    ("REGIE", K.EMPLOYER, "Régie de quartier La Bobine d’Argent", "59512"),
    ("REGION", K.FUNDER, "Région (démonstration)", ""),
    ("FSE", K.FUNDER, "Service gestionnaire FSE+ (démonstration)", ""),
    ("FONDATION", K.FUNDER, "Fondation Lune rousse", "59350"),
)
PARTNERS = tuple(Partner(*partner, siret=_siret(number)) for number, partner in enumerate(_PARTNERS, 1))
EMPLOYERS = tuple(partner.ref for partner in PARTNERS if partner.kind == K.EMPLOYER)

COLLEAGUES = (
    Colleague("Coline", "Hermant", Role.MANAGER, "NAVETTE"),
    Colleague("Théo", "Delattre", Role.TRAINER, "NAVETTE"),
    Colleague("Maëlle", "Vasseur", Role.TRAINER, "NAVETTE", shown=False),
    Colleague("Rachid", "Meziane", Role.MANAGER, "GALIBOT"),
    Colleague("Amina", "Benali", Role.ADVISER, "ML-TRAME"),
    Colleague("Pascale", "Devos", Role.MANAGER, "ML-TRAME", shown=False),
    Colleague("Lucie", "Nowak", Role.MANAGER, "ML-TERRILS"),
    Colleague("Bruno", "Carlier", Role.MANAGER, "MDE"),
    Colleague("Nadège", "Flament", Role.ADVISER, "PLIE"),
    Colleague("Elsa", "Platel", Role.MANAGER, "FILOCTET"),
    Colleague("Farid", "Haddad", Role.READER, "REGION"),
    Colleague("Solène", "Marchal", Role.READER, "FSE"),
    Colleague("Odile", "Renard", Role.READER, "FONDATION"),
)
ADMINISTRATOR = ("Gaëtan", "Lambert", "plateforme@example.org")

OFFERS = (
    Offer("DEVWEB", "Développeur web et web mobile", "NAVETTE", "RNCP37674", "5", 735, ("M1855", "M1805")),
    Offer("SUPPORT", "Technicien d’assistance en informatique", "GALIBOT", "RNCP37681", "4", 630, ("I1401", "M1874")),
)

DEALS = (
    Deal(
        "REG-NAVETTE", "REGION", "NAVETTE",
        ("gen-2019", "relais-6m", "pric-6m", "pric-12m", "ft-6m", "inserjeunes-6m", "rncp-6m"),
        # The share of priority districts is promised a little high: it is missed by a few people.
        least={"women": 30, "qpv": 50, "bac": 50, "neet": 75, "positive": 25},
    ),
    Deal(
        "REG-GALIBOT", "REGION", "GALIBOT", ("gen-2019", "relais-6m", "rncp-6m", "ft-6m"),
        least={"women": 30, "bac": 50, "positive": 45}, own_rule="gen-2019",
    ),
    Deal(
        "FSE-GALIBOT", "FSE", "GALIBOT", ("plie", "iae-exit", "relais-6m", "cej-6m"),
        least={"women": 35, "neet": 70, "positive": 30},
    ),
    Deal(
        "LUNE-NAVETTE", "FONDATION", "NAVETTE", ("relais-6m", "gen-2019", "cej-6m", "epide-exit", "cared-1m"),
        nominative=True, least={"women": 35, "positive": 45}, own_rule="gen-2019",
    ),
)  # fmt: skip

ROUBAIX = ("59512", "59512", "59512", "59599", "59599", "59650", "59350", "59163", "59299")
LENS = ("62498", "62498", "62510", "62065", "62771", "62427")


def plans(today: date) -> tuple[Plan, ...]:
    """Six cohorts over three years: four are over, one runs, one recruits."""

    def begun(months: int) -> date:
        return first_day(add_months(today, -months))

    navette, galibot = ("ML-TRAME", "ML-TRAME", "MDE", "PLIE"), ("ML-TERRILS", "ML-TERRILS", "PLIE")
    region, both = ("REG-NAVETTE",), ("REG-NAVETTE", "LUNE-NAVETTE")
    lens = ("REG-GALIBOT", "FSE-GALIBOT")
    soon = first_day(today + timedelta(days=40))
    return (
        Plan("DW1", "DEVWEB", "Dev Web 1", begun(35), 26, 24, 40, 23, 0.34, "59512", ROUBAIX, region, navette),
        Plan("SI1", "SUPPORT", "Support 1", begun(27), 20, 24, 41, 24, 0.25, "62498", LENS, lens, galibot),
        Plan("SI2", "SUPPORT", "Support 2", begun(19), 20, 26, 43, 25, 0.16, "62498", LENS, lens, galibot),
        Plan("DW2", "DEVWEB", "Dev Web 2", begun(11), 26, 24, 44, 24, 0.10, "59512", ROUBAIX, both, navette),
        Plan("DW3", "DEVWEB", "Dev Web 3", begun(3), 26, 24, 46, 24, 0.10, "59512", ROUBAIX, both, navette),
        Plan("DW4", "DEVWEB", "Dev Web 4", soon, 26, 24, 30, 0, 0.10, "59512", ROUBAIX, region, navette),
    )  # fmt: skip


def first_day(day: date) -> date:
    """The Monday of this week, or the next that is neither around Christmas nor in the middle of summer."""
    day -= timedelta(days=day.weekday())
    while (
        (day.month, day.day) >= (12, 19) or (day.month, day.day) < (1, 4) or (7, 18) <= (day.month, day.day) < (8, 18)
    ):
        day += timedelta(days=7)
    return day


def span(today: date, deal: Deal) -> tuple[date, date]:
    """An agreement runs over whole civil years, from its first cohort to the end of its last."""
    mine = [plan for plan in plans(today) if deal.ref in plan.deals]
    first, last = min(plan.starts_on for plan in mine), max(plan.ends_on for plan in mine)
    return date(first.year, 1, 1), date(last.year, 12, 31)
