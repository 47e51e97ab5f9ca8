"""The words of cohorts: stages of a cohort and of an application, endings, marks."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts.access import answers, follows_from_act, gives_review, leads, reviews, settles_review
from partners.lifecycle import Lifecycle, Step


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


A = ApplicationStatus


def assesses(by: Any, application: Any) -> bool:
    """What follows from the second locked sheet: the act has checked who locked it."""
    return follows_from_act(by, application)


def not_before_its_day(application: Any) -> str:
    """Silence is only that once the day to answer is past, and a human says so."""
    if application.reply_by is None or timezone.localdate() <= application.reply_by:
        return gettext("La personne a encore jusqu’à ce jour pour répondre\u00a0: rappelez-la plutôt.")
    return ""


def not_admitted(application: Any) -> str:
    if application.decision != Decision.ADMITTED:
        return gettext("Aucune place n’a été proposée à cette personne.")
    return ""


def not_waiting(application: Any) -> str:
    if application.decision != Decision.WAITLISTED:
        return gettext("Cette personne n’est plus sur la liste d’attente.")
    return ""


def entered_already(application: Any) -> str:
    """Who has entered leaves by an exit, dated and with its reason."""
    if application.learner.enrolments.filter(cohort=application.cohort_id).exists():
        return gettext("La personne est entrée en formation\u00a0: enregistrez sa sortie.")
    return ""


BEFORE = (A.SUBMITTED, A.ELIGIBLE, A.INVITED, A.ASSESSED)
APPLICATION = Lifecycle(
    Step("vouch", _("Confirmer l’éligibilité"), (A.SUBMITTED, A.INELIGIBLE), A.ELIGIBLE, who=leads),
    Step("rule_out", _("Constater l’inéligibilité"), (A.SUBMITTED, A.ELIGIBLE, A.INVITED), A.INELIGIBLE, who=leads),
    Step("invite", _("Inviter"), (A.ELIGIBLE,), A.INVITED, who=leads),
    Step("assess", _("Évaluée"), (A.ELIGIBLE, A.INVITED), A.ASSESSED, who=assesses),
    Step("stage", _("Préparer la décision"), (A.ELIGIBLE, A.INVITED, A.ASSESSED), A.DECIDED, who=leads),
    Step("unstage_eligible", _("Retirer la décision"), (A.DECIDED,), A.ELIGIBLE, who=leads),
    Step("unstage_invited", _("Retirer la décision"), (A.DECIDED,), A.INVITED, who=leads),
    Step("unstage_assessed", _("Retirer la décision"), (A.DECIDED,), A.ASSESSED, who=leads),
    Step("announce", _("Annoncer"), (A.DECIDED,), A.ANNOUNCED, who=leads),
    Step("offer", _("Proposer la place"), (A.ANNOUNCED,), A.ANNOUNCED, who=follows_from_act),
    Step("end_wait", _("Clore l’attente"), (A.ANNOUNCED,), A.ANNOUNCED, who=leads, shut=not_waiting),
    Step("agree", _("Dire oui, sous condition"), (A.ANNOUNCED,), A.ANNOUNCED, who=answers, shut=not_admitted),
    Step("confirm", _("Confirmer la place"), (A.ANNOUNCED,), A.CONFIRMED, who=answers, shut=not_admitted),
    Step(
        "give_up", _("Renoncer"), (*BEFORE, A.DECIDED, A.ANNOUNCED, A.CONFIRMED), A.WITHDRAWN, who=answers,
        shut=entered_already,
    ),
    Step("lapse", _("Constater l’absence de réponse"), (A.ANNOUNCED,), A.LAPSED, who=leads, shut=not_before_its_day),
    Step("reopen", _("Rouvrir"), (A.ANNOUNCED, A.INELIGIBLE, A.LAPSED), A.ELIGIBLE, who=reviews),
)  # fmt: skip


class RefusalReason(TextChoices):
    """Why a candidate is not kept, as the grid or a fact shows it; never an origin, a sex or an address."""

    TRADE = "trade", _("le métier n’est pas encore assez connu")
    EFFORT = "effort", _("la première étape demandée n’a pas été faite")
    AVAILABILITY = "availability", _("pas disponible aux dates de la formation")
    OTHER_PROJECT = "other_project", _("un autre projet convient mieux")
    ABSENT = "absent", _("pas venu aux rendez-vous proposés")
    SEATS = "seats", _("plus de place dans cette cohorte")


class Continuation(TextChoices):
    """What follows a refusal: somebody has to take it."""

    SENDER = "sender", _("retour à qui a orienté, qui doit l’accepter")
    NEXT = "next", _("proposé en premier à la cohorte suivante")
    CALL = "call", _("rappelé par l’organisme de formation pour une autre piste")


class Verdict(TextChoices):
    """What a criterion of eligibility says of a person; "to prove" is neither yes nor no."""

    MET = "met", _("rempli")
    UNMET = "unmet", _("non rempli")
    TO_PROVE = "to_prove", _("à prouver")


class AppealStatus(TextChoices):
    ASKED = "asked", _("demandé")
    GIVEN = "given", _("confié à un nouvel évaluateur")
    UPHELD = "upheld", _("décision maintenue")
    CHANGED = "changed", _("décision revue")


REVIEWING = (AppealStatus.ASKED, AppealStatus.GIVEN)
APPEAL = Lifecycle(
    Step("give_review", _("Confier"), REVIEWING, AppealStatus.GIVEN, who=gives_review),
    Step("uphold_review", _("Maintenir la décision"), (AppealStatus.GIVEN,), AppealStatus.UPHELD, who=settles_review),
    Step("change_review", _("Revoir la décision"), (AppealStatus.GIVEN,), AppealStatus.CHANGED, who=settles_review),
)


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


class RegisterSource(TextChoices):
    """Who or what says what a half-day was."""

    SCREEN = "screen", _("écran")
    PAPER = "paper", _("papier")
    IMPORT = "import", _("import")
    PERSON = "person", _("la personne")


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


ATTENDED = (Mark.PRESENT, Mark.LATE, Mark.REMOTE, Mark.IN_COMPANY)
MISSED = (Mark.ABSENT, Mark.ABSENT_EXCUSED)


class SessionAct(TextChoices):
    """What happened to a half-day of the calendar."""

    ADDED = "added", _("ajoutée")
    MOVED = "moved", _("déplacée")
    CHANGED = "changed", _("modifiée")
    CANCELLED = "cancelled", _("annulée")
    RESTORED = "restored", _("rétablie")


class SpanKind(TextChoices):
    """Days on which the weekly pattern does not hold."""

    CLOSED = "closed", _("fermeture")
    IN_COMPANY = "in_company", _("en entreprise")


class SignedBy(TextChoices):
    """The way in which somebody signed a half-day; blank while they have not."""

    LINK = "link", _("lien personnel")
    ROOM = "room", _("code affiché en salle")
    PAPER = "paper", _("feuille papier")
    IMPORT = "import", _("outil d’émargement")


class ClaimStatus(TextChoices):
    """What a human said of two sources that do not agree."""

    OPEN = "open", _("à départager")
    KEPT = "kept", _("registre maintenu")
    TAKEN = "taken", _("registre corrigé")


class FileStatus(TextChoices):
    """Where a file of a signature tool stands."""

    TO_MAP = "to_map", _("colonnes à désigner")
    CHECKED = "checked", _("vérifié")
    APPLIED = "applied", _("repris")
    DROPPED = "dropped", _("abandonné")


class AlertStatus(TextChoices):
    OPEN = "open", _("ouverte")
    CLOSED = "closed", _("close")


class AlertOutcome(TextChoices):
    """How an absence ended; without one an alert is not closed."""

    BACK = "back", _("de retour en formation")
    ARRANGED = "arranged", _("de retour, avec un aménagement")
    LEAVING = "leaving", _("quitte la formation")
    NOT_REACHED = "not_reached", _("pas joint, par deux canaux")


class SkillLevel(TextChoices):
    WORKING = "working", _("en cours")
    VALIDATED = "validated", _("validée")


class DeclaredEvent(TextChoices):
    """What a funder is told of a person."""

    ENTRY = "entry", _("entrée")
    EXIT = "exit", _("sortie")
