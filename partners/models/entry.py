"""Ways in that are not a password: links with an end, and the access of the platform behind glass."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from partners.models.organisations import Organisation
from partners.models.people import Membership
from partners.nir import no_nir
from partners.querysets import BreakGlassQuerySet, InvitationQuerySet


class Link(models.Model):
    """A way in without a password, for one purpose. Only digests are kept: who reads the table cannot go in.

    `token_hash`: SHA-256 of 256 random bits, carried by the address. `code_hash`: keyed digest of the short code printed
    on paper, typed with the birth date. Used once: `used_at` is set when the answer is given.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="créé par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    ends_at = models.DateTimeField("valable jusqu’au")
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)
    revoked_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        abstract = True


class Invitation(Link):
    """A professional is invited to take a place in an organisation, and chooses a password through this link."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="invitations", verbose_name="appartenance"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class BreakGlass(models.Model):
    """The platform's staff read one organisation's files, for a written reason, one hour at most; the organisation is told."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="utilisateur"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="organisme")
    reason = models.TextField("motif", validators=[no_nir])
    starts_at = models.DateTimeField("ouvert le", db_default=Now())
    ends_at = models.DateTimeField("fermé le")

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = "accès exceptionnel"
        verbose_name_plural = "accès exceptionnels"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="break_glass_ends",
                violation_error_message="Un accès exceptionnel a une fin.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="break_glass_reason", violation_error_message="Écrivez le motif."
            ),
        ]

    def __str__(self) -> str:
        return f"accès exceptionnel {self.pk}"
