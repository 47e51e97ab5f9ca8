"""Every page of the site as those who may read it: addresses from the resolver, objects from the world of the fences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.http import HttpResponse
from django.test import Client

from tests.fences.objects import KINDS, Thing
from tests.test_fences import ADDRESSES, ROUTES, entered
from tests.world import World

READERS = ("coline", "mona", "amina", "farid", "elsa", "pia", "anonymous", "ines", "hana")
FORMS_OF = ("coline", "mona", "pia", "anonymous", "ines")  # between them, every form that can be sent back
SENT_BACK = {200, 422, 429}


class Shown(NamedTuple):
    """A page as a persona got it. `what`: who, how and where, for messages."""

    what: str
    path: str
    page: str
    answer: HttpResponse


def addresses_for(world: World, persona: str, method: str = "GET") -> Iterator[str]:
    """Where this persona is answered with a page, each address once: with theirs and with what they are shown."""
    done = set()
    for name, route in ROUTES.items():
        things = KINDS[route.takes](world, persona) if route.takes else [Thing("any", {})]
        for thing in things:
            wanted = {200} if method == "GET" else SENT_BACK | {410}
            if route.expects(persona, method, thing.relation) & wanted and name in ADDRESSES:
                path = ADDRESSES[name].path(thing.given)
                if path not in done:
                    done.add(path)
                    yield path


def pages(world: World, personas: tuple[str, ...] = READERS) -> Iterator[Shown]:
    """The pages they read, and the forms they sent empty."""
    for persona in personas:
        yield from read(entered(world, persona), persona, addresses_for(world, persona), "GET")
        if persona in FORMS_OF:
            yield from read(entered(world, persona), persona, addresses_for(world, persona, "POST"), "POST")


def read(client: Client, persona: str, paths: Iterator[str], method: str) -> Iterator[Shown]:
    for path in paths:
        answer = client.post(path) if method == "POST" else client.get(path)
        is_page = not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html")
        if is_page and answer.status_code in SENT_BACK | {410}:
            yield Shown(f"{persona} {method} {path}", path, answer.content.decode(), answer)
