"""Confirmed entries, and the facts frozen on that day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models.cohorts import Cohort
from cohorts.querysets import EnrolmentQuerySet
from cohorts.states import CertificationResult, EntryStatus, ExitReason, RecordSource
from learners.models import Learner
from learners.states import Answer, DistrictStatus, Level, Nationality, Sex
from partners.models.checks import in_order, one_of
from partners.states import Channel


class Enrolment(models.Model):
    """A confirmed entry (*inscription*): one per person and cohort. `exited_on` is the last attended half-day."""

    learner = models.ForeignKey(
        Learner, on_delete=models.CASCADE, related_name="enrolments", verbose_name="personne", db_index=False
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments", verbose_name="cohorte")
    entered_on = models.DateField("entrée")
    exited_on = models.DateField("sortie", null=True, blank=True)
    exit_reason = models.CharField("motif de sortie", max_length=15, choices=ExitReason.choices, blank=True)
    certification = models.CharField("certification", max_length=15, choices=CertificationResult.choices, blank=True)
    certified_on = models.DateField("certification du", null=True, blank=True)
    trial_ends_on = models.DateField("fin de l’essai", null=True, blank=True)
    rostered_at = models.DateTimeField("à l’effectif figé du", null=True, blank=True)
    exit_noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="sortie saisie par",
    )
    exit_noted_at = models.DateTimeField("sortie saisie le", null=True, blank=True)
    follow_up_channel = models.CharField(
        "canal du suivi", max_length=10, choices=Channel.choices, blank=True, db_default=""
    )
    follow_up_announced_on = models.DateField("suivi annoncé le", null=True, blank=True)
    hours_planned = models.DecimalField("heures prévues", max_digits=7, decimal_places=2, null=True, blank=True)
    hours_done = models.DecimalField("heures réalisées", max_digits=7, decimal_places=2, null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "inscription"
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "cohort"],
                name="enrolment_once",
                violation_error_message="Cette personne est déjà inscrite dans cette cohorte.",
            ),
            in_order("entered_on", "exited_on", "enrolment_dates_in_order", "La sortie précède l’entrée."),
            models.CheckConstraint(
                condition=Q(exit_reason="") | Q(exited_on__isnull=False),
                name="enrolment_reason_with_exit",
                violation_error_message="Un motif de sortie va avec une date de sortie.",
            ),
            models.CheckConstraint(
                condition=(Q(hours_planned=None) | Q(hours_planned__gte=0))
                & (Q(hours_done=None) | Q(hours_done__gte=0)),
                name="enrolment_hours_positive",
                violation_error_message="Un nombre d’heures n’est pas négatif.",
            ),
            one_of("exit_reason", ExitReason, "enrolment_reason_known", "Ce motif de sortie n’existe pas.", blank=True),
        ]

    def __str__(self) -> str:
        return f"inscription {self.pk}"


class EntryRecord(models.Model):
    """The facts on the day of entry that reports need, frozen with source and time; a correction is a new version.

    Every answer is three-valued: blank means unknown, refused or not asked.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="entry_records", db_index=False)
    version = models.PositiveSmallIntegerField("version", default=1)
    current = models.BooleanField("en vigueur", default=True)
    recorded_at = models.DateTimeField("relevé le")
    source = models.CharField("source", max_length=6, choices=RecordSource.choices)
    sex = models.CharField("sexe", max_length=1, choices=Sex.choices, blank=True)
    born_on = models.DateField("date de naissance", null=True, blank=True)
    status = models.CharField("statut", max_length=10, choices=EntryStatus.choices, blank=True)
    unemployed_since = models.DateField("chômeur depuis", null=True, blank=True)
    in_education = models.CharField("en études", max_length=3, choices=Answer.choices, blank=True)
    level = models.CharField("niveau", max_length=4, choices=Level.choices, blank=True)
    district_status = models.CharField("quartier prioritaire", max_length=3, choices=DistrictStatus.choices, blank=True)
    district = models.CharField("code QPV", max_length=8, blank=True)
    district_list = models.CharField("liste QPV", max_length=4, blank=True)
    disability = models.CharField("RQTH", max_length=3, choices=Answer.choices, blank=True)
    nationality = models.CharField("nationalité", max_length=13, choices=Nationality.choices, blank=True)
    foreign_background = models.CharField("parents nés à l’étranger", max_length=3, choices=Answer.choices, blank=True)
    housing_exclusion = models.CharField("sans logement stable", max_length=3, choices=Answer.choices, blank=True)
    rural = models.CharField("zone rurale", max_length=3, choices=Answer.choices, blank=True)

    class Meta:
        verbose_name = "relevé d’entrée"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "version"], name="entry_record_version_once"),
            models.UniqueConstraint(fields=["enrolment"], condition=Q(current=True), name="entry_record_one_current"),
        ]

    def __str__(self) -> str:
        return f"relevé {self.enrolment_id} v{self.version}"
