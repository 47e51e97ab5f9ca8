"""What was typed for a person, and what was said of two files that look alike."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from learners.models.learners import Learner
from learners.querysets import BehalfQuerySet
from learners.states import Act, Mandate, Verdict
from partners.models import Organisation
from partners.models.checks import one_of
from partners.states import Channel


class Behalf(models.Model):
    """An act done for a person (*saisi pour la personne*): by whom, with what mandate, and what the person says of it.

    `subject`: the id of what was typed, in the table that `act` names; None when it stands by itself.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="behalves", verbose_name="personne")
    act = models.CharField("acte", max_length=15, choices=Act.choices)
    subject = models.BigIntegerField("objet", null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="au nom de l’organisme"
    )
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="saisi par"
    )
    channel = models.CharField("demandé par", max_length=10, choices=Channel.choices)
    mandate = models.CharField("mandat", max_length=10, choices=Mandate.choices)
    done_on = models.DateField("le")
    verdict = models.CharField("avis de la personne", max_length=10, choices=Verdict.choices, blank=True)
    said_at = models.DateTimeField("avis donné le", null=True, blank=True)

    objects = BehalfQuerySet.as_manager()

    class Meta:
        verbose_name = "acte saisi pour une personne"
        verbose_name_plural = "actes saisis pour une personne"
        constraints = [
            one_of("act", Act, "behalf_act_known", "Cet acte n’existe pas."),
            one_of("mandate", Mandate, "behalf_mandate_known", "Ce mandat n’existe pas."),
            models.CheckConstraint(
                condition=Q(verdict="", said_at=None) | ~Q(verdict="") & Q(said_at__isnull=False),
                name="behalf_verdict_dated",
                violation_error_message="L’avis de la personne porte sa date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.pk}"


class Merge(models.Model):
    """Two files found to be one person: what was moved, so that it can be undone (*réunion de fiches*).

    `moved`: model label → ids of the rows that changed hands; `before`: what the absorbed file was, field by field.
    """

    kept = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="+", verbose_name="fiche gardée")
    absorbed = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="+", verbose_name="fiche réunie")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par")
    at = models.DateTimeField("le", auto_now_add=True)
    moved = models.JSONField("lignes déplacées", default=dict)
    before = models.JSONField("état d’avant", default=dict)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="défait par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undone_at = models.DateTimeField("défait le", null=True, blank=True)

    class Meta:
        verbose_name = "réunion de fiches"
        verbose_name_plural = "réunions de fiches"
        constraints = [
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at=None), name="merge_absorbed_once"),
            models.CheckConstraint(
                condition=~Q(kept=F("absorbed")),
                name="merge_of_two",
                violation_error_message="On réunit deux fiches différentes.",
            ),
        ]

    def __str__(self) -> str:
        return f"réunion {self.pk}"


class Distinct(models.Model):
    """Two files that look alike and that somebody found to be two persons: they are not shown side by side again."""

    first = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="+", verbose_name="personne")
    second = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="+", verbose_name="autre personne")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par")
    at = models.DateTimeField("le", auto_now_add=True)

    class Meta:
        verbose_name = "homonymes"
        verbose_name_plural = "homonymes"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")),
                name="distinct_in_order",
                violation_error_message="La première des deux fiches est la plus ancienne.",
            ),
        ]

    def __str__(self) -> str:
        return f"homonymes {self.first_id} et {self.second_id}"
