"""Stays with employers, and what became of people afterwards."""

from __future__ import annotations

from django.db import models

from cohorts.models import Enrolment
from learners.models import Handoff, Learner
from learners.states import Kind
from partners.models import Organisation
from partners.models.checks import in_order, one_of
from partners.states import Channel
from placements.querysets import FollowUpQuerySet, PlacementQuerySet
from placements.states import FollowUpResult, Milestone, PlacementStatus


class Placement(models.Model):
    """A handoff accepted by an employer: internship, immersion, alternance or job."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="placements", verbose_name="personne")
    employer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="placements", verbose_name="employeur"
    )
    handoff = models.OneToOneField(Handoff, on_delete=models.PROTECT, null=True, blank=True, related_name="placement")
    kind = models.CharField("type", max_length=20, choices=Kind.choices)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin", null=True, blank=True)
    status = models.CharField("état", max_length=10, choices=PlacementStatus.choices, default=PlacementStatus.PROPOSED)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = "accueil en entreprise"
        constraints = [
            in_order("starts_on", "ends_on", "placement_dates_in_order", "L’accueil finit avant de commencer."),
            models.UniqueConstraint(
                fields=["learner", "employer", "kind", "starts_on"],
                name="placement_once",
                violation_error_message="Cet accueil est déjà enregistré.",
            ),
            one_of("status", PlacementStatus, "placement_status_known", "Cet état n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} chez {self.employer}"


class FollowUp(models.Model):
    """One attempt to learn what became of somebody (*suivi*) at a milestone after the exit."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="follow_ups", verbose_name="inscription", db_index=False
    )
    milestone = models.PositiveSmallIntegerField("jalon", choices=Milestone.choices)
    asked_on = models.DateField("date")
    result = models.CharField("résultat", max_length=11, choices=FollowUpResult.choices)
    channel = models.CharField("canal", max_length=10, choices=Channel.choices, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "suivi"
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "milestone", "asked_on", "channel"],
                name="follow_up_once",
                violation_error_message="Ce suivi est déjà enregistré.",
            ),
            models.CheckConstraint(
                condition=models.Q(milestone__in=Milestone.values),
                name="follow_up_milestone_known",
                violation_error_message="Les jalons sont 0, 1, 3, 6 et 12 mois.",
            ),
            one_of("result", FollowUpResult, "follow_up_result_known", "Ce résultat n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.get_milestone_display()} : {self.get_result_display()}"
