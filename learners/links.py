"""Personal links and paper codes: made, sent, revoked, opened, and used once, by the answer that they were made for.

The database holds digests only. The token of a link sent by e-mail is drawn when the message leaves; the one printed, or
read over the phone, is given to who makes it, once.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners import actions, answers, reaching
from learners.access import LinkActor, holds
from learners.announcements import PERSONAL_LINK
from learners.models import Handoff, Learner, PersonalLink, Sharing, Situation
from learners.sending import one_at_a_time
from learners.states import DeclineReason, Kind, LinkPurpose, Purpose
from learners.wording import HERE
from partners import outbox
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Message, MessageChannel, MessageStatus, Organisation, User
from partners.tokens import code_digest, code_digests, grouped, new_code, new_token, token_digest, typed

VALID = timedelta(days=30)
MOST_FAILURES = 10  # wrong birth dates typed with one code
MESSAGE = PERSONAL_LINK  # the purpose of the messages that carry a link
TO_EMPLOYER = "hosting_link"
BY_ADDRESS = ("email", "square")  # the address alone: no code to type
# Where each purpose leads; apps to the right add their own.
HOMES = {LinkPurpose.PATH: "learners:link_page", LinkPurpose.HOSTING: "learners:link_hosting"}


class Made(NamedTuple):
    """A link just made, with what will never be shown again."""

    link: PersonalLink
    address: str
    code: str  # as printed


def address_of(token: str) -> str:
    return str(settings.SITE_URL) + reverse("learners:link_open", args=[token])


def code_page() -> str:
    """Where a code is typed."""
    return str(settings.SITE_URL) + reverse("learners:code_entry")


# --- Making ------------------------------------------------------------------------------------------------


@transaction.atomic
def make_path_link(*, learner: Learner, by: User, way: str) -> Made:
    """A link to the person's own path, with a paper code when the birth date is known; for who holds the baton."""
    if not holds(by, learner):
        raise PermissionDenied
    if way != "email" and learner.born_on is None:
        raise Refused(_("Un code s’ouvre avec la date de naissance : renseignez-la d’abord sur la fiche."))
    ends = timezone.now() + VALID
    return issue(PersonalLink(learner=learner, purpose=LinkPurpose.PATH, ends_at=ends), by=by, way=way)


@transaction.atomic
def make_hosting_link(*, handoff: Handoff, by: User) -> Made:
    """A link by which the employer answers one handoff; for who sent it, as long as an answer is awaited."""
    if handoff.sender_id not in by.organisation_ids or not holds(by, handoff.learner):
        raise PermissionDenied
    if handoff.purpose != Purpose.PLACEMENT or not Handoff.objects.awaiting_reply().filter(pk=handoff.pk).exists():
        raise Refused(_("Ce relais n’attend pas de réponse d’un employeur."))
    last = (handoff.deadline_on or timezone.localdate()) + VALID
    ends = timezone.make_aware(datetime.combine(last, time.max))
    link = PersonalLink(learner=handoff.learner, purpose=LinkPurpose.HOSTING, handoff=handoff, ends_at=ends)
    return issue(link, by=by, way="email")


def issue(link: PersonalLink, *, by: User, way: str) -> Made:
    """Write a link whose right to be has been checked, with a code for every way but those that carry the address alone."""
    one_at_a_time(link.learner_id)
    token, code = new_token(), ""
    link.token_hash, link.created_by = token_digest(token), by
    if way not in BY_ADDRESS:
        code = new_code()
        link.code_hash = code_digest(code)
    link.full_clean()
    link.save()
    record(
        "make_link",
        link,
        by=by,
        organisation=link.learner.holder_id,
        learner=link.learner,
        purpose=link.purpose,
        way=way,
    )
    return Made(link, address_of(token), grouped(code) if code else "")


@transaction.atomic
def send_by_email(*, made: Made, to: str, by: User) -> Message:
    """Queue the message that carries the link. It says neither a name of the person, nor a reason, nor an obstacle."""
    link = made.link
    holder, ends = link.learner.holder, timezone.localdate(link.ends_at)
    if holder is None:
        raise Refused(_("Plus personne ne suit cette personne : rouvrez d’abord son suivi."))
    if link.purpose == LinkPurpose.HOSTING:
        return _to_employer(link, to=to, holder=holder, ends=ends, by=by)
    told = reaching.tell(
        learner=link.learner,
        purpose=MESSAGE,
        organisation=holder,
        by=by,
        words={"day": ends},
        key=_key(link),
        only=MessageChannel.EMAIL,
    )
    assert told is not None  # noqa: S101 -- by e-mail a row is always written
    return told


def _to_employer(link: PersonalLink, *, to: str, holder: Organisation, ends: date, by: User) -> Message:
    words = {"org": holder, "ends": date_format(ends, "j F Y"), "here": HERE}
    return outbox.queue(
        key=_key(link),
        purpose=TO_EMPLOYER,
        to=to,
        subject=_("Une demande d’accueil attend votre réponse"),
        body=_hosting_text() % words,
        organisation=holder,
        by=by,
        learner=link.learner,
    )


def _hosting_text() -> str:
    return _(
        "Bonjour,\n\n"
        "%(org)s vous propose d’accueillir une personne. Ce lien vous montre la demande ; vous y répondez sans mot de passe.\n\n"
        "%(here)s\n\n"
        "Ce lien est pour vous seulement. Il marche jusqu’à votre réponse, au plus tard le %(ends)s.\n\n"
        "%(org)s\n"
    )


def _key(link: PersonalLink) -> str:
    return f"personal-link-{link.pk}"


def text_at_departure(message: Message) -> str:
    """The text of the message with a link that opens: its token is drawn now, and only this message holds it."""
    token = new_token()
    pk = int(message.key.rpartition("-")[2])
    PersonalLink.objects.filter(pk=pk).update(token_hash=token_digest(token))
    return message.body.replace(HERE, address_of(token))


@transaction.atomic
def revoke(*, link: PersonalLink, by: User) -> bool:
    """Shut a link and whoever came in by it, and keep its message from leaving; False if it was shut already."""
    if not holds(by, link.learner):
        raise PermissionDenied
    shut = PersonalLink.objects.filter(pk=link.pk, revoked_at=None)
    if not shut.update(revoked_at=timezone.now()):
        return False
    for message in Message.objects.filter(key=_key(link), status=MessageStatus.QUEUED):
        outbox.cancel(message=message, by=by)
    record("revoke_link", link, by=by, organisation=link.learner.holder_id, learner=link.learner)
    return True


# --- Opening -----------------------------------------------------------------------------------------------


def opening() -> QuerySet[PersonalLink]:
    """Links that open. An employer's is shut once the person objects to being seen by that employer."""
    objected = Sharing.objects.filter(
        learner=OuterRef("learner"), organisation=OuterRef("handoff__receiver"), objected_on__isnull=False
    )
    return PersonalLink.objects.unspent().exclude(Exists(objected))


def by_token(token: str) -> PersonalLink | None:
    """The link whose address this is, if it opens."""
    return opening().filter(token_hash=token_digest(token)).first()


def by_code(text: str, born_on: date) -> PersonalLink | None:
    """The link of a typed code and a birth date, if it opens; a code is shut after ten wrong dates."""
    of_code = PersonalLink.objects.filter(code_hash__in=code_digests(typed(text)))
    # Counted before looking, and given back when right: parallel tries do not go round it.
    if not of_code.filter(failures__lt=MOST_FAILURES).update(failures=F("failures") + 1):
        return None
    link = opening().filter(pk__in=of_code.values("pk"), learner__born_on=born_on).first()
    if link is not None:
        of_code.update(failures=F("failures") - 1)
    return link


def entered(pk: int, purpose: str, *, answered: bool) -> PersonalLink | None:
    """The link by which somebody is in, if it still lets them: who has answered may read on, everybody else is out."""
    rows = PersonalLink.objects.filter(pk=pk, purpose=purpose).select_related("learner", "handoff__sender")
    if answered:
        return rows.filter(revoked_at=None, used_at__isnull=False).first()
    return rows.filter(pk__in=opening().values("pk")).first()


def seen_in(link: PersonalLink) -> None:
    """Note that the page behind the link was opened."""
    holder = link.learner.holder_id
    record("open_link", link, organisation=holder, learner=link.learner_id, channel="link", purpose=link.purpose)


# --- Answering ---------------------------------------------------------------------------------------------


def spend(link: PersonalLink) -> None:
    """Use the link, in the transaction of the answer: of parallel answers only one finds it unused."""
    now = timezone.now()
    # On columns of the row alone: through a join the condition would be read before the row is locked, and all would pass.
    unused = PersonalLink.objects.filter(pk=link.pk, used_at=None, revoked_at=None, ends_at__gt=now)
    if not unused.update(used_at=now):
        raise Refused(_("Vous avez déjà répondu : votre réponse est enregistrée."))


@transaction.atomic
def answer_same(*, link: PersonalLink, situation: Situation, channel: str) -> None:
    """« Oui, toujours » : the answer that a person's link was made for."""
    spend(link)
    answers.confirm_situation(situation=situation, channel=channel)


@transaction.atomic
def answer_other(
    *, link: PersonalLink, instead_of: Situation | None, kind: Kind, since: date, channel: str, employer: str = ""
) -> Situation:
    """« Non » : what the person is doing instead, and since when."""
    spend(link)
    return answers.tell_situation(
        learner=link.learner, instead_of=instead_of, kind=kind, since=since, channel=channel, employer=employer
    )


@transaction.atomic
def accept_hosting(*, link: PersonalLink, starts_on: date) -> None:
    """The employer says yes, from that day."""
    handoff = _handoff(link)
    spend(link)
    actions.accept(handoff=handoff, by=LinkActor(handoff.pk, handoff.receiver_id), starts_on=starts_on)


@transaction.atomic
def decline_hosting(*, link: PersonalLink, reason: DeclineReason) -> None:
    """The employer says no, with a coded reason."""
    handoff = _handoff(link)
    spend(link)
    actions.decline(handoff=handoff, by=LinkActor(handoff.pk, handoff.receiver_id), reason=reason)


def _handoff(link: PersonalLink) -> Handoff:
    if link.handoff is None:
        raise PermissionDenied
    return link.handoff
