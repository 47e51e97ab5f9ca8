"""Error reports say where the code broke, and nothing of whom it was serving."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from config import sentry
from config.logs import PlacesOnly
from tests.config.canaries import CANARIES

ROOT = Path(__file__).resolve().parents[2]


def report(which: str, folder: Path) -> dict[str, Any]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment["RELAIS_VAR_DIR"] = str(folder)
    command = [sys.executable, "-m", "tests.config.canaries", which]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "log": done.stderr}


def test_none_of_eleven_canaries_leaves(tmp_path: Path) -> None:
    found = report("ours", tmp_path)
    assert found["found"] == []
    assert found["envelopes"] >= 3  # two requests that broke, and what was logged meanwhile
    assert '"type":"ValueError"' in found["text"]
    assert '"function":"breaks"' in found["text"]


def test_control_they_leave_with_the_default_settings(tmp_path: Path) -> None:
    leaked = set(report("default", tmp_path)["found"])
    assert {"form", "comment", "json", "local", "log", "exception", "query"} <= leaked


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = (
    "exception",
    "request",
    "logentry",
    "user",
    "transaction",
    "breadcrumbs",
    "level",
    "logger",
    "contexts",
    "extra",
)
events = st.dictionaries(st.sampled_from(KEYS), json_like, max_size=6) | json_like


@given(event=events, hint=json_like)
@profile(max_examples=1000, deadline=None, database=None)
def test_stripping_never_raises(event: Any, hint: Any) -> None:
    kept = sentry.before_send(event, hint)
    assert kept is None or not {"user", "breadcrumbs", "extra", "contexts", "tags", "message"} & set(kept)


def test_an_event_that_cannot_be_read_is_not_sent() -> None:
    assert sentry.before_send({"exception": {"values": [3]}}, {}) is None


@pytest.mark.parametrize("transaction", ["/personnes/dupont/", "/p/?nom=x", "a b", ""])
def test_a_path_is_not_kept_as_the_name_of_a_place(transaction: str) -> None:
    assert "transaction" not in sentry.before_send({"transaction": transaction, "level": "error"}, {})
    assert sentry.before_send({"transaction": "learners.views.show"}, {})["transaction"] == "learners.views.show"


def test_the_log_names_the_place_without_the_message(tmp_path: Path) -> None:
    said = report("ours", tmp_path)["log"]
    assert "ValueError through" in said
    assert "canaries.py" in said
    assert not [canary for name, canary in CANARIES.items() if name != "log" and canary in said]


def test_one_record_is_one_line() -> None:
    record = logging.LogRecord("learners", logging.ERROR, "", 0, "a\nb\x1b[31m\u2028c", (), None)
    assert PlacesOnly("{message}", style="{").format(record) == "a\\x0ab\\x1b[31m\\x2028c"


def test_a_local_run_reports_nothing(settings: Any) -> None:
    assert settings.SENTRY_DSN == ""
