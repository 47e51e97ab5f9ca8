"""The walk: every address, as every persona, with objects that are theirs, shown to them, or foreign, by GET and by POST."""

from __future__ import annotations

import hashlib
import io
import re
import traceback
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader

from partners.models.outbox import Message
from tests.fences.objects import KINDS, NOWHERE, Thing
from tests.fences.sights import LINKS, may_see
from tests.world import World

# Written by looking: sessions, counts of tries, and the journal of what was read.
NOTED = {
    "django_session", "usersessions_usersession", "relais_cache", "partners_attempts", "partners_event",
    "partners_user",  # the day of the last sign-in
}  # fmt: skip
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|hx-headers=\'[^\']*\'')


class Address(NamedTuple):
    """A route of the site: its name, or its pattern when it has none; the names of what it takes."""

    name: str
    pattern: str
    takes: tuple[str, ...]

    def path(self, given: Mapping[str, Any]) -> str:
        if "/" in self.name or not self.name:
            return "/" + self.pattern
        return reverse(self.name, kwargs={name: given[name] for name in self.takes})


def addresses(resolver: Any = None, prefix: str = "", spaces: str = "") -> Iterator[Address]:
    """Every route that the resolver knows, in its order."""
    for one in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLResolver):
            yield from addresses(one, pattern, f"{spaces}{one.namespace}:" if one.namespace else spaces)
        elif isinstance(one, URLPattern):
            name = f"{spaces}{one.name}" if one.name else pattern
            yield Address(name, pattern, tuple(one.pattern.regex.groupindex))


@dataclass(frozen=True)
class Route:
    """What is expected of one route: a status for each relation between who asks and what they ask for.

    `get`, `post`: « own 200, read|shared 403, foreign 404 », or one status for all. `but`: other expectations of some
    personas, « amina mona ». `out`: of those who are not signed in, None when they are sent to the sign-in page.
    """

    name: str
    takes: str = ""
    get: str = "405"
    post: str = "405"
    but: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    out: tuple[str, str] | None = None
    body: Mapping[str, Any] = field(default_factory=dict)

    def expects(self, persona: str, method: str, relation: str) -> set[int]:
        said = (self.get, self.post)
        if persona == "anonymous" or persona in LINKS:
            said = self.out or ("302", "302")
        for personas, other in self.but.items():
            said = other if persona in personas.split() else said
        return statuses(said[method == "POST"], relation)


@lru_cache(4096)
def statuses(said: str, relation: str) -> set[int]:
    """« own 200, foreign 404 » → the statuses said of that relation."""
    for part in said.split(","):
        *relations, status = part.split()
        if not relations or relation in relations[0].split("|"):
            return {int(one) for one in status.split("/")}
    raise LookupError(f"« {said} » says nothing of {relation}")


# --- what an answer holds --------------------------------------------------------------------------------------
@lru_cache(256)
def text_of(content: bytes, kind: str) -> str:
    """All the text of an answer: pages, JSON, CSV as they are; workbooks unzipped; documents read."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if content.startswith(b"%PDF") and len(content) > 500:
        pages = PdfReader(io.BytesIO(content)).pages
        return content.decode("latin-1") + "\n".join(page.extract_text() for page in pages)
    return content.decode("utf-8", "replace")


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Writes:
    """Notes the tables written to, rows changed: « partners_user 1 »."""

    def __init__(self) -> None:
        self.tables: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        found = re.match(r'\s*(INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "?(\w+)', sql)
        if found and found[2] not in NOTED and context["cursor"].rowcount:
            self.tables.append(found[2])
        return result


def state(but: set[str] = NOTED) -> dict[str, str]:
    """A digest of each table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in but:
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                found[table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


# --- the walk --------------------------------------------------------------------------------------------------
@dataclass
class Walk:
    """One persona's walk: what went wrong, what was seen, how many requests it took."""

    world: World
    persona: str
    client: Client
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    requests: int = 0

    def ask(self, method: str, path: str, body: Any = None) -> tuple[Any, bytes, list[str]]:
        """The answer, its content, and the tables it wrote; cookies and rows of a POST are taken back."""
        self.requests += 1
        writes, cookies = Writes(), self.client.cookies.copy()
        before = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with connection.execute_wrapper(writes):
            answer = self.client.generic("GET", path) if method == "GET" else self.client.post(path, body or {})
            content = content_of(answer)
        self._judge(f"{method} {path}", answer, content)
        if method == "POST":
            for message in Message.objects.filter(pk__gt=before):
                self._search(f"{method} {path} message", f"{message.subject} {message.body}")
            self.client.cookies = cookies
        return answer, content, writes.tables

    def _judge(self, what: str, answer: Any, content: bytes) -> None:
        if answer.status_code >= 500:
            self.faults.append(f"{self.persona} {what}: {answer.status_code}")
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        self._search(what, headers + "\n" + text_of(content, answer.headers.get("Content-Type", "")))

    def _search(self, what: str, text: str) -> None:
        for mark in self.world.canaries.found(text):
            if may_see(self.persona, mark):
                self.seen.add(f"{mark.owner} {mark.kind}")
            else:
                self.faults.append(f"{self.persona} {what} LEAKS {mark.place} of {mark.owner} ({mark.kind})")

    def route(self, route: Route, address: Address) -> None:
        things = list(KINDS[route.takes](self.world, self.persona)) if route.takes else [Thing("any", {})]
        for thing in things:
            for method in ("GET", "POST"):
                with undone() if method == "POST" else transaction.atomic():
                    self._one(route, address, thing, method)

    def _one(self, route: Route, address: Address, thing: Thing, method: str) -> None:
        path = address.path(thing.given)
        what = f"{self.persona} {method} {route.name} [{thing.relation}]"
        body = {name: value(self.world) if callable(value) else value for name, value in route.body.items()}
        try:
            answer, content, written = self.ask(method, path, body)
        except Exception as error:
            *_, last = traceback.extract_tb(error.__traceback__)
            at = f"{last.filename}:{last.lineno}"
            self.faults.append(f"{what} {path} raises {type(error).__name__} at {at}: {str(error)[:200]}")
            return
        expected = route.expects(self.persona, method, thing.relation)
        if answer.status_code not in expected:
            self.faults.append(f"{what} {path}: {answer.status_code}, expected {sorted(expected)}")
        if written and (method == "GET" or answer.status_code >= 400):
            self.faults.append(f"{what} {path} writes {sorted(set(written))}")
        if not route.out and answer.status_code == 302 and (self.persona == "anonymous" or self.persona in LINKS):
            to = answer.headers["Location"]
            if not to.startswith(("/compte/connexion/", "/admin/login/?next=/admin/")):  # the second leads to the first
                self.faults.append(f"{what}: sent to {to}, not to sign in")
        if thing.relation == "foreign" and answer.status_code == 404:
            self._like_nothing(what, address, thing, method, content)

    def _like_nothing(self, what: str, address: Address, thing: Thing, method: str, content: bytes) -> None:
        """What is foreign answers as what does not exist."""
        path = address.path({**thing.given, "pk": NOWHERE})
        _, other, _ = self.ask(method, path)
        if TOKEN.sub(b"", other) != TOKEN.sub(b"", content):
            self.faults.append(f"{what}: a foreign object does not answer like one that does not exist")
