"""The rules and the profile of a report, national: the product's one pass over facts against SQL written by hand.

    uv run python benchmarks/report.py [--people 100000] [--rounds 5]

On SQLite, or on PostgreSQL with DATABASE_URL (a database `relais_benchmark` is made beside it and dropped).
Variants, all giving the same figures, compared before anything is timed:
- product: `Tally` and the twelve rules, through the ORM, over facts;
- hand-written SQL over facts: the same counts as one list of aggregates;
- hand-written SQL over the base tables, each situation met once;
- the same on DuckDB, over copies of the base tables.
Then the same for one agreement of 24 cohorts, and the other reads of a report.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import ground
from benchmarks.timing import say, timed

PERIOD = ("2024-01-01", "2025-12-31", "2026-10-31")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with ground() as vendor:
        compare(vendor, asked.people, asked.rounds)


def compare(vendor: str, people: int, rounds: int) -> None:
    from django.db import connection, transaction

    from benchmarks.lives import populate
    from benchmarks.one_pass import BASE, DIALECTS, FACTS, base, statement
    from placements.models import EnrolmentFacts
    from placements.refresh import rebuild
    from placements.reports import figures
    from placements.reports.frame import Frame

    with transaction.atomic():
        agreement = populate(people)
    rebuild()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE placements_enrolmentfacts" if vendor == "postgresql" else "ANALYZE")
    start, end, as_of = (date.fromisoformat(day) for day in PERIOD)
    frame = Frame(agreement, "NATIONALE", start, end, as_of)

    def ask(sql: str) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))

    over_facts = statement("placements_enrolmentfacts", FACTS, *PERIOD)
    over_base = statement(base(DIALECTS[vendor]), BASE, *PERIOD)
    duck, over_duck = duckdb_copy(), statement(base(DIALECTS["duckdb"]), BASE, *PERIOD)

    def ask_duck() -> dict[str, int]:
        found = duck.execute(over_duck)
        return dict(zip([column[0] for column in found.description], found.fetchone(), strict=True))

    product = flat(product_figures(EnrolmentFacts._base_manager.all(), frame))
    for name, other in (("facts", ask(over_facts)), ("base", ask(over_base)), ("DuckDB", ask_duck())):
        wrong = {key: (product[key], other[key]) for key in product if product[key] != other[key]}
        assert not wrong, (name, wrong)

    sys.stdout.write(f"{vendor}, {people} enrolments, {len(product)} figures, all variants agree\n")
    mine = timed(lambda: product_figures(EnrolmentFacts._base_manager.all(), frame), times=rounds)
    sql = timed(lambda: ask(over_facts), times=rounds)
    one_pass = timed(lambda: ask(over_base), times=rounds)
    ducks = timed(ask_duck, times=rounds)
    say("product, over facts", mine)
    say("hand-written SQL over facts", sql)
    say("hand-written SQL over the base tables, one pass", one_pass)
    say("DuckDB over the base tables", ducks)
    say("product / SQL over facts", mine, peer=sql, goal="≤ 1.3")
    say("product / one pass over the base", mine, peer=one_pass, goal="≤ 0.15")
    say("product / DuckDB over the base", mine, peer=ducks, goal="≤ 1")
    for name in ("funnel", "fse", "follow_up", "continuity"):
        say(f"national, {name}", timed(lambda name=name: getattr(figures, name)(frame), times=rounds))
    small(agreement, frame, rounds)


def small(agreement: Any, frame: Any, rounds: int) -> None:
    """One cohort, then one agreement of 24 cohorts: the whole report."""
    from dataclasses import replace

    from partners.models import Agreement
    from placements.reports.figures import measure

    cohorts = list(agreement.cohorts.order_by("pk")[:24])
    for some in (cohorts[:1], cohorts):
        one = Agreement.objects.get(pk=agreement.pk)
        one.pk = None
        one.save()
        one.cohorts.set(some)
        seconds = timed(lambda one=one: measure(replace(frame, agreement=one)), times=rounds)
        say(f"whole report, {len(some)} cohort(s), evidence included", seconds)


def product_figures(facts: Any, frame: Any) -> Any:
    from placements.reports import figures
    from placements.rules import RULES

    tally = figures.Tally(facts, frame)
    return {code: figures.apply(rule, tally) for code, rule in RULES.items()}, figures.profile(tally)


def flat(found: Any) -> dict[str, int]:
    """The product's figures under the names the statement gives them."""
    rules, shares = found
    counts = {}
    for code, rule in rules.items():
        for name in ("frame", "numerator", "denominator", "unknown", "dropouts"):
            counts[f"{code}|{name}"] = getattr(rule, name)
        counts |= {f"{code}|{part}": n for part, n in rule.parts.items()}
    for code, share in shares.items():
        counts |= {f"{code}|n": share["n"], f"{code}|of": share["of"]}
    return counts


DUCK_TYPES = {"DateField": "DATE", "BooleanField": "BOOLEAN", "DecimalField": "DOUBLE", "DateTimeField": "VARCHAR"}


def duckdb_copy() -> Any:
    """The base tables, copied into DuckDB's own memory with their types."""
    import csv
    import tempfile

    import duckdb

    from cohorts.models import Enrolment, EntryRecord
    from learners.models import Situation
    from placements.models import FollowUp

    duck = duckdb.connect()
    duck.execute("SET threads = 2")
    for model in (Situation, Enrolment, EntryRecord, FollowUp):
        table, fields = model._meta.db_table, model._meta.concrete_fields
        types = {field.column: DUCK_TYPES.get(field.get_internal_type(), _plain(field)) for field in fields}
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
            rows = model._base_manager.values_list(*(field.attname for field in fields))
            csv.writer(file).writerows(rows.iterator(20_000))
            file.flush()
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
            read = f"read_csv('{file.name}', header=false, auto_detect=false, delim=',', quote='\"', columns={{{columns}}})"
            words = [name for name, kind in types.items() if kind == "VARCHAR"]
            blanks = ", ".join(f"COALESCE({name}, '') AS {name}" for name in words)
            duck.execute(f"CREATE TABLE {table} AS SELECT * REPLACE ({blanks}) FROM {read}")
    return duck


def _plain(field: Any) -> str:
    return "VARCHAR" if field.get_internal_type() in {"CharField", "TextField"} else "BIGINT"


if __name__ == "__main__":
    main()
