"""Applications, and what decides them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models.cohorts import Cohort
from cohorts.querysets import ApplicationQuerySet
from cohorts.states import ApplicationStatus, AppointmentKind, AppointmentOutcome, Criterion, Decision
from learners.models import Handoff, Learner
from partners.models import Organisation
from partners.models.checks import one_of
from partners.nir import no_nir


class Application(models.Model):
    """A person asks for a seat (*candidature*): one per person and cohort, referred by a partner or direct."""

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
            one_of("status", ApplicationStatus, "application_status_known", "Cet état n’existe pas."),
            one_of("decision", Decision, "application_decision_known", "Cette décision n’existe pas.", blank=True),
        ]

    def __str__(self) -> str:
        return f"candidature {self.pk}"


class Appointment(models.Model):
    """A meeting, an exercise or an interview offered to an applicant."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="appointments")
    kind = models.CharField("type", max_length=10, choices=AppointmentKind.choices)
    starts_at = models.DateTimeField("le")
    place = models.CharField("lieu", max_length=500, blank=True, validators=[no_nir])
    outcome = models.CharField("résultat", max_length=15, choices=AppointmentOutcome.choices, blank=True)

    class Meta:
        verbose_name = "rendez-vous"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "starts_at"],
                name="appointment_once",
                violation_error_message="Ce rendez-vous est déjà donné.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%d/%m/%Y}"


class Assessment(models.Model):
    """What one assessor thinks of one application (*évaluation*); locked once submitted."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="assessments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assessments")
    submitted_at = models.DateTimeField("verrouillée le", null=True, blank=True)
    abstained = models.CharField("abstention", max_length=500, blank=True, validators=[no_nir])

    class Meta:
        verbose_name = "évaluation"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "assessor"],
                name="assessment_once",
                violation_error_message="Vous avez déjà évalué cette candidature.",
            )
        ]

    def __str__(self) -> str:
        return f"évaluation {self.pk}"


class CriterionMark(models.Model):
    """0 to 4 on one of the five criteria, by observable anchors."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="marks")
    criterion = models.CharField("critère", max_length=12, choices=Criterion.choices)
    mark = models.PositiveSmallIntegerField("note")
    note = models.TextField("observation", blank=True, validators=[no_nir])

    class Meta:
        verbose_name = "note"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"],
                name="mark_once",
                violation_error_message="Ce critère est déjà noté.",
            ),
            models.CheckConstraint(
                condition=Q(mark__lte=4), name="mark_0_to_4", violation_error_message="Une note va de 0 à 4."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.mark}"
