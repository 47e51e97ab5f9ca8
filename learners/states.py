"""The words of learners: kinds of situation and their groups, handoffs, endings."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    FEMALE = "F", _("femme")
    MALE = "M", _("homme")
    OTHER = "X", _("autre")


class Level(TextChoices):
    """Highest diploma, in the French frame of 2019."""

    NONE = "none", _("sans diplôme")
    TWO = "2", _("niveau 2")
    THREE = "3", _("niveau 3 (CAP, BEP)")
    FOUR = "4", _("niveau 4 (bac)")
    FIVE = "5", _("niveau 5 (bac + 2)")
    SIX = "6", _("niveau 6 (bac + 3 ou 4)")
    SEVEN = "7", _("niveau 7 (bac + 5)")
    EIGHT = "8", _("niveau 8 (doctorat)")


class Answer(TextChoices):
    """Three-valued: unknown, refused and not asked are the blank, never a « non »."""

    YES = "yes", _("oui")
    NO = "no", _("non")


class Nationality(TextChoices):
    FRENCH = "fr", _("française")
    EUROPEAN = "eu", _("européenne")
    THIRD_COUNTRY = "third_country", _("hors UE")


class DistrictStatus(TextChoices):
    """Whether the person lives in a priority district (QPV); the blank is unknown."""

    INSIDE = "in", _("habite un QPV")
    OUTSIDE = "out", _("n’habite pas en QPV")


class DistrictMethod(TextChoices):
    GEOCODED = "geocoded", _("adresse localisée")
    DECLARED = "declared", _("déclaré")


class Kind(TextChoices):
    """Kinds of situation, in the order of `docs/rules.md` §1."""

    CDI = "cdi", _("CDI")
    CDD = "cdd", _("CDD")
    TEMP = "temp", _("intérim")
    SEASONAL = "seasonal", _("saisonnier")
    SUBSIDISED = "subsidised", _("contrat aidé")
    IAE = "iae", _("contrat d’insertion (IAE)")
    PUBLIC = "public", _("emploi public")
    APPRENTICESHIP = "apprenticeship", _("contrat d’apprentissage")
    PROFESSIONALISATION = "professionalisation", _("contrat de professionnalisation")
    SELF_EMPLOYED = "self_employed", _("création ou reprise d’entreprise")
    TRAINING_QUALIFYING = "training_qualifying", _("formation qualifiante ou certifiante")
    TRAINING_OTHER = "training_other", _("autre formation")
    SCHOOL = "school", _("études")
    CIVIC_SERVICE = "civic_service", _("service civique")
    INTERNSHIP = "internship", _("stage")
    IMMERSION = "immersion", _("immersion (PMSMP)")
    JOB_SEEKING = "job_seeking", _("recherche d’emploi")
    INACTIVE = "inactive", _("sans activité ni recherche")
    UNAVAILABLE = "unavailable", _("indisponible (santé, maternité, détention…)")
    MOVED_ABROAD = "moved_abroad", _("parti à l’étranger")
    DECEASED = "deceased", _("décédé")


SALARIED = frozenset({Kind.CDI, Kind.CDD, Kind.TEMP, Kind.SEASONAL, Kind.SUBSIDISED, Kind.IAE, Kind.PUBLIC})
ALTERNANCE = frozenset({Kind.APPRENTICESHIP, Kind.PROFESSIONALISATION})
TRAINING = frozenset({Kind.TRAINING_QUALIFYING, Kind.TRAINING_OTHER, Kind.SCHOOL})
NEET = frozenset({Kind.JOB_SEEKING, Kind.INACTIVE})
NEUTRAL = frozenset({Kind.UNAVAILABLE, Kind.MOVED_ABROAD, Kind.DECEASED})
WORK = SALARIED | ALTERNANCE | {Kind.SELF_EMPLOYED}
ACTIVE = WORK | TRAINING | {Kind.CIVIC_SERVICE, Kind.INTERNSHIP, Kind.IMMERSION}
# Of two situations on one day, the first by this order is « the » situation.
RANK = (
    Kind.DECEASED, Kind.CDI, Kind.PUBLIC, Kind.SELF_EMPLOYED, Kind.APPRENTICESHIP, Kind.PROFESSIONALISATION, Kind.CDD,
    Kind.TEMP, Kind.SEASONAL, Kind.SUBSIDISED, Kind.IAE, Kind.TRAINING_QUALIFYING, Kind.SCHOOL, Kind.TRAINING_OTHER,
    Kind.CIVIC_SERVICE, Kind.INTERNSHIP, Kind.IMMERSION, Kind.UNAVAILABLE, Kind.MOVED_ABROAD, Kind.JOB_SEEKING, Kind.INACTIVE,
)  # fmt: skip
UNLIMITED = frozenset({Kind.CDI, Kind.PUBLIC, Kind.SELF_EMPLOYED})


class Evidence(TextChoices):
    """How a situation is known, from the weakest to the strongest; a blank is declared."""

    DECLARED = "declared", _("déclaré")
    THIRD_PARTY = "third_party", _("tiers")
    DOCUMENT = "document", _("document")
    CONFIRMED = "confirmed", _("confirmé par la personne")


PROVEN = frozenset({Evidence.THIRD_PARTY, Evidence.DOCUMENT, Evidence.CONFIRMED})


class Closing(TextChoices):
    """Why nobody follows a person any more."""

    OUTCOME = "outcome", _("suite confirmée à 6 mois")
    NO_LONGER_WISHES = "no_longer_wishes", _("ne le souhaite plus")
    MOVED_AWAY = "moved_away", _("a déménagé")
    DECEASED = "deceased", _("décédé")
    UNREACHABLE = "unreachable", _("injoignable après toutes les relances")
    TAKEN_OVER = "taken_over", _("repris d’un passé déjà clos")


class Purpose(TextChoices):
    """What a handoff asks for; only transfer, return and referral move the baton."""

    REFERRAL = "referral", _("orientation vers une formation")
    TRANSFER = "transfer", _("changement de référent")
    RETURN = "return", _("retour au référent")
    PLACEMENT = "placement", _("accueil ou embauche")
    SUPPORT = "support", _("appui sur un frein")


class HandoffStatus(TextChoices):
    PROPOSED = "proposed", _("proposé")
    RECEIVED = "received", _("reçu")
    ACCEPTED = "accepted", _("accepté")
    DECLINED = "declined", _("décliné")
    WITHDRAWN = "withdrawn", _("retiré")
    RETURNED = "returned", _("revenu sans réponse")


class DeclineReason(TextChoices):
    FULL = "full", _("plus de place")
    NOT_ELIGIBLE = "not_eligible", _("conditions non remplies")
    OTHER_PROJECT = "other_project", _("autre projet de la personne")
    NOT_REACHED = "not_reached", _("personne non jointe")
    OUT_OF_SCOPE = "out_of_scope", _("hors de notre mission")
    NOT_SELECTED = "not_selected", _("non retenu à la sélection")
    OTHER = "other", _("autre motif")


class Scope(TextChoices):
    """What a partner sees of a person."""

    IDENTITY = "identity", _("identité et dates")
    PATH = "path", _("parcours")
    DOCUMENTS = "documents", _("documents")
