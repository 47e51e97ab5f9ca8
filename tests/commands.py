"""Run the product's commands as a person would, and look at the whole base from outside."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction


@dataclass(frozen=True)
class Ran:
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the object printed alone on standard output."""
        return json.loads(self.out)


def run(*args: str | Path) -> Ran:
    """Run a command in this process and return its status and outputs."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            call_command(*map(str, args))
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    except CommandError as fault:
        status = fault.returncode
        err.write(str(fault))
    return Ran(status, out.getvalue(), err.getvalue())


@contextmanager
def empty_base() -> Iterator[None]:
    """Start from the base as it is, and undo at the end whatever was written meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


COMPUTED = {"placements.DayRun"}  # written anew whenever they change


def dump() -> dict[str, str]:
    """Return one hash per table of all its rows and all their columns, but the numbers of rows that are computed."""
    hashes = {}
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            numbered = model._meta.label in COMPUTED
            columns = [f.attname for f in model._meta.concrete_fields if not (numbered and f.primary_key)]
            rows = sorted(repr(row) for row in model._base_manager.values_list(*columns))
            hashes[model._meta.label] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return hashes


def build(agreement: str, start: date, end: date, as_of: date) -> Ran:
    """Ask for the JSON of one report."""
    dates = ["--from", start.isoformat(), "--to", end.isoformat(), "--as-of", as_of.isoformat()]
    return run("build_report", "--agreement", agreement, *dates, "--json")


def differences(mine: Any, theirs: Any, path: str = "") -> list[str]:
    """List the leaves that differ between two JSON values, each with its path; 12 and 12.0 are the same."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        keys = [*mine, *(key for key in theirs if key not in mine)]
        found = []
        for key in keys:
            found += differences(mine.get(key, "absent"), theirs.get(key, "absent"), f"{path}/{key}")
        return found
    same = mine == theirs and isinstance(mine, bool) == isinstance(theirs, bool)
    return [] if same else [f"{path}: oracle {mine!r}, report {theirs!r}"]
