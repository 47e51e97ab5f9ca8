"""Sources that tell a half-day otherwise: what another one says is kept beside the register until a human settles it.

A source never overwrites: where nothing is noted it writes, where it says the same it adds the signature it brings, and where it
says otherwise it is a contradiction, kept whole.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import marking
from cohorts.models import Attendance, AttendanceClaim, Enrolment, Session, SignatureFile
from cohorts.register import ATTENDED, contestable
from cohorts.roll import halves_of
from cohorts.signals import register_changed
from cohorts.states import ClaimStatus, RegisterSource, SignedBy
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User


class Told(Enum):
    """What became of what a source says."""

    WRITTEN = "written"
    SAME = "same"
    AGAINST = "against"


SIGNS = {
    RegisterSource.PAPER: SignedBy.PAPER,
    RegisterSource.IMPORT: SignedBy.IMPORT,
    RegisterSource.PERSON: SignedBy.LINK,
}


def compare(row: Attendance | None, mark: str, minutes: int) -> Told:
    """What a source would do to this line; nothing is written."""
    if row is None:
        return Told.WRITTEN
    return Told.SAME if (row.mark, row.minutes) == (mark, minutes) else Told.AGAINST


@transaction.atomic
def tell(
    *, enrolment: Enrolment, session: Session, mark: str, minutes: int, source: RegisterSource, by: User,
    signed_at: datetime | None = None, file: SignatureFile | None = None,
) -> Told:  # fmt: skip
    """What a paper or a tool says of one person on one half-day. The caller has checked that they were awaited, and that it began."""
    rows = Attendance._base_manager.select_for_update().select_related("session")
    row = rows.filter(enrolment=enrolment, session=session).first()
    told = compare(row, mark, minutes)
    signs = signed_at if mark in ATTENDED else None
    if told is Told.AGAINST:
        AttendanceClaim._base_manager.update_or_create(
            enrolment=enrolment, session=session, source=source, status=ClaimStatus.OPEN,
            defaults={"mark": mark, "minutes": minutes, "signed_at": signs, "file": file},
        )  # fmt: skip
        return told
    if row is None:
        row = marking.write(
            session=session, enrolment=enrolment, row=None, mark=mark, minutes=minutes, by=by, source=source
        )
    if signs is not None and row.signed_at is None:
        row.signed_at, row.signed_by = signs, SIGNS[source]
        row.save(update_fields=["signed_at", "signed_by"])
    register_changed.send(Attendance, enrolment_ids=[enrolment.pk], by=by)
    return told


@transaction.atomic
def contest(*, enrolment: Enrolment, session: Session) -> None:
    """The person says that they were there all of a half-day that is noted otherwise: who teaches settles it.

    It is their word and their signature, kept beside the register, which stands meanwhile. Saying it twice is saying it
    once. Raises Refused with a sentence for the person.
    """
    Attendance._base_manager.select_for_update().filter(enrolment=enrolment, session=session).first()
    here = halves_of([enrolment], since=session.day, until=session.day)[enrolment.pk]
    half, now = next((one for one in here if one.session == session.pk), None), timezone.now()
    said = AttendanceClaim._base_manager.filter(enrolment=enrolment, session=session, source=RegisterSource.PERSON)
    if half is None or not contestable(half, now) or said.exclude(status=ClaimStatus.OPEN).exists():
        raise Refused(_("Cette demi-journée ne se conteste pas ici\u00a0: parlez-en à votre formateur."))
    claim, new = said.get_or_create(
        enrolment=enrolment, session=session, source=RegisterSource.PERSON, status=ClaimStatus.OPEN,
        defaults={"mark": marking.usual_mark(session), "minutes": session.minutes, "signed_at": now},
    )  # fmt: skip
    if new:
        provider = session.cohort.programme.provider_id
        record("contest_mark", claim, organisation=provider, learner=enrolment.learner_id, channel="link")


@transaction.atomic
def settle(*, claim: AttendanceClaim, take: bool, reason: str, by: User) -> None:
    """Keep the register, or correct it by what the other source says; with the reason in words.

    Raises PermissionDenied, Refused when a colleague has settled it or no reason is given.
    """
    session = Session._base_manager.select_related("cohort__programme").get(pk=claim.session_id)
    if not marking.may_mark(by, session.cohort):
        raise PermissionDenied
    if not reason.strip():
        raise Refused(
            _("Écrivez pourquoi\u00a0: c’est ce qui reste quand les deux sources ne disent pas la même chose.")
        )
    status = ClaimStatus.TAKEN if take else ClaimStatus.KEPT
    row = Attendance._base_manager.select_for_update().select_related("session").get(
        enrolment=claim.enrolment_id, session=session
    )  # fmt: skip
    open_ = AttendanceClaim._base_manager.filter(pk=claim.pk, status=ClaimStatus.OPEN)
    if not open_.update(status=status, settled_by=by, settled_at=timezone.now(), reason=reason.strip()):
        raise Refused(_("Un collègue vient de départager cette ligne\u00a0: rechargez la page."))
    claim.refresh_from_db()
    if take and compare(row, claim.mark, claim.minutes) is Told.AGAINST:
        enrolment = Enrolment._base_manager.select_related("learner").get(pk=claim.enrolment_id)
        marking.write(
            session=session, enrolment=enrolment, row=row, mark=claim.mark, minutes=claim.minutes, by=by,
            source=claim.source, reason=reason,
        )  # fmt: skip
    if take and claim.signed_at is not None and row.signed_at is None:
        row.signed_at, row.signed_by = claim.signed_at, SIGNS[RegisterSource(claim.source)]
        row.save(update_fields=["signed_at", "signed_by"])
    # Another source that says what the register says by now has nothing left to be settled.
    agreed = AttendanceClaim._base_manager.filter(
        enrolment=claim.enrolment_id, session=session, status=ClaimStatus.OPEN, mark=row.mark, minutes=row.minutes
    )
    agreed.update(status=ClaimStatus.TAKEN, settled_by=by, settled_at=claim.settled_at, reason=claim.reason)
    record(
        "settle_claim", claim, by=by, organisation=session.cohort.programme.provider_id, status=str(status),
    )  # fmt: skip
    register_changed.send(Attendance, enrolment_ids=[claim.enrolment_id], by=by)


def open_claims(cohort_ids: Any) -> Any:
    """Contradictions that wait for somebody, of some cohorts."""
    return AttendanceClaim._base_manager.filter(session__cohort__in=cohort_ids, status=ClaimStatus.OPEN)
