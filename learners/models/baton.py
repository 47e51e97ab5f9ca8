"""Who holds the baton, how it moves, and who may see."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from learners.models.learners import Learner
from learners.querysets import HandoffQuerySet, ResponsibilityQuerySet, SharingQuerySet
from learners.states import OPEN, DeclineReason, HandoffStatus, Obstacle, Purpose, Scope
from partners.models import Organisation, Programme
from partners.models.checks import in_order, one_of
from partners.nir import no_nir
from partners.states import Channel


class Handoff(models.Model):
    """A *passage de relais*: one organisation asks another to take its turn with a person.

    `accepted_on` is a local date: it enters the continuity ledger. The chain hangs on `follows`: what was re-routed, and
    the `return` by which a decline or a silence comes back to somebody. `addressed_to` is who of the receiver is to answer.
    The clock (`learners.clock`) writes `reminded_on` and `escalated_on`.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="handoffs", verbose_name="personne")
    sender = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sent", verbose_name="de")
    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="incoming", verbose_name="à")
    purpose = models.CharField("objet", max_length=10, choices=Purpose.choices)
    status = models.CharField("état", max_length=10, choices=HandoffStatus.choices, default=HandoffStatus.PROPOSED)
    message = models.TextField("message", blank=True, validators=[no_nir])
    sent_on = models.DateField("envoyé le")
    expected_start_on = models.DateField("début prévu de la suite", null=True, blank=True)
    deadline_on = models.DateField("réponse attendue le", null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="reçu par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    received_on = models.DateField("reçu le", null=True, blank=True)
    accepted_on = models.DateField("accepté le", null=True, blank=True)
    ended_on = models.DateField("terminé le", null=True, blank=True)
    programme = models.ForeignKey(
        Programme, verbose_name="programme visé", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    obstacle = models.CharField("frein", max_length=15, choices=Obstacle.choices, blank=True)
    addressed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="à l’attention de",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    agreed_on = models.DateField("accord de la personne le", null=True, blank=True)
    agreed_through = models.CharField("accord donné par", max_length=10, choices=Channel.choices, blank=True)
    reminded_on = models.DateField("rappelé le", null=True, blank=True)
    escalated_on = models.DateField("signalé le", null=True, blank=True)
    decline_reason = models.CharField("motif", max_length=15, choices=DeclineReason.choices, blank=True)
    follows = models.ForeignKey(
        "self",
        verbose_name="à la suite de",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="continuations",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="proposé par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = HandoffQuerySet.as_manager()

    class Meta:
        verbose_name = "passage de relais"
        verbose_name_plural = "passages de relais"
        indexes = [
            models.Index(fields=["sender", "-sent_on", "-id"], name="handoff_sent"),
            models.Index(fields=["receiver", "-sent_on", "-id"], name="handoff_received"),
            models.Index(fields=["deadline_on"], name="handoff_clock", condition=Q(status__in=OPEN)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sender=F("receiver")) | Q(purpose=Purpose.REFERRAL),
                name="handoff_between_two",
                violation_error_message="Un relais se passe entre deux organismes différents.",
            ),
            models.CheckConstraint(
                condition=Q(status=HandoffStatus.ACCEPTED, accepted_on__isnull=False)
                | ~Q(status=HandoffStatus.ACCEPTED) & Q(accepted_on=None),
                name="handoff_accepted_dated",
                violation_error_message="Un relais accepté porte la date de son acceptation.",
            ),
            models.CheckConstraint(
                condition=~Q(status=HandoffStatus.DECLINED) | ~Q(decline_reason=""),
                name="handoff_declined_with_reason",
                violation_error_message="Un relais décliné porte un motif.",
            ),
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(purpose=Purpose.TRANSFER, status__in=OPEN),
                name="handoff_one_open_transfer",
                violation_error_message="Un changement de référent est déjà demandé pour cette personne.",
            ),
            one_of("obstacle", Obstacle, "handoff_obstacle_known", "Ce frein n’existe pas.", blank=True),
            in_order("sent_on", "deadline_on", "handoff_deadline_after_sending", "Le délai finit avant l’envoi."),
            one_of("purpose", Purpose, "handoff_purpose_known", "Cet objet n’existe pas."),
            one_of("status", HandoffStatus, "handoff_status_known", "Cet état n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"


class Responsibility(models.Model):
    """Who holds the baton since when. Exactly one open row per active person: two are forbidden here."""

    learner = models.ForeignKey(
        Learner, on_delete=models.CASCADE, related_name="responsibilities", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="responsibilities", verbose_name="organisme"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="référent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    since = models.DateField("depuis")
    until = models.DateField("jusqu’au", null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = "responsabilité"
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(until=None),
                name="responsibility_one_open",
                violation_error_message="Quelqu’un tient déjà le relais pour cette personne.",
            ),
            in_order("since", "until", "responsibility_dates_in_order", "La responsabilité finit avant de commencer."),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} depuis le {self.since:%d/%m/%Y}"


class Sharing(models.Model):
    """What one partner sees of a person, on which ground, until when; the person may object to it."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="sharings", verbose_name="personne")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="sharings", verbose_name="organisme"
    )
    scope = models.CharField("étendue", max_length=10, choices=Scope.choices, default=Scope.PATH)
    basis = models.CharField("fondement", max_length=60)  # code: "referral", "enrolment", "takeover"…
    since = models.DateField("depuis")
    until = models.DateField("jusqu’au", null=True, blank=True)
    objected_on = models.DateField("opposition le", null=True, blank=True)

    objects = SharingQuerySet.as_manager()

    class Meta:
        verbose_name = "partage"
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "organisation"],
                condition=Q(until=None),
                name="sharing_once",
                violation_error_message="Ce partage existe déjà.",
            ),
            in_order("since", "until", "sharing_dates_in_order", "Le partage finit avant de commencer."),
            one_of("scope", Scope, "sharing_scope_known", "Cette étendue n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} : {self.get_scope_display()}"
