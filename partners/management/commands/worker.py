"""`manage.py worker`: run the jobs of the table, without a broker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from partners.worker import Worker


class Command(BaseCommand):
    help = "Exécute les tâches en attente, jusqu’à SIGTERM ou SIGINT."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-empty", action="store_true", help="s’arrêter quand plus rien n’attend")

    def handle(self, *args: Any, **options: Any) -> None:
        Worker().run(until_empty=options["until_empty"])
