"""Tries at a door, counted where every process sees them."""

from __future__ import annotations

from django.db import models


class Attempts(models.Model):
    """Failed tries from one place at one door since a moment. `key` is a digest: the table holds no address."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "essais"
        verbose_name_plural = "essais"

    def __str__(self) -> str:
        return f"{self.count} essais"
