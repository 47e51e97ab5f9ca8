"""The grid by which motivation is rated, and what each assessor thinks of each application."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models.selection import Application
from cohorts.querysets import AssessmentQuerySet
from cohorts.states import Criterion, RecordSource
from partners.models import Programme
from partners.models.checks import one_of
from partners.nir import no_nir

HIGHEST = 4  # marks go from 0 to 4


class Grid(models.Model):
    """The grid of a programme in one version (*grille*); frozen by the first sheet that is submitted on it."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="grids", verbose_name="programme")
    version = models.PositiveSmallIntegerField("version")
    frozen_at = models.DateTimeField("figée le", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    made_at = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "grille"
        ordering = ("-version",)
        constraints = [models.UniqueConstraint(fields=["programme", "version"], name="grid_version_once")]

    def __str__(self) -> str:
        return f"grille {self.version}"


class GridCriterion(models.Model):
    """One criterion of a grid: what to look for, and what one sees at each mark from 0 to 4."""

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="criteria")
    criterion = models.CharField("critère", max_length=12, choices=Criterion.choices)
    question = models.CharField("ce que l’on cherche", max_length=300, validators=[no_nir])
    anchor_0 = models.CharField("ce que l’on voit à 0", max_length=300, validators=[no_nir])
    anchor_1 = models.CharField("ce que l’on voit à 1", max_length=300, validators=[no_nir])
    anchor_2 = models.CharField("ce que l’on voit à 2", max_length=300, validators=[no_nir])
    anchor_3 = models.CharField("ce que l’on voit à 3", max_length=300, validators=[no_nir])
    anchor_4 = models.CharField("ce que l’on voit à 4", max_length=300, validators=[no_nir])

    class Meta:
        verbose_name = "critère de la grille"
        constraints = [
            models.UniqueConstraint(fields=["grid", "criterion"], name="grid_criterion_once"),
            one_of("criterion", Criterion, "grid_criterion_known", "Ce critère n’existe pas."),
        ]

    def __str__(self) -> str:
        return self.get_criterion_display()

    @property
    def anchors(self) -> list[str]:
        """What one sees, from 0 to 4."""
        return [getattr(self, f"anchor_{mark}") for mark in range(HIGHEST + 1)]


class Assessment(models.Model):
    """What one assessor thinks of one application (*évaluation*); locked once submitted."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="assessments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assessments")
    submitted_at = models.DateTimeField("verrouillée le", null=True, blank=True)
    abstained = models.CharField("abstention", max_length=500, blank=True, validators=[no_nir])
    third = models.BooleanField("troisième lecture", default=False, db_default=False)
    source = models.CharField(
        "par", max_length=10, choices=RecordSource.choices, default=RecordSource.SCREEN, db_default=RecordSource.SCREEN
    )
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="saisi par",
    )

    objects = AssessmentQuerySet.as_manager()

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
    mark = models.PositiveSmallIntegerField("note", null=True, blank=True)  # in a draft, words may come first
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
