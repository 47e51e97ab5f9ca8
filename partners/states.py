"""The words of partners: kinds of organisation, roles, regimes of an agreement."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    MISSION_LOCALE = "mission_locale", _("mission locale")
    MAISON_EMPLOI = "maison_emploi", _("maison de l’emploi")
    PLIE = "plie", _("PLIE")
    FRANCE_TRAVAIL = "france_travail", _("France Travail")
    CAP_EMPLOI = "cap_emploi", _("Cap emploi")
    OTHER_PRESCRIBER = "other_prescriber", _("autre prescripteur")
    TRAINING_BODY = "training_body", _("organisme de formation")
    EMPLOYER = "employer", _("employeur")
    FUNDER = "funder", _("financeur")


PRESCRIBERS = (
    OrganisationKind.MISSION_LOCALE,
    OrganisationKind.MAISON_EMPLOI,
    OrganisationKind.PLIE,
    OrganisationKind.FRANCE_TRAVAIL,
    OrganisationKind.CAP_EMPLOI,
    OrganisationKind.OTHER_PRESCRIBER,
)
# Someone with advisers: an employer hosts and hires, a funder reads, neither ever holds the baton.
HOLDERS = (*PRESCRIBERS, OrganisationKind.TRAINING_BODY)


class Role(TextChoices):
    MANAGER = "manager", _("responsable")
    ADVISER = "adviser", _("conseiller")
    TRAINER = "trainer", _("formateur")
    READER = "reader", _("lecteur")


class Channel(TextChoices):
    """How one talks with a person."""

    PHONE = "phone", _("téléphone")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("courriel")
    POST = "post", _("courrier")
    ADVISER = "adviser", _("conseiller")


class ContractKind(TextChoices):
    """What an employer offers when it states a need."""

    CDI = "cdi", _("CDI")
    CDD = "cdd", _("CDD")
    APPRENTICESHIP = "apprenticeship", _("contrat d’apprentissage")
    PROFESSIONALISATION = "professionalisation", _("contrat de professionnalisation")
    INTERNSHIP = "internship", _("stage")


class Origin(TextChoices):
    """Who pays a training body: the lines of frame C of the *bilan pédagogique et financier* (cerfa 10443*17)."""

    EMPLOYERS = "1", _("1. entreprises, pour leurs salariés")
    APPRENTICESHIP = "2a", _("2.a contrats d’apprentissage")
    PROFESSIONALISATION = "2b", _("2.b contrats de professionnalisation")
    PRO_A = "2c", _("2.c promotion ou reconversion par alternance")
    PTP = "2d", _("2.d projets de transition professionnelle")
    CPF = "2e", _("2.e compte personnel de formation")
    JOB_SEEKERS = "2f", _("2.f dispositifs pour les personnes en recherche d’emploi")
    SELF_EMPLOYED = "2g", _("2.g dispositifs pour les travailleurs non salariés")
    PLAN = "2h", _("2.h plan de développement des compétences ou autres")
    PUBLIC_STAFF = "3", _("3. pouvoirs publics, pour leurs agents")
    EUROPE = "4", _("4. instances européennes (FSE+)")
    STATE = "5", _("5. État")
    REGIONS = "6", _("6. conseils régionaux")
    FRANCE_TRAVAIL = "7", _("7. France Travail")
    OTHER_PUBLIC = "8", _("8. autres ressources publiques")
    PERSONS = "9", _("9. personnes à titre individuel et à leurs frais")
    OTHER_BODIES = "10", _("10. autres organismes de formation")
    OTHER = "11", _("11. autres produits")


class ReferentialKind(TextChoices):
    """A public list that codes are checked against."""

    COMMUNES = "communes", _("communes")
    POSTCODES = "postcodes", _("codes postaux")
    DISTRICTS = "districts", _("quartiers prioritaires")
    PERIMETERS = "perimeters", _("périmètres des quartiers prioritaires")
    OCCUPATIONS = "occupations", _("métiers (ROME)")
    CERTIFICATIONS = "certifications", _("certifications (RNCP et RS)")


class CommuneKind(TextChoices):
    CURRENT = "current", _("commune")
    DELEGATED = "delegated", _("commune déléguée")
    ASSOCIATED = "associated", _("commune associée")
    ARRONDISSEMENT = "arrondissement", _("arrondissement municipal")


class ImportKind(TextChoices):
    """What a file sent from a page holds."""

    TAKEOVER = "takeover", _("reprise")
    REFERRALS = "referrals", _("orientations")


class ImportStatus(TextChoices):
    """How far a file sent from a page has come."""

    CHECKING = "checking", _("vérification en cours")
    CHECKED = "checked", _("prêt à importer")
    FAULTY = "faulty", _("à corriger")
    WRITING = "writing", _("import en cours")
    DONE = "done", _("importé")
    UNDONE = "undone", _("annulé")
    FAILED = "failed", _("échec")
