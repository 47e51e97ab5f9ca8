"""With a broker, Celery carries row numbers; the table remains the queue, whatever happens to either."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from kombu import Connection

from tests.conftest import RABBITMQ, REDIS
from tests.partners.processes import Site, kill, wait_until

CRASH = ("-m", "tests.partners.crash")
CELERY = ("-m", "celery", "--quiet", "-A", "config.celery")
WORKER = (*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "-I", "tests.partners.crash")
JOBS = 50
BROKERS = [
    pytest.param(REDIS, marks=pytest.mark.broker, id="redis"),
    pytest.param(RABBITMQ, marks=[pytest.mark.rabbitmq, pytest.mark.full], id="rabbitmq"),
]


def carried_by(site: Site, broker: str) -> None:
    site.environment |= {"CELERY_BROKER_URL": broker, "CELERY_QUEUE": f"relais-test-{uuid4().hex[:8]}"}


def forget_everything(site: Site) -> int:
    """Empty the queue, as a broker without persistence does when it dies; count what it held."""
    with Connection(site.environment["CELERY_BROKER_URL"]) as broker:
        return broker.default_channel.queue_purge(site.environment["CELERY_QUEUE"]) or 0


def all_done(site: Site) -> bool:
    return site.statuses("crash") == {"done": JOBS}


@pytest.mark.parametrize("broker", BROKERS)
def test_a_killed_celery_worker_loses_and_repeats_nothing(site: Site, broker: str) -> None:
    carried_by(site, broker)
    worker = site.start(*WORKER)
    site.start(*CELERY, "beat")
    site.run(*CRASH, "enqueue", "crash_slow", str(JOBS))
    wait_until(Path(site.environment["CRASH_FLAG"]).exists, "the job to be killed in")
    kill(worker)
    site.start(*WORKER)
    wait_until(lambda: all_done(site), "50 of 50")
    assert site.effects() == list(range(JOBS))


@pytest.mark.parametrize("broker", BROKERS)
def test_what_the_broker_forgets_is_sent_again(site: Site, broker: str) -> None:
    carried_by(site, broker)
    site.run(*CRASH, "enqueue", "crash_slow", str(JOBS), CRASH_FLAG="")
    assert forget_everything(site) == JOBS
    site.start(*WORKER, CRASH_FLAG="")
    site.start(*CELERY, "beat")
    wait_until(lambda: all_done(site), "50 of 50")
    assert site.effects() == list(range(JOBS))


def test_an_act_does_not_wait_for_a_broker_that_is_down(site: Site) -> None:
    carried_by(site, "redis://127.0.0.1:1/0")
    site.run(*CRASH, "enqueue", "crash_short", "3")
    assert site.statuses("crash") == {"waiting": 3}


@pytest.mark.broker
def test_control_without_beat_what_the_broker_forgot_stays_undone(site: Site) -> None:
    carried_by(site, REDIS)
    site.run(*CRASH, "enqueue", "crash_slow", str(JOBS), CRASH_FLAG="")
    forget_everything(site)
    site.start(*WORKER, CRASH_FLAG="")
    site.run(*CRASH, "enqueue", "crash_short", "3", CRASH_FLAG="")  # once these are done the worker is known to work
    wait_until(lambda: site.statuses("crash_short") == {"done": 3}, "the later ones")
    assert site.statuses("crash_slow") == {"waiting": JOBS}


def test_celery_takes_json_alone_and_acknowledges_late(site: Site) -> None:
    script = (
        "from config.celery import app\nc = app.conf\n"
        "assert c.accept_content == ['json'] and c.task_serializer == 'json'\n"
        "assert c.task_acks_late and c.task_reject_on_worker_lost and c.worker_prefetch_multiplier == 1\n"
        "assert c.broker_transport_options['visibility_timeout'] > c.task_time_limit > c.task_soft_time_limit > 0\n"
    )
    site.run("-c", script, CELERY_BROKER_URL="redis://127.0.0.1:1/0", DJANGO_SETTINGS_MODULE="config.settings")
