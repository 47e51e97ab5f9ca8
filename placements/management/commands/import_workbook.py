"""Bring a takeover workbook in: all of it, or nothing and an annotated copy."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from partners.intake import find_importer
from partners.spreadsheet import LARGE, USUAL
from partners.workbook.saying import add_arguments, progress, tell
from placements.intake import bring_in


class Command(BaseCommand):
    help = "Importe un classeur de reprise (XLSX), ou ses feuilles Personnes ou Orientations en CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument(
            "--by", metavar="ORGANISME", help="référence, SIRET ou identifiant de l’organisme qui importe"
        )
        parser.add_argument("--large", action="store_true", help="accepte jusqu’à 2 Go et 2 000 000 lignes par feuille")
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        importer = find_importer(options["by"])
        with progress(self.stderr) as told:
            outcome = bring_in(
                options["file"],
                importer=importer,
                limits=LARGE if options["large"] else USUAL,
                dry_run=options["dry_run"],
                told=told,
            )
        tell(
            self.stdout,
            outcome,
            options["file"],
            errors_to=options["errors"],
            as_json=options["json"],
            dry_run=options["dry_run"],
        )
