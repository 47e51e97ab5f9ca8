"""Jobs survive the death of who runs them: real processes, killed with `kill -9`."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.partners.processes import Site, kill, wait_until

CRASH = ("-m", "tests.partners.crash")
JOBS = 50


def killed_in_the_middle(site: Site, kind: str, *guards: str) -> None:
    """Promise the jobs, and kill the worker while it is inside one of them."""
    site.run(*CRASH, "enqueue", kind, str(JOBS))
    worker = site.start(*CRASH, "worker", *guards)
    wait_until(Path(site.environment["CRASH_FLAG"]).exists, "the job to be killed in")
    kill(worker)
    assert site.statuses("crash")["running"] == 1


@pytest.mark.parametrize("kind", ["crash_short", "crash_slow"])
def test_a_killed_worker_loses_and_repeats_nothing(site: Site, kind: str) -> None:
    killed_in_the_middle(site, kind)
    site.start(*CRASH, "worker")
    wait_until(lambda: site.statuses("crash") == {"done": JOBS}, "50 of 50")
    assert site.effects() == list(range(JOBS))


def test_control_without_the_sweeper_a_job_is_lost(site: Site) -> None:
    killed_in_the_middle(site, "crash_slow", "--no-sweep")
    site.start(*CRASH, "worker", "--no-sweep")
    wait_until(lambda: site.statuses("crash") == {"done": JOBS - 1, "running": 1}, "49 of 50")
    assert len(site.effects()) == JOBS - 1


@pytest.mark.full
def test_many_kills_of_two_workers_lose_and_repeat_nothing(site: Site) -> None:
    site.run(*CRASH, "enqueue", "crash_slow", "300")
    chance = random.Random(7)
    workers = [site.start(*CRASH, "worker") for _ in range(2)]
    for _ in range(12):
        before = site.statuses("crash").get("done", 0)
        wait_until(lambda: site.statuses("crash").get("done", 0) >= min(300, before + 10), "ten more")  # noqa: B023
        dead = chance.randrange(2)
        kill(workers[dead])
        workers[dead] = site.start(*CRASH, "worker")
    wait_until(lambda: site.statuses("crash") == {"done": 300}, "300 of 300")
    assert site.effects() == list(range(300))


def long_job_beside_another_worker(site: Site, *guards: str) -> int:
    """Run a job three times as long as its lease beside a worker that sweeps; give the times it was started."""
    site.run(*CRASH, "enqueue", "crash_slow", "6")
    site.start(*CRASH, "worker", *guards, CRASH_HOLD="6")
    wait_until(Path(site.environment["CRASH_FLAG"]).exists, "the long job")
    site.start(*CRASH, "worker")
    wait_until(lambda: site.statuses("crash") == {"done": 6}, "6 of 6")
    [(attempts,)] = site.rows("SELECT attempts FROM partners_job WHERE kind = 'crash_slow' AND key = '5'")
    assert site.effects() == list(range(6))
    return int(attempts)


def test_a_heartbeat_keeps_a_long_job_with_its_worker(site: Site) -> None:
    assert long_job_beside_another_worker(site) == 1


def test_control_without_a_heartbeat_another_takes_it_and_the_first_run_is_undone(site: Site) -> None:
    assert long_job_beside_another_worker(site, "--no-heart") > 1


def test_a_worker_told_to_stop_ends_after_the_job_in_hand(site: Site) -> None:
    site.run(*CRASH, "enqueue", "crash_slow", str(JOBS))
    worker = site.start(*CRASH, "worker", CRASH_HOLD="1")
    wait_until(Path(site.environment["CRASH_FLAG"]).exists, "the long job")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    assert site.statuses("crash").get("running", 0) == 0
    assert sorted(site.effects()) == list(range(site.statuses("crash")["done"]))


# --- serve ---------------------------------------------------------------------------------------------------
def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def children(process: subprocess.Popen[str]) -> dict[str, int]:
    """Name → number of the processes that `serve` keeps alive."""
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = {}
    for pid in pids:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        found["web" if b"gunicorn" in arguments else "worker"] = int(pid)
    return found


def still_there(pids: list[int]) -> bool:
    return any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_serve_runs_both_restarts_what_dies_and_stops_both(site: Site) -> None:
    port = free_port()
    serve = site.start("manage.py", "serve", "--bind", f"127.0.0.1:{port}", "--processes", "1")
    wait_until(lambda: answers(port), "the web server")
    wait_until(lambda: len(children(serve)) == 2, "both children")
    for name in ("worker", "web"):
        first = children(serve)[name]
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: children(serve).get(name, first) != first, f"another {name}")  # noqa: B023
    wait_until(lambda: answers(port), "the web server, again")
    last = list(children(serve).values())
    serve.send_signal(signal.SIGINT)
    assert serve.wait(timeout=60) == 0
    assert not still_there(last)


def test_serve_killed_leaves_nobody_behind(site: Site) -> None:
    port = free_port()
    serve = site.start("manage.py", "serve", "--bind", f"127.0.0.1:{port}", "--processes", "1")
    wait_until(lambda: answers(port) and len(children(serve)) == 2, "both children")
    pids = list(children(serve).values())
    serve.kill()
    wait_until(lambda: not still_there(pids), "the end of both")
