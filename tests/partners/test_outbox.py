"""Messages: queued with the act, cancellable until they leave, sent once by a real SMTP conversation."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partners import jobs, outbox
from partners.models import Event, Job, JobStatus, Message, MessageChannel, MessageFailure, MessageStatus
from tests import makers
from tests.partners.processes import Site, kill, wait_until
from tests.partners.test_worker import free_port

CRASH = ("-m", "tests.partners.crash")
NIR = "1 85 05 78 006 084 36"


class Sink:
    """A server that takes mail, or refuses it as told."""

    def __init__(self) -> None:
        self.taken: list[email.message.Message] = []
        self.refusals: list[str] = []  # what to answer to the next recipients, first out first
        self.before: Callable[[], None] = lambda: None  # called when a recipient is named
        self.after: Callable[[], None] = lambda: None  # called once a message is taken

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.before()
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.taken.append(email.message_from_bytes(envelope.content))
        self.after()
        return "250 OK"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", controller.port, False
    yield handler
    controller.stop()


def queue(**fields: Any) -> Message:
    given = {
        "key": "trial-1",
        "purpose": "trial",
        "to": "ines@example.org",
        "subject": "Votre rendez-vous",
        "body": "Bonjour",
    }
    return outbox.queue(**{**given, **fields})


def again() -> None:
    """Let the next attempt be due, and make it."""
    Job.objects.filter(status=JobStatus.WAITING).update(run_after=timezone.now())
    jobs.run_all()


# --- queueing --------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_message_is_queued_with_the_act_or_not_at_all(sink: Sink) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        queue()
        raise RuntimeError
    assert not Message.objects.exists()
    assert jobs.run_all() == 0


@pytest.mark.django_db
def test_the_same_key_is_the_same_message() -> None:
    assert queue() == queue(subject="Autre")
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_the_job_holds_the_number_of_the_message_and_nothing_else() -> None:
    message = queue(learner=12)
    assert Job.objects.get().args == {"message": message.pk}
    assert "example.org" not in str(Job.objects.values())


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["", "ines", "ines@", "ines@example.org\nBcc: sam@example.org", "a@b.fr, c@d.fr"])
def test_what_is_not_one_address_is_refused(to: str) -> None:
    with pytest.raises(ValidationError, match="adresse de courriel"):
        queue(to=to)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["subject", "body"])
def test_a_social_security_number_never_leaves(field: str) -> None:
    with pytest.raises(ValidationError, match="sécurité sociale"):
        queue(**{field: f"Dossier {NIR}"})


@pytest.mark.django_db
def test_a_line_break_in_a_subject_starts_no_header(sink: Sink) -> None:
    queue(subject="Bonjour\r\nBcc: sam@example.org")
    jobs.run_all()
    [message] = sink.taken
    assert message["Bcc"] is None
    assert message["Subject"] == "Bonjour Bcc: sam@example.org"


# --- leaving ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_message_leaves_with_the_identifier_it_was_given(sink: Sink) -> None:
    queued = queue(subject="Réunion d’accueil", body="À 9\u00a0h, été comme hiver.")
    jobs.run_all()
    [message] = sink.taken
    queued.refresh_from_db()
    assert queued.status == MessageStatus.SENT
    assert queued.sent_at is not None
    assert message["Message-ID"] == queued.message_id
    assert str(make_header(decode_header(message["Subject"]))) == "Réunion d’accueil"
    assert message.get_payload(decode=True).decode().strip() == "À 9\u00a0h, été comme hiver."
    jobs.run_all()
    assert len(sink.taken) == 1


@pytest.mark.django_db
def test_a_message_waits_for_its_hour(sink: Sink) -> None:
    queue(send_after=timezone.now() + timedelta(hours=2))
    jobs.run_all()
    assert sink.taken == []


@pytest.mark.django_db
def test_a_message_can_be_cancelled_before_it_leaves_and_only_then(sink: Sink) -> None:
    by = makers.member(makers.organisation())
    message = queue()
    assert outbox.cancel(message=message, by=by)
    assert message.status == MessageStatus.CANCELLED
    jobs.run_all()
    assert sink.taken == []
    assert Event.objects.filter(verb="cancel", subject_id=message.pk, actor=by).count() == 1
    late = queue(key="trial-2")
    jobs.run_all()
    assert not outbox.cancel(message=late, by=by)
    assert late.status == MessageStatus.SENT


@pytest.mark.django_db
def test_a_letter_waits_for_somebody_to_post_it() -> None:
    by = makers.member(makers.organisation())
    letter = queue(channel=MessageChannel.LETTER, to="3 rue des Lilas, Niort")
    assert not Job.objects.exists()
    assert outbox.mark_sent(message=letter, by=by)
    assert letter.status == MessageStatus.SENT
    assert not outbox.mark_sent(message=letter, by=by)
    assert not outbox.mark_sent(message=queue(key="trial-2"), by=by)  # an e-mail leaves by itself


# --- not leaving -----------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_refused_address_comes_back_at_once_with_its_reason(sink: Sink) -> None:
    sink.refusals = ["550 5.1.1 No such person"]
    message = queue()
    jobs.run_all()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.FAILED, MessageFailure.ADDRESS_REFUSED)
    assert (Job.objects.get().status, Job.objects.get().reason) == (JobStatus.FAILED, "address_refused")


@pytest.mark.django_db
def test_a_mailbox_that_is_busy_is_tried_again(sink: Sink) -> None:
    sink.refusals = ["450 4.2.1 Try later"]
    message = queue()
    jobs.run_all()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.QUEUED, MessageFailure.ADDRESS_REFUSED)
    again()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.SENT, "")


@pytest.mark.django_db
def test_a_silent_server_is_tried_a_bounded_number_of_times(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    message = queue()
    for _ in range(8):
        again()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.FAILED, MessageFailure.SERVER_SILENT)
    assert Job.objects.get().attempts == 8


@pytest.mark.django_db
def test_a_departure_cut_short_twice_is_not_tried_a_third_time(sink: Sink) -> None:
    message = queue()
    Message.objects.update(status=MessageStatus.LEAVING, departures=2)
    jobs.run_all()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.FAILED, MessageFailure.UNCERTAIN)
    assert sink.taken == []


# --- crashes ---------------------------------------------------------------------------------------------------
def sent_from(site: Site, sink: Sink, settings: Any) -> None:
    site.environment |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(settings.EMAIL_PORT), "EMAIL_USE_TLS": "0"}
    site.run(*CRASH, "mail", "10")


def all_sent(site: Site) -> bool:
    return site.rows("SELECT status, count(*) FROM partners_message GROUP BY status") == [("sent", 10)]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_the_server_loses_nothing_and_doubles_one_at_most(
    site: Site, sink: Sink, settings: Any, moment: str
) -> None:
    sent_from(site, sink, settings)
    met = 0

    def crash_at_the_fourth() -> None:
        nonlocal met
        met += 1
        if met == 4:
            kill(site.running[0])

    setattr(sink, moment, crash_at_the_fourth)
    site.start(*CRASH, "worker")
    wait_until(lambda: met >= 4, "the crash")
    site.start(*CRASH, "worker")
    wait_until(lambda: all_sent(site), "10 of 10")
    identifiers = [message["Message-ID"] for message in sink.taken]
    assert len(set(identifiers)) == 10
    # Taken by the server a moment before the crash: once more, and recognisable as the same.
    assert len(identifiers) == (11 if moment == "after" else 10)
