"""Reports asked for, and their frozen runs."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from partners.models import Agreement
from partners.models.checks import in_order, one_of
from placements.querysets import ReportQuerySet, ReportRunQuerySet
from placements.states import Profile, RunStatus


class Report(models.Model):
    """What was asked (*bilan*): an agreement, a period, a profile."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="reports", verbose_name="convention"
    )
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    profile = models.CharField("profil", max_length=6, choices=Profile.choices, default=Profile.FUNDER)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="demandé par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("demandé le", auto_now_add=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan"
        ordering = ("-created_at", "-pk")
        constraints = [
            in_order("starts_on", "ends_on", "report_period_in_order", "La période finit avant de commencer."),
            one_of("profile", Profile, "report_profile_known", "Ce profil n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"bilan {self.pk}"


class ReportRun(models.Model):
    """A report computed and frozen: content, hash and files are written once, then never edited.

    `result`: the canonical JSON text of `docs/rules.md` §6. `content`: everything the page draws. `progress`: 0 to 100.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="runs", verbose_name="bilan")
    as_of = models.DateField("arrêté au")
    status = models.CharField("état", max_length=7, choices=RunStatus.choices, default=RunStatus.QUEUED)
    progress = models.PositiveSmallIntegerField("avancement", default=0)
    asked_at = models.DateTimeField("demandé le", auto_now_add=True)
    frozen_at = models.DateTimeField("figé le", null=True, blank=True)
    result = models.TextField("résultat (JSON canonique)", blank=True)
    content = models.JSONField("contenu", null=True, blank=True)
    # The people behind it, under pseudonyms: see `placements.reports.evidence`.
    evidence = models.BinaryField("preuve", null=True, blank=True)
    sha256 = models.CharField("empreinte", max_length=64, blank=True, db_index=True)
    xlsx = models.BinaryField("classeur", null=True, blank=True)
    pdf = models.BinaryField("document", null=True, blank=True)
    failure = models.CharField("échec", max_length=500, blank=True)

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "édition d’un bilan"
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status=RunStatus.READY) | ~models.Q(sha256="") & models.Q(frozen_at__isnull=False),
                name="report_run_ready_is_frozen",
                violation_error_message="Un bilan prêt est figé et porte son empreinte.",
            ),
            one_of("status", RunStatus, "report_run_status_known", "Cet état n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"édition {self.pk}"
