"""Applications, what was checked of them, what the committee says, and what is asked to be looked at again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models.cohorts import Cohort
from cohorts.querysets import AppealQuerySet, ApplicationQuerySet
from cohorts.states import (
    AppealStatus,
    ApplicationStatus,
    Continuation,
    Decision,
    RefusalReason,
    RequestWay,
)
from learners.models import Handoff, Learner
from partners.models import Organisation
from partners.models.checks import one_of
from partners.nir import no_nir

LONG = 2000


class Application(models.Model):
    """A person asks for a seat (*candidature*): one per person and cohort, referred by a partner or direct.

    `code`: what the sheets of assessors bear instead of a name. `seated`: holds one of the seats of the cohort, counted
    in `Cohort.promised`. `reply_by`, `replied_on`: the answer to an offer.
    """

    learner = models.ForeignKey(
        Learner, on_delete=models.CASCADE, related_name="applications", verbose_name="personne", db_index=False
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="applications", verbose_name="cohorte")
    referred_by = models.ForeignKey(
        Organisation,
        verbose_name="orienté par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referrals",
    )
    handoff = models.ForeignKey(
        Handoff,
        verbose_name="orientation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="applications",
    )
    referred_on = models.DateField("orienté ou candidat le")
    status = models.CharField(
        "état", max_length=10, choices=ApplicationStatus.choices, default=ApplicationStatus.SUBMITTED
    )
    decision = models.CharField("décision", max_length=10, choices=Decision.choices, blank=True)
    decided_on = models.DateField("décidé le", null=True, blank=True)
    reason = models.CharField("motif", max_length=500, blank=True, validators=[no_nir])
    code = models.CharField("code d’évaluation", max_length=8, blank=True, default="", db_default="", editable=False)
    seated = models.BooleanField("a une place", default=False, db_default=False)
    waiting_rank = models.PositiveSmallIntegerField("rang sur la liste d’attente", null=True, blank=True)
    reply_by = models.DateField("réponse attendue le", null=True, blank=True)
    replied_on = models.DateField("répondu le", null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        indexes = [models.Index(fields=["cohort", "referred_on"], name="application_cohort")]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "cohort"],
                name="application_once",
                violation_error_message="Cette personne est déjà candidate à cette cohorte.",
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="application_code_once"),
            models.UniqueConstraint(
                fields=["cohort", "waiting_rank"],
                condition=Q(waiting_rank__isnull=False),
                name="application_rank_once",
                violation_error_message="Ce rang est déjà pris.",
            ),
            models.CheckConstraint(
                condition=Q(seated=False) | Q(decision=Decision.ADMITTED),
                name="application_seat_is_of_admitted",
                violation_error_message="Seule une personne admise a une place.",
            ),
            models.CheckConstraint(
                condition=Q(waiting_rank__isnull=True) | Q(decision=Decision.WAITLISTED),
                name="application_rank_is_of_waiting",
                violation_error_message="Seule une personne sur liste d’attente a un rang.",
            ),
            one_of("status", ApplicationStatus, "application_status_known", "Cet état n’existe pas."),
            one_of("decision", Decision, "application_decision_known", "Cette décision n’existe pas.", blank=True),
        ]

    def __str__(self) -> str:
        return f"candidature {self.pk}"


class EligibilityCheck(models.Model):
    """What somebody confirmed of the conditions of a programme, on the findings of that day; never by the machine alone.

    `findings`: criterion, verdict and sentence, as they were shown. `words`: what the person is told of a no.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="checks")
    eligible = models.BooleanField("éligible")
    findings = models.JSONField("constats", default=list)
    reason = models.CharField("motif", max_length=500, blank=True, validators=[no_nir])
    words = models.TextField("ce qui est dit à la personne", max_length=LONG, blank=True, validators=[no_nir])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par")
    made_at = models.DateTimeField("le")

    class Meta:
        verbose_name = "vérification des conditions"
        ordering = ("-made_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(eligible=True) | (~Q(reason="") & ~Q(words="")),
                name="check_no_has_a_reason",
                violation_error_message="Un non porte un motif, et des mots pour la personne.",
            )
        ]

    def __str__(self) -> str:
        return f"vérification {self.pk}"


class Ruling(models.Model):
    """What the committee says of an application: staged and seen by the committee only until `released_at`.

    One stands at a time; `replaced`: it gave way to another, after a review. `words`: for the person, on their letter
    and their page. `condition`: what an admission waits for, by which day, and when it was met.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="rulings")
    decision = models.CharField("décision", max_length=10, choices=Decision.choices)
    refusal = models.CharField("motif", max_length=20, choices=RefusalReason.choices, blank=True)
    words = models.TextField("mots pour la personne", max_length=LONG, blank=True, validators=[no_nir])
    continuation = models.CharField("suite", max_length=10, choices=Continuation.choices, blank=True)
    condition = models.CharField("sous condition", max_length=500, blank=True, validators=[no_nir])
    condition_by = models.DateField("condition à remplir le", null=True, blank=True)
    condition_met_on = models.DateField("condition remplie le", null=True, blank=True)
    position = models.PositiveSmallIntegerField("rang du comité", null=True, blank=True)
    was = models.CharField("état d’avant", max_length=10, choices=ApplicationStatus.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par")
    staged_at = models.DateTimeField("préparée le")
    released_at = models.DateTimeField("annoncée le", null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    replaced = models.BooleanField("remplacée", default=False, db_default=False)

    class Meta:
        verbose_name = "décision du comité"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(replaced=False),
                name="ruling_stands_alone",
                violation_error_message="Une décision est déjà préparée pour cette candidature.",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.REFUSED) | (~Q(refusal="") & ~Q(words="") & ~Q(continuation="")),
                name="ruling_refusal_is_whole",
                violation_error_message="Un refus porte un motif, des mots pour la personne et une suite.",
            ),
            one_of("decision", Decision, "ruling_decision_known", "Cette décision n’existe pas."),
            one_of("refusal", RefusalReason, "ruling_refusal_known", "Ce motif n’existe pas.", blank=True),
            one_of("continuation", Continuation, "ruling_continuation_known", "Cette suite n’existe pas.", blank=True),
        ]

    def __str__(self) -> str:
        return f"décision {self.pk}"


class Appeal(models.Model):
    """The person asks that somebody looks at it again (*réexamen*): a new assessor, and an answer in words."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="appeals")
    status = models.CharField("état", max_length=10, choices=AppealStatus.choices, default=AppealStatus.ASKED)
    way = models.CharField("par", max_length=10, choices=RequestWay.choices, default=RequestWay.SCREEN)
    words = models.TextField("ce que dit la personne", max_length=LONG, blank=True, validators=[no_nir])
    asked_on = models.DateField("demandé le")
    answer_by = models.DateField("réponse attendue le")
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="saisi par",
    )
    given_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reviews",
        verbose_name="confié à",
    )
    given_on = models.DateField("confié le", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="répondu par",
    )
    settled_on = models.DateField("répondu le", null=True, blank=True)
    answer = models.TextField("réponse à la personne", max_length=LONG, blank=True, validators=[no_nir])

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de réexamen"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=[AppealStatus.ASKED, AppealStatus.GIVEN]),
                name="appeal_one_open",
                violation_error_message="Un réexamen est déjà demandé pour cette candidature.",
            ),
            one_of("status", AppealStatus, "appeal_status_known", "Cet état n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"réexamen {self.pk}"

    @property
    def learner_id(self) -> int:
        """Whose it is: what the journal notes of each move."""
        return self.application.learner_id
