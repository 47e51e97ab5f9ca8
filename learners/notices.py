"""What professionals are told of a handoff by e-mail: each move, to the side that did not make it; never a name.

Several moves of one kind in a few minutes make one message: whoever is sent a sheet of twenty-five hears of it once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models.signals import post_save
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.models import Handoff
from learners.sending import ANSWERS, named
from learners.states import comes_back
from partners import outbox
from partners.lifecycle import moved
from partners.models import Membership, Message, MessageStatus, Organisation, User
from partners.states import Role

TOGETHER = timedelta(minutes=5)  # what happens meanwhile is told at once


class Notice(NamedTuple):
    """To whom, the subject, and what happened in one sentence; `%(org)s`: the other side."""

    to_sender: bool
    to_receiver: bool
    subject: Promise
    text: Promise


NOTICES = {
    "propose": Notice(
        False, True, lazy("Un relais vous est proposé"), lazy("%(org)s vous propose de prendre le relais pour une personne.")
    ),
    "back": Notice(
        False, True, lazy("Un relais vous revient"),
        lazy("Un relais que vous aviez proposé à %(org)s vous revient. Une personne attend que vous le repreniez."),
    ),
    "receive": Notice(True, False, lazy("Relais reçu"), lazy("%(org)s a accusé réception d’un relais. Il n’est pas encore accepté.")),
    "accept": Notice(True, False, lazy("Relais accepté"), lazy("%(org)s a accepté un relais que vous aviez proposé.")),
    "enter": Notice(True, False, lazy("Entrée en formation confirmée"), lazy("%(org)s a confirmé l’entrée d’une personne que vous aviez orientée.")),
    "left": Notice(True, False, lazy("Sortie de formation"), lazy("%(org)s a enregistré la sortie de formation d’une personne que vous aviez orientée.")),
    "keep": Notice(True, False, lazy("Relais toujours en cours"), lazy("%(org)s vous dit qu’un relais est toujours en cours.")),
    "decline": Notice(True, False, lazy("Relais décliné"), lazy("%(org)s a décliné un relais, et dit pourquoi. La suite vous attend.")),
    "withdraw": Notice(False, True, lazy("Relais retiré"), lazy("%(org)s a retiré un relais proposé à votre organisme.")),
    "supersede": Notice(
        True, True, lazy("Relais devenu sans objet"),
        lazy("Un relais avec %(org)s a pris fin de lui-même : le suivi a été clos, a changé de mains, ou la personne s’y oppose."),
    ),
    "return": Notice(
        True, True, lazy("Relais revenu sans réponse"),
        lazy("Un relais avec %(org)s est resté sans réponse : il est revenu à l’organisme qui l’avait proposé."),
    ),
    "elsewhere": Notice(
        True, True, lazy("Une personne est entrée en formation ailleurs"),
        lazy("Une personne pour qui un relais est ouvert avec %(org)s vient d’entrer en formation dans un autre organisme. Ce relais reste ouvert : dites s’il a encore un objet."),
    ),
    "remind": Notice(False, True, lazy("Un relais attend votre réponse"), lazy("%(org)s attend votre réponse pour une personne, au plus tard demain.")),
    "escalate": Notice(
        True, True, lazy("Un relais est en retard"),
        lazy("Le délai d’un relais avec %(org)s est passé. Sans réponse sous deux jours ouvrés, il revient à l’organisme qui l’avait proposé."),
    ),
}  # fmt: skip


def connect() -> None:
    """Hear of each handoff proposed one by one, and of each of its moves."""
    post_save.connect(_proposed, sender=Handoff, dispatch_uid="learners.notices")
    moved.connect(_moved, sender=Handoff, dispatch_uid="learners.notices")


def _proposed(*, instance: Handoff, created: bool, raw: bool = False, **_kept: Any) -> None:
    if created and not raw and instance.status == "proposed":
        tell(instance, "back" if comes_back(instance) else "propose")


def _moved(*, instance: Handoff, step: str, by: Any = None, **_kept: Any) -> None:
    tell(instance, step, by=by)


def tell(handoff: Handoff, event: str, *, by: Any = None) -> None:
    """Queue what each side is to hear of an event; whoever did it is not told."""
    notice = NOTICES[event]
    if notice.to_sender:
        who = named(handoff)
        _write(handoff, event, _addresses(handoff.sender, [who] if who else [], by), handoff.receiver)
    if notice.to_receiver:
        _write(handoff, event, _addresses(handoff.receiver, answerers(handoff, event), by), handoff.sender)


def _addresses(side: Organisation, users: list[User], by: Any) -> list[str]:
    """Theirs, or that of the organisation when nobody of it signs in."""
    if not users:
        return [side.email] if side.email else []
    return sorted({user.email for user in users if user.pk != getattr(by, "pk", 0)})


def answerers(handoff: Handoff, event: str) -> list[User]:
    """Who of the receiver is to hear: who received it or to whom it is addressed, else its managers; both when it is late."""
    places = Membership.objects.filter(
        organisation=handoff.receiver_id, active=True, awaiting=False, role__in=ANSWERS, user__is_active=True
    ).select_related("user")
    mine = [one.user for one in places if one.user_id in (handoff.received_by_id, handoff.addressed_to_id)]
    if mine and event != "escalate":
        return mine
    return [*mine, *(one.user for one in places if one.role == Role.MANAGER and one.user not in mine)]


def _write(handoff: Handoff, event: str, addresses: list[str], other: Organisation) -> None:
    for place, to in enumerate(addresses):
        purpose = f"handoff_{event}"
        waiting = Message.objects.filter(purpose=purpose, to=to, status=MessageStatus.QUEUED, departures=0)
        if waiting.filter(organisation=other).exists():
            continue
        notice = NOTICES[event]
        outbox.queue(
            key=f"handoff-{handoff.pk}-{event}-{handoff.deadline_on or handoff.sent_on:%Y%m%d}-{other.pk}-{place}",
            purpose=purpose,
            to=to,
            subject=str(notice.subject),
            body=_text(handoff, str(notice.text) % {"org": other}),
            organisation=other,
            send_after=timezone.now() + TOGETHER,
        )


def _text(handoff: Handoff, sentence: str) -> str:
    page = settings.SITE_URL + reverse("learners:handoff_list")
    words = {"what": sentence, "page": page}
    return (
        _(
            "Bonjour,\n\n%(what)s\n\nVoyez lequel et répondez ici :\n%(page)s\n\nCe message ne nomme personne : ouvrez Relais pour savoir de qui il s’agit.\n"
        )
        % words
    )
