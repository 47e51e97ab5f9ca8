"""Cohorts, their team and their half-days."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.querysets import CohortQuerySet, SessionQuerySet
from cohorts.states import CohortStatus
from partners.models import Agreement, Programme, Reference
from partners.models.checks import in_order, one_of
from partners.nir import no_nir

FEWEST, MOST = 20, 30


class Cohort(models.Model):
    """A group that trains together (*cohorte*): 20 to 30 seats, outside only under a written derogation."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts", verbose_name="programme")
    title = models.CharField("intitulé", max_length=500, validators=[no_nir])
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    seats = models.PositiveSmallIntegerField("places")
    derogation = models.CharField("dérogation", max_length=500, blank=True, validators=[no_nir])
    commune = models.CharField("commune (INSEE)", max_length=5, blank=True)
    status = models.CharField("état", max_length=10, choices=CohortStatus.choices, default=CohortStatus.DRAFT)
    agreements = models.ManyToManyField(Agreement, related_name="cohorts", blank=True, verbose_name="conventions")
    decide_by = models.DateField("décisions annoncées au plus tard le", null=True, blank=True)
    reply_days = models.PositiveSmallIntegerField("jours ouvrés pour répondre", default=5, db_default=5)
    promised = models.PositiveSmallIntegerField("places offertes ou confirmées", default=0, db_default=0)
    trial_days = models.PositiveSmallIntegerField("jours d’essai", default=15, db_default=15)
    start_derogation = models.CharField(
        "pourquoi commencer à moins de 20", max_length=500, blank=True, db_default="", validators=[no_nir]
    )
    roster_frozen_at = models.DateTimeField("effectif figé le", null=True, blank=True)
    grid = models.ForeignKey(
        "cohorts.Grid", null=True, blank=True, on_delete=models.PROTECT, related_name="cohorts", verbose_name="grille"
    )

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = "cohorte"
        ordering = ("-starts_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__gte=FEWEST, seats__lte=MOST) | ~Q(derogation=""),
                name="cohort_seats_20_to_30",
                violation_error_message="Une cohorte compte 20 à 30 places ; sinon, écrivez la dérogation qui le permet.",
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1),
                name="cohort_has_seats",
                violation_error_message="Il faut au moins une place.",
            ),
            models.CheckConstraint(
                condition=Q(promised__lte=models.F("seats")),
                name="cohort_never_overbooked",
                violation_error_message="Plus de places seraient promises qu’il n’y en a.",
            ),
            models.CheckConstraint(
                condition=Q(reply_days__gte=1, reply_days__lte=30),
                name="cohort_reply_days",
                violation_error_message="Laissez de 1 à 30 jours ouvrés pour répondre.",
            ),
            models.CheckConstraint(
                condition=Q(trial_days__lte=60),
                name="cohort_trial_days",
                violation_error_message="Une période d’essai dure 60 jours au plus.",
            ),
            in_order("starts_on", "ends_on", "cohort_dates_in_order", "La cohorte finit avant de commencer."),
            one_of("status", CohortStatus, "cohort_status_known", "Cet état n’existe pas."),
        ]

    def __str__(self) -> str:
        return self.title


class CohortReference(Reference):
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="references")


class TeamMember(models.Model):
    """Who coordinates, teaches or assesses a cohort; an assessor does not see who the applicants are."""

    class Duty(models.TextChoices):
        COORDINATOR = "coordinator", "coordinateur"
        TRAINER = "trainer", "formateur"
        ASSESSOR = "assessor", "évaluateur"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="team", verbose_name="cohorte")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duties", verbose_name="qui"
    )
    duty = models.CharField("rôle", max_length=11, choices=Duty.choices)

    class Meta:
        verbose_name = "membre de l’équipe"
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user", "duty"],
                name="team_member_once",
                violation_error_message="Cette personne a déjà ce rôle dans la cohorte.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_duty_display()}"


class Session(models.Model):
    """A half-day of training (*demi-journée*), minutes counted from 0 to 12 h.

    `starts_at`: None reads as 9 h in the morning, 13 h 30 in the afternoon.
    """

    class Half(models.TextChoices):
        MORNING = "am", "matin"
        AFTERNOON = "pm", "après-midi"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="sessions", verbose_name="cohorte")
    day = models.DateField("jour")
    half = models.CharField("demi-journée", max_length=2, choices=Half.choices)
    minutes = models.PositiveSmallIntegerField("minutes", default=210)
    starts_at = models.TimeField("début", null=True, blank=True)
    place = models.CharField("lieu", max_length=200, blank=True, db_default="", validators=[no_nir])
    in_company = models.BooleanField("en entreprise", default=False)
    remote = models.BooleanField("à distance", default=False, db_default=False)
    cancelled = models.BooleanField("annulée", default=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ("day", "half")
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "day", "half"],
                name="session_once",
                violation_error_message="Cette demi-journée est déjà au calendrier.",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=720),
                name="session_half_a_day",
                violation_error_message="Une demi-journée dure de 1 à 720 minutes.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.get_half_display()}"
