"""Pages of messages that one comes to by acts: letters that wait, a short message to type, one that did not arrive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from partners import outbox
from partners.models import MessageChannel, MessageFailure
from tests.every_page import Shown, read
from tests.test_fences import entered
from tests.world import World


def by_messages(world: World) -> Iterator[Shown]:
    person, amina = world.learners["followed"], entered(world, "amina")
    text: dict[str, Any] = {
        "purpose": "call_me", "subject": "Appelez-nous", "body": "Bonjour", "by": world.users["amina"],
        "organisation": person.holder, "learner": person,
    }  # fmt: skip
    letter = outbox.queue(key="page-1", channel=MessageChannel.LETTER, to="3 rue des Lilas", **text)
    short = outbox.queue(key="page-2", channel=MessageChannel.SMS, to="+33639980001", **text)
    lost = outbox.queue(key="page-3", to="", kept_back=MessageFailure.NO_ADDRESS, **text)
    pages = [
        reverse("learners:letter_list"),
        reverse("learners:message_list") + "?etat=sms",
        reverse("placements:home"),
    ]
    details = [reverse("learners:message_detail", args=[one.pk]) for one in (letter, short, lost)]
    yield from read(amina, "amina, messages", iter([*pages, *details]), "GET")
    path = reverse("learners:message_text", args=[short.pk])
    answer = amina.post(path)
    yield Shown(f"amina POST {path}", path, answer.content.decode(), answer)
