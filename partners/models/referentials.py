"""Public lists (*référentiels*): what is loaded, and the rows that codes are checked against.

Rows hold plain codes, never foreign keys: each list is published, loaded and replaced on its own, and a person's
commune or district stays what was recorded when the list changes.
"""

from __future__ import annotations

import uuid

from django.db import models

from partners.models.checks import one_of
from partners.states import CommuneKind, ReferentialKind


class Referential(models.Model):
    """The list of one kind now loaded; one row per kind, and per generation for districts ("2024", "2015").

    `load` changes at each loading: whoever keeps a list in memory compares it, so that nothing is ever stale.
    `partial`: an extract, which names codes but refuses none.
    """

    kind = models.CharField("liste", max_length=20, choices=ReferentialKind.choices)
    generation = models.CharField("génération", max_length=4, blank=True)
    version = models.CharField("millésime", max_length=30, blank=True)
    source = models.CharField("fichier", max_length=255)
    sha256 = models.CharField("empreinte", max_length=64)
    rows = models.PositiveIntegerField("lignes")
    partial = models.BooleanField("extrait", default=False)
    load = models.UUIDField("chargement", default=uuid.uuid4)
    loaded_at = models.DateTimeField("chargée le")

    class Meta:
        verbose_name = "référentiel"
        ordering = ("kind", "generation")
        constraints = [
            models.UniqueConstraint(fields=["kind", "generation"], name="referential_once"),
            one_of("kind", ReferentialKind, "referential_kind_known", "Cette liste n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.generation} {self.version}".strip()


class Commune(models.Model):
    """A commune, delegated or associated commune, or arrondissement; one code may be both current and delegated."""

    code = models.CharField("code INSEE", max_length=5)
    name = models.CharField("nom", max_length=100)
    kind = models.CharField("type", max_length=15, choices=CommuneKind.choices)
    parent = models.CharField("commune de rattachement", max_length=5, blank=True)
    department = models.CharField("département", max_length=3, blank=True)
    region = models.CharField("région", max_length=3, blank=True)
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)

    class Meta:
        verbose_name = "commune"
        ordering = ("code", "kind")
        constraints = [
            models.UniqueConstraint(fields=["code", "kind"], name="commune_once"),
            one_of("kind", CommuneKind, "commune_kind_known", "Ce type de commune n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Postcode(models.Model):
    """One postcode serving one commune; many to many."""

    code = models.CharField("code postal", max_length=5)
    commune = models.CharField("commune (INSEE)", max_length=5, db_index=True)

    class Meta:
        verbose_name = "code postal"
        verbose_name_plural = "codes postaux"
        ordering = ("code", "commune")
        constraints = [models.UniqueConstraint(fields=["code", "commune"], name="postcode_once")]

    def __str__(self) -> str:
        return f"{self.code} → {self.commune}"


class District(models.Model):
    """A priority district (*quartier prioritaire*, QPV) of one generation; `communes` is a list of INSEE codes."""

    code = models.CharField("code", max_length=8, unique=True)
    generation = models.CharField("génération", max_length=4, db_index=True)
    name = models.CharField("nom", max_length=255)
    communes = models.JSONField("communes", default=list)

    class Meta:
        verbose_name = "quartier prioritaire"
        verbose_name_plural = "quartiers prioritaires"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Perimeter(models.Model):
    """The perimeter of a district: WKB of a MultiPolygon in WGS84, longitude first. Apart, for lists need only codes."""

    code = models.CharField("code", max_length=8, unique=True)
    generation = models.CharField("génération", max_length=4, db_index=True)
    name = models.CharField("nom", max_length=255)
    shape = models.BinaryField("périmètre")

    class Meta:
        verbose_name = "périmètre"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Occupation(models.Model):
    """A trade of the ROME list."""

    code = models.CharField("code ROME", max_length=5, unique=True)
    name = models.CharField("intitulé", max_length=255)

    class Meta:
        verbose_name = "métier"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Certification(models.Model):
    """A certification of the RNCP or of the RS. `level`: "2" to "8", empty when unknown; `active`: None when unsaid."""

    code = models.CharField("numéro de fiche", max_length=12, unique=True)
    name = models.TextField("intitulé")
    level = models.CharField("niveau", max_length=1, blank=True)
    active = models.BooleanField("en vigueur", null=True, blank=True)
    ends_on = models.DateField("fin d’enregistrement", null=True, blank=True)

    class Meta:
        verbose_name = "certification"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
