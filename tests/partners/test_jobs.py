"""A job row: promised in the act's transaction, claimed by one, ended with its result, given back, bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from partners import jobs, journal, tasks
from partners.models import Event, Job, JobStatus

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
Register = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """Register a handler for one test, and give the list of the args it was called with."""
    autodiscover_modules("tasks")  # a module read during the test would be forgotten with the test's handlers
    known = dict(jobs._handlers)

    def one(kind: str = "trial", do: Callable[..., Any] | None = None, **how: Any) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = []

        def handler(**args: Any) -> Any:
            calls.append(args)
            return do(**args) if do else None

        jobs.handler(kind, **how)(handler)
        return calls

    yield one
    jobs._handlers.clear()
    jobs._handlers.update(known)


def fails(**args: Any) -> None:
    raise ValueError("Jean Dupont was not found")


def writes(**args: Any) -> dict[str, int]:
    journal.record("effect", learner=args.get("number"))
    return {"written": 1}


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))


# --- promising -------------------------------------------------------------------------------------------------
def test_a_promise_is_kept_once_per_key(register: Register) -> None:
    calls = register()
    first = jobs.enqueue("trial", key="7", args={"number": 7})
    assert jobs.enqueue("trial", key="7", args={"number": 7}) == first
    assert jobs.run_all() == 1
    assert jobs.enqueue("trial", key="7", args={"number": 7}).status == JobStatus.DONE
    assert jobs.run_all() == 0
    assert calls == [{"number": 7}]


def test_no_commit_no_job(register: Register) -> None:
    register()
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("trial", key="7")
        raise RuntimeError
    assert not Job.objects.exists()


def test_a_job_nobody_can_do_is_refused_when_promised() -> None:
    with pytest.raises(jobs.UnknownJob, match="no_such_job"):
        jobs.enqueue("no_such_job", key="1")


@pytest.mark.parametrize("value", ["Dupont", "a@example.org", "un texte", 1850578006084, {"a": 1}, 1.5, "é"])
def test_args_are_ids_and_codes_alone(register: Register, value: object) -> None:
    register()
    if isinstance(value, float):
        jobs.enqueue("trial", key="7", args={"number": value})  # a number is a code: "1.5"
        return
    with pytest.raises(jobs.NotAnId):
        jobs.enqueue("trial", key="7", args={"number": value})


def test_a_job_waits_for_its_hour(register: Register) -> None:
    calls = register()
    job = jobs.enqueue("trial", key="7", run_after=timezone.now() + timedelta(hours=1))
    assert jobs.run_all() == 0
    make_due(job)
    assert jobs.run_all() == 1
    assert calls == [{}]


# --- running ---------------------------------------------------------------------------------------------------
def test_the_result_is_kept_on_the_row(register: Register) -> None:
    register(do=writes)
    job = jobs.enqueue("trial", key="7", args={"number": 7})
    jobs.run_all()
    job.refresh_from_db()
    assert (job.status, job.result, job.attempts, job.lease_until) == (JobStatus.DONE, {"written": 1}, 1, None)
    assert job.finished_at is not None


def test_a_slow_job_writes_in_the_transaction_that_ends_it(register: Register) -> None:
    def slow(**args: Any) -> Callable[[], None]:
        def write() -> None:
            journal.record("effect")
            raise ValueError

        return write

    register(do=slow, slow=True)
    job = jobs.enqueue("trial", key="7")
    jobs.run_all()
    job.refresh_from_db()
    assert job.status == JobStatus.WAITING
    assert not Event.objects.filter(verb="effect").exists()


def test_a_slow_job_may_have_nothing_to_write(register: Register) -> None:
    register(slow=True)
    job = jobs.enqueue("trial", key="7")
    jobs.run_all()
    job.refresh_from_db()
    assert job.status == JobStatus.DONE


def test_two_workers_never_hold_the_same_job(register: Register) -> None:
    register()
    jobs.enqueue("trial", key="7")
    assert jobs.claim("here:1") is not None
    assert jobs.claim("here:2") is None


def test_jobs_are_taken_in_order(register: Register) -> None:
    calls = register()
    for number in range(3):
        jobs.enqueue("trial", key=f"{number}", args={"number": number})
    jobs.run_all()
    assert [call["number"] for call in calls] == [0, 1, 2]


def test_a_run_that_lost_its_job_meanwhile_leaves_nothing(register: Register) -> None:
    def taken_over(**args: Any) -> None:
        writes(**args)
        Job.objects.update(worker="elsewhere:1")

    register(do=taken_over)
    job = jobs.enqueue("trial", key="7")
    jobs.run_all()
    job.refresh_from_db()
    assert job.status == JobStatus.RUNNING  # what the handler did is undone, the theft included
    assert not Event.objects.filter(verb="effect").exists()


def test_control_without_the_check_the_effect_would_be_double(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_over(**args: Any) -> None:
        writes(**args)
        Job.objects.update(worker="elsewhere:1")

    monkeypatch.setattr(jobs, "_end", lambda job, **values: None)
    register(do=taken_over)
    jobs.enqueue("trial", key="7")
    jobs.run_all()
    assert Event.objects.filter(verb="effect").exists()


# --- failing ---------------------------------------------------------------------------------------------------
def test_a_failure_is_tried_again_later_then_shown_with_a_reason_that_names_nobody(register: Register) -> None:
    gave_up: list[dict[str, Any]] = []
    calls = register(do=fails, attempts=3, gave_up=lambda **args: gave_up.append(args))
    job = jobs.enqueue("trial", key="7", args={"number": 7})
    waits = []
    for _ in range(3):
        before = timezone.now()
        assert jobs.run_all() == 1
        job.refresh_from_db()
        waits.append((job.run_after - before).total_seconds())
        make_due(job)
    assert len(calls) == 3
    assert job.status == JobStatus.FAILED
    assert job.reason.startswith("ValueError (tests/partners/test_jobs.py, line")
    assert "Dupont" not in job.reason
    assert gave_up == [{"number": 7}]
    assert 2 <= waits[0] < waits[1]
    assert jobs.run_all() == 0


def test_a_failed_job_asked_for_again_is_tried_anew(register: Register) -> None:
    register(do=fails, attempts=1)
    jobs.enqueue("trial", key="7")
    jobs.run_all()
    register(do=writes)
    jobs.enqueue("trial", key="7")
    assert jobs.run_all() == 1
    assert Job.objects.get().status == JobStatus.DONE


def test_a_handler_can_say_that_trying_again_is_no_use(register: Register) -> None:
    def never(**args: Any) -> None:
        raise jobs.Failure("not_there", final=True)

    register(do=never)
    jobs.enqueue("trial", key="7")
    jobs.run_all()
    assert (Job.objects.get().status, Job.objects.get().reason) == (JobStatus.FAILED, "not_there")


def test_a_job_whose_handler_is_gone_fails_and_says_so(register: Register) -> None:
    register()
    jobs.enqueue("trial", key="7")
    del jobs._handlers["trial"]
    jobs.run_all()
    assert Job.objects.get().status == JobStatus.FAILED
    assert Job.objects.get().reason.startswith("UnknownJob")


# --- given back ------------------------------------------------------------------------------------------------
def test_the_job_of_a_dead_worker_is_given_back(register: Register) -> None:
    calls = register()
    jobs.enqueue("trial", key="7")
    jobs.claim("another-machine:1")
    assert jobs.sweep() == 0
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.sweep() == 1
    assert jobs.run_all() == 1
    assert calls == [{}]


def test_a_process_of_this_machine_that_is_gone_is_not_waited_for(register: Register) -> None:
    register()
    jobs.enqueue("trial", key="7")
    jobs.claim(f"{jobs.home()}:{2**22 + 1}")  # above the highest process number
    assert jobs.sweep() == 1


def test_a_heartbeat_keeps_the_job(register: Register) -> None:
    register()
    jobs.enqueue("trial", key="7")
    jobs.claim("another-machine:1")
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.keep("another-machine:1")
    assert jobs.sweep() == 0


def test_a_job_that_kills_its_workers_ends_as_failed(register: Register) -> None:
    gave_up: list[dict[str, Any]] = []
    register(attempts=2, gave_up=lambda **args: gave_up.append(args))
    jobs.enqueue("trial", key="7")
    for _ in range(2):
        assert jobs.claim("another-machine:1") is not None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert jobs.sweep() == 1
    job = Job.objects.get()
    assert (job.status, job.reason) == (JobStatus.FAILED, "worker_lost")
    assert gave_up == [{}]


def test_a_worker_stuck_beyond_every_limit_is_seen(register: Register) -> None:
    register()
    jobs.enqueue("trial", key="7")
    jobs.claim("here:1")
    assert not jobs.overdue("here:1")
    Job.objects.update(started_at=timezone.now() - timedelta(days=1))
    assert jobs.overdue("here:1")


# --- the calendar ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "every", "at", "slot"),
    [
        (datetime(2026, 3, 2, 10, 7), timedelta(minutes=15), 0, datetime(2026, 3, 2, 10, 0)),
        (datetime(2026, 3, 2, 4, 0), timedelta(days=1), 3, datetime(2026, 3, 2, 3, 0)),
        (datetime(2026, 3, 2, 2, 0), timedelta(days=1), 3, datetime(2026, 3, 1, 3, 0)),
        (datetime(2026, 10, 25, 12, 0), timedelta(days=1), 3, datetime(2026, 10, 25, 3, 0)),  # the clock goes back
    ],
)
def test_a_period_starts_at_its_hour_in_paris(now: datetime, every: timedelta, at: int, slot: datetime) -> None:
    found = jobs.slot_of(every, timedelta(hours=at), now.replace(tzinfo=PARIS))
    assert found.replace(tzinfo=None) == slot


def test_a_periodic_job_runs_once_per_period(register: Register) -> None:
    calls = register("trial", every=timedelta(hours=1))
    now = timezone.now()
    for minute in (0, 1, 2):
        jobs.plan(now + timedelta(seconds=minute))
    jobs.run_all()
    ours = Job.objects.filter(kind="trial").count()
    jobs.plan(now + timedelta(hours=1))
    assert Job.objects.filter(kind="trial").count() == ours + 1
    assert len(calls) == ours


def test_old_jobs_are_tidied_and_failures_kept(register: Register) -> None:
    register()
    jobs.enqueue("trial", key="done")
    jobs.run_all()
    register(do=fails, attempts=1)
    jobs.enqueue("trial", key="failed")
    jobs.run_all()
    Job.objects.update(finished_at=timezone.now() - timedelta(days=31))
    assert tasks.tidy_jobs() == {"deleted": 1}
    assert Job.objects.get().key == "failed"


# --- the carrier -----------------------------------------------------------------------------------------------
def test_a_carrier_gets_the_number_after_the_commit(
    register: Register, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[int] = []
    register()
    monkeypatch.setattr(jobs, "_carry", carried.append)
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue("trial", key="7")
        assert carried == []
    assert carried == [job.pk]
    assert jobs.resend() == 0  # it has just been sent
    Job.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    assert jobs.resend() == 1
    assert carried == [job.pk, job.pk]


def test_a_carrier_that_is_down_costs_the_act_nothing(
    register: Register, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(pk: int) -> None:
        raise ConnectionError

    register()
    monkeypatch.setattr(jobs, "_carry", down)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue("trial", key="7")
    assert Job.objects.get().status == JobStatus.WAITING


def test_a_carried_number_runs_that_row_and_no_other(register: Register) -> None:
    calls = register()
    jobs.enqueue("trial", key="1", args={"number": 1})
    second = jobs.enqueue("trial", key="2", args={"number": 2})
    assert jobs.run(second.pk)
    assert not jobs.run(second.pk)
    assert calls == [{"number": 2}]
