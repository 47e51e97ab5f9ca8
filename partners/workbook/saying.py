"""What the commands that import say: sentences or JSON, the annotated copy, the bar on a terminal, the exit status."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from tqdm import tqdm

from partners.spreadsheet.annotate import annotate
from partners.workbook.takeover import Outcome

MOST = 50  # sentences on the screen; the annotated copy has them all


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="vérifie tout et n’écrit rien")
    parser.add_argument(
        "--errors", type=Path, metavar="SORTIE.xlsx", help="où écrire la copie annotée (FICHIER-erreurs.xlsx)"
    )
    parser.add_argument("--json", action="store_true", help="n’affiche qu’un objet JSON")


@contextmanager
def progress(stream: Any) -> Iterator[Callable[[int], Any]]:
    """A bar counting rows, on a terminal only."""
    if not (hasattr(stream, "isatty") and stream.isatty()):
        yield lambda rows: None
        return
    with tqdm(unit=" lignes", unit_scale=True, file=sys.stderr, leave=False) as bar:
        yield bar.update


def tell(out: Any, outcome: Outcome, path: Path, *, errors_to: Path | None, as_json: bool, dry_run: bool) -> None:
    """Say what happened and end with status 1 if the file was refused."""
    copy = None
    if outcome.refused and not outcome.whole:
        copy = errors_to or path.with_name(f"{path.stem}-erreurs.xlsx")
        annotate(path, outcome.problems.errors, copy, rows=outcome.longest)
    if as_json:
        out.write(json.dumps(outcome.as_json(), ensure_ascii=False))
    else:
        _sentences(out, outcome, copy, dry_run=dry_run)
    if outcome.refused:
        raise SystemExit(1)


def _sentences(out: TextIO, outcome: Outcome, copy: Path | None, *, dry_run: bool) -> None:
    for title, problems in (("Erreurs", outcome.problems.errors), ("À vérifier", outcome.problems.warnings)):
        if not problems:
            continue
        out.write(f"{title} ({len(problems)})\u00a0:")
        out.write("\n".join(f"  {problem.sentence()}" for problem in problems[:MOST]))
        if len(problems) > MOST:
            out.write(f"  … et {len(problems) - MOST} autres.")
    if outcome.refused:
        out.write("Rien n’a été importé." + (f" La copie annotée est dans {copy}." if copy else ""))
    elif dry_run:
        out.write("Le fichier peut être importé. Rien n’a été écrit (essai).")
    elif not any(outcome.written.values()):
        out.write("Rien de nouveau\u00a0: tout était déjà là.")
    else:
        out.write(
            "Importé\u00a0: " + ", ".join(f"{count} {title}" for title, count in outcome.written.items() if count) + "."
        )
