"""The workbook of a list of persons against openpyxl writing ready rows without styles; `--people N`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ground import ground
from benchmarks.persons_list import populate
from benchmarks.timing import say, timed


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=10_000)
    options = asked.parse_args()
    with ground():
        import openpyxl
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from learners.learner_export import cells, write
        from learners.listing import all_rows
        from learners.models import Learner

        user = populate(options.people)["who manages all"]
        people = Learner.objects.visible_to(user).filter(holder__isnull=False)
        ready = [[getattr(cell, "value", cell) for cell in cells(None, row)] for row in all_rows(user, people, None)]

        def peer() -> None:
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet()
            for row in ready:
                sheet.append(row)
            with tempfile.TemporaryFile() as file:
                book.save(file)

        def ours() -> int:
            count, file = write(all_rows(user, people, None))
            file.close()
            return count

        floor = timed(peer)
        say(f"openpyxl write_only, {len(ready):,} ready rows", floor)
        with CaptureQueriesContext(connection) as queries:
            count = ours()
        say("the list as a workbook, read and written", timed(ours), peer=floor, goal="≤ 1.5 ×")
        batches = -(-count // 1_000)
        tracemalloc.start()
        ours()
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        print(f"{count:,} rows, {len(queries)} queries for {batches} batches, peak {peak:.0f} MB of Python objects")


if __name__ == "__main__":
    main()
