"""Documents kept with a person, and the links by which the person, or an employer, comes in."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from learners.models.baton import Handoff
from learners.models.learners import Learner
from learners.querysets import DocumentQuerySet, PersonalLinkQuerySet
from learners.states import DocumentKind, LinkPurpose
from partners.models import Organisation
from partners.models.checks import one_of
from partners.models.entry import Link
from partners.nir import no_nir


def document_path(document: Document, name: str) -> str:
    """Where a document is kept: a random name, never the one it came with."""
    return f"documents/{secrets.token_hex(16)}"


class Document(models.Model):
    """A file about a person, served by a view only; `mime` is what its first bytes say, not what its name says."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="documents", verbose_name="personne")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="déposé pour"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="déposé par"
    )
    kind = models.CharField("type", max_length=15, choices=DocumentKind.choices)
    name = models.CharField("nom du fichier", max_length=200, validators=[no_nir])
    file = models.FileField("fichier", upload_to=document_path)
    mime = models.CharField("format", max_length=100)
    size = models.PositiveIntegerField("octets")
    sha256 = models.CharField("empreinte", max_length=64)
    added_at = models.DateTimeField("déposé le", auto_now_add=True)
    removed_at = models.DateTimeField("retiré le", null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ("-added_at", "-pk")
        constraints = [one_of("kind", DocumentKind, "document_kind_known", "Ce type de document n’existe pas.")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class PersonalLink(Link):
    """A link or a paper code for one person, or for the employer of one handoff, and for one purpose."""

    learner = models.ForeignKey(
        Learner, on_delete=models.CASCADE, related_name="personal_links", verbose_name="personne"
    )
    purpose = models.CharField("objet", max_length=10, choices=LinkPurpose.choices)
    handoff = models.ForeignKey(
        Handoff, null=True, blank=True, on_delete=models.CASCADE, related_name="personal_links", verbose_name="relais"
    )
    failures = models.PositiveSmallIntegerField("essais manqués", default=0)  # wrong birth dates typed with the code

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien personnel"
        verbose_name_plural = "liens personnels"
        constraints = [
            one_of("purpose", LinkPurpose, "personal_link_purpose_known", "Cet objet n’existe pas."),
            models.CheckConstraint(
                condition=Q(purpose__in=(LinkPurpose.PATH, LinkPurpose.REGISTER), handoff=None)
                | Q(purpose=LinkPurpose.HOSTING, handoff__isnull=False),
                name="personal_link_has_its_object",
                violation_error_message="Un lien d’employeur porte sur un relais, celui d’une personne sur son parcours.",
            ),
        ]

    def __str__(self) -> str:
        return f"lien {self.pk}"
