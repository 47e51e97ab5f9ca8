"""Read one message on the standard input: what a mail server's alias gives when a message came back."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from partners import bounces


class Command(BaseCommand):
    help = (
        "Reads one report of non-delivery on the standard input, and marks the message that it is about as come back."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many messages were marked; never who they were for. Always succeeds, so that nothing is sent back."""
        taken = bounces.take(sys.stdin.buffer.read(bounces.LARGEST))
        self.stdout.write(f"{taken} message(s) marked as come back.")
