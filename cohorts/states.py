"""The words of cohorts: stages of a cohort and of an application, endings, marks."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CohortStatus(TextChoices):
    DRAFT = "draft", _("brouillon")
    RECRUITING = "recruiting", _("recrutement")
    CONFIRMED = "confirmed", _("confirmée")
    RUNNING = "running", _("en formation")
    FINISHED = "finished", _("terminée")
    CLOSED = "closed", _("close")


class ApplicationStatus(TextChoices):
    SUBMITTED = "submitted", _("reçue")
    ELIGIBLE = "eligible", _("éligible")
    INELIGIBLE = "ineligible", _("inéligible")
    INVITED = "invited", _("invitée")
    ASSESSED = "assessed", _("évaluée")
    DECIDED = "decided", _("décidée")
    ANNOUNCED = "announced", _("annoncée")
    CONFIRMED = "confirmed", _("confirmée")
    WITHDRAWN = "withdrawn", _("retirée")
    LAPSED = "lapsed", _("sans réponse")


class Decision(TextChoices):
    """What the committee said; blank while it has not."""

    ADMITTED = "admitted", _("admis")
    WAITLISTED = "waitlisted", _("liste d’attente")
    REFUSED = "refused", _("refusé")


class RequestKind(TextChoices):
    """What a person asks by themself."""

    APPLY = "apply", _("candidature")
    CALL = "call", _("être rappelé")


class RequestWay(TextChoices):
    """How a direct request came."""

    SCREEN = "screen", _("site")
    PHONE = "phone", _("téléphone")
    PAPER = "paper", _("formulaire papier")


class RequestStatus(TextChoices):
    WAITING = "waiting", _("à traiter")
    TAKEN = "taken", _("prise en charge")
    SET_ASIDE = "set_aside", _("écartée")


class SetAside(TextChoices):
    """Why a direct request leads to no application; never « refused »: nobody has judged it."""

    DUPLICATE = "duplicate", _("demande déjà reçue")
    UNUSABLE = "unusable", _("coordonnées inutilisables")
    TOLD = "told", _("renseignée, ne donne pas suite")
    NOT_REACHED = "not_reached", _("jointe sans succès, par deux canaux")


class ExitReason(TextChoices):
    COMPLETED = "completed", _("formation achevée")
    JOB = "job", _("emploi ou alternance")
    OTHER_TRAINING = "other_training", _("autre formation")
    DROPOUT = "dropout", _("abandon")
    EXCLUSION = "exclusion", _("exclusion")
    HEALTH = "health", _("santé")
    MOVED = "moved", _("déménagement")
    FORCE_MAJEURE = "force_majeure", _("force majeure")
    PROVIDER = "provider", _("fait de l’organisme")
    OTHER = "other", _("autre")
    UNKNOWN = "unknown", _("inconnu")


class CertificationResult(TextChoices):
    OBTAINED = "obtained", _("obtenue")
    PARTIAL = "partial", _("partielle")
    FAILED = "failed", _("échec")
    NOT_PRESENTED = "not_presented", _("non présenté")
    PENDING = "pending", _("en attente")


class EntryStatus(TextChoices):
    """Labour status on the day before entry."""

    UNEMPLOYED = "unemployed", _("demandeur d’emploi")
    INACTIVE = "inactive", _("inactif")
    EMPLOYED = "employed", _("en emploi")


class RecordSource(TextChoices):
    SCREEN = "screen", _("écran")
    PAPER = "paper", _("papier")
    IMPORT = "import", _("import")


class AppointmentKind(TextChoices):
    MEETING = "meeting", _("réunion d’information")
    EXERCISE = "exercise", _("exercice")
    INTERVIEW = "interview", _("entretien")


class AppointmentOutcome(TextChoices):
    ATTENDED = "attended", _("venu")
    NO_SHOW = "no_show", _("absent")
    EXCUSED = "excused", _("excusé")
    CANCELLED_BY_US = "cancelled_by_us", _("annulé par nous")


class Criterion(TextChoices):
    TRADE = "trade", _("comprend le métier")
    EFFORT = "effort", _("premier effort fourni")
    PERSISTENCE = "persistence", _("persévérance")
    TEAMWORK = "teamwork", _("travail avec les autres")
    AVAILABILITY = "availability", _("disponibilité")


class Mark(TextChoices):
    """A half-day in the register."""

    PRESENT = "present", _("présent")
    LATE = "late", _("en retard")
    ABSENT_EXCUSED = "absent_excused", _("absence justifiée")
    ABSENT = "absent", _("absence")
    REMOTE = "remote", _("à distance")
    IN_COMPANY = "in_company", _("en entreprise")
