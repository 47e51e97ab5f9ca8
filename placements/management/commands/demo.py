"""`manage.py demo`: a believable territory on http://localhost, in its own database, then the site itself."""

from __future__ import annotations

import os
import socket
from argparse import ArgumentParser
from datetime import date
from time import monotonic
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from placements.demo import base
from placements.demo.build import PASSWORD, build
from placements.demo.door import equip
from placements.demo.territory import ADMINISTRATOR, COLLEAGUES, PARTNERS

SEED = 1
NBSP = "\u00a0"
OLD = 45  # days after which a demonstration « relative to today » is no longer that


class Command(BaseCommand):
    help = "Construit un territoire de démonstration dans sa propre base, puis le sert sur http://localhost:8000."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, metavar="N", help=f"même nombre, mêmes vies (défaut\u00a0: {SEED})")
        parser.add_argument("--no-serve", action="store_true", help="construit seulement")
        parser.add_argument("--reset", action="store_true", help="efface la démonstration en place et recommence")
        parser.add_argument("--port", type=int, default=8000, help="port du site (défaut\u00a0: 8000)")
        parser.add_argument("--today", metavar="AAAA-MM-JJ", help="le jour où s’arrêtent les vies (aujourd’hui)")

    def handle(self, *args: Any, **options: Any) -> None:
        today = day(options["today"])
        if not options["no_serve"]:
            refuse_taken(options["port"])
        base.refuse_if_real()
        if options["reset"] and base.marked():
            base.empty()
        standing = base.marked()
        if standing:
            call_command("migrate", verbosity=0, interactive=False)
            equip()
            self._tell_standing(standing, options["seed"], today)
        else:
            self._build(SEED if options["seed"] is None else options["seed"], today)
        self._logins(options["port"])
        if not options["no_serve"]:
            os.environ["RELAIS_URL"] = f"http://localhost:{options['port']}"  # for the processes that serve
            call_command("serve", bind=f"127.0.0.1:{options['port']}")

    def _build(self, seed: int, today: date) -> None:
        started = monotonic()
        self.stdout.write(f"Construction de la démonstration (graine {seed}, au {today:%d/%m/%Y}) dans {base.where()}")
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write(f"  Tables … {seconds(started)}")
        build(seed=seed, today=today, say=self._say)
        self.stdout.write(f"Prête en {seconds(started)}.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _tell_standing(self, standing: base.Marked, seed: int | None, today: date) -> None:
        self.stdout.write(
            f"La démonstration construite le {standing.built_on:%d/%m/%Y} (graine {standing.seed}, "
            f"au {standing.today:%d/%m/%Y}) est reprise telle quelle."
        )
        if seed not in {None, standing.seed}:
            why = f"La graine {seed} en donnerait une autre"
        elif abs((today - standing.today).days) > OLD:
            why = "Ses vies commencent à dater"
        else:
            why = "Pour repartir de zéro"
        self.stdout.write(f"{why}{NBSP}: python3 manage.py demo --reset")

    def _logins(self, port: int) -> None:
        names = {partner.ref: partner.name for partner in PARTNERS}
        people = [(who.email, f"{who.first_name} {who.last_name}", str(who.role.label), names[who.works_for])
                  for who in COLLEAGUES if who.shown]  # fmt: skip
        first, last, email = ADMINISTRATOR
        people.append((email, f"{first} {last}", "plateforme", f"administration, http://localhost:{port}/admin/"))
        widths = [max(len(row[place]) for row in people) for place in range(3)]
        self.stdout.write(f"\nAdresse{NBSP}: http://localhost:{port}/")
        self.stdout.write(
            f"La page de connexion propose d’entrer comme chacun, d’un seul clic. Mot de passe de chacun{NBSP}: {PASSWORD}\n"
        )
        for row in people:
            self.stdout.write("  " + "  ".join([*(row[i].ljust(widths[i]) for i in range(3)), row[3]]))
        self.stdout.write("")


def seconds(started: float) -> str:
    return f"{monotonic() - started:.1f}{NBSP}s".replace(".", ",")


def day(said: str | None) -> date:
    """Today, or the day that was said."""
    if said is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise CommandError(
            f"--today {said} n’est pas une date{NBSP}: écrivez AAAA-MM-JJ, par exemple 2026-08-31."
        ) from None


def refuse_taken(port: int) -> None:
    """Say at once, and not after building, that somebody already answers on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise CommandError(
                f"Le port {port} est déjà pris{NBSP}: choisissez-en un autre, par exemple --port {port + 1}."
            )
