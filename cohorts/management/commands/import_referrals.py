"""Refer to a cohort the people of a prescriber's sheet."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohorts.offers import Offer
from cohorts.referral_sheet import Referrals, find_cohort, settlements
from partners.intake import find_organisation, lists_loaded
from partners.workbook.saying import add_arguments, tell


class Command(BaseCommand):
    help = "Oriente vers une cohorte les personnes d’une feuille d’orientation (XLSX ou CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument(
            "--by", required=True, metavar="ORGANISME", help="référence, SIRET ou identifiant de qui oriente"
        )
        parser.add_argument("--cohort", required=True, metavar="COHORTE", help="référence ou identifiant de la cohorte")
        parser.add_argument(
            "--settle",
            action="append",
            default=[],
            metavar="LIGNE=new|RÉFÉRENCE",
            help="tranche un doublon probable (répétable)",
        )
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sender = find_organisation(options["by"])
            cohort = find_cohort(options["cohort"], sender)
            settled = settlements(options["settle"])
        except LookupError as unknown:
            raise CommandError(str(unknown.args[0]), returncode=2) from unknown
        referrals = Referrals(
            sender=sender, offer=Offer(cohort.programme, cohort), settled=settled, lists=lists_loaded()
        )
        outcome = referrals.run(options["file"], dry_run=options["dry_run"])
        tell(
            self.stdout,
            outcome,
            options["file"],
            errors_to=options["errors"],
            as_json=options["json"],
            dry_run=options["dry_run"],
        )
