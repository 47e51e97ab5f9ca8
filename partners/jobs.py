"""Jobs: work promised in the transaction of an act, run once, whoever dies meanwhile.

`enqueue` writes a row; `run` claims it with one UPDATE, runs its handler and writes the handler's result and the
job's end in one transaction, so that running twice has no double effect; `tend` gives back what a dead worker
held. A broker, when there is one, only carries row numbers (`carry_with`).
"""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sentry_sdk
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from partners.models.jobs import Job, JobStatus

logger = logging.getLogger(__name__)
Result = Any  # ids, counts and codes, or None
CODE = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,119}")


class UnknownJob(Exception):
    """No handler is registered under this name."""


class NotAnId(ValueError):
    """A job's arguments are row numbers, codes and yes or no: what they speak of stays in its own table."""


class Lost(Exception):
    """The job was given to somebody else meanwhile: what this run did is undone."""


class Failure(Exception):
    """A handler says why it failed: `reason` is a code; `final` when another attempt would change nothing."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = code(reason)
        self.final = final


@dataclass(frozen=True)
class Handler:
    """How a kind of job is done. `slow`, `gave_up` and `every` are told in `handler`."""

    kind: str
    do: Callable[..., Any]
    slow: bool = False
    attempts: int = 5
    gave_up: Callable[..., None] | None = None
    every: timedelta | None = None
    at: timedelta = timedelta()


_handlers: dict[str, Handler] = {}
_carry: Callable[[int], None] | None = None


def handler(kind: str, **how: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function that does jobs of `kind`; it takes the job's args and lives in a `tasks` module.

    It runs in the transaction that ends the job. A `slow` one runs outside, holding no lock, and gives back the
    function that writes what it found, which then runs in that transaction. After `attempts` the job is failed and
    `gave_up(**args)` is called, in the same transaction. `every` makes it periodic: one row per period, counted
    from midnight (Paris) plus `at`.
    """

    def register(do: Callable[..., Any]) -> Callable[..., Any]:
        _handlers[code(kind)] = Handler(kind, do, **how)
        return do

    return register


def handler_of(kind: str) -> Handler:
    if kind not in _handlers:
        autodiscover_modules("tasks")
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownJob(f"No handler does {kind!r}: see `partners.jobs.handler`.") from None


def carry_with(carry: Callable[[int], None] | None) -> None:
    """Hand the number of each new row to `carry` once its transaction is committed (a broker does the rest)."""
    global _carry  # noqa: PLW0603 -- one process has one carrier, set when it starts
    _carry = carry


def code(text: str) -> str:
    if not CODE.fullmatch(text):
        raise NotAnId("Jobs hold ids and codes, never a name nor free text.")
    return text


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) >= 10**12:  # longer runs of digits are somebody's number, not a row's
            raise NotAnId("This is too long for a row number.")
        return value
    return code(str(value))


def enqueue(kind: str, *, key: str, args: Mapping[str, Any] | None = None, run_after: datetime | None = None) -> Job:
    """Promise the work `kind` for `args`, once per `key`, in the caller's transaction: no commit, no job.

    Asking again for a key gives the job that is there; one that failed is tried anew.
    Raises UnknownJob, and NotAnId when an argument is neither an id nor a code.
    """
    how = handler_of(kind)
    plain = {code(name): _plain(value) for name, value in (args or {}).items()}
    wanted = {
        "args": plain,
        "max_attempts": how.attempts,
        "run_after": run_after or timezone.now(),
        "sent_at": timezone.now() if _carry else None,
    }
    job, new = Job.objects.get_or_create(kind=kind, key=code(key), defaults=wanted)
    if not new and job.status == JobStatus.FAILED:
        again = {**wanted, "status": JobStatus.WAITING, "attempts": 0, "finished_at": None, "reason": ""}
        new = bool(Job.objects.filter(pk=job.pk, status=JobStatus.FAILED).update(**again))
        job.refresh_from_db()
    if new and job.run_after <= timezone.now():
        transaction.on_commit(partial(_send, job.pk))
    return job


def _send(pk: int) -> None:
    if _carry is None:
        return
    try:
        _carry(pk)
    except Exception as error:  # a broker that is down costs a delay, never the act: `resend` tries again
        logger.warning("The broker did not take job %s (%s).", pk, type(error).__name__)


def home() -> str:
    """Name where process numbers mean something: this host, and its process namespace when it has one."""
    try:
        space = f"/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        space = ""
    return f"{socket.gethostname()[:40]}{space}"


def worker_name() -> str:
    return f"{home()}:{os.getpid()}"


@dataclass(frozen=True)
class Held:
    """A job as who runs it knows it."""

    pk: int
    kind: str
    args: dict[str, Any]
    attempts: int
    max_attempts: int
    worker: str


# Three statements are written out, since each job goes through them: the ORM takes longer to word them than either
# database to run them. No value enters their text.
PEEK = "SELECT 1 FROM partners_job WHERE status = 'waiting' AND run_after <= %s LIMIT 1"
CLAIM = """
    UPDATE partners_job SET status = 'running', worker = %(worker)s, attempts = attempts + 1,
           started_at = %(now)s, lease_until = %(until)s
     WHERE status = 'waiting' AND id = (
           SELECT id FROM partners_job WHERE status = 'waiting' AND run_after <= %(now)s {one}
            ORDER BY run_after, id LIMIT 1 {skip}) {quick}
    RETURNING id, kind, args, attempts, max_attempts"""
END = """
    UPDATE partners_job SET status = %s, result = %s, reason = %s, lease_until = NULL, finished_at = %s
     WHERE id = %s AND status = 'running' AND worker = %s AND attempts = %s {quick}"""
# PostgreSQL answers before the disk has it: should the machine fall, a claim is undone and a job's end goes with all
# that its handler wrote, so that it is run again. Waiting for the disk would cost ten times the rest.
QUICK = "AND set_config('synchronous_commit', 'off', true) IS NOT NULL"


def stamp(when: datetime) -> Any:
    """A moment as the database of the day takes it in a statement written out."""
    return connection.ops.adapt_datetimefield_value(when)


def _quick() -> str:
    return QUICK if connection.vendor == "postgresql" else ""


def claim(worker: str, pk: int | None = None) -> Held | None:
    """Take the oldest job that is due (or the one numbered `pk`) for `worker`, or give None.

    One UPDATE does it: of many workers, one finds the row still waiting.
    """
    now = timezone.now()
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    statement = CLAIM.format(one="AND id = %(pk)s" if pk else "", skip=skip, quick=_quick())
    until = now + timedelta(seconds=settings.JOB_LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(PEEK, [stamp(now)])
        if cursor.fetchone() is None:  # an UPDATE that finds nothing would still take SQLite's write lock
            return None
        cursor.execute(statement, {"worker": worker, "now": stamp(now), "until": stamp(until), "pk": pk})
        row = cursor.fetchone()
    if row is None:
        return None
    return Held(row[0], row[1], json.loads(row[2]), row[3], row[4], worker)


def run(pk: int | None = None, *, worker: str = "") -> bool:
    """Claim one job and run it to its end; tell whether there was one. Never raises for what a handler does."""
    job = claim(worker or worker_name(), pk)
    if job is None:
        return False
    try:
        how = handler_of(job.kind)
        write = how.do(**job.args) if how.slow else partial(how.do, **job.args)
        with transaction.atomic():
            _end(job, status=JobStatus.DONE, result=write() if write else None)
    except Lost:
        logger.warning("Job %s (%s) was given to another worker meanwhile.", job.pk, job.kind)
    except Exception as error:
        _failed(job, error)
    return True


def run_all(limit: int = 10_000) -> int:
    """Run what is due, here and now, and count it: for tests, the demo and commands."""
    return next((done for done in range(limit) if not run()), limit)


def _end(job: Held, *, status: str, result: Result = None, reason: str = "") -> None:
    """Write the job's end, if it is still ours: otherwise Lost undoes what the handler wrote."""
    kept = None if result is None else json.dumps(result)
    now = stamp(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(END.format(quick=_quick()), [str(status), kept, reason, now, job.pk, job.worker, job.attempts])
        if not cursor.rowcount:
            raise Lost


def _failed(job: Held, error: Exception) -> None:
    """Give the job another chance later, or end it as failed, with a reason that quotes nobody."""
    reason = error.reason if isinstance(error, Failure) else place_of(error)
    logger.error("Job %s (%s) failed, attempt %s: %s", job.pk, job.kind, job.attempts, reason)
    logger.debug("Its traceback", exc_info=error)
    if not isinstance(error, Failure):
        sentry_sdk.capture_exception(error)
    final = isinstance(error, UnknownJob) or (isinstance(error, Failure) and error.final)
    try:
        if final or job.attempts >= job.max_attempts:
            _give_up(job, reason)
        else:
            ours = Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, worker=job.worker, attempts=job.attempts)
            later = timezone.now() + timedelta(seconds=2**job.attempts)
            ours.update(status=JobStatus.WAITING, lease_until=None, worker="", run_after=later, reason=reason)
    except Lost:
        logger.warning("Job %s (%s) was given to another worker meanwhile.", job.pk, job.kind)


@transaction.atomic
def _give_up(job: Held, reason: str) -> None:
    _end(job, status=JobStatus.FAILED, reason=reason)
    how = _handlers.get(job.kind)
    if how and how.gave_up:
        how.gave_up(**job.args)


def place_of(error: Exception) -> str:
    """Say where an error came from: its class, and the last line of our own code; never its message."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(str(settings.BASE_DIR))]
    ours = [frame for frame in ours if ".venv" not in frame.filename]
    place = f" ({Path(ours[-1].filename).relative_to(settings.BASE_DIR)}, line {ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}{place}"[:200]


def keep(worker: str) -> None:
    """Heartbeat: push back the end of the lease of what `worker` is doing."""
    until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
    Job.objects.filter(status=JobStatus.RUNNING, worker=worker).update(lease_until=until)


def overdue(worker: str) -> bool:
    """Tell whether `worker` has been on one job for longer than any job may last."""
    limit = timezone.now() - timedelta(seconds=settings.JOB_LIMIT_SECONDS)
    return Job.objects.filter(status=JobStatus.RUNNING, worker=worker, started_at__lt=limit).exists()


def tend() -> None:
    """Look after the table: what dead workers held, what the calendar wants, what the broker lost."""
    sweep()
    plan()
    resend()


def sweep() -> int:
    """Give back what nobody holds any more: the lease ran out, or its process is gone. Count the jobs."""
    given_back = 0
    for job in Job.objects.filter(status=JobStatus.RUNNING):
        if (job.lease_until is not None and job.lease_until < timezone.now()) or _is_gone(job.worker):
            given_back += _give_back(job)
    return given_back


def _give_back(job: Job) -> int:
    if job.attempts >= job.max_attempts:
        try:
            _give_up(Held(job.pk, job.kind, job.args, job.attempts, job.max_attempts, job.worker), "worker_lost")
        except Lost:
            return 0
        return 1
    # Nothing else must have happened to the row since it was read: a heartbeat keeps it where it is.
    same = Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, worker=job.worker, lease_until=job.lease_until)
    return same.update(
        status=JobStatus.WAITING,
        worker="",
        lease_until=None,
        run_after=timezone.now(),
        sent_at=None,
        reason="worker_lost",
    )


def _is_gone(worker: str) -> bool:
    """Whether `worker` was a process of this very machine that no longer exists."""
    place, _, pid = worker.rpartition(":")
    if place != home() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def plan(now: datetime | None = None) -> None:
    """Write the row of the running period of each periodic job, unless it is there."""
    autodiscover_modules("tasks")
    now = now or timezone.now()
    for how in list(_handlers.values()):
        if how.every:
            slot = slot_of(how.every, how.at, now)
            enqueue(how.kind, key=f"{slot:%Y-%m-%dt%H.%M.%S}", run_after=slot)


def slot_of(every: timedelta, at: timedelta, now: datetime) -> datetime:
    """The start of the period that `now` is in: midnight in Paris, plus `at`, plus whole periods `every`."""
    local = timezone.localtime(now)
    start = local.replace(hour=0, minute=0, second=0, microsecond=0) + at
    if start > local:
        start -= timedelta(days=1)
    return start + (local - start) // every * every


def resend(limit: int = 200) -> int:
    """Hand again to the broker what is due and that nobody took: it was down, or it lost it. Count the rows."""
    if _carry is None:
        return 0
    now = timezone.now()
    due = Q(status=JobStatus.WAITING, run_after__lte=now)
    long_ago = now - timedelta(seconds=settings.JOB_RESEND_SECONDS)
    stale = Q(sent_at=None) | Q(sent_at__lt=F("run_after")) | Q(sent_at__lt=long_ago)
    rows = list(Job.objects.filter(due & stale).order_by("run_after", "pk").values_list("pk", flat=True)[:limit])
    Job.objects.filter(pk__in=rows).update(sent_at=now)
    for pk in rows:
        _send(pk)
    return len(rows)


def tidy(before: datetime) -> int:
    """Delete the jobs done before that moment; those that failed stay until somebody has looked."""
    done: models.QuerySet[Job] = Job.objects.filter(status=JobStatus.DONE, finished_at__lt=before)
    return done.delete()[0]
