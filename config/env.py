"""Readers of the environment: each gives one typed value, or stops with a sentence that says what to set.

A secret may also be given as the path of a file, in the variable of the same name followed by `_FILE`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on", "oui"}
NO = {"0", "false", "no", "off", "non"}


def text(name: str, default: str | None = None) -> str:
    """Read `name`, or the file that `name_FILE` points to; without a default it must be set."""
    value, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and path:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path} ({type(error).__name__}).") from error
        if not value:
            raise ImproperlyConfigured(f"{name}_FILE: {path} is empty.")
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set (or {name}_FILE, the path of a file that holds it).")
    return default


def flag(name: str, *, default: bool) -> bool:
    """Read a yes or a no; anything else is an error, never a guess."""
    value = text(name, "").lower()
    if not value:
        return default
    if value in YES:
        return True
    if value in NO:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0 (also true/false, yes/no, on/off), not {value!r}.")


def number(name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """Read a whole number between `least` and `most`."""
    value = text(name, str(default))
    try:
        found = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error
    if not least <= found <= most:
        raise ImproperlyConfigured(f"{name} must be between {least} and {most}, not {found}.")
    return found


def several(name: str, default: list[str] | None = None) -> list[str]:
    """Read a list of words separated by commas; without a default it must hold at least one."""
    words = [word.strip() for word in text(name, None if default is None else "").split(",") if word.strip()]
    if not words and default is None:
        raise ImproperlyConfigured(f"{name} must hold at least one value.")
    return words or list(default or [])


def one_of(name: str, values: tuple[str, ...], default: str) -> str:
    """Read one of `values`."""
    found = text(name, default)
    if found not in values:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(values)}, not {found!r}.")
    return found


def web_address(name: str) -> str:
    """Read the address of a service, without its last slash; empty when there is none."""
    value = text(name, "").rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or parts.username is not None or parts.query or parts.fragment or not value.isascii() or " " in value:
        raise ImproperlyConfigured(f"{name} must be an address such as https://example.org/path, without user, ? or #.")
    return value


def local_key(path: Path) -> str:
    """Give the signing key of a local run, made once and kept in `path`, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _settle(path, secrets.token_urlsafe(64))
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 50:
        raise ImproperlyConfigured(f"{path} does not hold a key: delete it and start again.")
    return key


def _settle(path: Path, key: str) -> None:
    """Put the key at its place whole: of two processes that start together, the second never reads half of one."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600, as mkstemp makes them
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    with contextlib.suppress(FileExistsError):  # the other one was first: its key is everybody's
        os.link(draft, path)
    Path(draft).unlink()


def database(url: str) -> dict[str, Any]:
    """Turn `postgres://user:password@host:5432/name?sslmode=require` or `sqlite:///path` into ENGINE, NAME, …

    Parameters after `?` go to the driver as they are. Raises ImproperlyConfigured on anything else.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(parts.path[1:]) or ":memory:"}
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite:///.")
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL: the port must be a number.") from error
    name = unquote(parts.path[1:])
    if not name:
        raise ImproperlyConfigured("DATABASE_URL must name the database, after the last slash.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port or "",
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
