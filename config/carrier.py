"""The two things Celery carries: the number of a job row, and the rhythm at which the table is tended."""

from __future__ import annotations

import threading

from django.conf import settings
from django.db import connection

from config.celery import app
from partners import jobs


@app.task(name="relais.run_job")
def run_job(pk: int) -> None:
    """Run the job of that number, unless somebody has, and keep its lease alive meanwhile."""
    ended = threading.Event()
    heart = threading.Thread(target=beat, args=(jobs.worker_name(), ended), daemon=True)
    heart.start()
    try:
        jobs.run(pk)
    finally:
        ended.set()
        heart.join(timeout=5)


@app.task(name="relais.tend")
def tend() -> None:
    """Look after the table, on the rhythm of beat."""
    jobs.tend()


def beat(worker: str, ended: threading.Event) -> None:
    """Push back the end of the lease until the job has ended."""
    while not ended.wait(settings.JOB_LEASE_SECONDS / 3):
        jobs.keep(worker)
    connection.close()


def carry(pk: int) -> None:
    """Give a row's number to the broker."""
    run_job.apply_async((pk,))


def switch_on() -> None:
    """From now on, in this process, each new job's number goes to the broker."""
    jobs.carry_with(carry)
