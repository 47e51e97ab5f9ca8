"""Absences without a word ask for help: an alert opens by itself, help is asked of who referred, and it ends with an outcome alone.

Coming back ends nothing by itself: somebody says that the person is back, and the trainer reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import marking
from cohorts.models import AbsenceAlert, AbsenceCall, Application, Attendance, Enrolment, Session
from cohorts.register import ABSENT, HalfDay, Streak, asks_for_help, streak_of
from cohorts.roll import halves_of
from cohorts.states import AlertOutcome, AlertStatus, CohortStatus, Mark, RegisterSource
from learners.access import is_receiver
from learners.helping import ask_help
from learners.models import Handoff
from learners.sending import one_at_a_time
from learners.states import HANDOFF, OPEN
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Membership, User
from partners.states import Channel, Role

BACK = timedelta(days=60)  # absences that are older have had their alert
CALLS = 2  # by as many channels, before somebody is said not reached
TRAINS = (CohortStatus.CONFIRMED, CohortStatus.RECRUITING, CohortStatus.RUNNING)


def streaks(enrolments: Iterable[Enrolment]) -> dict[int, Streak]:
    """Who is absent without a word now, since when: id of enrolment → the row of absences. Three queries, whatever the number.

    What an alert has dealt with already counts no more.
    """
    wanted = list(enrolments)
    halves = halves_of(wanted, since=timezone.localdate() - BACK)
    settled: dict[int, datetime] = {}
    closed = AbsenceAlert._base_manager.filter(enrolment__in=wanted, status=AlertStatus.CLOSED).order_by("closed_at")
    for alert in closed:
        settled[alert.enrolment_id] = alert.closed_at  # type: ignore[assignment]  # a closed one has its moment
    found = {}
    for one in wanted:
        since = settled.get(one.pk)
        later = [half for half in halves[one.pk] if since is None or half.begins > since]
        if (streak := streak_of(later)) is not None:
            found[one.pk] = streak
    return found


def heard(*, enrolment_ids: Iterable[int], by: User | None = None, **_kept: Any) -> None:
    """What the register tells: whoever has just become absent too long asks for help, in the same transaction."""
    missed = Attendance._base_manager.filter(enrolment__in=list(enrolment_ids), mark=ABSENT)
    missed = missed.filter(session__day__gte=timezone.localdate() - BACK)
    look(Enrolment._base_manager.filter(pk__in=missed.values("enrolment"), exited_on=None), by=by)


def look_at_all() -> int:
    """Everybody in training, for those whose two days pass without a new mark; how many alerts were opened."""
    late = Attendance._base_manager.filter(mark=ABSENT, enrolment__exited_on=None).values("enrolment")
    return look(Enrolment._base_manager.filter(pk__in=late, cohort__status__in=TRAINS, learner__closed_on=None))


def look(enrolments: Any, *, by: User | None = None, now: datetime | None = None) -> int:
    """Open an alert for each whose absences ask for it, or bring the open one up to date; how many were opened."""
    rows = list(enrolments.select_related("learner", "cohort__programme"))
    if not rows:
        return 0
    opened, moment = 0, now or timezone.now()
    for pk, streak in streaks(rows).items():
        if asks_for_help(streak, moment):
            opened += _alert(next(one for one in rows if one.pk == pk), streak, by)
    return opened


def _alert(enrolment: Enrolment, streak: Streak, by: User | None) -> bool:
    one_at_a_time(enrolment.learner_id)
    open_ = AbsenceAlert._base_manager.filter(enrolment=enrolment, status=AlertStatus.OPEN)
    if open_.update(last_missed=streak.last.session, half_days=streak.count):
        return False
    alert = AbsenceAlert(
        enrolment=enrolment, first_missed_id=streak.first.session, last_missed_id=streak.last.session,
        half_days=streak.count, opened_at=timezone.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            alert.save()
    except IntegrityError:  # another mark, at the same moment, has opened it
        return False
    alert.handoff = _ask(enrolment, by)
    alert.save(update_fields=["handoff"])
    record(
        "open_alert", alert, by=by, organisation=enrolment.cohort.programme.provider_id, learner=enrolment.learner_id
    )
    return True


def _ask(enrolment: Enrolment, by: User | None) -> Handoff | None:
    """Help asked of who referred the person to this cohort, of the adviser who did if they still work there."""
    rows = Application._base_manager.filter(learner=enrolment.learner_id, cohort=enrolment.cohort_id)
    application = rows.select_related("referred_by", "handoff").first()
    if (
        application is None
        or application.referred_by is None
        or application.referred_by_id == enrolment.cohort.programme.provider_id
    ):
        return None
    adviser = application.handoff.created_by_id if application.handoff else None
    places = Membership.objects.filter(
        organisation=application.referred_by, user=adviser, active=True, awaiting=False,
        role__in=(Role.MANAGER, Role.ADVISER), user__is_active=True,
    )  # fmt: skip
    named = places.select_related("user").first() if adviser else None
    return ask_help(
        learner=enrolment.learner, receiver=application.referred_by, addressed_to=named.user if named else None, by=by
    )


# --- what people do about it -----------------------------------------------------------------------------------


def may_act(by: Any, alert: AbsenceAlert) -> bool:
    """Who teaches there, and who answers for the organisation that was asked to help."""
    if marking.may_mark(by, alert.enrolment.cohort):
        return True
    return alert.handoff is not None and is_receiver(by, alert.handoff)


@transaction.atomic
def note_call(*, alert: AbsenceAlert, channel: str, reached: bool, by: User) -> AbsenceCall:
    """Write that somebody tried to reach the person. Raises PermissionDenied, Refused once it has ended."""
    if not may_act(by, alert):
        raise PermissionDenied
    _going(alert)
    if channel not in Channel.values:
        raise Refused(_("Choisissez par quel moyen."))
    call = AbsenceCall.objects.create(alert=alert, at=timezone.now(), channel=channel, reached=reached, by=by)
    record("call_absent", alert, by=by, organisation=_body(alert), learner=alert.enrolment.learner_id, channel=channel)
    return call


@transaction.atomic
def close_alert(*, alert: AbsenceAlert, outcome: str, by: User | None) -> None:
    """Say how it ended; the trainer reads it, unless it is they who say so. Raises PermissionDenied, Refused.

    `by` None: it follows from an exit. Help that nobody had taken up has no object any more.
    """
    if by is not None and not may_act(by, alert):
        raise PermissionDenied
    if outcome not in AlertOutcome.values:
        raise Refused(_("Dites comment cela s’est terminé\u00a0: une alerte ne se clôt pas sans issue."))
    channels = set(alert.calls.values_list("channel", flat=True))
    if outcome == AlertOutcome.NOT_REACHED and len(channels) < CALLS:
        raise Refused(
            _("On ne dit quelqu’un pas joint qu’après deux essais par deux moyens différents\u00a0: notez-les d’abord.")
        )
    now = timezone.now()
    teaches = by is None or marking.may_mark(by, alert.enrolment.cohort)
    seen = {"seen_by": by, "seen_at": now} if teaches else {}
    open_ = AbsenceAlert._base_manager.filter(pk=alert.pk, status=AlertStatus.OPEN)
    if not open_.update(status=AlertStatus.CLOSED, outcome=outcome, closed_by=by, closed_at=now, **seen):
        raise Refused(_("Quelqu’un vient de clore cette alerte\u00a0: rechargez la page."))
    alert.refresh_from_db()
    if alert.handoff is not None and alert.handoff.status in OPEN and teaches:
        HANDOFF.take("supersede", alert.handoff, by=None, ended_on=timezone.localdate())
    record("close_alert", alert, by=by, organisation=_body(alert), learner=alert.enrolment.learner_id, outcome=outcome)


def close_for_exit(enrolment: Enrolment) -> None:
    """Somebody leaves: their open alert ends with it."""
    for alert in AbsenceAlert._base_manager.filter(enrolment=enrolment, status=AlertStatus.OPEN).select_related(
        *AROUND
    ):
        close_alert(alert=alert, outcome=AlertOutcome.LEAVING, by=None)


@transaction.atomic
def read_outcome(*, alert: AbsenceAlert, by: User) -> bool:
    """Who teaches has read how it ended; False when somebody had already."""
    if not marking.may_mark(by, alert.enrolment.cohort):
        raise PermissionDenied
    unread = AbsenceAlert._base_manager.filter(pk=alert.pk, status=AlertStatus.CLOSED, seen_at=None)
    return bool(unread.update(seen_by=by, seen_at=timezone.now()))


@transaction.atomic
def explain(*, enrolment: Enrolment, sessions: Iterable[int], reason: str, by: User) -> int:
    """Turn absences into explained ones, with why; the register keeps what they were. How many."""
    if not marking.may_mark(by, enrolment.cohort):
        raise PermissionDenied
    rows = Attendance._base_manager.select_for_update().filter(
        enrolment=enrolment, session__in=list(sessions), mark=ABSENT
    )
    done = 0
    for row in rows.select_related("session").order_by("pk"):
        marking.write(
            session=row.session, enrolment=enrolment, row=row, mark=Mark.ABSENT_EXCUSED, minutes=0, reason=reason,
            by=by, source=RegisterSource.SCREEN,
        )  # fmt: skip
        done += 1
    if done:
        marking.register_changed.send(Attendance, enrolment_ids=[enrolment.pk], by=by)
        record("explain_absences", enrolment, by=by, organisation=enrolment.cohort.programme.provider_id, lines=done)
    return done


AROUND = ("enrolment__learner", "enrolment__cohort__programme__provider", "handoff__receiver", "handoff__sender")


def missed_of(alert: AbsenceAlert) -> list[HalfDay]:
    """The half-days missed without a word since the alert's first, as they stand now."""
    first = Session._base_manager.get(pk=alert.first_missed_id)
    halves = halves_of([alert.enrolment], since=first.day)[alert.enrolment_id]
    return [half for half in halves if half.mark == ABSENT]


def _going(alert: AbsenceAlert) -> None:
    if alert.status != AlertStatus.OPEN:
        raise Refused(_("Cette alerte est close\u00a0: rien n’y est plus écrit."))


def _body(alert: AbsenceAlert) -> int:
    return alert.enrolment.cohort.programme.provider_id
