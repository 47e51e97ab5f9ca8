"""The job row: work promised in the transaction of an act, done once, by whoever claims it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.checks import one_of


class JobStatus(models.TextChoices):
    WAITING = "waiting", _("en attente")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminée")
    FAILED = "failed", _("échouée")


class Job(models.Model):
    """One piece of work (*tâche*). Holds ids and codes only: who it is about stays in the rows it names."""

    kind = models.CharField("nature", max_length=60)
    key = models.CharField("clé", max_length=120)  # asking twice for the same key is asking once
    args = models.JSONField("arguments", default=dict, blank=True)
    status = models.CharField("état", max_length=10, choices=JobStatus.choices, default=JobStatus.WAITING)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    max_attempts = models.PositiveSmallIntegerField("essais permis", default=5)
    run_after = models.DateTimeField("pas avant")
    # Who holds it and until when, unless a heartbeat pushes the end back.
    worker = models.CharField("exécutant", max_length=80, blank=True)
    lease_until = models.DateTimeField("tenue jusqu’à", null=True, blank=True)
    sent_at = models.DateTimeField("remise au courtier", null=True, blank=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    started_at = models.DateTimeField("commencée le", null=True, blank=True)
    finished_at = models.DateTimeField("finie le", null=True, blank=True)
    result = models.JSONField("résultat", null=True, blank=True)
    reason = models.CharField("raison de l’échec", max_length=200, blank=True)  # a class and a place, never a message

    class Meta:
        verbose_name = "tâche"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="job_asked_once"),
            one_of("status", JobStatus, "job_status_known", "Cet état de tâche n’existe pas."),
            models.CheckConstraint(
                condition=~Q(status=JobStatus.RUNNING) | Q(lease_until__isnull=False),
                name="job_running_is_held",
                violation_error_message="Une tâche en cours est tenue par quelqu’un jusqu’à une heure dite.",
            ),
        ]
        indexes = [
            models.Index(fields=["run_after", "id"], name="job_waiting", condition=Q(status=JobStatus.WAITING)),
            models.Index(fields=["lease_until"], name="job_running", condition=Q(status=JobStatus.RUNNING)),
            models.Index(fields=["finished_at"], name="job_finished", condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
