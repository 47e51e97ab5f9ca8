"""The path of a person: dated situations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from learners.models.learners import Learner
from learners.querysets import SituationQuerySet
from learners.states import Evidence, Kind
from partners.models import Organisation
from partners.models.checks import in_order, one_of
from partners.nir import no_nir


class Situation(models.Model):
    """A dated segment of a path. Ids grow in the order of recording, which settles the last ties of `docs/rules.md` §2.

    The employer is an organisation when it is a partner, free text otherwise, never both.
    """

    learner = models.ForeignKey(
        Learner, on_delete=models.CASCADE, related_name="situations", verbose_name="personne", db_index=False
    )
    kind = models.CharField("type", max_length=20, choices=Kind.choices)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin", null=True, blank=True)
    planned_end_on = models.DateField("fin prévue", null=True, blank=True)
    confirmed_on = models.DateField("confirmée le", null=True, blank=True)
    weekly_hours = models.DecimalField("heures hebdomadaires", max_digits=5, decimal_places=2, null=True, blank=True)
    employer = models.ForeignKey(
        Organisation, verbose_name="employeur", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    employer_name = models.CharField("employeur (hors partenaires)", max_length=500, blank=True, validators=[no_nir])
    target_trade = models.BooleanField("métier visé", null=True, blank=True)
    evidence = models.CharField("preuve", max_length=12, choices=Evidence.choices, blank=True)

    objects = SituationQuerySet.as_manager()

    class Meta:
        verbose_name = "situation"
        indexes = [models.Index(fields=["learner", "starts_on"], name="situation_learner")]
        constraints = [
            in_order("starts_on", "ends_on", "situation_ends_after_start", "La situation finit avant de commencer."),
            in_order("starts_on", "planned_end_on", "situation_planned_after_start", "La fin prévue précède le début."),
            in_order(
                "starts_on", "confirmed_on", "situation_confirmed_after_start", "La confirmation précède le début."
            ),
            models.CheckConstraint(
                condition=Q(employer=None) | Q(employer_name=""),
                name="situation_one_employer",
                violation_error_message="L’employeur est un partenaire ou un nom libre, pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(weekly_hours=None) | Q(weekly_hours__gte=0, weekly_hours__lte=168),
                name="situation_hours_in_week",
                violation_error_message="Une semaine compte de 0 à 168 heures.",
            ),
            models.UniqueConstraint(
                fields=["learner", "kind", "starts_on", "employer_name"],
                condition=Q(employer=None),
                name="situation_once",
                violation_error_message="Cette situation est déjà enregistrée.",
            ),
            models.UniqueConstraint(
                fields=["learner", "kind", "starts_on", "employer"],
                condition=Q(employer__isnull=False),
                name="situation_once_with_partner",
                violation_error_message="Cette situation est déjà enregistrée.",
            ),
            one_of("kind", Kind, "situation_kind_known", "Ce type de situation n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.starts_on:%d/%m/%Y}"
