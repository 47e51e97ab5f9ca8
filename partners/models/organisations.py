"""Organisations, and the names by which importers know them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from partners.models.checks import one_of
from partners.nir import no_nir
from partners.querysets import OrganisationQuerySet
from partners.states import HOLDERS, OrganisationKind


class Organisation(models.Model):
    """A partner (*organisme*): prescriber, training body, employer or funder."""

    kind = models.CharField("type", max_length=20, choices=OrganisationKind.choices)
    name = models.CharField("nom", max_length=500, validators=[no_nir])
    siret = models.CharField("SIRET", max_length=14, blank=True, db_index=True)
    commune = models.CharField("commune (INSEE)", max_length=5, blank=True)
    email = models.EmailField("courriel", max_length=254, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    acknowledge_days = models.PositiveSmallIntegerField("accusé de réception (jours ouvrés)", default=2)
    decide_days = models.PositiveSmallIntegerField("décision après le comité (jours ouvrés)", default=5)
    entry_days = models.PositiveSmallIntegerField("entrée ou sortie à signaler (jours ouvrés)", default=3)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisme"
        ordering = ("name", "pk")
        constraints = [one_of("kind", OrganisationKind, "organisation_kind_known", "Ce type d’organisme n’existe pas.")]

    def __str__(self) -> str:
        return self.name

    @property
    def can_hold(self) -> bool:
        """Whether it has advisers and may thus hold the baton."""
        return self.kind in HOLDERS


class Reference(models.Model):
    """The name an importer gives to an object; unique per importer, the platform being the importer None."""

    importer = models.ForeignKey(
        Organisation, verbose_name="importateur", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField("référence", max_length=500, validators=[no_nir])

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["importer", "code"], name="%(class)s_once_per_importer"),
            models.UniqueConstraint(fields=["code"], condition=Q(importer=None), name="%(class)s_once_on_platform"),
        ]

    def __str__(self) -> str:
        return self.code


class OrganisationReference(Reference):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="references")
