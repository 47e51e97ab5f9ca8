"""Writing the register: who was there, who signed, what is corrected. The only door by which a line of it changes.

Nothing is noted before it begins. A line that was signed, countersigned, or whose day is over changes with a reason only;
what it was stays readable, its own signatures fall, and those of the others stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.access import may_confirm_entry
from cohorts.models import Attendance, AttendancePast, Enrolment, Session
from cohorts.register import attended_minutes
from cohorts.roll import begins, expected, is_expected, sealed_from
from cohorts.signals import register_changed
from cohorts.states import ATTENDED, Mark, RegisterSource, SignedBy
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

EARLY = timedelta(minutes=15)  # who comes a little before may sign


@dataclass(frozen=True)
class Line:
    """What somebody writes of one person. `late`: minutes, for who came late; `seen`: the version they had before them, 0 for none."""

    enrolment_id: int
    mark: str
    late: int = 0
    seen: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Clash:
    """Somebody else wrote this line meanwhile, and otherwise: what stands, and what was about to be written."""

    stands: Attendance
    mine: Line


@dataclass(frozen=True)
class Saved:
    """What became of a sheet: ids of the enrolments written, lines that somebody else had written otherwise."""

    written: list[int] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)


def may_mark(by: Any, cohort: Any) -> bool:
    """Whoever manages, coordinates or teaches in the training body."""
    return may_confirm_entry(by, cohort)


@transaction.atomic
def save_sheet(
    *, session: Session, lines: Iterable[Line], by: User, source: RegisterSource = RegisterSource.SCREEN
) -> Saved:
    """Write what was noted of a half-day; what somebody else wrote otherwise since it was read is left, and given back.

    Raises PermissionDenied; Refused with a sentence, and nothing is written, for a half-day that is cancelled or has not
    begun, somebody who is not on the sheet, a lateness out of bounds, or a correction without a reason.
    """
    if not may_mark(by, session.cohort):
        raise PermissionDenied
    _open(session)
    people = {one.pk: one for one in expected(session)}
    saved = Saved()
    wanted = {line.enrolment_id: line for line in lines}
    rows = _locked(session, wanted)
    for pk, line in wanted.items():
        if pk not in people:
            raise Refused(_("Une personne n’est pas sur la feuille de cette demi-journée\u00a0: rechargez la page."))
        minutes = _worth(line, session)
        row = rows.get(pk)
        if row is not None and (row.mark, row.minutes) == (line.mark, minutes):
            continue
        if row is not None and row.version != line.seen:
            saved.clashes.append(Clash(row, line))
            continue
        write(
            session=session,
            enrolment=people[pk],
            row=row,
            mark=line.mark,
            minutes=minutes,
            reason=line.reason,
            by=by,
            source=source,
        )
        saved.written.append(pk)
    _told(session, saved.written, by, source)
    return saved


@transaction.atomic
def write(
    *, session: Session, enrolment: Enrolment, row: Attendance | None, mark: str, minutes: int, by: User | None,
    source: str, reason: str = "",
) -> Attendance:  # fmt: skip
    """Write one line, keeping what it was; `row`: the line as it stands, locked. The caller has checked the rest, and tells.

    Raises Refused for a correction without a reason.
    """
    now = timezone.now()
    if row is None:
        return Attendance.objects.create(
            enrolment=enrolment, session=session, mark=mark, minutes=minutes, source=source, marked_by=by, marked_at=now
        )
    if needs_reason(row) and not reason.strip():
        raise Refused(
            _("La ligne de %(who)s est signée, ou sa journée est finie\u00a0: écrivez pourquoi vous la corrigez.")
            % {"who": enrolment.learner}
        )
    AttendancePast.objects.create(
        attendance=row, mark=row.mark, minutes=row.minutes, source=row.source, signed_at=row.signed_at,
        signed_by=row.signed_by, countersigned_at=row.countersigned_at, reason=reason.strip(), by=by, at=now,
    )  # fmt: skip
    row.mark, row.minutes, row.source, row.marked_by, row.marked_at = mark, minutes, source, by, now
    row.signed_at, row.signed_by, row.countersigned_by, row.countersigned_at = None, "", None, None
    row.version += 1
    row.full_clean()
    row.save()
    return row


def usual_mark(session: Session) -> str:
    """What somebody who is there is marked: in company and at a distance, where the half-day is held so."""
    if session.in_company:
        return Mark.IN_COMPANY
    return Mark.REMOTE if session.remote else Mark.PRESENT


def needs_reason(row: Attendance) -> bool:
    """Whether changing this line is a correction that says why."""
    signed = row.signed_at is not None or row.countersigned_at is not None
    return signed or timezone.localdate() > row.session.day


@transaction.atomic
def mark_rest(*, session: Session, by: User) -> int:
    """Note the usual mark of everybody on the sheet of whom nothing is noted; how many."""
    done = Attendance._base_manager.filter(session=session).values("enrolment")
    rest = expected(session).exclude(pk__in=done)
    return len(save_sheet(session=session, lines=[Line(one.pk, usual_mark(session)) for one in rest], by=by).written)


@transaction.atomic
def sign(*, enrolment: Enrolment, session: Session, way: SignedBy, at: Any = None) -> Attendance:
    """The person signs that they attended. In the room, who is not noted yet is noted present by it; elsewhere the trainer
    has noted them first. Signing twice is signing once. Raises Refused with a sentence for the person.
    """
    now = at or timezone.now()
    _open(session, early=EARLY)
    if not is_expected(enrolment, session):
        raise Refused(_("Vous n’êtes pas sur la feuille de cette demi-journée\u00a0: parlez-en à votre formateur."))
    rows = _locked(session, [enrolment.pk])
    row = rows.get(enrolment.pk)
    if row is None:
        if way != SignedBy.ROOM:
            raise Refused(_("Votre formateur n’a pas encore fait l’appel\u00a0: revenez signer après."))
        Attendance.objects.bulk_create(
            [Attendance(
                enrolment=enrolment, session=session, mark=usual_mark(session), minutes=session.minutes,
                source=RegisterSource.SCREEN, marked_at=now,
            )],
            ignore_conflicts=True,
        )  # fmt: skip
        register_changed.send(Attendance, enrolment_ids=[enrolment.pk], by=None)
        row = _locked(session, [enrolment.pk])[enrolment.pk]
    if row.mark not in ATTENDED:
        raise Refused(_("Vous êtes noté absent pour cette demi-journée\u00a0: parlez-en à votre formateur."))
    if row.signed_at is None:
        row.signed_at, row.signed_by = now, way
        row.save(update_fields=["signed_at", "signed_by"])
        record(
            "sign_half_day", row, organisation=session.cohort.programme.provider_id, learner=enrolment.learner_id,
            channel="link" if way in (SignedBy.LINK, SignedBy.ROOM) else "", way=str(way),
        )  # fmt: skip
    return row


@transaction.atomic
def countersign(*, session: Session, seen: Mapping[int, int], by: User) -> int:
    """The trainer signs the sheet as they see it: how many lines. `seen`: enrolment → version shown.

    Raises Refused when somebody on the sheet is not noted, or a line changed since it was shown: nothing is signed unseen.
    """
    if not may_mark(by, session.cohort):
        raise PermissionDenied
    _open(session)
    people = list(expected(session))
    rows = _locked(session, [one.pk for one in people])
    sealed = sealed_from(by, session.cohort_id)
    left = _("une personne que vous évaluez")
    if missing := [left if one.pk in sealed else str(one.learner) for one in people if one.pk not in rows]:
        words = ngettext(
            "Il reste une personne à noter avant de signer\u00a0: %(who)s.",
            "Il reste %(n)d personnes à noter avant de signer\u00a0: %(who)s.", len(missing),
        )  # fmt: skip
        raise Refused(words % {"n": len(missing), "who": ", ".join(missing)})
    if any(row.version != seen.get(pk) for pk, row in rows.items()):
        raise Refused(_("La feuille a changé depuis que vous l’avez ouverte\u00a0: relisez-la, puis signez."))
    now = timezone.now()
    todo = [row.pk for row in rows.values() if row.countersigned_at is None]
    Attendance._base_manager.filter(pk__in=todo).update(countersigned_by=by, countersigned_at=now)
    if todo:
        record("countersign_sheet", session, by=by, organisation=session.cohort.programme.provider_id, lines=len(todo))
    return len(todo)


def _open(session: Session, *, early: timedelta = timedelta()) -> None:
    if session.cancelled:
        raise Refused(_("Cette demi-journée est annulée\u00a0: on n’y note personne."))
    if timezone.now() < begins(session) - early:
        raise Refused(
            _("Cette demi-journée n’a pas commencé\u00a0: elle s’ouvre le %(day)s à %(hour)s.")
            % {"day": f"{session.day:%d/%m/%Y}", "hour": f"{timezone.localtime(begins(session)):%H\u00a0h\u00a0%M}"}
        )


def _locked(session: Session, enrolments: Iterable[int]) -> dict[int, Attendance]:
    """Enrolment → its line, locked in one order, so that no two sheets wait for each other."""
    rows = Attendance._base_manager.select_for_update().filter(session=session, enrolment__in=list(enrolments))
    found: dict[int, Attendance] = {row.enrolment_id: row for row in rows.order_by("pk")}
    for row in found.values():
        row.session = session
    return found


def _worth(line: Line, session: Session) -> int:
    if line.mark not in Mark.values:
        raise Refused(_("Cette marque n’existe pas\u00a0: choisissez-en une dans la liste."))
    try:
        return attended_minutes(line.mark, session.minutes, line.late)
    except ValueError:
        raise Refused(
            _("Un retard se compte en minutes, de 1 à %(most)d pour cette demi-journée.")
            % {"most": session.minutes - 1}
        ) from None


def _told(session: Session, written: Sequence[int], by: User, source: str) -> None:
    if written:
        record(
            "mark_sheet", session, by=by, organisation=session.cohort.programme.provider_id, lines=len(written),
            source=str(source),
        )  # fmt: skip
        register_changed.send(Attendance, enrolment_ids=list(written), by=by)
