"""How a handoff leaves and comes back: its clock, what it lets the receiver see, who of the sender it returns to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.access import LinkActor
from learners.models import Handoff, Learner, Responsibility, Sharing
from learners.states import Purpose, Scope, comes_back
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Membership, Organisation, User
from partners.states import Role
from partners.working_days import add_working_days

FARTHEST = timedelta(days=366)  # a start that is announced later than this is no announcement
CHECK_IN = 20  # working days: how long a referral without a date of entry goes on before it is said to go on
ANSWERS = (Role.MANAGER, Role.ADVISER)


class Merged(Refused):
    """What was to be written is about a file that was merged into another; `learner`: the id of the emptied one."""

    def __init__(self, learner: int) -> None:
        super().__init__(_("Cette fiche a été réunie avec une autre\u00a0: écrivez sur celle qui est gardée."))
        self.learner = learner


def one_at_a_time(learner: int) -> None:
    """Wait for whoever else writes about this person: first the person's row, then any other, so that no two wait
    for each other. In the caller's transaction, before anything is read that the act depends on.

    Raises Merged for a file that was merged, meanwhile or before: what is written belongs on the one that was kept.
    """
    mine = Learner._base_manager.select_for_update(no_key=True).filter(pk=learner)
    if mine.values_list("merged_into", flat=True).first() is not None:
        raise Merged(learner)


def send(handoff: Handoff, *, by: User | None) -> Handoff:
    """Write a handoff, start its clock and show the person to its receiver. Raises Refused, ValidationError."""
    one_at_a_time(handoff.learner_id)
    learner = handoff.learner
    learner.refresh_from_db(fields=["holder", "closed_on"])
    if learner.closed_on is not None:
        raise Refused(_("Le suivi de cette personne est clos : rouvrez-le avant de passer le relais."))
    if _objected(learner, handoff.receiver):
        raise Refused(
            _("La personne s’oppose à ce que %(org)s la voie : parlez-en avec elle avant de passer le relais.")
            % {"org": handoff.receiver}
        )
    handoff.deadline_on = clock(handoff, handoff.sent_on)["deadline_on"]
    handoff.full_clean()
    handoff.save()
    if handoff.receiver_id != learner.holder_id:
        Sharing.objects.get_or_create(
            learner=learner,
            organisation=handoff.receiver,
            until=None,
            defaults={"basis": handoff.purpose, "scope": Scope.PATH, "since": handoff.sent_on},
        )
    record("propose", handoff, by=by, organisation=handoff.sender, learner=learner)
    return handoff


def _objected(learner: Learner, organisation: Organisation) -> bool:
    """Whether the person hides from this organisation; from who holds the baton, nobody can."""
    no = Sharing.objects.filter(learner=learner, organisation=organisation, objected_on__isnull=False, until=None)
    return organisation.pk != learner.holder_id and no.exists()


def clock(handoff: Handoff, day: date, *, received: bool = False) -> dict[str, Any]:
    """The fields of a clock that starts on `day`: to acknowledge, or once received to decide.

    A referral is decided by entry: three working days after its start, or said to go on every four weeks.
    """
    to = handoff.receiver
    if not received:
        deadline = add_working_days(day, to.acknowledge_days)
    elif handoff.purpose != Purpose.REFERRAL:
        deadline = add_working_days(day, to.decide_days)
    elif handoff.expected_start_on is not None:
        deadline = add_working_days(max(handoff.expected_start_on, day), to.entry_days)
    else:
        deadline = add_working_days(day, CHECK_IN)
    return {"deadline_on": deadline, "reminded_on": None, "escalated_on": None}


def send_back(handoff: Handoff, *, by: User | None, on: date) -> Handoff | None:
    """Bring back to a named person of the sender what was declined or left unanswered; None when there is nobody else."""
    stop_sharing(handoff)
    learner = handoff.learner
    to = learner.holder if _objected(learner, handoff.sender) else handoff.sender
    if to is None or to.pk == handoff.receiver_id or learner.closed_on is not None:
        return None
    back = Handoff(
        learner=learner,
        sender=handoff.receiver,
        receiver=to,
        purpose=Purpose.RETURN,
        sent_on=on,
        follows=handoff,
        addressed_to=named(handoff),
        created_by=by,
    )
    return send(back, by=by)


def named(handoff: Handoff) -> User | None:
    """Who of the sender answers for a handoff: who proposed it, else who follows the person, else a manager, if still there."""
    places = Membership.objects.filter(
        organisation=handoff.sender_id, active=True, awaiting=False, role__in=ANSWERS, user__is_active=True
    ).select_related("user")
    if handoff.created_by_id and (one := places.filter(user=handoff.created_by_id).first()):
        return one.user
    held = Responsibility.objects.filter(learner=handoff.learner_id, organisation=handoff.sender_id, until=None).first()
    if held is not None and held.user_id and (one := places.filter(user=held.user_id).first()):
        return one.user
    manager = places.filter(role=Role.MANAGER).order_by("pk").first()
    return manager.user if manager else None


def stop_sharing(handoff: Handoff) -> None:
    """What was shown only to ask is hidden once the answer is no."""
    Sharing.objects.filter(
        learner=handoff.learner, organisation=handoff.receiver, basis=handoff.purpose, until=None, objected_on=None
    ).update(until=timezone.localdate())


def check_start(handoff: Handoff, starts_on: date | None, today: date) -> None:
    """Raise ValidationError unless the next situation starts between the asking and a year from now; unsaid for what came back."""
    if starts_on is None:
        if comes_back(handoff):
            return
        raise ValidationError(
            {
                "starts_on": _(
                    "Dites quand commence la suite : les jours d’ici là ne comptent pas comme une interruption."
                )
            }
        )
    if not handoff.sent_on <= starts_on <= today + FARTHEST:
        raise ValidationError(
            {"starts_on": _("La suite commence entre le jour de la demande et dans un an : corrigez la date.")}
        )


def answered(handoff: Handoff, by: User | LinkActor, today: date) -> dict[str, Any]:
    """What is written when somebody says yes; who had not acknowledged does so by the same act."""
    changes: dict[str, Any] = {"accepted_on": today, "ended_on": today}
    if handoff.received_on is None:
        changes["received_on"] = today
        changes["received_by"] = None if isinstance(by, LinkActor) else by
    return changes
