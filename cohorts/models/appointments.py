"""Meetings, exercises and interviews offered to applicants, and what the exercise showed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cohorts.models.cohorts import Cohort
from cohorts.models.selection import Application
from cohorts.querysets import AppointmentQuerySet, SlotQuerySet
from cohorts.states import AppointmentKind, AppointmentOutcome, RecordSource
from partners.models.checks import in_order, one_of
from partners.nir import no_nir


class Slot(models.Model):
    """A time at which some applicants are received (*créneau*); `taken` never exceeds `capacity`."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="slots", verbose_name="cohorte")
    kind = models.CharField("type", max_length=10, choices=AppointmentKind.choices)
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    place = models.CharField("lieu", max_length=500, validators=[no_nir])
    capacity = models.PositiveSmallIntegerField("places")
    taken = models.PositiveSmallIntegerField("places prises", default=0, db_default=0)
    cancelled_at = models.DateTimeField("annulé le", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="créé par"
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = "créneau"
        ordering = ("starts_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1, taken__lte=F("capacity")),
                name="slot_never_overbooked",
                violation_error_message="Ce créneau est complet.",
            ),
            in_order("starts_at", "ends_at", "slot_in_order", "Le créneau finit avant de commencer."),
            one_of("kind", AppointmentKind, "slot_kind_known", "Ce type de rendez-vous n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%d/%m/%Y}"


class Appointment(models.Model):
    """A meeting, an exercise or an interview offered to an applicant; in a slot, or as a file told it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="appointments")
    slot = models.ForeignKey(
        Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments", verbose_name="créneau"
    )
    kind = models.CharField("type", max_length=10, choices=AppointmentKind.choices)
    starts_at = models.DateTimeField("le")
    place = models.CharField("lieu", max_length=500, blank=True, validators=[no_nir])
    outcome = models.CharField("résultat", max_length=15, choices=AppointmentOutcome.choices, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="invité par",
    )
    invited_at = models.DateTimeField("invité le", null=True, blank=True)
    coming = models.BooleanField("a dit venir", null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="noté par",
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "rendez-vous"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "starts_at"],
                name="appointment_once",
                violation_error_message="Ce rendez-vous est déjà donné.",
            ),
            one_of("outcome", AppointmentOutcome, "appointment_outcome_known", "Ce résultat n’existe pas.", blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%d/%m/%Y}"


class CodeTrial(models.Model):
    """What the learning-to-code exercise showed: how far, in how many tries; one piece among others, never a score."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="trials")
    solved = models.PositiveSmallIntegerField("étapes réussies")
    steps = models.PositiveSmallIntegerField("étapes proposées")
    tries = models.PositiveSmallIntegerField("essais")
    minutes = models.PositiveSmallIntegerField("minutes", null=True, blank=True)
    source = models.CharField("par", max_length=10, choices=RecordSource.choices, default=RecordSource.SCREEN)
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="saisi par",
    )
    done_at = models.DateTimeField("fait le")

    class Meta:
        verbose_name = "essai de l’exercice"
        constraints = [
            models.CheckConstraint(
                condition=Q(solved__lte=F("steps")),
                name="trial_solved_among_steps",
                violation_error_message="On ne réussit pas plus d’étapes qu’il n’y en a.",
            )
        ]

    def __str__(self) -> str:
        return f"essai {self.pk}"
