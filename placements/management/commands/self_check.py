"""`manage.py self_check`: prove that the base is as it must be; name by number what is not, and end with status 1."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from placements.self_check import KEPT, as_data, names, run, sentence


class Command(BaseCommand):
    help = "Vérifie la base : un seul organisme par personne, une seule liste, délais tenus, faits exacts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="recalcule les faits de toutes les personnes")
        parser.add_argument("--json", action="store_true", help="n’imprime que le résultat, tous les numéros compris")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = False
        outcomes = run(
            timezone.localdate(), timezone.now(), everything=options["all"], keep=None if options["json"] else KEPT
        )
        if options["json"]:
            found = list(outcomes)
            broken = any(one.broken for one in found)
            self.stdout.write(json.dumps({"ok": not broken, "proofs": as_data(found)}, ensure_ascii=False))
        else:
            for one in outcomes:
                broken = broken or bool(one.broken)
                for line in (sentence(one), *names(one)):
                    self.stdout.write(line)
        if broken:
            raise SystemExit(1)
