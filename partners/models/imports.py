"""Files brought in from a page: what was sent, what was found, what was written."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from partners.models.checks import one_of
from partners.models.organisations import Organisation
from partners.nir import no_nir
from partners.querysets import ImportRunQuerySet
from partners.states import ImportKind, ImportStatus


def import_path(run: ImportRun, name: str) -> str:
    """Where a file that was sent is kept: never under the name that somebody gave it."""
    return f"imports/{run.token}.{name.rpartition('.')[2].lower()[:5]}"


class ImportRun(models.Model):
    """One file sent by somebody for their organisation: checked first, written on request, undone within a day.

    `findings`: {"problems": [...], "counts": {...}} as the preview shows them. `written`: what undoing needs, ids only:
    {"created": {"learners.learner": [[first, last], ...]}, "filled": {...}}.
    """

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="imports", verbose_name="organisme"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par")
    kind = models.CharField("contenu", max_length=10, choices=ImportKind.choices, default=ImportKind.TAKEOVER)
    token = models.CharField(max_length=32, unique=True, editable=False)
    file = models.FileField("fichier", upload_to=import_path)
    name = models.CharField("nom du fichier", max_length=200, validators=[no_nir])
    status = models.CharField("état", max_length=10, choices=ImportStatus.choices, default=ImportStatus.CHECKING)
    rows = models.PositiveIntegerField("lignes lues", default=0)
    findings = models.JSONField(default=dict, blank=True)
    written = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField("envoyé le", auto_now_add=True)
    done_at = models.DateTimeField("écrit le", null=True, blank=True)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ("-created_at", "-pk")
        constraints = [
            one_of("kind", ImportKind, "import_kind_known", "Ce contenu n’existe pas."),
            one_of("status", ImportStatus, "import_status_known", "Cet état n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"
