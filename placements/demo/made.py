"""What has been built so far, and how a file is brought in while building."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.core.management.base import CommandError
from django.utils import timezone

from partners.models import Organisation, User
from partners.workbook import Outcome, Problem
from placements.demo.people import Population


@dataclass
class Demo:
    """What was built: organisations by reference, accounts by e-mail, what the import said in passing."""

    seed: int
    today: date
    population: Population
    organisations: dict[str, Organisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)


@contextmanager
def file_of(content: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "demonstration.xlsx"
        path.write_bytes(content)
        yield path


@contextmanager
def on_day(day: date, at: time | None = None) -> Iterator[None]:
    """Let what is done meanwhile be dated of that day: the verbs of the pages say today, and so does the journal.

    `at`: an hour with its zone; by default the hour it is.
    """
    moment = datetime.combine(day, at or timezone.localtime().timetz())
    with patch("django.utils.timezone.now", lambda: moment):
        yield


def accepted(outcome: Outcome) -> list[Problem]:
    """The warnings of an import that went well. An error is ours: it ends the command, and says all."""
    if outcome.refused:
        raise CommandError("\n".join(problem.sentence() for problem in outcome.problems.errors[:20]))
    return outcome.problems.warnings
