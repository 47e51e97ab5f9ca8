"""The words of learners: kinds of situation and their groups, handoffs, endings."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.access import confirms_entry, is_clock, is_receiver, is_sender
from partners.lifecycle import Lifecycle, Step


class Sex(TextChoices):
    FEMALE = "F", lazy("femme")
    MALE = "M", lazy("homme")
    OTHER = "X", lazy("autre")


class Level(TextChoices):
    """Highest diploma, in the French frame of 2019."""

    NONE = "none", lazy("sans diplôme")
    TWO = "2", lazy("niveau 2")
    THREE = "3", lazy("niveau 3 (CAP, BEP)")
    FOUR = "4", lazy("niveau 4 (bac)")
    FIVE = "5", lazy("niveau 5 (bac + 2)")
    SIX = "6", lazy("niveau 6 (bac + 3 ou 4)")
    SEVEN = "7", lazy("niveau 7 (bac + 5)")
    EIGHT = "8", lazy("niveau 8 (doctorat)")


class Answer(TextChoices):
    """Three-valued: unknown, refused and not asked are the blank, never a « non »."""

    YES = "yes", lazy("oui")
    NO = "no", lazy("non")


class Nationality(TextChoices):
    FRENCH = "fr", lazy("française")
    EUROPEAN = "eu", lazy("européenne")
    THIRD_COUNTRY = "third_country", lazy("hors UE")


class DistrictStatus(TextChoices):
    """Whether the person lives in a priority district (QPV); the blank is unknown."""

    INSIDE = "in", lazy("habite un QPV")
    OUTSIDE = "out", lazy("n’habite pas en QPV")


class DistrictMethod(TextChoices):
    GEOCODED = "geocoded", lazy("adresse localisée")
    DECLARED = "declared", lazy("déclaré")


class Kind(TextChoices):
    """Kinds of situation, in the order of `docs/rules.md` §1."""

    CDI = "cdi", lazy("CDI")
    CDD = "cdd", lazy("CDD")
    TEMP = "temp", lazy("intérim")
    SEASONAL = "seasonal", lazy("saisonnier")
    SUBSIDISED = "subsidised", lazy("contrat aidé")
    IAE = "iae", lazy("contrat d’insertion (IAE)")
    PUBLIC = "public", lazy("emploi public")
    APPRENTICESHIP = "apprenticeship", lazy("contrat d’apprentissage")
    PROFESSIONALISATION = "professionalisation", lazy("contrat de professionnalisation")
    SELF_EMPLOYED = "self_employed", lazy("création ou reprise d’entreprise")
    TRAINING_QUALIFYING = "training_qualifying", lazy("formation qualifiante ou certifiante")
    TRAINING_OTHER = "training_other", lazy("autre formation")
    SCHOOL = "school", lazy("études")
    CIVIC_SERVICE = "civic_service", lazy("service civique")
    INTERNSHIP = "internship", lazy("stage")
    IMMERSION = "immersion", lazy("immersion (PMSMP)")
    JOB_SEEKING = "job_seeking", lazy("recherche d’emploi")
    INACTIVE = "inactive", lazy("sans activité ni recherche")
    UNAVAILABLE = "unavailable", lazy("indisponible (santé, maternité, détention…)")
    MOVED_ABROAD = "moved_abroad", lazy("parti à l’étranger")
    DECEASED = "deceased", lazy("décédé")


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

    DECLARED = "declared", lazy("déclaré")
    THIRD_PARTY = "third_party", lazy("tiers")
    DOCUMENT = "document", lazy("document")
    CONFIRMED = "confirmed", lazy("confirmé par la personne")


PROVEN = frozenset({Evidence.THIRD_PARTY, Evidence.DOCUMENT, Evidence.CONFIRMED})


class Closing(TextChoices):
    """Why nobody follows a person any more."""

    OUTCOME = "outcome", lazy("suite confirmée à 6 mois")
    NO_LONGER_WISHES = "no_longer_wishes", lazy("ne le souhaite plus")
    MOVED_AWAY = "moved_away", lazy("a déménagé")
    DECEASED = "deceased", lazy("décédé")
    UNREACHABLE = "unreachable", lazy("injoignable après toutes les relances")
    TAKEN_OVER = "taken_over", lazy("repris d’un passé déjà clos")
    MERGED = "merged", lazy("fiche réunie avec une autre")


class Purpose(TextChoices):
    """What a handoff asks for; only transfer, return and referral move the baton."""

    REFERRAL = "referral", lazy("orientation vers une formation")
    TRANSFER = "transfer", lazy("changement de référent")
    RETURN = "return", lazy("retour au référent")
    PLACEMENT = "placement", lazy("accueil ou embauche")
    SUPPORT = "support", lazy("appui sur un frein")


class HandoffStatus(TextChoices):
    PROPOSED = "proposed", lazy("proposé")
    RECEIVED = "received", lazy("reçu")
    ACCEPTED = "accepted", lazy("accepté")
    DECLINED = "declined", lazy("décliné")
    WITHDRAWN = "withdrawn", lazy("retiré")
    RETURNED = "returned", lazy("revenu sans réponse")


OPEN = (HandoffStatus.PROPOSED, HandoffStatus.RECEIVED)


class Obstacle(TextChoices):
    """What stands in the way, when help is asked: named by the person, read by the two sides only."""

    MOBILITY = "mobility", lazy("mobilité")
    HOUSING = "housing", lazy("logement")
    HEALTH = "health", lazy("santé")
    MONEY = "money", lazy("ressources")
    CHILDCARE = "childcare", lazy("garde d’enfant")
    ADMINISTRATION = "administration", lazy("démarches administratives")
    OTHER = "other", lazy("autre frein")
    UNSAID = "unsaid", lazy("pas encore nommé")  # help is asked because the person is not heard of


class Act(TextChoices):
    """What somebody did for a person, and that the person is asked to confirm."""

    APPLICATION = "application", lazy("candidature")
    REFERRAL = "referral", lazy("orientation")
    ANSWER = "answer", lazy("réponse")
    SITUATION = "situation", lazy("situation")
    OBJECTION = "objection", lazy("opposition à un partage")
    APPEAL = "appeal", lazy("demande de réexamen")


class Mandate(TextChoices):
    """By what right somebody types for a person."""

    ORAL = "oral", lazy("demande de vive voix")
    WRITTEN = "written", lazy("papier signé")
    GUARDIAN = "guardian", lazy("représentant légal")


class Verdict(TextChoices):
    """What the person says of what was typed for them; blank while they have not."""

    CONFIRMED = "confirmed", lazy("confirmé")
    CONTESTED = "contested", lazy("contesté")


class DeclineReason(TextChoices):
    FULL = "full", lazy("plus de place")
    NOT_ELIGIBLE = "not_eligible", lazy("conditions non remplies")
    OTHER_PROJECT = "other_project", lazy("autre projet de la personne")
    NOT_REACHED = "not_reached", lazy("personne non jointe")
    OUT_OF_SCOPE = "out_of_scope", lazy("hors de notre mission")
    NOT_SELECTED = "not_selected", lazy("non retenu à la sélection")
    OTHER = "other", lazy("autre motif")


class Scope(TextChoices):
    """What a partner sees of a person."""

    IDENTITY = "identity", lazy("identité et dates")
    PATH = "path", lazy("parcours")
    DOCUMENTS = "documents", lazy("documents")


def not_here(handoff: Any) -> str:
    """A referral is accepted by the act that confirms entry into training, never by a button."""
    if handoff.purpose == Purpose.REFERRAL:
        return _("Une orientation est acceptée par l’entrée en formation : confirmez l’entrée dans la cohorte.")
    return ""


def not_an_entry(handoff: Any) -> str:
    return "" if handoff.purpose == Purpose.REFERRAL else _("Seule une orientation mène à une entrée en formation.")


def comes_back(handoff: Any) -> bool:
    """Whether it brings back to its sender what was declined or left unanswered: somebody there has to take it."""
    return handoff.purpose == Purpose.RETURN and handoff.follows_id is not None


def not_back(handoff: Any) -> str:
    """What came back is taken, and then proposed to another: it goes back and forth no more."""
    if comes_back(handoff):
        return _("Ce relais vous revient : reprenez-le, puis réorientez la personne si besoin.")
    return ""


S = HandoffStatus
HANDOFF = Lifecycle(
    Step("receive", lazy("Accuser réception"), (S.PROPOSED,), S.RECEIVED, who=is_receiver),
    Step("accept", lazy("Prendre le relais"), OPEN, S.ACCEPTED, who=is_receiver, shut=not_here),
    Step("enter", lazy("Confirmer l’entrée"), OPEN, S.ACCEPTED, who=confirms_entry, shut=not_an_entry),
    Step("keep", lazy("Toujours en cours"), (S.RECEIVED,), S.RECEIVED, who=is_receiver),
    Step("decline", lazy("Décliner"), OPEN, S.DECLINED, who=is_receiver, shut=not_back),
    Step("withdraw", lazy("Retirer"), OPEN, S.WITHDRAWN, who=is_sender, shut=not_back),
    Step("supersede", lazy("Devenu sans objet"), OPEN, S.WITHDRAWN, who=is_clock),
    Step("return", lazy("Retour sans réponse"), OPEN, S.RETURNED, who=is_clock, shut=not_back),
)


class DocumentKind(TextChoices):
    """What a document kept with a person is."""

    CV = "cv", lazy("CV")
    LETTER = "letter", lazy("lettre")
    CERTIFICATE = "certificate", lazy("attestation ou titre")
    CONVENTION = "convention", lazy("convention")
    SHEET = "sheet", lazy("fiche remplie à la main")
    OTHER = "other", lazy("autre")


class LinkPurpose(TextChoices):
    """What a personal link opens, and nothing else."""

    PATH = "path", lazy("mon parcours")
    HOSTING = "hosting", lazy("mes accueils")
    REGISTER = "register", lazy("émarger")
