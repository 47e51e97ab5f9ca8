"""Writes about persons: every verb is atomic, keyword-only, and leaves a line in the journal."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.access import holds
from learners.identity import name_key
from learners.models import Handoff, Learner, Responsibility, Sharing
from learners.states import HANDOFF, Closing, DeclineReason, Purpose, Scope
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, User
from partners.working_days import add_working_days

MOVES_BATON = (Purpose.TRANSFER, Purpose.RETURN, Purpose.REFERRAL)


def new_learner(*, holder: Organisation, since: date, by: User | None = None, **identity: Any) -> Learner:
    """Open a file, held from `since` by `holder`. `identity`: fields of Learner. Raises ValidationError."""
    if not holder.can_hold:
        raise Refused(_("%(org)s n’a pas de conseillers : il ne peut pas tenir le relais.") % {"org": holder})
    learner = Learner(holder=holder, **identity)
    learner.name_key = name_key(learner.last_name, learner.first_name)
    learner.full_clean()
    with transaction.atomic():
        learner.save()
        Responsibility.objects.create(learner=learner, organisation=holder, user=by, since=since)
        record("open_file", learner, by=by, organisation=holder, learner=learner)
    return learner


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
) -> Handoff:
    """Propose a person to a training body (*orienter*); the baton stays with its holder until entry is confirmed."""
    handoff = Handoff(
        learner=learner,
        sender=sender,
        receiver=receiver,
        purpose=Purpose.REFERRAL,
        message=message,
        sent_on=on,
        expected_start_on=expected_start,
        deadline_on=add_working_days(on, receiver.acknowledge_days),
        created_by=by,
    )
    return _send(handoff, by=by)


@transaction.atomic
def hand_over(
    *, learner: Learner, receiver: Organisation, purpose: Purpose, by: User, expected_start: date | None = None
) -> Handoff:
    """Ask another organisation to take its turn (*passer le relais*). Only the holder may; nothing moves before acceptance."""
    if learner.holder is None or not holds(by, learner):
        raise PermissionDenied
    if purpose in MOVES_BATON and not receiver.can_hold:
        raise Refused(_("%(org)s n’a pas de conseillers : il ne peut pas tenir le relais.") % {"org": receiver})
    today = timezone.localdate()
    handoff = Handoff(
        learner=learner,
        sender=learner.holder,
        receiver=receiver,
        purpose=purpose,
        sent_on=today,
        expected_start_on=expected_start,
        deadline_on=add_working_days(today, receiver.acknowledge_days),
        created_by=by,
    )
    return _send(handoff, by=by)


def _send(handoff: Handoff, *, by: User | None) -> Handoff:
    if handoff.learner.closed_on is not None:
        raise Refused(_("Le suivi de cette personne est clos : rouvrez-le avant de passer le relais."))
    handoff.full_clean()
    handoff.save()
    Sharing.objects.get_or_create(
        learner=handoff.learner,
        organisation=handoff.receiver,
        until=None,
        defaults={"basis": handoff.purpose, "scope": Scope.PATH, "since": handoff.sent_on},
    )
    record("propose", handoff, by=by, organisation=handoff.sender, learner=handoff.learner)
    return handoff


def receive(*, handoff: Handoff, by: User) -> None:
    """Acknowledge, in one's own name. Received is not accepted."""
    HANDOFF.take("receive", handoff, by=by, received_by=by, received_on=timezone.localdate())


@transaction.atomic
def accept(*, handoff: Handoff, by: User, starts_on: date) -> Responsibility | None:
    """Take the baton where the purpose moves it: close the holder's row and open the receiver's, at once or not at all."""
    today = timezone.localdate()
    HANDOFF.take("accept", handoff, by=by, accepted_on=today, ended_on=today, expected_start_on=starts_on)
    if handoff.purpose not in MOVES_BATON:
        return None
    return move_baton(learner=handoff.learner, to=handoff.receiver, on=today, user=by)


@transaction.atomic
def decline(*, handoff: Handoff, by: User, reason: DeclineReason) -> None:
    """Say no, with a coded reason."""
    if reason not in DeclineReason.values:
        raise ValidationError(_("Choisissez un motif dans la liste."))
    HANDOFF.take("decline", handoff, by=by, decline_reason=reason, ended_on=timezone.localdate())
    _stop_sharing(handoff)


@transaction.atomic
def withdraw(*, handoff: Handoff, by: User) -> None:
    """Take back what was proposed and not yet answered."""
    HANDOFF.take("withdraw", handoff, by=by, ended_on=timezone.localdate())
    _stop_sharing(handoff)


def _stop_sharing(handoff: Handoff) -> None:
    """What was shown only to ask is hidden once the answer is no."""
    today = timezone.localdate()
    Sharing.objects.filter(
        learner=handoff.learner, organisation=handoff.receiver, basis=handoff.purpose, until=None
    ).update(until=today)


@transaction.atomic
def move_baton(*, learner: Learner, to: Organisation, on: date, user: User | None = None) -> Responsibility:
    """Close the open responsibility and open the next. Called by acceptance only; the unique open row is the last word."""
    if not to.can_hold:
        raise Refused(_("%(org)s n’a pas de conseillers : il ne peut pas tenir le relais.") % {"org": to})
    held = Learner.objects.filter(pk=learner.pk, closed_on=None)
    if not held.update(holder=to):
        raise Refused(_("Le suivi de cette personne est clos : rouvrez-le avant de prendre le relais."))
    learner.holder = to
    Responsibility.objects.filter(learner=learner, until=None).update(until=on)
    return Responsibility.objects.create(learner=learner, organisation=to, user=user, since=on)


@transaction.atomic
def close_file(*, learner: Learner, by: User, reason: Closing, on: date | None = None) -> None:
    """End the follow-up, by the holder, with a reason."""
    if not holds(by, learner):
        raise PermissionDenied
    on = on or timezone.localdate()
    organisation = learner.holder
    closed = Learner.objects.filter(pk=learner.pk, closed_on=None, holder_id=learner.holder_id)
    if not closed.update(holder=None, closed_on=on, closed_reason=reason):
        raise Refused(_("Quelqu’un vient de clore ou de reprendre ce suivi : rechargez la page."))
    learner.holder, learner.closed_on, learner.closed_reason = None, on, reason
    Responsibility.objects.filter(learner=learner, until=None).update(until=on)
    record("close_file", learner, by=by, organisation=organisation, learner=learner, reason=str(reason))
