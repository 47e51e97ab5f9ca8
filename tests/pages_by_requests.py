"""Pages of direct requests that one comes to by an act: sent, found again, beside somebody who looks alike, settled."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from cohorts.requests import put_aside
from cohorts.states import SetAside
from tests.every_page import Shown, read
from tests.makers import learner
from tests.test_fences import entered
from tests.world import World


def by_requests(world: World) -> Iterator[Shown]:
    own, row = reverse("cohorts:own_request"), world.requests["asked"]
    visitor = Client()
    path = reverse("cohorts:apply", args=[world.cohorts["open"].pk])
    visitor.post(path, {"first_name": "Ana", "last_name": "Fictive", "born_on": "03/02/2004", "phone": "0639980001", "agreed": "on"})  # fmt: skip
    yield from read(visitor, "anonymous, sent", iter([own]), "GET")
    for key in ("asked", "typed"):
        found = Client()
        found.post(own, {"code": world.requests[key].code, "last_name": world.requests[key].last_name})
        yield from read(found, f"anonymous, {key}", iter([own]), "GET")
    learner(row.provider, first_name=row.first_name, last_name=row.last_name, email=row.email)
    coline, page = entered(world, "coline"), reverse("cohorts:request_detail", args=[row.pk])
    yield from read(coline, "coline, alike", iter([page]), "GET")
    answer = coline.post(reverse("cohorts:request_take", args=[row.pk]), {})
    yield Shown("coline, nobody chosen", page, answer.content.decode(), answer)
    put_aside(request=row, by=world.users["coline"], reason=SetAside.TOLD)
    done = reverse("cohorts:request_list") + "?etat=traitees"
    yield from read(coline, "coline, set aside", iter([page, done]), "GET")
