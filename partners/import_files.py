"""Files sent from a page: kept under a name of our own, brought back to this machine to be read, given back annotated."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage

from partners.models import ImportRun, Organisation, User
from partners.spreadsheet.annotate import annotate
from partners.states import ImportKind
from partners.workbook import Outcome

MOST_MARKED = 20_000  # cells coloured in the annotated copy: more would take the machine's memory


def keep(*, upload: Any, organisation: Organisation, by: User, kind: ImportKind) -> ImportRun:
    """Keep a file under a name of our own, and its row, or neither; within the caller's transaction."""
    run = ImportRun(organisation=organisation, by=by, kind=kind, token=secrets.token_hex(16), name=upload.name)
    run.file.save(upload.name, upload, save=False)
    try:
        run.full_clean()
        run.save()
    except BaseException:
        discard(run)
        raise
    return run


def discard(run: ImportRun) -> None:
    """Delete a file and its annotated copy."""
    default_storage.delete(str(run.file.name))
    default_storage.delete(copy_of(run))


@contextmanager
def at_hand(run: ImportRun) -> Iterator[Path]:
    """The file on this machine, wherever it is kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"import{Path(str(run.file.name)).suffix}"
        with run.file.open("rb") as kept, path.open("wb") as out:
            for chunk in kept.chunks():
                out.write(chunk)
        yield path


def copy_of(run: ImportRun) -> str:
    """Where the annotated copy is kept."""
    return f"imports/{run.token}-erreurs.xlsx"


def keep_copy(run: ImportRun, path: Path, outcome: Outcome) -> None:
    """Keep the file with its faulty cells marked, in the place of an older copy. `path`: the file, at hand."""
    out = path.with_name("copie.xlsx")
    annotate(path, outcome.problems.errors[:MOST_MARKED], out, rows=outcome.longest)
    default_storage.delete(copy_of(run))
    with out.open("rb") as copy:
        default_storage.save(copy_of(run), File(copy))
