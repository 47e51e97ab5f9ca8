"""Short messages: what fits in one, and a real conversation with a provider that takes, refuses or stays silent."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from partners import jobs, outbox, sms
from partners.models import Job, JobStatus, Message, MessageChannel, MessageFailure, MessageStatus
from tests import makers
from tests.partners.test_worker import free_port

MOBILE = "+33639980001"
TEXT = "Mission locale : appelez-nous quand vous pouvez."


class Provider:
    """Takes short messages by HTTP, and answers what it was told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answers: list[int] = []  # first out first, then 201
        self.meanwhile: Callable[[], None] = lambda: None


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.asked.append((dict(self.headers), body))
            made.meanwhile()
            status = made.answers.pop(0) if made.answers else 201
            if status == 0:  # hangs up without a word
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 -- the name that the server calls

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/sms"
    settings.SMS_TOKEN, settings.SMS_SENDER = "token-of-the-tests", "RELAIS"
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def queue(**fields: Any) -> Message:
    given = {"key": "trial-1", "purpose": "trial", "to": MOBILE, "subject": "Appelez-nous", "body": TEXT}
    return outbox.queue(**{**given, "channel": MessageChannel.SMS, **fields})


def again() -> None:
    Job.objects.filter(status=JobStatus.WAITING).update(run_after=timezone.now())
    jobs.run_all()


# --- what fits -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Réponse à Zoé", "Réponse à Zoé"),
        ("l’été, « déjà »", 'l\'été, " déjà "'),
        ("Nîmes, français, cœur, hôtel, maïs", "Nimes, francais, coeur, hotel, mais"),
        ("8\u202fh\u00a030 – 9\u00a0h…", "8 h 30 - 9 h..."),
        ("ÀÉÈ", "AÉE"),
        ("😀 日本", " "),
    ],
)
def test_the_alphabet_of_short_messages(written: str, sent: str) -> None:
    assert sms.plain(written) == sent


def test_some_signs_count_twice_and_several_messages_hold_less_each() -> None:
    assert sms.length("a€[b]") == 8
    assert (sms.room(1), sms.room(2), sms.room(3)) == (160, 306, 459)


@pytest.mark.parametrize(
    ("number", "takes"),
    [
        ("+33639980001", True), ("+33712345678", True), ("+262692123456", True), ("+32470123456", True),
        ("+33549000000", False), ("0639980001", False), ("+336399800011", False), ("+3363998", False), ("", False),
        ("+33639980001;+33639980002", False),
    ],
)  # fmt: skip
def test_a_mobile_in_international_writing(number: str, takes: bool) -> None:
    assert sms.is_mobile(number) is takes


# --- leaving ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_short_message_leaves_once_with_what_the_provider_needs(provider: Provider) -> None:
    message = queue()
    jobs.run_all()
    jobs.run_all()
    [(headers, body)] = provider.asked
    reference = message.message_id.strip("<>")
    assert body == {"to": MOBILE, "from": "RELAIS", "text": TEXT, "reference": reference}
    assert headers["Authorization"] == "Bearer token-of-the-tests"
    assert headers["Content-Type"] == "application/json"
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.SENT, "")


@pytest.mark.django_db
def test_without_a_provider_it_waits_for_somebody(settings: Any) -> None:
    settings.SMS_URL = ""
    by = makers.member(makers.organisation())
    message = queue()
    assert not Job.objects.exists()
    assert outbox.mark_sent(message=message, by=by)
    assert message.status == MessageStatus.SENT


@pytest.mark.django_db
def test_a_provider_taken_away_leaves_the_waiting_ones_to_somebody(provider: Provider, settings: Any) -> None:
    message = queue()
    settings.SMS_URL = ""
    jobs.run_all()
    message.refresh_from_db()
    assert (message.status, message.departures, provider.asked) == (MessageStatus.QUEUED, 0, [])


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["", "06 39 98 00 01", "+33549000000", "ines@example.org"])
def test_what_takes_no_short_message_is_refused(to: str) -> None:
    with pytest.raises(ValidationError, match="numéro de mobile"):
        queue(to=to)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 404, 422, 301, 302, 307])
def test_a_refusal_comes_back_at_once(provider: Provider, status: int) -> None:
    provider.answers = [status]
    message = queue()
    jobs.run_all()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.FAILED, MessageFailure.MESSAGE_REFUSED)
    assert len(provider.asked) == 1  # and no redirection was followed


@pytest.mark.django_db
@pytest.mark.parametrize("answers", [[500], [503, 502], [429], [401], [0]])
def test_what_may_pass_is_tried_again_and_then_never_more(provider: Provider, answers: list[int]) -> None:
    provider.answers = [*answers]
    message = queue()
    jobs.run_all()
    message.refresh_from_db()
    assert message.status == MessageStatus.QUEUED
    assert message.reason
    for _ in range(4):
        again()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.SENT, "")
    assert len(provider.asked) == len(answers) + 1
    assert len({body["reference"] for _, body in provider.asked}) == 1


@pytest.mark.django_db
def test_a_provider_that_answers_nothing_is_not_waited_for_forever(provider: Provider, monkeypatch: Any) -> None:
    done = threading.Event()
    provider.meanwhile = lambda: bool(done.wait(20)) and None
    monkeypatch.setattr(sms, "TIMEOUT", 0.2)
    message = queue()
    jobs.run_all()
    done.set()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.QUEUED, MessageFailure.SERVER_SILENT)


@pytest.mark.django_db
def test_a_provider_that_is_down_is_tried_a_bounded_number_of_times(settings: Any) -> None:
    settings.SMS_URL = f"http://127.0.0.1:{free_port()}/sms"
    message = queue()
    for _ in range(8):
        again()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.FAILED, MessageFailure.SERVER_SILENT)


@pytest.mark.django_db
def test_neither_number_nor_text_is_logged(provider: Provider, caplog: Any) -> None:
    provider.answers = [400]
    with caplog.at_level(logging.DEBUG):
        queue()
        jobs.run_all()
        queue(key="trial-2")
        jobs.run_all()
    assert len(provider.asked) == 2
    assert MOBILE[3:] not in caplog.text + str(Job.objects.values())
    assert "appelez-nous" not in caplog.text


# --- races -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_once_it_is_on_its_way_nobody_cancels_it(provider: Provider) -> None:
    by = makers.member(makers.organisation())
    message = queue()
    said: list[bool] = []
    claimed = outbox.post

    def post(leaving: Message) -> None:
        said.append(outbox.cancel(message=message, by=by))
        claimed(leaving)

    outbox.post = post  # type: ignore[assignment]
    try:
        jobs.run_all()
    finally:
        outbox.post = claimed
    message.refresh_from_db()
    assert (said, message.status, len(provider.asked)) == ([False], MessageStatus.SENT, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_a_cancel_a_settling_a_hand_and_two_departures_one_wins(provider: Provider) -> None:
    by = makers.member(makers.organisation())
    for number in range(12):
        message = queue(key=f"race-{number}", matter=f"race:{number}")
        Job.objects.all().delete()
        before = len(provider.asked)
        done: list[str] = []
        start = threading.Barrier(5)

        def act(name: str, do: Callable[[], Any], done: list[str] = done, start: Any = start) -> None:
            try:
                start.wait()
                if do():
                    done.append(name)
            finally:
                connections.close_all()

        def depart(pk: int = message.pk) -> bool:
            write = outbox.send(pk)
            return write is not None and bool(write())

        acts: list[tuple[str, Callable[[], Any]]] = [
            ("cancel", lambda m=message: outbox.cancel(message=Message.objects.get(pk=m.pk), by=by)),
            ("settle", lambda n=number: outbox.settle(f"race:{n}")),
            ("hand", lambda m=message: outbox.mark_sent(message=Message.objects.get(pk=m.pk), by=by)),
            ("leave", depart),
        ]
        threads = [threading.Thread(target=act, args=one) for one in [*acts, ("leave", depart)]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        message.refresh_from_db()
        left = len(provider.asked) - before
        stopped = [name for name in done if name != "leave"]
        assert len(stopped) + min(left, 1) == 1, (done, left)
        assert (message.status == MessageStatus.SENT) is (left > 0 or stopped == ["hand"])
    assert connection.vendor == "postgresql"
