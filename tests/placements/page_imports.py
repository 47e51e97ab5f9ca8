"""Imports from the page, in processes of their own.

`python -m tests.placements.page_imports send FILE TIMES`: somebody sends a file as many times, and confirms each.
`python -m tests.placements.page_imports work [die]`: does the jobs that wait; dies by SIGKILL once all rows are written, before the commit.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()

from django.core.files.base import ContentFile

from partners import jobs
from partners.models import Membership, Organisation, User
from partners.states import OrganisationKind, Role
from placements import imports, intake


def send(path: Path, times: int) -> None:
    works_for, _ = Organisation.objects.get_or_create(kind=OrganisationKind.TRAINING_BODY, name="Numérique Ensemble")
    runs = []
    for number in range(times):
        by = User.objects.create_user(f"personne{number}@example.org", first_name="Fictive", last_name="Personne")
        Membership.objects.create(user=by, organisation=works_for, role=Role.MANAGER)
        runs.append(imports.receive(upload=ContentFile(path.read_bytes(), "a.xlsx"), organisation=works_for, by=by))
    jobs.run_all()
    for run in runs:
        imports.confirm(run=run, by=run.by)


def die(takeover: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        if "die" in sys.argv:
            intake.refresh_touched = die  # type: ignore[assignment]
        jobs.sweep()
        jobs.run_all()
