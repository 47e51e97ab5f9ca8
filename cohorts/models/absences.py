"""Absences in a row that ask for help: the request, the calls, and how it ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models.cohorts import Session
from cohorts.models.enrolments import Enrolment
from cohorts.querysets import AlertQuerySet
from cohorts.states import AlertOutcome, AlertStatus
from learners.models import Handoff
from partners.models.checks import one_of
from partners.states import Channel


class AbsenceAlert(models.Model):
    """Absences in a row without a word (*alerte d’absence*): help is asked of who referred, closed only with an outcome.

    `handoff`: None when nobody referred the person; `seen_by`: who of the training body has read the outcome.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="alerts")
    first_missed = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    last_missed = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    half_days = models.PositiveSmallIntegerField("demi-journées d’absence")
    opened_at = models.DateTimeField("ouverte le")
    handoff = models.ForeignKey(
        Handoff, null=True, blank=True, on_delete=models.SET_NULL, related_name="absence_alerts"
    )
    status = models.CharField("état", max_length=6, choices=AlertStatus.choices, default=AlertStatus.OPEN)
    outcome = models.CharField("issue", max_length=11, choices=AlertOutcome.choices, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField("issue lue le", null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte d’absence"
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(status=AlertStatus.OPEN), name="absence_alert_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status=AlertStatus.OPEN, outcome="") | ~Q(outcome="") & Q(closed_at__isnull=False),
                name="absence_alert_closed_with_outcome",
                violation_error_message="Une alerte d’absence se clôt avec une issue.",
            ),
            one_of("outcome", AlertOutcome, "absence_outcome_known", "Cette issue n’existe pas.", blank=True),
        ]

    def __str__(self) -> str:
        return f"alerte d’absence {self.pk}"


class AbsenceCall(models.Model):
    """One attempt to reach somebody who is absent (*appel*)."""

    alert = models.ForeignKey(AbsenceAlert, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField("le")
    channel = models.CharField("canal", max_length=10, choices=Channel.choices)
    reached = models.BooleanField("joint")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "appel d’un absent"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"appel {self.pk}"
