"""A whole workbook, facts included: time and memory at n and 10 n persons.

    uv run python benchmarks/import_workbook.py [--persons 100000]

Persons, 3.5 situations each, one referral, one entry and one follow-up each. One run at each size, each in a process and
a base of its own; the goal is 11 times n's time at 10 n.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import peak_mb, ratio


def alone(path: Path) -> None:
    """One import in a fresh base; prints its seconds and its peak memory."""
    from benchmarks.bench_base import prepared

    prepared("import_workbook")
    from partners.spreadsheet import LARGE
    from placements.intake import bring_in

    start = time.perf_counter()
    outcome = bring_in(path, limits=LARGE)
    took = time.perf_counter() - start
    assert not outcome.problems.errors, outcome.problems.errors[:3]
    print(took, peak_mb(), outcome.written["Situations"])


def measured(path: Path, rounds: int) -> tuple[float, float]:
    seconds, memory = [], []
    for _ in range(rounds):
        out = subprocess.run(
            [sys.executable, __file__, "--alone", str(path)], env=os.environ, capture_output=True, text=True, check=True
        ).stdout.split()
        seconds.append(float(out[0]))
        memory.append(float(out[1]))
    return statistics.median(seconds), max(memory)


def made(path: Path, persons: int) -> Path:
    """Written by a child too, so that this process stays small."""
    code = f"import django; django.setup(); from benchmarks.persons_file import write; from pathlib import Path; write(Path({str(path)!r}), {persons}, lives=True)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    return path


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--persons", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.alone:
        alone(asked.alone)
        return
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for persons in (asked.persons // 10, asked.persons):
            path = made(Path(folder) / f"{persons}.xlsx", persons)
            found[persons] = measured(path, asked.rounds if persons == asked.persons else max(asked.rounds, 3))
            print(f"{persons:>9,} persons {found[persons][0]:9.2f} s, peak {found[persons][1]:6.0f} MB")
    small, large = found.values()
    ratio("time at 10 n / time at n", large[0] / small[0], 11, most=True)


if __name__ == "__main__":
    main()
