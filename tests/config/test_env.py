"""The readers of the environment: one typed value, or a sentence that says what to set."""

from __future__ import annotations

import secrets
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


def test_a_missing_value_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A_SECRET", raising=False)
    with pytest.raises(ImproperlyConfigured, match="A_SECRET must be set"):
        env.text("A_SECRET")
    assert env.text("A_SECRET", "by default") == "by default"


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("A_SECRET_FILE", str(tmp_path / "key"))
    assert env.text("A_SECRET") == "from the file"
    monkeypatch.setenv("A_SECRET", "both")
    with pytest.raises(ImproperlyConfigured, match="not both"):
        env.text("A_SECRET")


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_an_unreadable_secret_file_is_never_taken_for_an_empty_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    monkeypatch.setenv("A_SECRET_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="A_SECRET_FILE"):
        env.text("A_SECRET", "by default")


@pytest.mark.parametrize(
    ("typed", "read"), [("1", True), ("TRUE", True), ("oui", True), ("0", False), ("off", False), ("", True)]
)
def test_a_flag_is_yes_or_no(monkeypatch: pytest.MonkeyPatch, typed: str, read: bool) -> None:
    monkeypatch.setenv("A_FLAG", typed)
    assert env.flag("A_FLAG", default=True) is read


@pytest.mark.parametrize("typed", ["2", "maybe", "truee"])
def test_a_flag_is_never_guessed(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("A_FLAG", typed)
    with pytest.raises(ImproperlyConfigured, match="A_FLAG must be 1 or 0"):
        env.flag("A_FLAG", default=False)


@pytest.mark.parametrize("typed", ["ten", "1.5", "-1", "101"])
def test_a_number_stays_within_its_bounds(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("A_NUMBER", typed)
    with pytest.raises(ImproperlyConfigured, match="A_NUMBER"):
        env.number("A_NUMBER", 5, most=100)
    monkeypatch.setenv("A_NUMBER", "100")
    assert env.number("A_NUMBER", 5, most=100) == 100


def test_a_list_is_cut_at_commas_and_never_empty_when_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTS", " a.example , b.example,")
    assert env.several("HOSTS") == ["a.example", "b.example"]
    monkeypatch.setenv("HOSTS", " , ")
    with pytest.raises(ImproperlyConfigured, match="HOSTS"):
        env.several("HOSTS")
    assert env.several("HOSTS", []) == []


def test_a_choice_is_one_of_those_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODE", "prod")
    with pytest.raises(ImproperlyConfigured, match="local, production"):
        env.one_of("MODE", ("local", "production"), "local")


def test_a_local_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    first = env.local_key(path)
    assert len(first) >= 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert env.local_key(path) == first


def test_two_that_start_at_once_sign_with_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret_key"
    other: list[str] = []

    def while_the_other_starts(size: int) -> str:
        """The second process does all of its start between the first one's look and its key."""
        monkeypatch.setattr(secrets, "token_urlsafe", lambda size: "b" * 86)
        other.append(env.local_key(path))
        return "a" * 86

    monkeypatch.setattr(secrets, "token_urlsafe", while_the_other_starts)
    assert [env.local_key(path)] == other == ["b" * 86]
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_a_spoilt_key_is_not_signed_with(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ImproperlyConfigured, match="does not hold a key"):
        env.local_key(tmp_path / "secret_key")


def test_a_postgres_url_is_taken_apart() -> None:
    found = env.database("postgresql://amina:p%40ss%2Fword@db.example:5433/re%20lais?sslmode=require")
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "re lais",
        "USER": "amina",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example",
        "PORT": 5433,
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_sqlite_url_gives_a_path() -> None:
    assert env.database("sqlite:////srv/relais.sqlite3")["NAME"] == "/srv/relais.sqlite3"


@pytest.mark.parametrize(
    "url", ["mysql://a/b", "relais", "postgres://host", "postgres://host/", "postgres://host:port/name"]
)
def test_another_url_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as refusal:
        env.database(url)
    assert "host" not in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ""), ("https://geo.example/", "https://geo.example"), ("http://localhost:7878/a/b", "http://localhost:7878/a/b"),
        ("http://[::1]:7878", "http://[::1]:7878"),
    ],
)  # fmt: skip
def test_the_address_of_a_service_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch, typed: str, read: str) -> None:
    monkeypatch.setenv("A_SERVICE", typed)
    assert env.web_address("A_SERVICE") == read


@pytest.mark.parametrize(
    "typed",
    [
        "geo.example", "ftp://geo.example", "https://", "https://user:word@geo.example", "https://geo.example/?q=", "file:///etc",
        "https://geo.example/#a", "https://geo.example:port", "https://geo example", "https://géo.example", "http://[::1",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_service_stops_the_start(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("A_SERVICE", typed)
    with pytest.raises(ImproperlyConfigured, match="A_SERVICE must be an address"):
        env.web_address("A_SERVICE")
