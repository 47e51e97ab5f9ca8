"""Writing the calendar of a cohort: the week from which it is made, and what happens to one half-day. All leave a trace.

What hangs on a half-day holds it: where somebody is noted it does not move, and what was moved by hand is not moved back by a week.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.access import may_edit_cohort
from cohorts.calendar import Planned, Stay, Usual, plan
from cohorts.models import Attendance, AttendanceClaim, CalendarSpan, Cohort, Session, SessionChange, Timetable
from cohorts.roll import start_of
from cohorts.states import SessionAct
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User
from partners.tokens import new_token
from partners.working_days import is_holiday

Key = tuple[date, str]
WHAT = ("day", "half", "minutes", "starts_at", "place", "in_company", "remote")


@dataclass(frozen=True)
class Difference:
    """What a week would change: half-days to make, to remove, to change; and those it leaves because something hangs on them."""

    made: list[Planned]
    removed: list[Session]
    changed: list[tuple[Session, Planned]]
    held: list[Session]


def difference(cohort: Cohort, week: Iterable[Usual], stays: Iterable[Stay], *, past: bool = False) -> Difference:
    """What writing this week would do from tomorrow on, `past`: from the first day on; nothing is written."""
    first = cohort.starts_on if past else max(cohort.starts_on, timezone.localdate())
    wanted = {(one.day, one.half): one for one in plan(week, stays, first, cohort.ends_on, cohort.commune)}
    there = {(one.day, one.half): one for one in cohort.sessions.filter(day__gte=first)}
    free = set(_free(cohort.sessions.filter(day__gte=first)).values_list("pk", flat=True))
    made = [one for key, one in wanted.items() if key not in there]
    found = Difference(made, [], [], [])
    for key, session in there.items():
        like = key in wanted and _same(session, wanted[key])
        if like:
            continue
        if session.pk not in free:
            found.held.append(session)
        elif key in wanted:
            found.changed.append((session, wanted[key]))
        else:
            found.removed.append(session)
    return found


def _free(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Those on which nothing hangs: nobody is noted, no source contradicts, nobody changed them by hand."""
    of = {"session": OuterRef("pk")}
    return sessions.filter(
        ~Exists(Attendance._base_manager.filter(**of)), ~Exists(AttendanceClaim._base_manager.filter(**of)),
        ~Exists(SessionChange._base_manager.filter(**of)),
    )  # fmt: skip


def _same(session: Session, wanted: Planned) -> bool:
    now = (start_of(session), session.minutes, session.in_company)
    return now == (wanted.starts, wanted.minutes, wanted.in_company)


@transaction.atomic
def set_timetable(
    *, cohort: Cohort, week: Sequence[Usual], stays: Sequence[Stay], place: str = "", past: bool = False, by: User
) -> Difference:
    """Write the week and its exceptions, and bring the calendar to them; what it did. Raises PermissionDenied, ValidationError."""
    locked = Cohort._base_manager.select_for_update().select_related("programme").get(pk=cohort.pk)
    if not may_edit_cohort(by, locked):
        raise PermissionDenied
    rows = [{**asdict(one), "starts": f"{one.starts:%H:%M}"} for one in week]
    timetable, _made = Timetable.objects.update_or_create(
        cohort=locked, defaults={"week": rows, "place": place, "by": by, "at": timezone.now()}
    )
    timetable.full_clean()
    CalendarSpan.objects.filter(cohort=locked).delete()
    for one in stays:
        span = CalendarSpan(cohort=locked, kind=one.kind, first=one.first, last=one.last)
        span.full_clean()
        span.save()
    found = difference(locked, week, stays, past=past)
    _free(Session._base_manager.filter(pk__in=[one.pk for one in found.removed])).delete()
    for session, wanted in found.changed:
        Session._base_manager.filter(pk=session.pk).update(
            starts_at=wanted.starts, minutes=wanted.minutes, in_company=wanted.in_company
        )
    Session.objects.bulk_create(
        [
            Session(
                cohort=locked, day=one.day, half=one.half, minutes=one.minutes, starts_at=one.starts, place=place,
                in_company=one.in_company,
            )
            for one in found.made
        ]
    )  # fmt: skip
    record(
        "set_timetable", locked, by=by, organisation=locked.programme.provider_id, made=len(found.made),
        removed=len(found.removed), changed=len(found.changed),
    )  # fmt: skip
    return found


def week_of(cohort: Cohort) -> tuple[list[Usual], list[Stay], str]:
    """The week as it was last written, its exceptions and its place; an empty one where there is none."""
    row = Timetable._base_manager.filter(cohort=cohort).first()
    stays = [Stay(one.kind, one.first, one.last) for one in cohort.spans.all()]
    if row is None:
        return [], stays, ""
    week = [Usual(one["day"], one["half"], time.fromisoformat(one["starts"]), one["minutes"]) for one in row.week]
    return week, stays, row.place


def feed_of(cohort: Cohort) -> str:
    """The secret of the address that agendas follow; "" before a week is written."""
    return Timetable._base_manager.filter(cohort=cohort).values_list("feed", flat=True).first() or ""


def followed(feed: str) -> Cohort | None:
    """The cohort whose calendar this secret opens."""
    found = Timetable._base_manager.filter(feed=feed).select_related("cohort").first()
    return found.cohort if found else None


@transaction.atomic
def renew_feed(*, cohort: Cohort, by: User) -> None:
    """Shut the address by which agendas follow the calendar, and open another."""
    if not may_edit_cohort(by, cohort):
        raise PermissionDenied
    Timetable._base_manager.filter(cohort=cohort).update(feed=new_token())
    record("renew_feed", cohort, by=by, organisation=cohort.programme.provider_id)


# --- one half-day ----------------------------------------------------------------------------------------------


@transaction.atomic
def add_session(*, cohort: Cohort, day: date, half: str, reason: str, by: User, **facts: Any) -> Session:
    """Put one more half-day on the calendar. Raises PermissionDenied, ValidationError, Refused with a sentence."""
    cohort = Cohort._base_manager.select_related("programme").get(pk=cohort.pk)
    if not may_edit_cohort(by, cohort):
        raise PermissionDenied
    _fits(cohort, day, half)
    session = Session(cohort=cohort, day=day, half=half, **facts)
    session.full_clean()
    session.save()
    _note(session, SessionAct.ADDED, (day, half, session.minutes), reason, by)
    return session


@transaction.atomic
def change_session(*, session: Session, by: User, reason: str, **facts: Any) -> bool:
    """Move a half-day, or change its length, hour, place or kind; False when it is so already.

    `session`: as it was shown; who finds it otherwise is Refused. Raises PermissionDenied, ValidationError, Refused.
    """
    stored = _locked(session, by)
    if any(getattr(stored, name) != getattr(session, name) for name in (*WHAT, "cancelled")):
        raise Refused(
            _("Quelqu’un vient de changer cette demi-journée\u00a0: rechargez la page pour voir où elle en est.")
        )
    if stored.cancelled:
        raise Refused(_("Cette demi-journée est annulée\u00a0: rétablissez-la d’abord."))
    changed = {name: value for name, value in facts.items() if getattr(stored, name) != value}
    if not changed:
        return False
    if changed.keys() & {"day", "half", "minutes", "in_company", "remote"}:
        _unmarked(stored)
    moved = bool(changed.keys() & {"day", "half"})
    if moved:
        _fits(stored.cohort, facts.get("day", stored.day), facts.get("half", stored.half), but=stored.pk)
    was = (stored.day, stored.half, stored.minutes)
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.full_clean()
    stored.save()
    _note(stored, SessionAct.MOVED if moved else SessionAct.CHANGED, was, reason, by)
    return True


@transaction.atomic
def cancel_session(*, session: Session, by: User, reason: str) -> None:
    """Strike a half-day out: it stays on the calendar, and counts for nothing. Raises PermissionDenied, Refused."""
    stored = _locked(session, by)
    _unmarked(stored)
    if not Session._base_manager.filter(pk=stored.pk, cancelled=False).update(cancelled=True):
        raise Refused(_("Cette demi-journée est déjà annulée."))
    _note(stored, SessionAct.CANCELLED, (stored.day, stored.half, stored.minutes), reason, by)


@transaction.atomic
def restore_session(*, session: Session, by: User, reason: str) -> None:
    """Hold a half-day that was struck out after all."""
    stored = _locked(session, by)
    if not Session._base_manager.filter(pk=stored.pk, cancelled=True).update(cancelled=False):
        raise Refused(_("Cette demi-journée n’est pas annulée."))
    _note(stored, SessionAct.RESTORED, (stored.day, stored.half, stored.minutes), reason, by)


def _locked(session: Session, by: User) -> Session:
    stored: Session = (
        Session._base_manager.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=session.pk)
    )
    if not may_edit_cohort(by, stored.cohort):
        raise PermissionDenied
    return stored


def _unmarked(session: Session) -> None:
    if Attendance._base_manager.filter(session=session).exists():
        raise Refused(
            _(
                "Des présences y sont déjà notées\u00a0: cette demi-journée a eu lieu. Corrigez le registre, pas le calendrier."
            )
        )


def _fits(cohort: Cohort, day: date, half: str, *, but: int | None = None) -> None:
    """Within the cohort, on no holiday of the whole country, where nothing stands already. A day that is kept in some
    territories only may be worked: the week leaves it out, the team may add it."""
    if not cohort.starts_on <= day <= cohort.ends_on:
        raise Refused(
            _("La cohorte va du %(start)s au %(end)s\u00a0: choisissez un jour entre les deux.")
            % {"start": f"{cohort.starts_on:%d/%m/%Y}", "end": f"{cohort.ends_on:%d/%m/%Y}"}
        )
    if is_holiday(day):
        raise Refused(_("Le %(day)s est férié\u00a0: choisissez un autre jour.") % {"day": f"{day:%d/%m/%Y}"})
    there = Session._base_manager.filter(cohort=cohort, day=day, half=half).exclude(pk=but or 0).first()
    if there is not None and there.cancelled:
        raise Refused(_("Une demi-journée annulée est à cette place\u00a0: rétablissez-la plutôt."))
    if there is not None:
        raise Refused(_("Une demi-journée est déjà à cette place\u00a0: choisissez-en une autre."))


def _note(session: Session, act: SessionAct, was: tuple[date, str, int], reason: str, by: User) -> None:
    if not reason.strip():
        raise Refused(_("Écrivez pourquoi\u00a0: l’équipe et les financeurs le liront sur le calendrier."))
    change = SessionChange(
        session=session, act=act, was_day=was[0], was_half=was[1], was_minutes=was[2], reason=reason.strip(), by=by,
        at=timezone.now(),
    )  # fmt: skip
    change.full_clean()
    change.save()
    record(f"session_{act}", session, by=by, organisation=session.cohort.programme.provider_id)
