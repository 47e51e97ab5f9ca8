"""Jobs without a broker: how many a second through the whole mechanism, and how long one waits for an idle worker.

`uv run python benchmarks/jobs.py`, on SQLite or on what DATABASE_URL names (a database made for it and dropped).
Peer: the same number of bare INSERT and UPDATE statements, one transaction each, on the same table.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time

os.environ.setdefault("RELAIS_VAR_DIR", tempfile.mkdtemp())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from partners import jobs
from partners.models import Job
from partners.worker import Worker

JOBS, ROUNDS = 1000, 5
seen: list[float] = []


@jobs.handler("benchmark")
def benchmark(*, number: int) -> None:
    seen.append(time.perf_counter())


def bare() -> float:
    """One INSERT, then one UPDATE, a job: the least that a table of promises costs."""
    start = time.perf_counter()
    now = timezone.now()
    rows = [Job(kind="bare", key=f"{start}-{n}", run_after=now) for n in range(JOBS)]
    Job.objects.bulk_create(rows)
    for row in rows:
        Job.objects.filter(pk=row.pk).update(status="running", lease_until=now)
        Job.objects.filter(pk=row.pk).update(status="done")
    return JOBS / (time.perf_counter() - start)


def whole(round_: int) -> float:
    with transaction.atomic():
        for n in range(JOBS):
            jobs.enqueue("benchmark", key=f"r{round_}-{n}", args={"number": n})
    start = time.perf_counter()
    assert jobs.run_all() == JOBS
    return JOBS / (time.perf_counter() - start)


def waits() -> list[float]:
    """Milliseconds between the commit of a promise and the start of its handler, in an idle worker."""
    worker = Worker()
    worker.step()  # the first round loads what the handlers import

    def work() -> None:
        while not worker.stopping.is_set():
            if not worker.step():
                worker.stopping.wait(0.05)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    found = []
    for n in range(60):
        time.sleep(0.06 + n % 7 / 100)
        seen.clear()
        jobs.enqueue("benchmark", key=f"wait-{n}", args={"number": n})
        promised = time.perf_counter()
        while not seen:
            time.sleep(0.0005)
        found.append(1000 * (seen[0] - promised))
    worker.stop()
    thread.join()
    return found


def main() -> None:
    if connection.vendor == "sqlite":  # a file, as in production: in memory it would cost nothing
        connection.settings_dict["TEST"]["NAME"] = f"{os.environ['RELAIS_VAR_DIR']}/benchmark.sqlite3"
    state = setup_databases(verbosity=0, interactive=False)
    try:
        whole(-1)
        ours = statistics.median(whole(n) for n in range(ROUNDS))
        peer = statistics.median(bare() for _ in range(ROUNDS))
        print(f"{connection.vendor}: whole mechanism {ours:8.0f} jobs/s")
        print(f"{connection.vendor}: bare statements {peer:8.0f} jobs/s   ratio {ours / peer:.2f}")
        found = sorted(waits())
        print(f"{connection.vendor}: idle wait, median {statistics.median(found):.0f} ms, longest {found[-1]:.0f} ms")
    finally:
        teardown_databases(state, verbosity=0)


if __name__ == "__main__":
    main()
