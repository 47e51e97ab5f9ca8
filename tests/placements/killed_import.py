"""An import to kill: `python -m tests.placements.killed_import FILE` dies by SIGKILL once all rows are written, before the commit."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()

from placements import intake


def die(takeover: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    intake.refresh_touched = die  # type: ignore[assignment]
    intake.bring_in(Path(sys.argv[1]))
