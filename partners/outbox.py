"""The outbox: messages are queued in the transaction of an act, can be seen and cancelled, then leave once.

An e-mail leaves by SMTP, a short message by the provider that the settings name, each with an identifier that never
changes. If the worker dies around the moment the server takes it, it is sent once more: it may arrive twice, with the
same identifier, but never not at all. A letter is printed and posted by somebody.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime
from email.utils import parseaddr
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from partners import jobs, journal, sms
from partners.models.outbox import Message, MessageChannel, MessageFailure, MessageStatus

# One departure, and one more when the first was cut short and nobody knows whether it arrived.
DEPARTURES = 2
# What a text says of a secret that only the message that leaves may hold: a marker, filled at departure.
Fill = Callable[[Message], str]
_FILLS: dict[str, Fill] = {}
NOT_AN_ADDRESS = "Cette adresse de courriel n’est pas valide\u00a0: corrigez-la avant d’envoyer le message."
NOT_A_MOBILE = "Ce numéro ne reçoit pas de SMS\u00a0: indiquez un numéro de mobile."


class Wait(NamedTuple):
    """Not now: not before `until`."""

    until: datetime


# Asked as a message leaves: None lets it go, a reason keeps it back for good, Wait puts it off.
Ready = Callable[[Message], MessageFailure | Wait | None]
_READY: dict[str, Ready] = {}


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
    matter: str = "",
    kept_back: MessageFailure | None = None,
) -> Message:
    """Write a message to send after `send_after` (now by default), once per `key`, in the caller's transaction.

    `matter`: the code of what it is about, that `settle` may name. `kept_back`: it is written, and does not leave.
    Raises ValidationError with a French sentence if the address is wrong or the text holds an NIR-like number.
    """
    before: Message | None = Message.objects.filter(key=key).first()
    if before is not None:
        return before
    message = Message(
        key=jobs.code(key),
        purpose=jobs.code(purpose),
        channel=channel,
        organisation=organisation,
        author=by,
        learner_id=getattr(learner, "pk", learner),
        to=to if kept_back else _CHECKED.get(channel, str)(to),
        subject=" ".join(subject.split()),  # a line break would start another header
        body=body,
        send_after=send_after or timezone.now(),
        message_id=f"<{uuid4().hex}@{sending_domain()}>",
        matter=jobs.code(matter) if matter else "",
        status=MessageStatus.SUPPRESSED if kept_back else MessageStatus.QUEUED,
        reason=kept_back or "",
    )
    message.full_clean(exclude=["organisation", "author"], validate_unique=False)
    message.save()
    if kept_back:
        _told_kept_back(message)
    elif leaves_alone(message):
        _promise(message, f"{message.pk}")
    return message


def leaves_alone(message: Message) -> bool:
    """Whether nobody has to do anything for it to leave."""
    return message.channel == MessageChannel.EMAIL or (message.channel == MessageChannel.SMS and sms.is_on())


def _promise(message: Message, key: str) -> None:
    jobs.enqueue("send_message", key=key, args={"message": message.pk}, run_after=message.send_after)


def _told_kept_back(message: Message) -> None:
    journal.record(
        "keep_back",
        message,
        organisation=message.organisation_id,
        learner=message.learner_id,
        reason=str(message.reason),
    )


def ask_before(purpose: str, ready: Ready) -> None:
    """Let `ready` say, as messages of that purpose leave, whether each is still to leave, and now."""
    _READY[purpose] = ready


def text_of(message: Message) -> str:
    """The text as it leaves, with its secrets: for who sends or prints it, never for a page."""
    filling = _FILLS.get(message.purpose)
    return filling(message) if filling else message.body


def fill(purpose: str, filling: Fill) -> None:
    """Let `filling` write the text of messages of that purpose as they leave: a secret link is in no table.

    It is called at each departure, outside any transaction, and may thus be called twice for one message.
    """
    _FILLS[purpose] = filling


def address(text: str) -> str:
    """Give the e-mail address in `text`; raises ValidationError if it is none."""
    found = text.strip()
    try:
        validate_email(found)
    except ValidationError as error:
        raise ValidationError(NOT_AN_ADDRESS, code="address") from error
    return found


def mobile(text: str) -> str:
    """Give the mobile number in `text`, which is in E.164; raises ValidationError if it is none."""
    found = text.strip()
    if not sms.is_mobile(found):
        raise ValidationError(NOT_A_MOBILE, code="mobile")
    return found


_CHECKED: dict[str, Callable[[str], str]] = {MessageChannel.EMAIL: address, MessageChannel.SMS: mobile}


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
def settle(matter: str) -> int:
    """The matter is handled: what still waits about it does not leave. Tell how many messages were kept back.

    Of an act that settles and a departure only one wins, as for a cancel.
    """
    kept = 0
    for message in Message.objects.filter(matter=matter, status=MessageStatus.QUEUED, departures=0):
        kept += keep_back(message, MessageFailure.HANDLED)
    return kept


def keep_back(message: Message, reason: MessageFailure) -> bool:
    """Keep a waiting message back for good; tell whether it was still time."""
    waiting = Message.objects.filter(pk=message.pk, status=MessageStatus.QUEUED, departures=0)
    kept = bool(waiting.update(status=MessageStatus.SUPPRESSED, reason=reason))
    if kept:
        message.status, message.reason = MessageStatus.SUPPRESSED, reason
        _told_kept_back(message)
    return kept


def still_to_send(message: Message) -> bool:
    """Asked as somebody is about to send it by hand: whether it still has to leave; if not, it is kept back."""
    answer = _ready(message)
    if isinstance(answer, MessageFailure):
        keep_back(message, answer)
        return False
    return message.status == MessageStatus.QUEUED


@transaction.atomic
def note(*, message: Message, by: Any) -> bool:
    """Somebody has seen that this one did not leave, or came back; tell whether they are the first."""
    noted = bool(Message.objects.lost().filter(pk=message.pk).update(noted_by=by, noted_at=timezone.now()))
    if noted:
        journal.record("note_failure", message, by=by, organisation=message.organisation_id, learner=message.learner_id)
    message.refresh_from_db()
    return noted


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
    """Hand the message numbered `pk` to the server of its channel; give the function that writes what came of it.

    Job handler, run outside any transaction. Does nothing for a message cancelled or sent meanwhile, nor for one that
    somebody has to send. Raises jobs.Failure, whose reason is a code of MessageFailure, when it did not leave.
    """
    # Before the server hears of it: a run that dies from here on leaves a trace, and nobody can cancel any more.
    open_ = Q(status=MessageStatus.QUEUED) | Q(status=MessageStatus.LEAVING)
    may_leave = Message.objects.filter(open_, pk=pk, send_after__lte=timezone.now())
    if not sms.is_on():
        may_leave = may_leave.exclude(channel=MessageChannel.SMS)
    leaving = {"status": MessageStatus.LEAVING, "departures": F("departures") + 1}
    if not may_leave.filter(departures__lt=DEPARTURES).update(**leaving):
        if may_leave.exists():
            raise jobs.Failure(MessageFailure.UNCERTAIN, final=True)
        return None
    message = Message.objects.get(pk=pk)
    try:
        # Asked once nobody can cancel any more: what was settled before this moment is seen here.
        if (answer := _ready(message)) is not None:
            return partial(not_now, pk, answer)
        post(message)
    except Exception as error:
        failure, final = reading(error)
        # The server said no, or was never reached: nothing left, so this departure does not count.
        back = Message.objects.filter(pk=pk, status=MessageStatus.LEAVING)
        back.update(status=MessageStatus.QUEUED, departures=F("departures") - 1, reason=failure)
        raise jobs.Failure(failure, final=final) from None  # the error quotes the address
    return partial(left, pk)


def _ready(message: Message) -> MessageFailure | Wait | None:
    ready = _READY.get(message.purpose)
    return ready(message) if ready else None


def not_now(pk: int, answer: MessageFailure | Wait) -> dict[str, int]:
    """Put off, or keep back, a message that was about to leave, in the transaction that ends its job."""
    message = Message.objects.get(pk=pk)
    leaving = Message.objects.filter(pk=pk, status=MessageStatus.LEAVING)
    back = {"status": MessageStatus.QUEUED, "departures": F("departures") - 1}
    if isinstance(answer, Wait):
        if leaving.update(**back, send_after=answer.until):
            message.send_after = answer.until
            _promise(message, f"{pk}-{answer.until:%Y%m%d%H%M}")
        return {"put_off": 1}
    if leaving.update(**{**back, "status": MessageStatus.SUPPRESSED}, reason=answer):
        message.reason = answer
        _told_kept_back(message)
    return {"kept_back": 1}


def post(message: Message) -> None:
    """Send by the way of its channel, with the identifier that the row was given when it was written."""
    if message.channel == MessageChannel.SMS:
        sms.send(to=message.to, text=text_of(message), reference=message.message_id.strip("<>"))
        return
    email = EmailMessage(message.subject, text_of(message), to=[message.to])
    email.extra_headers["Message-ID"] = message.message_id
    email.extra_headers["Auto-Submitted"] = "auto-generated"
    email.send(fail_silently=False)


def reading(error: Exception) -> tuple[MessageFailure, bool]:
    """What an error of SMTP or of the provider of SMS means, and whether trying again would change nothing."""
    if isinstance(error, sms.NotTaken):
        return MessageFailure.SERVER_SILENT if error.silent else MessageFailure.MESSAGE_REFUSED, error.final
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
