"""Facts: rebuilding all of them against one SQL pass over the same tables; refreshing one person against `SELECT 1`.

    uv run python benchmarks/facts.py [--people 50000] [--rounds 5]

On SQLite, or on PostgreSQL with DATABASE_URL (a database `relais_benchmark` is made beside it and dropped).
The SQL pass computes the dated situations and windows of every enrolment and writes them into a table; it leaves out
continuity, the follow-ups by milestone and the FSE+ window, which the rebuild has too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import ground
from benchmarks.timing import say, timed


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with ground() as vendor:
        compare(vendor, asked.people, asked.rounds)


def compare(vendor: str, people: int, rounds: int) -> None:
    from django.db import connection, transaction

    from benchmarks.lives import populate
    from benchmarks.one_pass import DIALECTS, base
    from cohorts.models import Enrolment
    from placements.refresh import rebuild, refresh_people

    with transaction.atomic():
        populate(people)
    one_pass = base(DIALECTS[vendor])

    def sql_pass() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE facts_by_sql AS SELECT * FROM {one_pass}")
            cursor.execute("DROP TABLE facts_by_sql")

    sys.stdout.write(f"{vendor}, {people} enrolments\n")
    peer = timed(sql_pass, times=rounds)
    mine = timed(rebuild, times=rounds)
    say("one SQL pass, written to a table", peer)
    say("rebuild_facts", mine)
    say("rebuild / one SQL pass", mine, peer=peer, goal="≤ 6")

    ids = list(Enrolment.objects.values_list("learner_id", flat=True)[: 500 * rounds : 1])

    def one_by_one(work: object) -> float:
        """Per act, in one open transaction, as the act that changes a source would."""
        with transaction.atomic():
            return timed(lambda: [work(pk) for pk in ids[:500]], times=rounds) / 500  # type: ignore[operator]

    def select_1(_: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()

    trip = one_by_one(select_1)
    one = one_by_one(lambda pk: refresh_people([pk]))
    say("SELECT 1", trip)
    say("refresh of one person, in the writing transaction", one)
    say("refresh / SELECT 1", one, peer=trip, goal="≤ 30")
    cohort = ids[:25]
    say("refresh of one cohort of 25", timed(lambda: refresh_people(cohort), times=rounds))


if __name__ == "__main__":
    main()
