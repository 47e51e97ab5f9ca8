"""Recording how somebody leaves a training (*sortie*): the day of their last half-day, why, and what follows.

The baton does not move: the training body holds it until somebody accepts what comes next.
"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import absences, seats
from cohorts.access import may_edit_cohort
from cohorts.declaring import declare
from cohorts.marking import may_mark
from cohorts.models import Application, Attendance, Cohort, Enrolment
from cohorts.register import last_attended
from cohorts.roll import halves_of
from cohorts.signals import register_changed
from cohorts.states import DeclaredEvent, ExitReason
from learners import notices
from learners.models import Handoff, Situation
from learners.sending import one_at_a_time
from learners.states import OPEN, HandoffStatus, Purpose
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User
from partners.states import Channel

AHEAD = (*OPEN, HandoffStatus.ACCEPTED)


def last_day(enrolment: Enrolment) -> date | None:
    """The day of the last half-day that the register says was attended; None when it says nothing."""
    return last_attended(halves_of([enrolment])[enrolment.pk])


@transaction.atomic
def record_exit(*, enrolment: Enrolment, on: date, reason: str, by: User) -> Enrolment:
    """Write the exit of somebody who is there. Raises PermissionDenied, ValidationError by field, Refused.

    `on`: the day of the last half-day attended; where the register knows it, no other day is taken.
    """
    if not may_edit_cohort(by, enrolment.cohort):
        raise PermissionDenied
    one_at_a_time(enrolment.learner_id)
    rows = Enrolment._base_manager.select_for_update(of=("self",)).select_related(
        "cohort__programme__provider", "learner"
    )
    stored = rows.get(pk=enrolment.pk)
    if stored.exited_on is not None:
        raise Refused(
            _("La sortie de cette personne est déjà enregistrée, au %(day)s\u00a0: corrigez-la si elle est fausse.")
            % {"day": f"{stored.exited_on:%d/%m/%Y}"}
        )
    _check(stored, on, reason)
    stored.exited_on, stored.exit_reason = on, reason
    stored.exit_noted_by, stored.exit_noted_at = by, timezone.now()
    stored.full_clean()
    stored.save()
    absences.close_for_exit(stored)
    declare(stored, DeclaredEvent.EXIT)
    _tell_prescriber(stored, by)
    register_changed.send(Attendance, enrolment_ids=[stored.pk], by=by)  # what is planned ends with it
    seats.settle(Cohort._base_manager.select_for_update().get(pk=stored.cohort_id))
    record(
        "record_exit", stored, by=by, organisation=stored.cohort.programme.provider_id, learner=stored.learner_id,
        reason=reason,
    )  # fmt: skip
    return stored


def _check(enrolment: Enrolment, on: date, reason: str) -> None:
    wrong: dict[str, str] = {}
    if reason not in ExitReason.values:
        wrong["reason"] = _("Choisissez le motif.")
    if on > timezone.localdate():
        wrong["on"] = _("Une sortie s’enregistre une fois vécue\u00a0: ce jour est à venir.")
    elif on < enrolment.entered_on:
        wrong["on"] = _("La sortie précède l’entrée, le %(day)s.") % {"day": f"{enrolment.entered_on:%d/%m/%Y}"}
    elif (known := last_day(enrolment)) is not None and known != on:
        wrong["on"] = _(
            "Le registre dit que la dernière demi-journée suivie est le %(day)s\u00a0: une sortie porte ce jour-là."
        ) % {"day": f"{known:%d/%m/%Y}"}
    if (
        reason == ExitReason.COMPLETED
        and on < enrolment.cohort.ends_on
        and not wrong
        and not _at_the_end(enrolment, on)
    ):
        wrong["reason"] = _("La formation va jusqu’au %(day)s\u00a0: qui part avant ne l’a pas achevée.") % {
            "day": f"{enrolment.cohort.ends_on:%d/%m/%Y}"
        }
    if wrong:
        raise ValidationError(wrong)


def _at_the_end(enrolment: Enrolment, on: date) -> bool:
    """Whether no more than two weeks of half-days were left: who is absent at the very end has gone to the end."""
    later = enrolment.cohort.sessions.filter(day__gt=on, cancelled=False).values("day").distinct().count()
    return later <= 10 and (enrolment.cohort.ends_on - on).days <= 14


def _tell_prescriber(enrolment: Enrolment, by: User) -> None:
    """Who referred the person hears that they have left; neither who nor why is in the message."""
    rows = Application._base_manager.filter(
        learner=enrolment.learner_id, cohort=enrolment.cohort_id, handoff__isnull=False
    )
    for application in rows.select_related("handoff__sender", "handoff__receiver"):
        handoff = application.handoff
        if handoff is not None and handoff.sender_id != handoff.receiver_id:
            notices.tell(handoff, "left", by=by)


# --- the follow-up announced -----------------------------------------------------------------------------------


@transaction.atomic
def announce_follow_up(*, enrolment: Enrolment, channel: str, by: User) -> None:
    """Write that the person knows they will be asked at 1, 3, 6 and 12 months, and by which channel they choose to be."""
    if not may_mark(by, enrolment.cohort):
        raise PermissionDenied
    if channel not in Channel.values:
        raise ValidationError({"channel": _("Choisissez comment la personne veut être jointe.")})
    Enrolment._base_manager.filter(pk=enrolment.pk).update(
        follow_up_channel=channel, follow_up_announced_on=timezone.localdate()
    )
    record(
        "announce_follow_up",
        enrolment,
        by=by,
        organisation=enrolment.cohort.programme.provider_id,
        learner=enrolment.learner_id,
    )


# --- what follows ----------------------------------------------------------------------------------------------


def what_follows(enrolment: Enrolment) -> Handoff | None:
    """The handoff that was proposed since the exit, or was open on that day: what comes next of the person."""
    if enrolment.exited_on is None:
        return None
    rows = Handoff.objects.filter(learner=enrolment.learner_id, status__in=AHEAD).exclude(
        purpose__in=(Purpose.REFERRAL, Purpose.SUPPORT)
    )
    rows = rows.filter(Q(sent_on__gte=enrolment.exited_on) | Q(status__in=OPEN))
    return rows.select_related("receiver").order_by("-sent_on", "-pk").first()


def without_continuation(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Those who left, whom the training body still holds, for whom nothing is proposed and nothing has begun."""
    ahead = Handoff.objects.filter(learner=OuterRef("learner"), status__in=AHEAD, sent_on__gte=OuterRef("exited_on"))
    ahead = ahead.exclude(purpose__in=(Purpose.REFERRAL, Purpose.SUPPORT))
    begun = Situation.objects.filter(learner=OuterRef("learner"), starts_on__gte=OuterRef("exited_on"), ends_on=None)
    again = Enrolment._base_manager.filter(learner=OuterRef("learner"), entered_on__gt=OuterRef("exited_on"))
    return rows.filter(
        ~Exists(ahead), ~Exists(begun), ~Exists(again), exited_on__isnull=False, learner__closed_on=None,
        learner__holder=F("cohort__programme__provider"),
    )  # fmt: skip
