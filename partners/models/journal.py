"""The journal: who did what, for which organisation, on what, when and through which channel."""

from django.conf import settings
from django.db import models

from partners.querysets import EventQuerySet


class Event(models.Model):
    """One act, never altered. Holds ids and codes, never a name nor free text; see `partners.journal`."""

    at = models.DateTimeField("date", auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="auteur",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
    )
    organisation = models.ForeignKey(
        "partners.Organisation",
        verbose_name="organisme",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
    )
    verb = models.CharField("acte", max_length=60)
    subject_type = models.CharField("objet", max_length=60, blank=True)  # "learners.handoff"
    subject_id = models.BigIntegerField("identifiant", null=True, blank=True)
    # The person concerned, by number: the journal outlives the file it speaks of.
    learner_id = models.BigIntegerField("personne", null=True, blank=True, db_index=True)
    channel = models.CharField("canal", max_length=20, blank=True)
    data = models.JSONField("précisions", default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "acte"
        verbose_name_plural = "journal"
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id or ''}".strip()
