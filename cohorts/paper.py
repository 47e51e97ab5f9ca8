"""Paper sheets, keyed back: the code by which a sheet is found again, and what was read on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import claims, marking
from cohorts.claims import Told
from cohorts.marking import Line
from cohorts.models import Attendance, Session
from cohorts.register import attended_minutes
from cohorts.roll import begins, ends, expected
from cohorts.states import Mark, RegisterSource
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ0"  # 23 of them, none that is read as another


def sheet_code(session: Session) -> str:
    """« F1204K »: the number of the half-day and a letter that catches a slip of the hand."""
    return f"F{session.pk}{LETTERS[_check(session.pk)]}"


def session_number(text: str) -> int | None:
    """The half-day of a typed code, spaces and case set aside; None for what is no code."""
    said = "".join(text.split()).upper().replace("-", "")
    if len(said) < 3 or len(said) > 14 or said[0] != "F" or not said[1:-1].isdecimal():
        return None
    number = int(said[1:-1])
    return number if said[-1] == LETTERS[_check(number)] else None


def _check(number: int) -> int:
    """Weighted digits, so that two swapped ones are caught as well as a wrong one."""
    return sum((place + 2) * int(digit) for place, digit in enumerate(reversed(str(number)))) % 23


@dataclass(frozen=True)
class Keyed:
    """How many lines were written, were the same already, contradict what is noted."""

    written: int
    same: int
    against: int


@transaction.atomic
def key_sheet(
    *, session: Session, lines: Iterable[Line], signed: Mapping[int, bool], countersigned_by: User | None, by: User
) -> Keyed:
    """What is read on a paper sheet: marks, who signed, which trainer. What is noted otherwise already is a contradiction.

    Raises PermissionDenied, Refused with a sentence; then nothing is written.
    """
    if not marking.may_mark(by, session.cohort):
        raise PermissionDenied
    if countersigned_by is not None and not marking.may_mark(countersigned_by, session.cohort):
        raise Refused(_("La personne qui aurait signé la feuille n’enseigne pas dans cette cohorte."))
    if session.cancelled or timezone.now() < begins(session):
        raise Refused(_("Cette demi-journée est annulée ou n’a pas commencé\u00a0: vérifiez le code de la feuille."))
    people = {one.pk: one for one in expected(session)}
    count = dict.fromkeys(Told, 0)
    for line in lines:
        if line.enrolment_id not in people or line.mark not in Mark.values:
            raise Refused(_("Une ligne ne correspond à personne de cette feuille\u00a0: rechargez la page."))
        try:
            minutes = attended_minutes(line.mark, session.minutes, line.late)
        except ValueError:
            raise Refused(
                _("Un retard se compte en minutes, de 1 à %(most)d pour cette demi-journée.")
                % {"most": session.minutes - 1}
            ) from None
        told = claims.tell(
            enrolment=people[line.enrolment_id], session=session, mark=line.mark, minutes=minutes, by=by,
            source=RegisterSource.PAPER, signed_at=ends(session) if signed.get(line.enrolment_id) else None,
        )  # fmt: skip
        count[told] += 1
    if countersigned_by is not None:
        rows = Attendance._base_manager.filter(session=session, countersigned_at=None)
        against = claims.open_claims([session.cohort_id]).filter(session=session).values("enrolment")
        rows.exclude(enrolment__in=against).update(countersigned_by=countersigned_by, countersigned_at=ends(session))
    record("key_register", session, by=by, organisation=session.cohort.programme.provider_id, lines=sum(count.values()))
    return Keyed(count[Told.WRITTEN], count[Told.SAME], count[Told.AGAINST])
