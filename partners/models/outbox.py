"""The outbox: each e-mail, SMS or letter is a row, visible and cancellable before it leaves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.checks import one_of
from partners.nir import no_nir
from partners.querysets import MessageQuerySet


class MessageChannel(models.TextChoices):
    EMAIL = "email", _("courriel")
    SMS = "sms", _("SMS")
    LETTER = "letter", _("lettre")


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("à envoyer")
    LEAVING = "leaving", _("en train de partir")
    SENT = "sent", _("parti")
    CANCELLED = "cancelled", _("annulé")
    FAILED = "failed", _("non parti")
    SUPPRESSED = "suppressed", _("retenu")


class MessageFailure(models.TextChoices):
    """Why a message did not leave, or was kept back, in words that name nobody."""

    ADDRESS_REFUSED = "address_refused", _("le serveur du destinataire refuse cette adresse")
    MESSAGE_REFUSED = "message_refused", _("le serveur d’envoi refuse ce message")
    SERVER_SILENT = "server_silent", _("le serveur d’envoi ne répond pas")
    BOUNCED = "bounced", _("le courriel est revenu\u00a0: personne à cette adresse")
    NO_ADDRESS = "no_address", _("aucun moyen de joindre la personne par ce canal")
    WEEKLY_BOUND = "weekly_bound", _("la personne a déjà reçu assez de messages cette semaine")
    HANDLED = "handled", _("l’affaire est déjà réglée")
    UNCERTAIN = "uncertain", _("l’envoi a été interrompu deux fois\u00a0: on ne sait pas s’il est parti")


class Message(models.Model):
    """One message to one address (*message*). The address is kept here and nowhere else."""

    key = models.CharField("clé", max_length=120, unique=True)  # queueing twice the same key is queueing once
    channel = models.CharField("canal", max_length=10, choices=MessageChannel.choices, default=MessageChannel.EMAIL)
    purpose = models.CharField("objet de l’envoi", max_length=60)  # a code: "handoff_proposed"
    organisation = models.ForeignKey(
        "partners.Organisation",
        verbose_name="au nom de",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="messages",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="auteur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # The person it is about, by number: partners know nothing of what is to their right.
    learner_id = models.BigIntegerField("personne", null=True, blank=True, db_index=True)
    to = models.CharField("destinataire", max_length=254, blank=True)
    subject = models.CharField("sujet", max_length=200, blank=True, validators=[no_nir])
    body = models.TextField("texte", validators=[no_nir])
    status = models.CharField("état", max_length=10, choices=MessageStatus.choices, default=MessageStatus.QUEUED)
    reason = models.CharField("raison", max_length=20, choices=MessageFailure.choices, blank=True)
    matter = models.CharField("affaire", max_length=80, blank=True, db_index=True)  # a code: "handoff:12"
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="échec traité par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    noted_at = models.DateTimeField("échec traité le", null=True, blank=True)
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    departures = models.PositiveSmallIntegerField("départs", default=0)  # times it was handed to a server
    send_after = models.DateTimeField("pas avant")
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    sent_at = models.DateTimeField("parti le", null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ("-created_at", "-pk")
        constraints = [
            one_of("channel", MessageChannel, "message_channel_known", "Ce canal n’existe pas."),
            one_of("status", MessageStatus, "message_status_known", "Cet état de message n’existe pas."),
            one_of("reason", MessageFailure, "message_reason_known", "Cette raison n’existe pas.", blank=True),
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.SENT) | Q(sent_at__isnull=False),
                name="message_sent_is_dated",
                violation_error_message="Un message parti porte la date de son départ.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(MessageStatus.FAILED, MessageStatus.SUPPRESSED)) | ~Q(reason=""),
                name="message_failure_has_reason",
                violation_error_message="Un message non parti dit pourquoi.",
            ),
        ]
        indexes = [
            models.Index(fields=["send_after"], name="message_queued", condition=Q(status=MessageStatus.QUEUED)),
            # What comes back to somebody, on a page that is opened all day long.
            models.Index(
                fields=["organisation"],
                name="message_lost",
                condition=Q(status__in=(MessageStatus.FAILED, MessageStatus.SUPPRESSED), noted_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.purpose} ({self.get_status_display()})"
