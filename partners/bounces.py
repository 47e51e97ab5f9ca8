"""What mail servers send back when a message did not arrive (RFC 3464): read with suspicion, believed about our own only.

A report names the message by its Message-ID, which is random and known to its recipient alone. Delays and deliveries are
left aside; whatever cannot be read is left aside too, since anybody can write to the address where reports arrive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mail
from typing import Any

from django.db import transaction

from partners import journal
from partners.models.outbox import Message, MessageChannel, MessageFailure, MessageStatus

LARGEST = 2 * 1024 * 1024  # bytes read of one report
MOST_PARTS = 100
PERMANENT = re.compile(r"\s*5\.\d{1,3}\.\d{1,3}\b")
IDENTIFIER = re.compile(r"<[!-;=?-~]{1,190}>")  # printable ASCII, between its brackets
RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")


def take(raw: bytes) -> int:
    """Mark as come back the messages that this report says will never arrive, and count them; 0 for anything else."""
    try:
        identifiers = _undelivered(message_from_bytes(raw[:LARGEST]))
    except Exception:  # whatever a hostile text makes the parser do, nothing happened
        return 0
    return sum(came_back(one) for one in identifiers)


@transaction.atomic
def came_back(identifier: str) -> int:
    """Note that the e-mail with this Message-ID came back; 1, or 0 when there is none that left."""
    left = Message.objects.filter(
        message_id=identifier, channel=MessageChannel.EMAIL, status__in=(MessageStatus.SENT, MessageStatus.LEAVING)
    )
    message = left.first()
    if message is None or not left.update(status=MessageStatus.FAILED, reason=MessageFailure.BOUNCED):
        return 0
    journal.record("bounce", message, organisation=message.organisation_id, learner=message.learner_id)
    return 1


def _undelivered(report: Any) -> set[str]:
    """The Message-IDs that the report is about, if it is one and says that they will never arrive."""
    parts = list(_parts(report))
    verdicts = [
        block for part in parts if part.get_content_type() == "message/delivery-status" for block in _blocks(part)
    ]
    if not any(_is_final(block) for block in verdicts):
        return set()
    returned = [one for part in parts if part.get_content_type() in RETURNED for one in _returned(part)]
    found = {one for headers in returned for one in _identifiers(headers, "Message-ID")}
    # Some servers return nothing of the message, and answer to it as one answers a letter.
    return found or _identifiers(report, "In-Reply-To") or _identifiers(report, "References")


def _parts(report: Any) -> Iterator[Any]:
    """The parts of the report itself: what is inside a returned message is not ours to believe."""
    if not report.is_multipart() or report.get_content_type() != "multipart/report":
        return
    yield from report.get_payload()[:MOST_PARTS]


def _blocks(part: Any) -> list[Any]:
    payload = part.get_payload()
    return payload[:MOST_PARTS] if isinstance(payload, list) else []


def _is_final(block: Any) -> bool:
    """One recipient will never get it: « Action: failed » and a status that begins with 5."""
    action, status = str(block.get("Action", "")), str(block.get("Status", ""))
    return action.strip().lower() == "failed" and PERMANENT.match(status) is not None


def _returned(part: Any) -> list[Any]:
    """The headers of the message that came back, whole or alone."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [one for one in payload[:1] if isinstance(one, Mail)]
    text = part.get_payload(decode=True)
    return [message_from_bytes(text)] if isinstance(text, bytes) else []


def _identifiers(headers: Any, name: str) -> set[str]:
    return set(IDENTIFIER.findall(str(headers.get(name, ""))))
