"""The one door by which a person is written to: by the channel they chose, a bounded number of times a week, at decent hours.

What is said is a template, registered by purpose; its blanks are filled from a closed list of words, each of one type, so
that no free text and no obstacle gets into a message. What does not leave is a row too, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner, PersonalLink
from learners.states import Closing, LinkPurpose
from learners.wording import HERE, LINK, SHORT_WORDS, WORDS, filled, given, shortened
from partners import outbox, quiet, sms
from partners.journal import record
from partners.models import Message, MessageChannel, MessageFailure, MessageStatus, Organisation
from partners.referentials.known import commune_names
from partners.states import Channel
from partners.tokens import code_digest, code_of, grouped, token_digest, token_of

WEEK = timedelta(days=7)
VALID = timedelta(days=30)  # of a link in a message
EMAIL, SMS, LETTER = MessageChannel.EMAIL, MessageChannel.SMS, MessageChannel.LETTER
BY_DEFAULT = (EMAIL, SMS, LETTER)
# What the person chose → the ways to try, in order. Whom one calls is not written to.
ORDERS: dict[str, tuple[MessageChannel, ...]] = {
    Channel.SMS: (SMS, EMAIL, LETTER),
    Channel.EMAIL: BY_DEFAULT,
    Channel.POST: (LETTER, EMAIL, SMS),
}
TALKED_TO = (Channel.PHONE, Channel.ADVISER)
GOING = (MessageStatus.QUEUED, MessageStatus.LEAVING, MessageStatus.SENT)
LONGEST = 254  # of an address, as the outbox keeps it


# --- templates -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Template:
    """What is written for one purpose, in French, with blanks such as `{organisation}` (`learners.wording` lists them).

    `opens(message)`: what the link leads to and until when, by default the person's path for 30 days. `text`: of e-mails and letters, between the greeting and the signature, which are added. `sms`: a whole short message,
    which holds in `parts`. `still_needed(message)`: asked again as it leaves. `urgent`: the person asked for it this
    minute, so that neither the bound of a week nor the hour keeps it back; it counts for those that follow.
    """

    purpose: str
    subject: Any
    text: Any
    sms: Any
    still_needed: Callable[[Message], bool] | None = None
    urgent: bool = False
    parts: int = 1
    opens: Callable[[Message], tuple[str, datetime]] | None = None


_TEMPLATES: dict[str, Template] = {}


def register(*templates: Template) -> None:
    """Add templates, when the apps are ready. Raises ValueError for a blank that is not in the list, or a purpose taken."""
    for one in templates:
        if one.purpose in _TEMPLATES:
            raise ValueError(f"{one.purpose} stands already.")
        for text, allowed in ((one.subject, WORDS - {LINK}), (one.text, WORDS), (one.sms, SHORT_WORDS)):
            if strange := blanks(text) - allowed:
                raise ValueError(f"{one.purpose}: {sorted(strange)} cannot stand there.")
        _TEMPLATES[one.purpose] = one
        outbox.ask_before(one.purpose, ready)
        outbox.fill(one.purpose, text_at_departure)


def blanks(text: Any) -> set[str]:
    """The names in braces; `{a!r}` or `{a:x}` is no name of ours, and is given as it stands."""
    found = set()
    for _before, name, form, conversion in Formatter().parse(str(text)):
        if name is not None:
            found.add(f"{name}{conversion or ''}{form or ''}")
    return found


# --- the ways to a person --------------------------------------------------------------------------------------
class Way(NamedTuple):
    channel: MessageChannel
    to: str


def ways(person: Any, only: MessageChannel | None = None) -> list[Way]:
    """How a person can be written to, what they chose first; by that channel alone when `only` is given."""
    order = (only,) if only else ORDERS.get(person.channel, BY_DEFAULT)
    found = [Way(channel, _ADDRESS[channel](person)) for channel in order]
    return [way for way in found if way.to]


def _mobile(person: Any) -> str:
    return person.phone if sms.is_mobile(person.phone) else ""


def postal(person: Any) -> str:
    """What is written on an envelope, name first; empty when a letter would not arrive."""
    if not (person.address and person.postcode):
        return ""
    code = getattr(person, "commune", "")
    town = commune_names([code]).get(code, "") if code else ""
    name = f"{person.first_name} {person.last_name.upper()}"[:80]
    last = f"{person.postcode} {town.upper()}".strip()
    street = " ".join(person.address.split())[: LONGEST - len(name) - len(last) - 2]
    return f"{name}\n{street}\n{last}"


_ADDRESS: dict[MessageChannel, Callable[[Any], str]] = {EMAIL: lambda one: one.email, SMS: _mobile, LETTER: postal}


# --- the door --------------------------------------------------------------------------------------------------
@transaction.atomic
def tell(
    *,
    learner: Any,
    purpose: str,
    organisation: Organisation,
    by: Any = None,
    matter: str = "",
    words: Mapping[str, Any] | None = None,
    when: datetime | None = None,
    key: str | None = None,
    only: MessageChannel | None = None,
) -> Message | None:
    """Write to a person, by the channel they chose, in the caller's transaction; None when the adviser has to call them.

    `learner`: the person, or a row with the same contacts for who has no file yet. `matter`: a code that `outbox.settle`
    may name (« handoff:12 »). `words`: the blanks of the template, of the types that `learners.wording` says; those of the
    organisation, of who writes and of the link are filled by themselves. `when`: not before. `key`: asking twice with one
    key writes once. `only`: by this channel, because the person asks for it now.

    The row comes back SUPPRESSED when there is no address, when the week is full, or when nobody is there any more.
    """
    template = _TEMPLATES[purpose]
    if not isinstance(learner, Learner) and LINK in blanks(template.text) | blanks(template.sms):
        raise ValueError(f"{purpose}: only who has a file has a page to open.")
    if only is None and learner.channel in TALKED_TO:
        record("call_instead", by=by, organisation=organisation, learner=_number(learner), purpose=purpose)
        return None
    way = next(iter(ways(learner, only)), None)
    moment = when or timezone.now()
    if not template.urgent and (way is None or way.channel != LETTER):
        moment = quiet.next_open(moment)
    said = given(words or {}, organisation, by)
    return outbox.queue(
        key=key or f"{purpose}-{uuid4().hex}",
        purpose=purpose,
        to=way.to if way else "",
        channel=way.channel if way else only or ORDERS.get(learner.channel, BY_DEFAULT)[0],
        subject=filled(str(template.subject), said, blanks(template.subject)),
        body=_body(template, way, said),
        organisation=organisation,
        by=by,
        learner=_number(learner),
        send_after=moment,
        matter=matter,
        kept_back=_kept_back(template, learner, way, moment),
    )


def _number(person: Any) -> int | None:
    return person.pk if isinstance(person, Learner) else None


def _body(template: Template, way: Way | None, said: Mapping[str, Any]) -> str:
    if way is not None and way.channel == SMS:
        words = blanks(template.sms)
        return shortened(str(template.sms), said, words, room=sms.room(template.parts), link=len(_address("")))
    below = (
        _("le cadre au bas de cette lettre dit comment faire") if way is not None and way.channel == LETTER else HERE
    )
    text = filled(str(template.text), said, blanks(template.text), below)
    phone = phone_of(said["organisation"])
    return "\n".join([_("Bonjour,"), "", text, "", str(said["organisation"]), *([phone] if phone else []), ""])


def phone_of(organisation: Organisation) -> str:
    return filled("{phone}", {"phone": organisation}, {"phone"})


def _kept_back(template: Template, person: Any, way: Way | None, moment: datetime) -> MessageFailure | None:
    if isinstance(person, Learner) and person.closed_reason in _GONE:
        return MessageFailure.HANDLED
    if way is None:
        return MessageFailure.NO_ADDRESS
    if not template.urgent and crowded(_written(person, way, moment), moment, settings.MESSAGES_PER_WEEK):
        return MessageFailure.WEEKLY_BOUND
    return None


_GONE = (Closing.DECEASED, Closing.MERGED)


# --- how often -------------------------------------------------------------------------------------------------
def _written(person: Any, way: Way, moment: datetime) -> list[datetime]:
    """When the person was, or is about to be, written to within a week of a moment."""
    mine = Q(to=way.to)
    if isinstance(person, Learner):
        mine = Q(learner_id=person.pk)
        # Of two messages written at once, the second sees the first.
        list(Learner.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))
    span = (moment - WEEK, moment + WEEK)
    near = Q(sent_at__range=span) | Q(sent_at=None, send_after__range=span)
    rows = Message.objects.filter(mine, near, purpose__in=list(_TEMPLATES), status__in=GOING)
    return [sent or planned for sent, planned in rows.values_list("sent_at", "send_after")]


def crowded(moments: Iterable[datetime], moment: datetime, most: int) -> bool:
    """Whether one more at `moment` would make more than `most` in some span of seven days."""
    around = sorted([*moments, moment])
    return any(
        later - first < WEEK for first, later in zip(around, around[most:], strict=False) if first <= moment <= later
    )


# --- as it leaves ----------------------------------------------------------------------------------------------
def ready(message: Message) -> MessageFailure | outbox.Wait | None:
    """Whether a message is still to leave, and now: nothing after the matter was handled, nothing at night."""
    template = _TEMPLATES[message.purpose]
    if message.learner_id is not None:
        person = Learner.objects.filter(pk=message.learner_id).first()
        if person is None or person.closed_reason in _GONE:
            return MessageFailure.HANDLED
    if template.still_needed is not None and not template.still_needed(message):
        return MessageFailure.HANDLED
    now = timezone.now()
    if template.urgent or message.channel == LETTER or quiet.is_open(now):
        return None
    return outbox.Wait(quiet.next_open(now))


def text_at_departure(message: Message) -> str:
    """The text with an address that opens, which no table holds: it is drawn anew from the number of the message."""
    if HERE not in message.body:
        return message.body
    token = token_of(f"message-{message.pk}")
    _open_link(message, token)
    return message.body.replace(HERE, _address(token))


class Printed(NamedTuple):
    """The code at the bottom of a letter; empty when there is no birth date to type with it."""

    code: str
    until: datetime | None


def code_for(message: Message) -> Printed | None:
    """The code to print on a letter that speaks of one, the same each time; None on the others."""
    template = _TEMPLATES.get(message.purpose)
    person = Learner.objects.filter(pk=message.learner_id or 0).first()
    if template is None or LINK not in blanks(template.text) or person is None:
        return None
    if person.born_on is None:
        return Printed("", None)
    code = code_of(f"message-{message.pk}")
    link = _open_link(message, token_of(f"message-{message.pk}"), code)
    return Printed(grouped(code), link.ends_at)


def _address(token: str) -> str:
    return str(settings.SITE_URL) + reverse("learners:link_open", args=[token or token_of("none")])


def _open_link(message: Message, token: str, code: str = "") -> PersonalLink:
    """The link that goes with a message, valid from its first departure."""
    if message.learner_id is None:
        raise ValueError("Only who has a file has a page to open.")  # `tell` writes none to others
    opens = _TEMPLATES[message.purpose].opens
    leads, until = opens(message) if opens else (LinkPurpose.PATH, timezone.now() + VALID)
    link, _new = PersonalLink.objects.get_or_create(
        token_hash=token_digest(token),
        defaults={
            "learner_id": message.learner_id,
            "purpose": leads,
            "code_hash": code_digest(code) if code else None,
            "created_by": message.author,
            "ends_at": until,
        },
    )
    return link
