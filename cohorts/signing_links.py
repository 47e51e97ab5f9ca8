"""The links by which people in training sign: printed on a slip, or sent by the way that each of them chose.

One link opens at a time: another one, asked for because a phone or a paper is lost, shuts the one before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from cohorts.invitations import by_voice, said
from cohorts.marking import may_mark
from cohorts.models import Cohort, Enrolment
from learners import links, reaching
from learners.models import Learner, PersonalLink
from learners.states import LinkPurpose
from partners import outbox
from partners.journal import record
from partners.models import Message, MessageChannel, MessageStatus, User
from partners.tokens import token_digest, token_of

AFTER = timedelta(days=7)  # a link outlives its cohort, for a sheet signed late
PURPOSE = "signing_link"
WAITING = (MessageStatus.QUEUED, MessageStatus.LEAVING)
BY = {
    MessageChannel.EMAIL: lazy("par courriel"),
    MessageChannel.SMS: lazy("par SMS"),
    MessageChannel.LETTER: lazy("par lettre, à imprimer dans Messages"),
}


class Given(NamedTuple):
    """A link just made, for whom, with what will never be shown again."""

    enrolment: Enrolment
    made: links.Made


class Holder(NamedTuple):
    """Somebody in training: whether a link of theirs opens, or is on its way, and how one would be sent; "" when it cannot."""

    enrolment: Enrolment
    has: bool
    going: bool
    way: str
    instead: str  # what is done for whom nothing is sent to

    @property
    def missing(self) -> bool:
        return not self.has and not self.going


def in_training(cohort: Cohort) -> QuerySet[Enrolment]:
    rows = Enrolment._base_manager.filter(cohort=cohort, exited_on=None)
    return rows.select_related("learner").order_by("learner__name_key", "pk")


def without_link(cohort: Cohort) -> QuerySet[Enrolment]:
    """Who is in training and has no link that opens."""
    return in_training(cohort).exclude(learner__in=_opening().values("learner"))


def _opening() -> QuerySet[PersonalLink]:
    return links.opening().filter(purpose=LinkPurpose.REGISTER)


def holders(cohort: Cohort) -> list[Holder]:
    """Everybody in training, by name; three queries, whatever the number."""
    people = list(in_training(cohort))
    having = set(_opening().filter(learner__in=[one.learner_id for one in people]).values_list("learner", flat=True))
    going = _going(people)
    return [_holder(one, has=one.learner_id in having, going=one.pk in going) for one in people]


def _holder(one: Enrolment, *, has: bool, going: bool) -> Holder:
    person = one.learner
    ways = [] if person.channel in reaching.TALKED_TO else reaching.ways(person)
    way = str(BY[ways[0].channel]) if ways else ""
    return Holder(one, has, going, way, "" if way else by_voice(person))


def _going(people: Collection[Enrolment]) -> set[int]:
    """Entries whose link is in a message that waits to leave."""
    rows = Message.objects.filter(matter__in=[matter_of(one) for one in people], status__in=WAITING)
    return {int(matter.partition(":")[2]) for matter in rows.values_list("matter", flat=True)}


def _chosen(cohort: Cohort, by: User, only: Collection[int] | None) -> list[Enrolment]:
    if not may_mark(by, cohort):
        raise PermissionDenied
    return list(without_link(cohort) if only is None else in_training(cohort).filter(pk__in=only))


def _shut(learner: Learner) -> None:
    old = PersonalLink._base_manager.filter(learner=learner, purpose=LinkPurpose.REGISTER, revoked_at=None)
    old.update(revoked_at=timezone.now())


@transaction.atomic
def give_links(*, cohort: Cohort, by: User, only: Collection[int] | None = None) -> list[Given]:
    """A link, and a code, on paper: for these entries, or for each who has none; what they replace opens no more."""
    given = []
    for one in _chosen(cohort, by, only):
        _shut(one.learner)
        outbox.settle(matter_of(one))  # what is on paper needs not leave
        link = PersonalLink(learner=one.learner, purpose=LinkPurpose.REGISTER, ends_at=ends_of(cohort))
        given.append(Given(one, links.issue(link, by=by, way="paper" if one.learner.born_on else "square")))
    if given:
        record("give_signing_links", cohort, by=by, organisation=cohort.programme.provider_id, lines=len(given))
    return given


@transaction.atomic
def send_links(*, cohort: Cohort, by: User, only: Collection[int]) -> dict[str, list[Enrolment]]:
    """Send each of these people a link by the way they chose: what becomes of it, in words → whom.

    Who has a link on its way is passed over. What they had opens no more once another one is written; who cannot be
    written to keeps it.
    """
    found: dict[str, list[Enrolment]] = {}
    people = _chosen(cohort, by, only)
    going = _going(people)
    for one in people:
        if one.pk not in going:
            message = reaching.tell(
                learner=one.learner, purpose=PURPOSE, organisation=cohort.programme.provider, by=by,
                matter=matter_of(one), words={"training": cohort.programme},
            )  # fmt: skip
            if message is not None and message.status in WAITING:
                _shut(one.learner)
            found.setdefault(said(message, one.learner), []).append(one)
    sent = sum(len(rows) for rows in found.values())
    if sent:
        record("send_signing_links", cohort, by=by, organisation=cohort.programme.provider_id, lines=sent)
    return found


def ends_of(cohort: Cohort) -> datetime:
    """The moment until which a link of this cohort opens."""
    return timezone.make_aware(datetime.combine(cohort.ends_on + AFTER, time.max))


# --- the message -----------------------------------------------------------------------------------------------


def matter_of(enrolment: Enrolment) -> str:
    return f"signing:{enrolment.pk}"


def _enrolment(message: Message) -> Enrolment | None:
    of, _sign, number = message.matter.partition(":")
    if of != "signing" or not number.isdigit():
        return None
    rows = Enrolment._base_manager.filter(pk=int(number), exited_on=None)
    found: Enrolment | None = rows.select_related("cohort").first()
    return found


def still_needed(message: Message) -> bool:
    """Nobody is sent a link after they have left, or beside one that was given to them meanwhile."""
    one = _enrolment(message)
    own = token_digest(token_of(f"message-{message.pk}"))
    return one is not None and not _opening().filter(learner=one.learner_id).exclude(token_hash=own).exists()


def opens(message: Message) -> tuple[str, datetime]:
    """What the link of such a message opens, and until when."""
    one = _enrolment(message)
    return LinkPurpose.REGISTER, ends_of(one.cohort) if one else timezone.now()


def templates() -> tuple[reaching.Template, ...]:
    text: Any = lazy(
        "Vous suivez la formation «\u00a0{training}\u00a0». Pour signer vos présences avec votre téléphone, ouvrez ce lien, une fois\u00a0:"
        "\n{link}\n\nVotre téléphone s’en souvient jusqu’à la fin de la formation. Ce lien est pour vous seulement\u00a0: ne le "
        "donnez à personne.\n\nVous préférez signer sur papier\u00a0? La feuille de la salle vaut autant."
    )
    return (
        reaching.Template(
            PURPOSE, lazy("Pour signer vos présences"), text,
            lazy("{organisation} : pour signer vos présences, ouvrez ce lien une fois, sur votre téléphone : {link}"),
            still_needed=still_needed, opens=opens, parts=2,
        ),
    )  # fmt: skip
