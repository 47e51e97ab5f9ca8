"""Write the base, or what one organisation brought in, as a takeover workbook."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partners.intake import find_importer
from partners.workbook.saying import progress
from placements.export import export


class Command(BaseCommand):
    help = "Écrit un classeur de reprise (XLSX), au format que l’import relit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, metavar="SORTIE.xlsx")
        parser.add_argument("--by", metavar="ORGANISME", help="référence, SIRET ou identifiant de l’organisme concerné")

    def handle(self, *args: Any, **options: Any) -> None:
        importer = find_importer(options["by"])
        with progress(self.stderr) as told:
            try:
                written = export(options["out"], importer=importer, told=told)
            except OSError as refused:
                raise CommandError(
                    f"Le fichier {options['out']} ne peut pas être écrit. Choisissez un autre emplacement."
                ) from refused
        counts = ", ".join(f"{count} {title}" for title, count in written.items() if count)
        self.stdout.write(f"Exporté dans {options['out']}\u00a0: {counts or 'rien à exporter'}.")
