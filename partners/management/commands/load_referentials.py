"""`manage.py load_referentials DIR`: load the public lists that codes are checked against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partners.codes import GENERATIONS
from partners.models import Referential
from partners.referentials import districts
from partners.referentials.finding import LISTINGS
from partners.referentials.known import unchecked
from partners.referentials.loading import load_folder


class Command(BaseCommand):
    help = (
        "Charge les listes publiques (communes, codes postaux, quartiers prioritaires, ROME, RNCP) trouvées dans un "
        "dossier et ses sous-dossiers, telles que leurs éditeurs les publient. Relancer la commande ne change rien."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DOSSIER", type=Path, help="dossier qui contient les fichiers")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Load what is there, say what was and was not; exit status 1 when a file is refused or none is found."""
        if not folder.is_dir():
            raise CommandError(
                f"Le dossier {folder} n’existe pas. Indiquez celui qui contient les fichiers téléchargés."
            )
        outcome = load_folder(folder)
        for sentence in outcome.said:
            self.stdout.write(sentence)
        for sentence in [*never_loaded(), *unchecked()]:
            self.stdout.write(sentence)
        for broken in outcome.refused:
            self.stderr.write(str(broken))
        if outcome.refused:
            raise CommandError(refusal(len(outcome.refused)))
        if not outcome.loaded and not outcome.unchanged:
            raise CommandError(
                f"Aucune liste reconnue dans {folder}. Les fichiers attendus sont décrits dans docs/referentials.md."
            )


def never_loaded() -> list[str]:
    """One sentence for each list of which nothing is loaded, with the file that would bring it."""
    there = set(Referential.objects.values_list("kind", "generation"))
    wanted = [(listing, GENERATIONS[0] if listing.generation else "", listing.layouts[0]) for listing in LISTINGS]
    wanted.append((districts.LISTING, "2015", districts.LAYOUTS[-1]))
    return [
        f"Non trouvé\u00a0: {listing.kind.label} {generation}".rstrip()
        + f". Fichier attendu\u00a0: {layout.publisher}."
        for listing, generation, layout in wanted
        if (listing.kind, generation) not in there
    ]


def refusal(files: int) -> str:
    if files == 1:
        return "1 fichier refusé, sa liste reste comme elle était."
    return f"{files} fichiers refusés, leurs listes restent comme elles étaient."
