"""The outbox: messages are queued in the transaction of an act, can be seen and cancelled, then leave once.

An e-mail leaves by SMTP with a Message-ID that never changes. If the worker dies around the moment the server takes
it, it is sent once more: it may arrive twice, with the same Message-ID, but never not at all.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime
from email.utils import parseaddr
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from partners import jobs, journal
from partners.models.outbox import Message, MessageChannel, MessageFailure, MessageStatus

# One departure, and one more when the first was cut short and nobody knows whether it arrived.
DEPARTURES = 2
NOT_AN_ADDRESS = "Cette adresse de courriel n’est pas valide\u00a0: corrigez-la avant d’envoyer le message."


@transaction.atomic
def queue(
    *,
    key: str,
    purpose: str,
    to: str,
    subject: str,
    body: str,
    channel: MessageChannel = MessageChannel.EMAIL,
    organisation: Any = None,
    by: Any = None,
    learner: Any = None,
    send_after: datetime | None = None,
) -> Message:
    """Write a message to send after `send_after` (now by default), once per `key`, in the caller's transaction.

    Raises ValidationError with a French sentence if the address is wrong or the text holds an NIR-like number.
    """
    before = Message.objects.filter(key=key).first()
    if before is not None:
        return before
    message = Message(
        key=jobs.code(key),
        purpose=jobs.code(purpose),
        channel=channel,
        organisation=organisation,
        author=by,
        learner_id=getattr(learner, "pk", learner),
        to=address(to) if channel == MessageChannel.EMAIL else to,
        subject=" ".join(subject.split()),  # a line break would start another header
        body=body,
        send_after=send_after or timezone.now(),
        message_id=f"<{uuid4().hex}@{sending_domain()}>",
    )
    message.full_clean(exclude=["organisation", "author"], validate_unique=False)
    message.save()
    if channel == MessageChannel.EMAIL:
        jobs.enqueue("send_message", key=f"{message.pk}", args={"message": message.pk}, run_after=message.send_after)
    return message


def address(text: str) -> str:
    """Give the e-mail address in `text`; raises ValidationError if it is none."""
    found = text.strip()
    try:
        validate_email(found)
    except ValidationError as error:
        raise ValidationError(NOT_AN_ADDRESS, code="address") from error
    return found


def sending_domain() -> str:
    """The domain that signs our Message-IDs: the sender's."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


@transaction.atomic
def cancel(*, message: Message, by: Any) -> bool:
    """Keep `message` from leaving; tell whether it was still time. Of a cancel and a departure only one wins."""
    waiting = Message.objects.filter(pk=message.pk, status=MessageStatus.QUEUED, departures=0)
    cancelled = bool(waiting.update(status=MessageStatus.CANCELLED))
    if cancelled:
        journal.record("cancel", message, by=by, organisation=message.organisation_id, learner=message.learner_id)
    message.refresh_from_db()
    return cancelled


@transaction.atomic
def mark_sent(*, message: Message, by: Any) -> bool:
    """Note that a letter or an SMS was sent by hand; tell whether it was still to send."""
    by_hand = Message.objects.filter(pk=message.pk, status=MessageStatus.QUEUED).exclude(channel=MessageChannel.EMAIL)
    sent = bool(by_hand.update(status=MessageStatus.SENT, sent_at=timezone.now(), departures=1))
    if sent:
        journal.record("mark_sent", message, by=by, organisation=message.organisation_id, learner=message.learner_id)
    message.refresh_from_db()
    return sent


def send(pk: int) -> Callable[[], object] | None:
    """Hand the e-mail numbered `pk` to the SMTP server; give the function that writes what came of it.

    Job handler, run outside any transaction. Does nothing for a message cancelled or sent meanwhile.
    Raises jobs.Failure, whose reason is a code of MessageFailure, when it did not leave.
    """
    # Before the server hears of it: a run that dies from here on leaves a trace, and nobody can cancel any more.
    open_ = Q(status=MessageStatus.QUEUED) | Q(status=MessageStatus.LEAVING)
    may_leave = Message.objects.filter(open_, pk=pk, send_after__lte=timezone.now())
    leaving = {"status": MessageStatus.LEAVING, "departures": F("departures") + 1}
    if not may_leave.filter(departures__lt=DEPARTURES).update(**leaving):
        if may_leave.exists():
            raise jobs.Failure(MessageFailure.UNCERTAIN, final=True)
        return None
    message = Message.objects.get(pk=pk)
    try:
        post(message)
    except Exception as error:
        failure, final = reading(error)
        # The server said no, or was never reached: nothing left, so this departure does not count.
        back = Message.objects.filter(pk=pk, status=MessageStatus.LEAVING)
        back.update(status=MessageStatus.QUEUED, departures=F("departures") - 1, reason=failure)
        raise jobs.Failure(failure, final=final) from None  # the error quotes the address
    return partial(left, pk)


def post(message: Message) -> None:
    """Send by the configured backend, with the Message-ID that the row was given when it was written."""
    email = EmailMessage(message.subject, message.body, to=[message.to])
    email.extra_headers["Message-ID"] = message.message_id
    email.extra_headers["Auto-Submitted"] = "auto-generated"
    email.send(fail_silently=False)


def reading(error: Exception) -> tuple[MessageFailure, bool]:
    """What an SMTP error means, and whether trying again would change nothing."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return MessageFailure.ADDRESS_REFUSED, all(code >= 500 for code in codes)
    if isinstance(error, smtplib.SMTPResponseException):
        lasting = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPConnectError)
        return MessageFailure.MESSAGE_REFUSED, lasting
    if isinstance(error, OSError):  # smtplib's other errors, refused connections and time-outs
        return MessageFailure.SERVER_SILENT, False
    return MessageFailure.MESSAGE_REFUSED, True


def left(pk: int) -> dict[str, int]:
    """Note the departure of the message numbered `pk`, in the transaction that ends its job."""
    leaving = Message.objects.filter(pk=pk, status=MessageStatus.LEAVING)
    return {"sent": leaving.update(status=MessageStatus.SENT, sent_at=timezone.now(), reason="")}


def gave_up(*, message: int) -> None:
    """Bring the failure back where people look: on the message, with its reason."""
    open_ = Message.objects.filter(pk=message, status__in=(MessageStatus.QUEUED, MessageStatus.LEAVING))
    open_.filter(Q(reason="") | Q(status=MessageStatus.LEAVING)).update(reason=MessageFailure.UNCERTAIN)
    open_.update(status=MessageStatus.FAILED)
