"""How somebody in training signs by themself: a link of their own that lasts as long as the cohort, and the code shown in the room.

The code in the room changes every thirty seconds: who signs by it is there. What a personal link signs, the trainer has noted first.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.core import signing
from django.utils import timezone

from cohorts.models import Attendance, AttendanceClaim, Enrolment, Session
from cohorts.roll import begins, expected
from cohorts.states import RegisterSource
from learners import links
from learners.models import Learner, PersonalLink
from learners.states import LinkPurpose

STEP = 30  # seconds that a code of the room is shown
GRACE = 1  # steps for which the one before is still taken: who has just aimed at it
GRANTED = 300  # seconds between aiming and tapping
ROOM, GRANT = "cohorts.room", "cohorts.room.grant"


# --- the code of the room --------------------------------------------------------------------------------------


def room_token(session: Session, now: datetime | None = None) -> str:
    """What the square on the wall says at this moment."""
    return signing.dumps([session.pk, _step(now)], salt=ROOM)


def session_of(token: str, now: datetime | None = None) -> int | None:
    """The half-day of a code of the room; None for one that is not ours, or that the wall does not show any more."""
    try:
        pk, step = signing.loads(token, salt=ROOM)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(pk) if 0 <= _step(now) - step <= GRACE else None


def _step(now: datetime | None) -> int:
    return int((now or timezone.now()).timestamp()) // STEP


def grant(session_pk: int) -> str:
    """That somebody has aimed at the wall just now: good for the time of a tap."""
    return signing.dumps(session_pk, salt=GRANT)


def granted(said: str) -> int | None:
    try:
        return int(signing.loads(said, salt=GRANT, max_age=GRANTED))
    except (signing.BadSignature, ValueError, TypeError):
        return None


# --- what one may sign -----------------------------------------------------------------------------------------


def remembered(number: str) -> PersonalLink | None:
    """The link that a phone says it holds, if it still opens."""
    if not number.isdecimal() or len(number) > 18:
        return None
    return links.opening().filter(pk=int(number), purpose=LinkPurpose.REGISTER).select_related("learner").first()


def session_numbered(number: str) -> Session | None:
    """A half-day by its number, as a form says it."""
    known = number.isdecimal() and len(number) < 18
    rows = Session._base_manager.select_related("cohort__programme__provider")
    return rows.filter(pk=int(number)).first() if known else None


class Mine(NamedTuple):
    """A half-day of today, what the trainer noted of the person, and whether they have said that it is not so."""

    session: Session
    enrolment: Enrolment
    row: Attendance | None
    contested: bool = False

    @property
    def signed(self) -> bool:
        return self.row is not None and self.row.signed_at is not None

    @property
    def begun(self) -> bool:
        return timezone.now() >= begins(self.session)


def today_of(learner: Learner) -> list[Mine]:
    """The half-days of today of somebody in training; four queries at most."""
    today = timezone.localdate()
    enrolments = {one.cohort_id: one for one in Enrolment._base_manager.filter(learner=learner, entered_on__lte=today)}
    held = Session._base_manager.filter(cohort__in=enrolments, day=today, cancelled=False)
    sessions = [
        one for one in held.select_related("cohort__programme__provider").order_by("day", "half")
        if (left := enrolments[one.cohort_id].exited_on) is None or left >= today
    ]  # fmt: skip
    rows = {
        row.session_id: row
        for row in Attendance._base_manager.filter(session__in=[one.pk for one in sessions], enrolment__learner=learner)
    }
    told = AttendanceClaim._base_manager.filter(enrolment__in=enrolments.values(), source=RegisterSource.PERSON)
    said = set(told.filter(session__day=today).values_list("session", flat=True)) if rows else set()
    return [Mine(one, enrolments[one.cohort_id], rows.get(one.pk), one.pk in said) for one in sessions]


def enrolment_in(learner: Learner, session: Session) -> Enrolment | None:
    """The entry by which somebody is awaited on this half-day."""
    return expected(session).filter(learner=learner).first()
