"""Messages as pages show them: to whom, in which state, what can still be done; names of persons one sees, and of nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners import reaching
from learners.access import Sight, acts_for, sights
from learners.letters import Letter
from learners.models import Learner
from partners import outbox
from partners.models import Message, MessageChannel, MessageFailure, MessageStatus
from partners.worklist import MOST, Line, Subject, WorkList

TONES = {
    MessageStatus.QUEUED: "teal",
    MessageStatus.LEAVING: "teal",
    MessageStatus.SENT: "green",
    MessageStatus.CANCELLED: "grey",
    MessageStatus.FAILED: "red",
    MessageStatus.SUPPRESSED: "amber",
}
SHOWN = 5  # on the page of a person


class Row(NamedTuple):
    """One message for one user. `who` is empty when they do not see the person: `instead` stands for the name.

    `cancel`, `by_hand`, `note`: what this user can still do with it.
    """

    message: Message
    learner: Learner | None
    who: str
    instead: str
    state: str
    tone: str
    cancel: bool
    by_hand: bool
    note: bool

    @property
    def is_letter(self) -> bool:
        return self.message.channel == MessageChannel.LETTER


def rows_of(user: Any, messages: Sequence[Message]) -> list[Row]:
    """Two queries, whatever the number."""
    ids = {one.learner_id for one in messages if one.learner_id is not None}
    seen = Learner.objects.visible_to(user).in_bulk(ids) if ids else {}
    return [_row(user, one, seen.get(one.learner_id or 0)) for one in messages]


def _row(user: Any, one: Message, person: Learner | None) -> Row:
    acts = acts_for(user, one.organisation_id)
    waits = one.status == MessageStatus.QUEUED and not one.departures
    instead = _("Un professionnel") if one.learner_id is None else _("Personne non visible")
    lost = one.status == MessageStatus.FAILED or one.reason == MessageFailure.NO_ADDRESS
    by_hand = waits and not outbox.leaves_alone(one) and one.send_after <= timezone.now()
    return Row(
        one,
        person,
        str(person or ""),
        instead,
        _state(one, by_hand=by_hand),
        TONES[MessageStatus(one.status)],
        cancel=acts and waits,
        by_hand=acts and by_hand and person is not None,
        note=acts and lost and one.noted_at is None,
    )


def _state(one: Message, *, by_hand: bool) -> str:
    if by_hand:
        return _("à imprimer") if one.channel == MessageChannel.LETTER else _("à envoyer à la main")
    if one.status == MessageStatus.QUEUED and one.send_after > timezone.now():
        return _("programmé")
    return str(one.get_status_display())


def about(user: Any, learner: Learner) -> list[Row]:
    """The last messages about a person, as far as this user sees them."""
    found = Message.objects.visible_to(user).filter(learner_id=learner.pk).for_list()
    return rows_of(user, list(found[:SHOWN]))


# --- letters ---------------------------------------------------------------------------------------------------
def letters_of(user: Any) -> list[Row]:
    """The letters that this user may print today: of persons whose address they see, the oldest first."""
    waiting = Message.objects.visible_to(user).by_hand(MessageChannel.LETTER).select_related("organisation")
    rows = [row for row in rows_of(user, list(waiting.order_by("organisation", "pk")[:MOST])) if row.by_hand]
    allowed: dict[int, Sight] = sights(user, [row.learner for row in rows])
    return [row for row in rows if row.learner is not None and allowed[row.learner.pk].contacts]


def to_print(rows: Iterable[Row], today: date, site: str) -> list[Letter]:
    """The letters that still have to leave, with the code of each; the others are kept back as they are met."""
    return [_letter(row.message, today, site) for row in rows if outbox.still_to_send(row.message)]


def _letter(message: Message, today: date, site: str) -> Letter:
    by = message.organisation
    sender = [str(by), getattr(by, "email", ""), reaching.phone_of(by) if by else ""]
    printed = reaching.code_for(message)
    return Letter(
        sender=[line for line in sender if line],
        address=message.to.split("\n"),
        on=today,
        subject=message.subject,
        body=message.body,
        reference=_("Lettre n° %(number)d") % {"number": message.pk},
        site=site,
        code=printed.code if printed else None,
        until=timezone.localdate(printed.until) if printed and printed.until else None,
    )


# --- what is to do ---------------------------------------------------------------------------------------------
def find_lost(user: Any, today: date) -> list[Subject]:
    """Messages that did not leave or came back: to who wrote them, else to the managers; the oldest first."""
    rows = Message.objects.visible_to(user).to_note(user).order_by("created_at", "pk")
    return [("message", pk) for pk in rows.values_list("pk", flat=True)[:MOST]]


def show_lost(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    ids = [pk for kind, pk in subjects if kind == "message"]
    found = Message.objects.visible_to(user).for_list().in_bulk(ids)
    rows = rows_of(user, [found[pk] for pk in ids if pk in found])
    return [
        Line(
            row.who or row.instead,
            _("%(channel)s non parti : %(why)s") % {
                "channel": row.message.get_channel_display().capitalize(), "why": row.message.get_reason_display(),
            },
            _("Voir et appeler"), reverse("learners:message_detail", args=[row.message.pk]),
            about=row.message.subject, tag=_("À joindre autrement"), tone="red",
        )
        for row in rows
    ]  # fmt: skip


LISTS = (
    WorkList(
        "messages-non-partis", lazy("Messages non partis"), 45, find_lost, show_lost, tone="red",
        hint=lazy("La personne n’a rien reçu : appelez-la, ou choisissez un autre canal."),
    ),
)  # fmt: skip
