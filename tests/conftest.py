"""What the whole suite shares: the deep profile, what a test may need and the journal's door for clean-ups.

`--full` runs the deep profile. A test that needs a service which is not there is skipped with a sentence; with
RELAIS_NO_SKIP=1 (as in `.ci/run`) such a skip is a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.fresh import site, template  # noqa: F401
from tests.people import agreement, amina, body, coline, elsa, farid, funder, mission_locale, sam, theo  # noqa: F401

REDIS = os.environ.get("RELAIS_TEST_REDIS", "redis://127.0.0.1:6379/9")
RABBITMQ = os.environ.get("RELAIS_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
NO_SKIP = os.environ.get("RELAIS_NO_SKIP", "") not in {"", "0"}
# A run on the other database, or the deep profile, is where these are run: their skip is never a fault.
ELSEWHERE = {"postgres", "sqlite", "full"}


def answers(url: str) -> bool:
    where = urlsplit(url)
    try:
        socket.create_connection((where.hostname or "", where.port or 0), timeout=1).close()
    except OSError:
        return False
    return True


def has_chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def vendor() -> str:
    return str(settings.DATABASES["default"]["ENGINE"]).rsplit(".", maxsplit=1)[-1]


# Marker → (is it there, what to say when it is not).
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "postgres": (lambda: vendor() == "postgresql", "About PostgreSQL alone: set DATABASE_URL to run it."),
    "sqlite": (lambda: vendor() == "sqlite3", "About SQLite alone: unset DATABASE_URL to run it."),
    "broker": (lambda: answers(REDIS), f"No Redis answers at {REDIS}."),
    "rabbitmq": (lambda: answers(RABBITMQ), "No RabbitMQ answers at RELAIS_TEST_RABBITMQ."),
    "libreoffice": (lambda: shutil.which("soffice") is not None, "LibreOffice (soffice) is not installed."),
    "poppler": (lambda: shutil.which("pdftotext") is not None, "poppler-utils (pdftotext) is not installed."),
    "browser": (has_chromium, "Chromium is not installed."),
}
_there: dict[str, bool] = {}


def is_there(need: str) -> bool:
    if need not in _there:
        _there[need] = NEEDS[need][0]()
    return _there[need]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the deep profile: more examples, races and kills")
    parser.addoption("--on-base", action="store_true", help="leave out what no database has a part in: the second run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--on-base"):
        config.hook.pytest_deselected(items=[item for item in items if not _asks_the_base(item)])
        items[:] = [item for item in items if _asks_the_base(item)]
    for item in items:
        if not config.getoption("--full") and item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="The deep profile: run with --full."))
        for need, (_, sentence) in NEEDS.items():
            if item.get_closest_marker(need) and not is_there(need):
                item.add_marker(pytest.mark.skip(reason=sentence))


def _asks_the_base(item: pytest.Item) -> bool:
    """Whether a test reads or writes a database, its own or one that it gives to a process."""
    fixtures = set(getattr(item, "fixturenames", ()))
    asks = item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "django_db_setup", "tmp_base"}
    return bool(asks) or "processes" in Path(str(item.path)).read_text(encoding="utf-8")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skip into a failure when none is allowed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    elsewhere = any(item.get_closest_marker(name) and not _runs(item, name) for name in ELSEWHERE)
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail") and not elsewhere:
        report.outcome, report.longrepr = (
            "failed",
            f"{item.nodeid}: skipped where no skip is allowed: {report.longrepr}",
        )


def _runs(item: pytest.Item, name: str) -> bool:
    return bool(item.config.getoption("--full")) if name == "full" else is_there(name)


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the deep profile is asked for: a test may then do more of the same."""
    return bool(request.config.getoption("--full"))


@pytest.fixture(autouse=True, scope="session")
def _door_for_clean_ups() -> Iterator[None]:
    """Let the test runner empty the tables between two tests: the journal, too, goes through its door."""
    operations = type(connection.ops)
    original = operations.execute_sql_flush

    def flush(self: object, statements: list[str]) -> None:
        door = "INSERT INTO partners_journaldoor (id) VALUES (1)", "DELETE FROM partners_journaldoor"
        original(self, [door[0], *statements, door[1]] if statements else statements)  # type: ignore[arg-type]

    operations.execute_sql_flush = flush  # type: ignore[method-assign, assignment]
    yield
    operations.execute_sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _files_of_one_test(settings: object, tmp_path: Path) -> None:
    """Keep what a test writes under its own directory."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many requests the fences made."""
    reports = [
        one for found in terminalreporter.stats.values() for one in found if getattr(one, "when", "") == "teardown"
    ]
    made = [number for one in reports for name, number in one.user_properties if name == "requests"]
    if made:
        terminalreporter.write_line(f"fences: {sum(made)} requests")
