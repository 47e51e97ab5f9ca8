"""What comes back from mail servers: believed of our own messages, for good only, whatever is thrown at it."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners import bounces, outbox
from partners.models import Event, Message, MessageChannel, MessageFailure, MessageStatus
from tests import makers

pytestmark = pytest.mark.django_db
TO = "ines.fictive@example.org"


@pytest.fixture
def sent(mission_locale) -> Message:
    message = outbox.queue(
        key="trial-1", purpose="trial", to=TO, subject="Votre rendez-vous", body="Bonjour", organisation=mission_locale, learner=12,
    )  # fmt: skip
    Message.objects.update(status=MessageStatus.SENT, sent_at=timezone.now(), departures=1)
    message.refresh_from_db()
    return message


REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: relais@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"
{headers}
--B
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Queue-ID: 4F2

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected

--B
Content-Type: {returned}

{original}
--B--
"""


def report(message: Message, **fields: str) -> bytes:
    original = f"Message-ID: {message.message_id}\nTo: {TO}\nSubject: Votre rendez-vous\n"
    given = {
        "action": "failed", "status": "5.1.1", "returned": "text/rfc822-headers", "original": original, "headers": "", "to": TO,
    }  # fmt: skip
    return REPORT.format(**{**given, **fields}).encode()


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.status, message.reason


BOUNCED = (MessageStatus.FAILED, MessageFailure.BOUNCED)
STILL = (MessageStatus.SENT, "")


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822", "message/global-headers"])
def test_a_message_that_will_never_arrive_comes_back(sent, returned) -> None:
    assert (bounces.take(report(sent, returned=returned)), state(sent)) == (1, BOUNCED)
    line = Event.objects.get(verb="bounce")
    assert (line.subject_id, line.learner_id, line.organisation) == (sent.pk, 12, sent.organisation)
    assert bounces.take(report(sent, returned=returned)) == 0  # told twice


def test_a_server_that_returns_nothing_answers_to_the_message(sent) -> None:
    given = {"returned": "text/plain", "original": "nothing"}
    assert bounces.take(report(sent, **given)) == 0
    assert bounces.take(report(sent, headers=f"In-Reply-To: {sent.message_id}\n", **given)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"action": "delivered", "status": "2.0.0"},
        {"action": "failed", "status": "4.2.2"},
        {"action": "relayed", "status": "5.1.1"},
        {"status": ""},
        {"status": "50.1.1"},
    ],
)
def test_delays_and_deliveries_change_nothing(sent, fields) -> None:
    assert bounces.take(report(sent, **fields)) == 0
    assert state(sent) == STILL


def test_only_what_left_by_e_mail_comes_back(sent) -> None:
    for change in ({"status": MessageStatus.CANCELLED}, {"channel": MessageChannel.LETTER}):
        was = Message.objects.filter(pk=sent.pk).values(*change).get()
        Message.objects.filter(pk=sent.pk).update(**change)
        assert bounces.take(report(sent)) == 0
        Message.objects.filter(pk=sent.pk).update(**was)
    assert bounces.take(report(sent)) == 1


def test_what_only_looks_like_a_report_is_left_aside(sent) -> None:
    real = report(sent)
    for fake in (
        real.replace(b"multipart/report", b"multipart/mixed"),
        real.replace(b"message/delivery-status", b"text/plain"),
        b"Content-Type: multipart/mixed; boundary=C\n\n--C\n" + real + b"\n--C--\n",
        real.replace(sent.message_id.encode(), b"<somebody-else@example.org>"),
        real.replace(b"Message-ID:", b"X-Message-ID:"),
    ):
        assert fake != real
        assert bounces.take(fake) == 0
    assert bounces.take(real) == 1


HOSTILE = [
    b"", b"\x00" * 1000, b"\xff\xfe" * 500, b"Content-Type: multipart/report; boundary=B\n\n--B\n" * 2000,
    b"Content-Type: message/rfc822\n\n" * 5000, b"Content-Type: multipart/report\n\n", b"A: " + b"(" * 100_000,
    b"Content-Type: multipart/report; boundary*0*=x''%00\n\n--x", b"Content-Type: =?utf-8?b?/////w==?=\n\n",
]  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_raise_nothing(raw) -> None:
    assert bounces.take(raw) == 0


@given(st.binary(max_size=300), st.integers(0, 1200), st.integers(0, 40))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_report_broken_anywhere_raises_nothing(sent, noise, at, cut) -> None:
    raw = report(sent)
    assert bounces.take(raw[:at] + noise + raw[at + cut :]) in (0, 1)


@pytest.mark.parametrize("strange", ["<\x00@x>", "<é@x>", "<" + "a" * 5000 + ">", "<\udcff@x>"])
def test_identifiers_that_no_table_can_hold_are_nobody_s(sent, strange) -> None:
    raw = report(sent).replace(sent.message_id.encode(), strange.encode("utf-8", "surrogateescape"))
    assert bounces.take(raw) == 0


def test_the_command_reads_one_message_and_names_nobody(sent, monkeypatch, capsys, caplog) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(report(sent))))
    call_command("take_bounce")
    assert state(sent) == BOUNCED
    said = capsys.readouterr()
    assert said.out.strip() == "1 message(s) marked as come back."
    assert "ines" not in said.out + said.err + caplog.text


# --- it comes back to somebody ---------------------------------------------------------------------------------
def lost(user: Any) -> list[int]:
    fresh = type(user).objects.get(pk=user.pk)
    return list(Message.objects.visible_to(fresh).to_note(fresh).values_list("pk", flat=True))


def test_it_comes_back_to_who_wrote_it_then_to_the_managers(sent, mission_locale) -> None:
    author, colleague = makers.member(mission_locale), makers.member(mission_locale)
    manager = makers.member(mission_locale, role="manager")
    stranger = makers.member(makers.organisation(), role="manager")
    Message.objects.update(author=author)
    everybody = (author, colleague, manager, stranger)
    assert [lost(one) for one in everybody] == [[]] * 4
    bounces.take(report(sent))
    assert [lost(one) for one in everybody] == [[sent.pk], [], [], []]
    author.memberships.update(active=False)
    assert [lost(one) for one in everybody] == [[], [], [sent.pk], []]
    author.memberships.update(active=True)
    assert outbox.note(message=sent, by=author)
    assert not outbox.note(message=sent, by=manager)  # somebody has seen it
    assert [lost(one) for one in everybody] == [[]] * 4
    assert (sent.noted_by, Event.objects.filter(verb="note_failure").count()) == (author, 1)


def test_what_no_person_wrote_comes_back_to_the_managers(sent, mission_locale) -> None:
    manager = makers.member(mission_locale, role="manager")
    bounces.take(report(sent))
    assert lost(manager) == [sent.pk]
