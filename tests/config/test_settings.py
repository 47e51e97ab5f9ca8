"""The settings, read by a new process in each environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection

from config.checks import ready_for_production

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "RELAIS_ENV": "production",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "RELAIS_HOSTS": "relais.example",
    "EMAIL_HOST": "smtp.example",
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=120
    )


def read(*names: str, **environment: str) -> dict[str, Any]:
    script = f"import json\nfrom config import settings as s\nprint(json.dumps({{n: getattr(s, n, None) for n in {names}}}, default=str))"
    done = run("-c", script, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_without_any_setting_a_run_is_local_and_shows_no_trace(tmp_path: Path) -> None:
    found = read("DEBUG", "ALLOWED_HOSTS", "SECRET_KEY", "DATABASES", RELAIS_VAR_DIR=str(tmp_path / "var"))
    assert found["DEBUG"] is False
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert (tmp_path / "var" / "secret_key").read_text() == found["SECRET_KEY"]
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "var" / "relais.sqlite3")


def test_debug_is_for_development_alone(tmp_path: Path) -> None:
    assert read("DEBUG", RELAIS_ENV="dev", RELAIS_VAR_DIR=str(tmp_path))["DEBUG"] is True
    assert read("DEBUG", **PRODUCTION, RELAIS_VAR_DIR=str(tmp_path))["DEBUG"] is False


@pytest.mark.parametrize("missing", ["SECRET_KEY", "RELAIS_HOSTS"])
def test_production_asks_for_what_it_needs(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    done = run("-c", "import config.settings", **given, RELAIS_VAR_DIR=str(tmp_path))
    assert done.returncode != 0
    assert f"{missing} must be set" in done.stderr


def test_production_cookies_and_transport(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_NAME",
        "SECURE_HSTS_SECONDS",
        "SECURE_SSL_REDIRECT",
    )
    found = read(*names, **PRODUCTION, RELAIS_VAR_DIR=str(tmp_path))
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SESSION_COOKIE_SECURE"] is found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600


def test_production_passes_the_deploy_checks_and_a_local_run_does_not(tmp_path: Path) -> None:
    checks = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    done = run(*checks, **PRODUCTION, RELAIS_VAR_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    local = run(*checks, RELAIS_VAR_DIR=str(tmp_path))
    assert local.returncode != 0
    assert {"relais.W001", "relais.W002", "relais.W004"} <= {word.strip("():") for word in local.stderr.split()}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://geo.example", True), ("https://geo.example", False), ("http://localhost:7878", False),
        ("http://127.0.0.1:7878", False), ("http://127.0.0.1.example", True), ("", False),
    ],
)  # fmt: skip
def test_addresses_of_persons_leave_the_machine_by_https_alone(settings, url: str, said: bool) -> None:
    settings.GEOCODER_URL = url
    assert ("relais.E010" in {message.id for message in ready_for_production(None)}) is said


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("http://sms.example/send", "t", {"relais.E011"}), ("ftp://sms.example", "t", {"relais.E011"}),
        ("https://sms.example/send", "t", set()), ("http://127.0.0.1:9000/sms", "t", set()),
        ("https://sms.example/send", "", {"relais.E012"}), ("", "", set()),
    ],
)  # fmt: skip
def test_short_messages_leave_the_machine_by_https_alone(settings, url: str, token: str, said: set[str]) -> None:
    settings.SMS_URL, settings.SMS_TOKEN = url, token
    assert {message.id for message in ready_for_production(None)} & {"relais.E011", "relais.E012"} == said


def test_no_page_may_run_an_inline_script() -> None:
    assert "unsafe-inline" not in str(settings.CONTENT_SECURITY_POLICY)
    assert "unsafe-eval" not in str(settings.CONTENT_SECURITY_POLICY)


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("quatorze-lettr", False),
        ("123456789012345", False),
        ("trois-chevaux-bruns", True),
        ("la pluie tombe sur Niort", True),
    ],
)
def test_a_password_is_long_rather_than_odd(password: str, taken: bool) -> None:
    if taken:
        validate_password(password)
    else:
        with pytest.raises(ValidationError):
            validate_password(password)


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize(("pragma", "value"), [("foreign_keys", 1), ("synchronous", 1), ("busy_timeout", 20000)])
def test_sqlite_is_set_as_promised(pragma: str, value: int) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)


@pytest.mark.sqlite
def test_sqlite_writes_ahead_and_locks_at_the_start_of_a_transaction(tmp_path: Path) -> None:
    script = (
        "import django; django.setup()\n"
        "from django.db import connection, transaction\n"
        "c = connection.cursor(); print(c.execute('PRAGMA journal_mode').fetchone()[0])\n"
        "import sqlite3; other = sqlite3.connect(connection.settings_dict['NAME'], timeout=0)\n"
        "with transaction.atomic():\n"
        "    try: other.execute('BEGIN IMMEDIATE'); print('free')\n"
        "    except sqlite3.OperationalError: print('held')\n"
    )
    done = run("-c", script, RELAIS_VAR_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="config.settings")
    assert done.stdout.split() == ["wal", "held"], done.stderr


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jit", "off"),
        ("transaction_isolation", "read committed"),
        ("lock_timeout", "10s"),
        ("statement_timeout", "15min"),
    ],
)
def test_postgresql_is_set_as_promised(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)


@pytest.mark.django_db
@pytest.mark.postgres
def test_postgresql_through_a_pool(tmp_path: Path) -> None:
    """The pooled connection carries the same settings, and comes back to the pool."""
    script = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "c = connection.cursor(); c.execute('SHOW jit'); print(c.fetchone()[0])\n"
        "connection.pool.wait(30)\n"
        "held = connection.pool.get_stats()['pool_available']; connection.close()\n"
        "connection.pool.wait(30); print(connection.pool.get_stats()['pool_available'] > held)\n"
        "connection.close_pool()\n"
    )
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + "/postgres"
    environment = {"DATABASE_URL": url, "DATABASE_POOL": "2", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = run("-c", script, **environment, RELAIS_VAR_DIR=str(tmp_path))
    assert done.stdout.split() == ["off", "True"], done.stderr
