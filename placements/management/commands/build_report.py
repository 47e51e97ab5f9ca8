"""`manage.py build_report`: one report as files, or as the canonical JSON object and nothing else on standard output."""

from __future__ import annotations

import re
import unicodedata
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from partners.intake import find_importer
from partners.models import Agreement
from placements.reports.assemble import canonical_json, report
from placements.reports.content import Content
from placements.reports.french import NBSP, quoted
from placements.reports.pdf import write_pdf
from placements.reports.xlsx import write_xlsx
from placements.states import Profile

WRONG_REQUEST = 2
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class Command(BaseCommand):
    help = "Produit le bilan d’une convention sur une période (classeur et PDF, ou JSON)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agreement", required=True, metavar="REF", help="référence de la convention")
        parser.add_argument("--from", dest="start", required=True, metavar="AAAA-MM-JJ", help="premier jour")
        parser.add_argument("--to", dest="end", required=True, metavar="AAAA-MM-JJ", help="dernier jour")
        parser.add_argument("--as-of", metavar="AAAA-MM-JJ", help="arrêté au (aujourd’hui par défaut)")
        parser.add_argument("--profile", default=Profile.FUNDER.value, help="funder (chiffres exacts) ou public")
        parser.add_argument("--out", metavar="DOSSIER", help="où écrire (le dossier courant par défaut)")
        parser.add_argument(
            "--json", action="store_true", help="n’imprime que le résultat\u202f; avec --out, écrit aussi"
        )
        parser.add_argument("--by", metavar="ORG", help="organisme dont c’est la référence")

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = day(options["start"], "--from"), day(options["end"], "--to")
        if start > end:
            raise wrong(
                f"La période finit avant de commencer (--from {start}, --to {end})",
                "avancez --from ou reculez --to.",
            )
        as_of = day(options["as_of"], "--as-of") if options["as_of"] else timezone.localdate()
        agreement = find_agreement(options["agreement"], options["by"])
        content, _ = report(
            agreement,
            reference=options["agreement"],
            start=start,
            end=end,
            as_of=as_of,
            profile=profile(options["profile"]),
        )
        if options["json"]:
            self.stdout.write(canonical_json(content))
        if options["out"] is not None or not options["json"]:
            for path in write_files(content, Path(options["out"] or ".")):
                self.stderr.write(f"Écrit\u00a0: {path}")


def wrong(what: str, fix: str) -> CommandError:
    return CommandError(f"{what}{NBSP}: {fix}", returncode=WRONG_REQUEST)


def day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(
            f"{option} {quoted(text)} n’est pas une date", "écrivez AAAA-MM-JJ, par exemple 2025-12-31."
        ) from None


def profile(said: str) -> Profile:
    if said not in Profile.values:
        raise wrong(f"--profile {quoted(said)} n’existe pas", "choisissez funder ou public.")
    return Profile(said)


def find_agreement(reference: str, by: str | None) -> Agreement:
    """The agreement of this name: among those of `by` when given, else the platform's first, else anybody's if one alone."""
    named = Q(references__code=reference)
    agreements = Agreement.objects.select_related("provider", "funder")
    if by is not None:
        found = list(agreements.filter(named, references__importer=find_importer(by)).distinct()[:2])
    else:
        found = list(agreements.filter(named, references__importer=None).distinct()[:2])
        found = found or list(agreements.filter(named).distinct()[:2])
    if not found:
        raise wrong(
            f"La convention {quoted(reference)} n’est pas connue",
            "vérifiez sa référence dans la feuille Conventions, ou dites avec --by quel organisme la nomme ainsi.",
        )
    if len(found) > 1:
        raise wrong(f"Plusieurs organismes nomment une convention {quoted(reference)}", "dites lequel avec --by.")
    return found[0]


def file_name(content: Content) -> str:
    """Safe on any disk whatever the reference holds: plain letters, digits, dots and dashes, never a path."""
    plain = unicodedata.normalize("NFKD", content.agreement).encode("ascii", "ignore").decode()
    safe = UNSAFE.sub("_", plain).strip("._-")[:100] or "convention"
    return f"bilan-{safe}-{content.start}-{content.end}"


def write_files(content: Content, folder: Path) -> list[Path]:
    """The workbook and the PDF. Ends the command with a sentence when the folder cannot be written to."""
    files = ((".xlsx", write_xlsx(content)), (".pdf", write_pdf(content)))
    paths = [folder / f"{file_name(content)}{suffix}" for suffix, _ in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, (_, data) in zip(paths, files, strict=True):
            path.write_bytes(data)
    except OSError as error:
        what = f"Impossible d’écrire dans {quoted(str(folder))} ({error.strerror})"
        raise CommandError(f"{what}{NBSP}: choisissez un autre dossier avec --out.") from error
    return paths
