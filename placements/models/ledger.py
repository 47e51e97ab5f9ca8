"""Days of each path, each in one class and on somebody's account: derived, like facts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from learners.models import Learner
from partners.models import Organisation
from partners.models.checks import one_of
from placements.querysets import DayRunQuerySet, GapAlertQuerySet


class DayClass(models.TextChoices):
    """The classes of `docs/rules.md` §5, as `learners.continuity` writes them."""

    ACTIVE = "a", "en situation"
    BRIDGED = "b", "suite annoncée"
    NEUTRAL = "n", "neutre"
    GAP = "g", "interruption"


class DayRun(models.Model):
    """Consecutive days of one class under one holder. The last run of a followed person has no end: it goes on.

    Runs of a person neither overlap nor leave a day out, from the first referral on. `organisation` is None for days
    before anybody held.
    """

    learner = models.ForeignKey(
        Learner, on_delete=models.CASCADE, related_name="day_runs", verbose_name="personne", db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="tenait le relais"
    )
    kind = models.CharField("classe", max_length=1, choices=DayClass.choices)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True)

    objects = DayRunQuerySet.as_manager()

    class Meta:
        verbose_name = "jours d’un parcours"
        verbose_name_plural = "jours des parcours"
        constraints = [
            models.UniqueConstraint(fields=["learner", "starts_on"], name="day_run_starts_once"),
            models.UniqueConstraint(fields=["learner"], condition=Q(ends_on=None), name="day_run_one_open"),
            one_of("kind", DayClass, "day_run_kind_known", "Cette classe de jours n’existe pas."),
        ]
        indexes = [models.Index(fields=["organisation", "kind", "starts_on"], name="day_run_charged")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.starts_on:%d/%m/%Y}"


class GapAlert(models.Model):
    """Somebody was told that a path is broken: the holder at 7 days, their manager at 15; once a level and a gap."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="gap_alerts", verbose_name="personne")
    since = models.DateField("interrompu depuis")
    level = models.PositiveSmallIntegerField("jours")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="organisme")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="prévenu"
    )
    on = models.DateField("prévenu le")

    objects = GapAlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte d’interruption"
        verbose_name_plural = "alertes d’interruption"
        constraints = [models.UniqueConstraint(fields=["learner", "since", "level"], name="gap_alert_once")]

    def __str__(self) -> str:
        return f"alerte {self.pk}"
