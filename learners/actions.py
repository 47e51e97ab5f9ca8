"""Writes about persons and the baton: every verb is atomic, keyword-only, and leaves a line in the journal."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners import sending
from learners.access import LinkActor, acts_for, holds
from learners.identity import name_key
from learners.models import Handoff, Learner, Responsibility, Sharing
from learners.signals import situations_changed
from learners.states import HANDOFF, OPEN, Closing, DeclineReason, HandoffStatus, Obstacle, Purpose, Scope, comes_back
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, Programme, User

MOVES_BATON = (Purpose.TRANSFER, Purpose.RETURN, Purpose.REFERRAL)


# --- Files ---------------------------------------------------------------------------------------------------


def new_learner(*, holder: Organisation, since: date, by: User | None = None, **identity: Any) -> Learner:
    """Open a file, held from `since` by `holder`. `identity`: fields of Learner. Raises ValidationError."""
    _has_advisers(holder)
    learner = Learner(holder=holder, **identity)
    learner.name_key = name_key(learner.last_name, learner.first_name)
    learner.full_clean()
    with transaction.atomic():
        learner.save()
        Responsibility.objects.create(learner=learner, organisation=holder, user=by, since=since)
        record("open_file", learner, by=by, organisation=holder, learner=learner)
    return learner


@transaction.atomic
def close_file(*, learner: Learner, by: User, reason: Closing, on: date | None = None) -> None:
    """End the follow-up, by the holder, with a reason; what is still asked of partners for this person ends with it."""
    sending.one_at_a_time(learner.pk)
    if not holds(by, learner):
        raise PermissionDenied
    on = on or timezone.localdate()
    organisation = learner.holder
    closed = Learner.objects.filter(pk=learner.pk, closed_on=None, holder_id=learner.holder_id)
    if not closed.update(holder=None, closed_on=on, closed_reason=reason):
        raise Refused(_("Quelqu’un vient de clore ou de reprendre ce suivi : rechargez la page."))
    learner.holder, learner.closed_on, learner.closed_reason = None, on, reason
    Responsibility.objects.filter(learner=learner, until=None).update(until=on)
    record("close_file", learner, by=by, organisation=organisation, learner=learner, reason=str(reason))
    _supersede(Handoff.objects.filter(learner=learner))
    situations_changed.send(Learner, learner_ids=[learner.pk])


@transaction.atomic
def reopen_file(*, learner: Learner, holder: Organisation, by: User | None, on: date | None = None) -> Responsibility:
    """Follow again somebody whose file was closed: `holder` takes the baton. Raises Refused for a merged or open file."""
    sending.one_at_a_time(learner.pk)
    _has_advisers(holder)
    if by is not None and not acts_for(by, holder.pk):
        raise PermissionDenied
    closed = Learner.objects.filter(pk=learner.pk, closed_on__isnull=False, merged_into=None)
    if not closed.update(holder=holder, closed_on=None, closed_reason=""):
        raise Refused(_("Ce suivi est déjà ouvert, ou la fiche a été réunie avec une autre : rechargez la page."))
    learner.holder, learner.closed_on, learner.closed_reason = holder, None, ""
    held = Responsibility.objects.create(
        learner=learner, organisation=holder, user=by, since=on or timezone.localdate()
    )
    record("reopen_file", learner, by=by, organisation=holder, learner=learner)
    situations_changed.send(Learner, learner_ids=[learner.pk])
    return held


def _has_advisers(organisation: Organisation) -> None:
    if not organisation.can_hold:
        raise Refused(_("%(org)s n’a pas de conseillers : il ne peut pas tenir le relais.") % {"org": organisation})


# --- Asking --------------------------------------------------------------------------------------------------


@transaction.atomic
def refer(
    *,
    learner: Learner,
    sender: Organisation,
    receiver: Organisation,
    on: date,
    by: User | None = None,
    message: str = "",
    expected_start: date | None = None,
    programme: Programme | None = None,
    agreed_through: str = "",
    agreed_on: date | None = None,
) -> Handoff:
    """Propose a person to a training body (*orienter*); the baton stays with its holder until entry is confirmed.

    A file that was closed is reopened for the sender: somebody follows the person again.
    """
    sending.one_at_a_time(learner.pk)
    learner.refresh_from_db(fields=["holder", "closed_on", "closed_reason"])
    if learner.closed_on is not None and sender.can_hold:
        reopen_file(learner=learner, holder=sender, by=by, on=on)
    return sending.send(
        Handoff(
            learner=learner,
            sender=sender,
            receiver=receiver,
            purpose=Purpose.REFERRAL,
            message=message,
            sent_on=on,
            expected_start_on=expected_start,
            programme=programme,
            agreed_through=agreed_through,
            agreed_on=agreed_on,
            created_by=by,
        ),
        by=by,
    )


@transaction.atomic
def hand_over(
    *,
    learner: Learner,
    receiver: Organisation,
    purpose: Purpose,
    by: User,
    expected_start: date | None = None,
    message: str = "",
    obstacle: str = "",
    addressed_to: User | None = None,
    agreed_through: str = "",
    agreed_on: date | None = None,
) -> Handoff:
    """Ask another organisation to take its turn (*passer le relais*). Only the holder may; nothing moves before acceptance."""
    sending.one_at_a_time(learner.pk)
    learner.refresh_from_db(fields=["holder", "closed_on"])
    if learner.holder is None or not holds(by, learner):
        raise PermissionDenied
    if purpose in MOVES_BATON:
        _has_advisers(receiver)
    if (purpose == Purpose.SUPPORT) != (obstacle in Obstacle.values):
        raise ValidationError(
            {"obstacle": _("Dites quel frein la personne a nommé : c’est lui que l’on vous aide à lever.")}
        )
    return sending.send(
        Handoff(
            learner=learner,
            sender=learner.holder,
            receiver=receiver,
            purpose=purpose,
            message=message,
            sent_on=timezone.localdate(),
            expected_start_on=expected_start,
            obstacle=obstacle,
            addressed_to=addressed_to,
            agreed_through=agreed_through,
            agreed_on=agreed_on,
            created_by=by,
        ),
        by=by,
    )


@transaction.atomic
def reroute(
    *,
    handoff: Handoff,
    receiver: Organisation,
    by: User,
    expected_start: date | None = None,
    message: str = "",
    programme: Programme | None = None,
    agreed_through: str = "",
    agreed_on: date | None = None,
) -> Handoff:
    """Ask somebody else what was declined or left unanswered; the chain is kept, and what came back is taken.

    Raises Refused when it did not end so, or a colleague has rerouted it.
    """
    if not acts_for(by, handoff.sender_id):
        raise PermissionDenied
    sending.one_at_a_time(handoff.learner_id)
    was = Handoff.objects.select_related("learner", "sender").get(pk=handoff.pk)
    if was.status not in (HandoffStatus.DECLINED, HandoffStatus.RETURNED):
        raise Refused(_("Ce relais n’est ni décliné, ni revenu sans réponse : il ne peut pas être réorienté."))
    if was.continuations.exclude(purpose=Purpose.RETURN).exists():
        raise Refused(_("Un collègue vient de réorienter cette personne : rechargez la page."))
    if was.purpose in MOVES_BATON:
        _has_advisers(receiver)
    if was.purpose == Purpose.TRANSFER and not holds(by, was.learner):
        raise Refused(_("Votre organisme ne tient plus le relais de cette personne."))
    for back in was.continuations.filter(purpose=Purpose.RETURN, status__in=OPEN):
        accept(handoff=back, by=by)
    return sending.send(
        Handoff(
            learner=was.learner,
            sender=was.sender,
            receiver=receiver,
            purpose=was.purpose,
            message=message,
            sent_on=timezone.localdate(),
            expected_start_on=expected_start,
            obstacle=was.obstacle,
            programme=programme,
            agreed_through=agreed_through,
            agreed_on=agreed_on,
            follows=was,
            created_by=by,
        ),
        by=by,
    )


# --- Answering -----------------------------------------------------------------------------------------------


@transaction.atomic
def receive(*, handoff: Handoff, by: User) -> None:
    """Acknowledge, in one's own name: the clock starts again, for the decision. Received is not accepted."""
    sending.one_at_a_time(handoff.learner_id)
    today = timezone.localdate()
    HANDOFF.take(
        "receive", handoff, by=by, received_by=by, received_on=today, **sending.clock(handoff, today, received=True)
    )


@transaction.atomic
def keep(*, handoff: Handoff, by: User) -> None:
    """Say that what was received goes on: the clock starts again."""
    sending.one_at_a_time(handoff.learner_id)
    HANDOFF.take("keep", handoff, by=by, **sending.clock(handoff, timezone.localdate(), received=True))


@transaction.atomic
def accept(*, handoff: Handoff, by: User | LinkActor, starts_on: date | None = None) -> Responsibility | None:
    """Take the baton where the purpose moves it: close the holder's row and open the receiver's, at once or not at all.

    What comes back moves nothing: it had never left. `starts_on`: when the next situation starts; unsaid for it.
    Gives the open responsibility when the receiver holds. Raises Refused when the sender of a transfer no longer holds.
    """
    sending.one_at_a_time(handoff.learner_id)
    today = timezone.localdate()
    moves = handoff.purpose in MOVES_BATON
    if moves and isinstance(by, LinkActor):  # a baton is held by somebody who signs in
        raise PermissionDenied
    sending.check_start(handoff, starts_on, today)
    HANDOFF.take("accept", handoff, by=by, **sending.answered(handoff, by, today), expected_start_on=starts_on)
    if not moves:
        return None
    user = None if isinstance(by, LinkActor) else by
    learner = Learner.objects.get(pk=handoff.learner_id)
    if comes_back(handoff) and learner.holder_id != handoff.receiver_id:  # it never left whoever holds
        sending.stop_sharing(handoff)
        return None
    return move_baton(learner=learner, to=handoff.receiver, on=today, user=user, held_by=handoff.sender_id)


@transaction.atomic
def enter(*, handoff: Handoff, by: User, on: date) -> Responsibility:
    """Accept a referral by confirming entry into training on `on`: the baton moves to the training body now."""
    sending.one_at_a_time(handoff.learner_id)
    today = timezone.localdate()
    HANDOFF.take("enter", handoff, by=by, **sending.answered(handoff, by, today), expected_start_on=on)
    return move_baton(learner=handoff.learner, to=handoff.receiver, on=today, user=None)


@transaction.atomic
def decline(*, handoff: Handoff, by: User | LinkActor, reason: DeclineReason) -> Handoff | None:
    """Say no, with a coded reason; gives the handoff by which it comes back to somebody, None if nobody is to be told."""
    sending.one_at_a_time(handoff.learner_id)
    if reason not in DeclineReason.values:
        raise ValidationError(_("Choisissez un motif dans la liste."))
    today = timezone.localdate()
    HANDOFF.take("decline", handoff, by=by, decline_reason=reason, ended_on=today)
    return sending.send_back(handoff, by=None if isinstance(by, LinkActor) else by, on=today)


@transaction.atomic
def withdraw(*, handoff: Handoff, by: User) -> None:
    """Take back what was proposed and not yet answered."""
    sending.one_at_a_time(handoff.learner_id)
    HANDOFF.take("withdraw", handoff, by=by, ended_on=timezone.localdate())
    sending.stop_sharing(handoff)


# --- The baton -----------------------------------------------------------------------------------------------


@transaction.atomic
def move_baton(
    *, learner: Learner, to: Organisation, on: date, user: User | None = None, held_by: int | None = None
) -> Responsibility:
    """Close the open responsibility and open the next. Called by acceptance only; the unique open row is the last word.

    `held_by`: the organisation that must hold until then, any when None. Where `to` holds already, nothing moves, and
    `user` follows if nobody does by name.
    """
    sending.one_at_a_time(learner.pk)
    _has_advisers(to)
    open_ = Learner.objects.filter(pk=learner.pk, closed_on=None)
    if held_by is not None:
        open_ = open_.filter(holder__in=(held_by, to.pk))
    if not open_.update(holder=to):
        raise Refused(_("Le suivi de cette personne est clos, ou un autre organisme tient maintenant le relais."))
    learner.holder = to
    held: Responsibility | None = Responsibility.objects.filter(learner=learner, until=None).first()
    if held is not None and held.organisation_id == to.pk:
        if held.user_id is None and user is not None:
            held.user = user
            held.save(update_fields=["user"])
        return held
    if held is not None:
        held.until = max(on, held.since)
        held.save(update_fields=["until"])
        on = held.until
    opened = Responsibility.objects.create(learner=learner, organisation=to, user=user, since=on)
    if held is not None:
        _supersede(
            Handoff.objects.filter(learner=learner, sender=held.organisation_id, follows=None).filter(
                purpose__in=(Purpose.TRANSFER, Purpose.RETURN)
            )
        )
    return opened


def _supersede(handoffs: Any) -> None:
    """End what no longer has an object; both sides are told, as of every end."""
    for handoff in handoffs.filter(status__in=OPEN).select_related("learner", "sender", "receiver"):
        HANDOFF.take("supersede", handoff, by=None, ended_on=timezone.localdate())
        sending.stop_sharing(handoff)


# --- Sharing -------------------------------------------------------------------------------------------------


@transaction.atomic
def object_to_sharing(
    *, learner: Learner, organisation: Organisation, by: User | None = None, channel: str = ""
) -> bool:
    """Hide a person from one partner, because they say so: it acts at the partner's next request. False if it was done.

    What was asked of that partner ends; what it asked of others goes on without it. Raises Refused for who holds the
    baton: it is handed over, not hidden from.
    """
    sending.one_at_a_time(learner.pk)
    if Learner.objects.filter(pk=learner.pk, holder=organisation).exists():
        raise Refused(_("Cet organisme suit votre parcours : pour en changer, demandez qu’on vous appelle."))
    today = timezone.localdate()
    kept = {"basis": "objection", "scope": Scope.IDENTITY, "since": today}
    # Some see a person by what was done together: the refusal is written all the same.
    Sharing.objects.get_or_create(learner=learner, organisation=organisation, until=None, defaults=kept)
    shared = Sharing.objects.filter(learner=learner, organisation=organisation, objected_on=None)
    objected = bool(shared.update(objected_on=today))
    if objected:
        record("object", organisation, by=by, organisation=organisation, learner=learner, channel=channel)
        _supersede(Handoff.objects.filter(learner=learner, receiver=organisation))
    return objected


@transaction.atomic
def lift_objection(*, learner: Learner, organisation: Organisation, by: User | None = None, channel: str = "") -> bool:
    """Let a partner see again what it saw before the person objected. False when there was no objection."""
    sending.one_at_a_time(learner.pk)
    rows = Sharing.objects.filter(learner=learner, organisation=organisation, objected_on__isnull=False, until=None)
    today = timezone.localdate()
    ended = rows.filter(basis="objection").update(until=today)  # it was there for the refusal alone
    lifted = bool(rows.filter(until=None).exclude(basis="objection").update(objected_on=None) or ended)
    if ended:
        Sharing.objects.filter(learner=learner, organisation=organisation, basis="objection").update(objected_on=None)
    if lifted:
        record("lift_objection", organisation, by=by, organisation=organisation, learner=learner, channel=channel)
    return lifted
