"""`manage.py rebuild_facts`: derive every fact again from its sources, all or nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from placements.refresh import rebuild


class Command(BaseCommand):
    help = "Recalcule les faits de toutes les inscriptions."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = rebuild()
        self.stderr.write(f"Faits recalculés\u00a0: {rows} inscriptions.")
