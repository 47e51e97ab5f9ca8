"""Meetings, exercises and interviews: slots that are never overbooked, invitations, what came of each.

A place of a slot is taken by a conditional UPDATE under a check constraint, and given back as soon as somebody says that
they cannot come. First the persons' rows, then the slots', in order, so that no two acts wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cohorts import invitations
from cohorts.access import PersonActor, answers, selects
from cohorts.models import Application, Appointment, Cohort, Slot
from cohorts.states import APPLICATION, ApplicationStatus, AppointmentKind, AppointmentOutcome, CohortStatus
from learners.access import acts_for
from learners.sending import Merged, one_at_a_time
from learners.wording import LONGEST_PLACE
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

O = AppointmentOutcome  # noqa: E741 -- read beside A, for applications
A = ApplicationStatus
INVITABLE = (A.ELIGIBLE, A.INVITED, A.ASSESSED)
RECEIVES = (CohortStatus.DRAFT, CohortStatus.RECRUITING, CohortStatus.CONFIRMED, CohortStatus.RUNNING)
MOST_PLACES, MOST_SLOTS = 200, 40
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=12)


@dataclass(frozen=True)
class Invited:
    """What became of one invitation: `told` says how the person learns of it; `refused` why nobody was invited."""

    application: Application
    appointment: Appointment | None = None
    told: str = ""
    refused: str = ""


# --- slots -------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_slots(
    *,
    cohort: Cohort,
    by: User,
    kind: AppointmentKind,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    capacity: int,
    every: int = 0,
) -> list[Slot]:
    """Open a slot of `capacity` places; or one every `every` minutes from the start to the end, each with these places.

    Raises PermissionDenied, Refused for a cohort that is over, ValidationError by field.
    """
    _lead(by, cohort)
    if cohort.status not in RECEIVES:
        raise Refused(_("Cette cohorte est terminée : on n’y invite plus personne."))
    if kind not in AppointmentKind.values:
        raise ValidationError({"kind": _("Choisissez le type de rendez-vous dans la liste.")})
    _check(starts_at, ends_at, place, capacity)
    made = []
    for start, end in _cut(starts_at, ends_at, every):
        slot = Slot(
            cohort=cohort, by=by, kind=kind, starts_at=start, ends_at=end, place=_line(place), capacity=capacity
        )
        slot.full_clean()
        slot.save()
        record("open_slot", slot, by=by, organisation=cohort.programme.provider_id, kind=str(kind), places=capacity)
        made.append(slot)
    return made


def _line(place: str) -> str:
    return " ".join(place.split())


def _check(starts_at: datetime, ends_at: datetime, place: str, capacity: int) -> None:
    wrong = {}
    if starts_at <= timezone.now():
        wrong["starts_at"] = _("Cette heure est déjà passée : choisissez-en une à venir.")
    if ends_at - starts_at < SHORTEST:
        wrong["ends_at"] = _("Le créneau dure au moins cinq minutes : reculez la fin.")
    elif ends_at - starts_at > LONGEST:
        wrong["ends_at"] = _("Le créneau tient dans une journée : avancez la fin.")
    if not _line(place):
        wrong["place"] = _("Dites où venir : la personne lira ce lieu tel quel.")
    elif len(_line(place)) > LONGEST_PLACE:
        wrong["place"] = _("Ce lieu est trop long pour une lettre : %(n)d signes au plus.") % {"n": LONGEST_PLACE}
    if not 1 <= capacity <= MOST_PLACES:
        wrong["capacity"] = _("De 1 à %(n)d places.") % {"n": MOST_PLACES}
    if wrong:
        raise ValidationError(wrong)


def _cut(starts_at: datetime, ends_at: datetime, every: int) -> list[tuple[datetime, datetime]]:
    """The whole time, or slices of `every` minutes; what is left at the end is too short for one."""
    if not every:
        return [(starts_at, ends_at)]
    step = timedelta(minutes=every)
    slices = (ends_at - starts_at) // step if step >= SHORTEST else 0
    if not 1 <= slices <= MOST_SLOTS:
        raise ValidationError({"every": _("Ce découpage ne donne pas de un à quarante créneaux : changez la durée.")})
    return [(starts_at + n * step, starts_at + (n + 1) * step) for n in range(slices)]


@transaction.atomic
def cancel_slot(*, slot: Slot, by: User) -> int:
    """Cancel a slot to come: who was invited is told, and is to be invited again. Gives how many they were.

    Raises PermissionDenied, and Refused when it is past, cancelled already, or somebody is being invited meanwhile.
    """
    _lead(by, slot.cohort)
    known = _hold(_live(slot).values_list("application__learner", flat=True))
    open_ = Slot._base_manager.filter(pk=slot.pk, cancelled_at=None, starts_at__gt=timezone.now())
    if not open_.update(cancelled_at=timezone.now(), taken=0):
        raise Refused(_("Ce créneau est passé, ou déjà annulé : rechargez la page."))
    rows = list(_live(slot).select_related("application__learner", "application__cohort__programme__provider"))
    if {row.application.learner_id for row in rows} - known:
        raise Refused(_("Quelqu’un vient d’inviter une personne à ce créneau : rechargez la page, puis recommencez."))
    record("cancel_slot", slot, by=by, organisation=slot.cohort.programme.provider_id, invited=len(rows))
    for row in rows:
        _end(row, O.CANCELLED_BY_US, by)
        invitations.tell_cancelled(row, by)
    return len(rows)


def _live(slot: Slot) -> Any:
    return Appointment._base_manager.filter(slot=slot.pk, outcome="").order_by("pk")


def _hold(learners: Iterable[int]) -> set[int]:
    """Wait for whoever writes about these persons, one after the other in the same order; who was merged is left out."""
    held = set()
    for pk in sorted(set(learners)):
        try:
            one_at_a_time(pk)
        except Merged:
            continue
        held.add(pk)
    return held


# --- inviting ----------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, applications: Sequence[Application], slot: Slot, by: User) -> list[Invited]:
    """Invite each of these persons, who was referred first comes first; nobody where no place is free.

    One result a person: who is refused does not keep the others back. Raises PermissionDenied, Refused for a slot that
    is past or cancelled.
    """
    _lead(by, slot.cohort)
    held = _hold(one.learner_id for one in applications)
    stored = Slot._base_manager.select_related("cohort__programme__provider").get(pk=slot.pk)
    _is_open(stored)
    fresh = Application._base_manager.select_related("learner", "cohort__programme__provider")
    rows = fresh.filter(pk__in=[one.pk for one in applications]).order_by("referred_on", "pk")
    return [_invite(row, stored, by, merged=row.learner_id not in held) for row in rows]


def _is_open(slot: Slot) -> None:
    if slot.cancelled_at is not None:
        raise Refused(_("Ce créneau est annulé : choisissez-en un autre."))
    if slot.starts_at <= timezone.now():
        raise Refused(_("Ce créneau est passé : choisissez-en un à venir."))


def _invite(application: Application, slot: Slot, by: User, *, merged: bool) -> Invited:
    if merged:
        return Invited(application, refused=_("Sa fiche a été réunie avec une autre : ouvrez celle qui a été gardée."))
    if reason := why_not(application, slot):
        return Invited(application, refused=reason)
    try:
        with transaction.atomic():
            if application.status == A.ELIGIBLE:  # first the application, then the slot: as whoever withdraws does
                APPLICATION.take("invite", application, by=by)
            _take_place(slot)
            made = Appointment._base_manager.create(
                application=application, slot=slot, kind=slot.kind, starts_at=slot.starts_at, place=slot.place,
                invited_by=by, invited_at=timezone.now(),
            )  # fmt: skip
    except Refused as reason:
        application.refresh_from_db(fields=["status"])
        return Invited(application, refused=str(reason))
    _note("invite_to_appointment", made, by)
    return Invited(application, made, told=invitations.tell_invited(made, by))


def why_not(application: Application, slot: Slot) -> str:
    """Why this person cannot be invited to that slot, in one sentence; "" when they can, if a place is free."""
    if application.cohort_id != slot.cohort_id:
        return _("Cette personne est candidate à une autre cohorte.")
    if application.status not in INVITABLE:
        return _("Sa candidature est « %(state)s » : on n’invite qu’une personne éligible.") % {
            "state": application.get_status_display()
        }
    mine = Appointment._base_manager.filter(application=application.pk)
    if mine.filter(kind=slot.kind, starts_at=slot.starts_at).exists() or mine.filter(slot=slot.pk).exists():
        return _("Elle a déjà été invitée à ce créneau : proposez-lui-en un autre.")
    waiting = mine.filter(kind=slot.kind, outcome="").order_by("starts_at").first()
    if waiting is not None:
        return _("Elle a déjà un rendez-vous le %(day)s : déplacez-le, ou notez ce qu’il en a été.") % {
            "day": date_format(timezone.localtime(waiting.starts_at), "j F")
        }
    return ""


def _take_place(slot: Slot) -> None:
    """Of many at once, only as many pass as there are places."""
    if not _free(slot).update(taken=F("taken") + 1):
        raise Refused(_("Il ne reste aucune place dans ce créneau : personne d’autre n’y est invité."))


def _free(slot: Slot) -> Any:
    open_ = Slot._base_manager.filter(pk=slot.pk, cancelled_at=None)
    return open_.filter(taken__lt=F("capacity"))


def _give_back(slot_id: int | None) -> None:
    """A place of a slot to come is for somebody else; what is past keeps its count."""
    if slot_id is None:  # as a file told it
        return
    ahead = Slot._base_manager.filter(pk=slot_id, starts_at__gt=timezone.now(), taken__gt=0)
    ahead.update(taken=F("taken") - 1)


# --- what becomes of it --------------------------------------------------------------------------------------------


@transaction.atomic
def move(*, appointment: Appointment, slot: Slot, by: User) -> str:
    """Give the same person another time of the same kind; they are told, and what was to leave about the first does not.

    Gives how they learn of it. Raises PermissionDenied, Refused with a sentence.
    """
    row = _locked(appointment)
    _lead(by, row.application.cohort)
    was, target = row.slot_id, _two(row.slot_id, slot.pk)
    _is_open(target)
    if row.outcome or row.starts_at <= timezone.now():
        raise Refused(_("Ce rendez-vous est passé ou terminé : notez ce qu’il en a été, puis invitez à nouveau."))
    if target.cohort_id != row.application.cohort_id or target.kind != row.kind:
        raise Refused(_("Ce créneau n’est pas du même type, ou pas de cette cohorte : choisissez-en un autre."))
    others = Appointment._base_manager.filter(application=row.application_id, kind=row.kind)
    if others.filter(starts_at=target.starts_at).exists():
        raise Refused(_("Elle a déjà été invitée à ce créneau : proposez-lui-en un autre."))
    _take_place(target)
    _give_back(was)
    row.slot, row.starts_at, row.place, row.coming = target, target.starts_at, target.place, None
    row.save(update_fields=["slot", "starts_at", "place", "coming"])
    _note("move_appointment", row, by, was=was, slot=target.pk)
    return invitations.tell_moved(row, by)


def _two(first: int | None, second: int) -> Slot:
    """Hold both slots, the lowest number first; gives the second."""
    rows = Slot._base_manager.select_for_update(of=("self",)).select_related("cohort").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[pk for pk in (first, second) if pk is not None])}
    return found[second]


@transaction.atomic
def note_outcome(*, appointment: Appointment, outcome: AppointmentOutcome, by: User) -> None:
    """Write what came of it, once its hour has come; a correction is an act like the first, and the journal keeps both.

    Raises PermissionDenied, ValidationError, Refused before the hour.
    """
    if outcome not in O.values:
        raise ValidationError(_("Choisissez ce qu’il en a été dans la liste."))
    row = _locked(appointment)
    _lead(by, row.application.cohort)
    if row.starts_at > timezone.now():
        raise Refused(_("Ce rendez-vous n’a pas encore eu lieu : déplacez-le, ou annulez son créneau."))
    if row.outcome == outcome:
        return
    was = row.outcome
    _end(row, outcome, by)
    _note("note_appointment", row, by, outcome=str(outcome), was=was)


@transaction.atomic
def reply(*, appointment: Appointment, coming: bool, by: PersonActor | User) -> None:
    """What the person answers, by their page or through somebody: who cannot come is excused, and the place is free.

    Whoever said no and can come after all takes a place again, if one is left. Raises PermissionDenied, Refused.
    """
    row = _locked(appointment)
    if not (answers(by, row.application) or speaks_for(by, row.application)):
        raise PermissionDenied
    if row.starts_at <= timezone.now():
        raise Refused(_("L’heure de ce rendez-vous est passée : appelez l’organisme de formation."))
    if row.coming is coming:
        return
    excused = row.outcome == O.EXCUSED and row.coming is False
    if row.outcome and not excused:
        raise Refused(_("Ce rendez-vous n’a plus lieu : une autre date sera proposée."))
    if not coming:
        row.outcome = O.EXCUSED
        _give_back(row.slot_id)
    elif excused:
        _come_back(row)
    row.coming, row.noted_by = coming, by if isinstance(by, User) else None
    row.save(update_fields=["coming", "outcome", "noted_by"])
    invitations.settle(row)
    if coming:
        invitations.remind(row, by if isinstance(by, User) else None)
    channel = by.channel if isinstance(by, PersonActor) else ""
    _note("answer_appointment", row, by if isinstance(by, User) else None, channel=channel, coming=coming)


def _come_back(row: Appointment) -> None:
    """Who had said no takes a place again, unless they were given another time, or the last place, meanwhile."""
    others = Appointment._base_manager.filter(application=row.application_id, kind=row.kind, outcome="")
    if others.exists():
        raise Refused(_("Une autre date vous a été proposée depuis : répondez pour celle-là."))
    if row.slot is not None:
        _is_open(row.slot)
        _take_place(row.slot)
    row.outcome = ""


# How an application ends → what becomes of the appointments that it had to come.
ENDINGS = {"give_up": O.EXCUSED, "rule_out": O.CANCELLED_BY_US, "announce": O.CANCELLED_BY_US}


def release(sender: Any, instance: Application, step: str, by: Any, **_signal: Any) -> None:
    """Free the places of an application that ends, in the transaction of that act; its own words tell the person."""
    outcome = ENDINGS.get(step)
    if outcome is None:
        return
    _hold([instance.learner_id])
    rows = Appointment._base_manager.filter(application=instance.pk, outcome="", starts_at__gt=timezone.now())
    for row in rows.select_related("application__cohort__programme").order_by("slot", "pk"):
        _end(row, outcome, by if isinstance(by, User) else None)
        _give_back(row.slot_id)
        _note("note_appointment", row, by if isinstance(by, User) else None, outcome=str(outcome), was="")


def of_number(pk: int) -> Appointment:
    """For a page behind the person's own session, which has found the number among theirs."""
    found: Appointment = Appointment._base_manager.select_related("application").get(pk=pk)
    return found


def speaks_for(by: Any, application: Application) -> bool:
    """Whoever advises where the person was referred from: they tell the person, and bring the answer back."""
    return not isinstance(by, PersonActor) and acts_for(by, application.referred_by_id)


def _lead(by: Any, cohort: Cohort) -> None:
    if not selects(by, cohort):
        raise PermissionDenied


def _locked(appointment: Appointment) -> Appointment:
    """The row as it stands, held for this act alone: the person first, then the appointment."""
    learner = Appointment._base_manager.values_list("application__learner", flat=True).get(pk=appointment.pk)
    one_at_a_time(learner)
    rows = Appointment._base_manager.select_for_update(of=("self",)).select_related(
        "application__learner", "application__cohort__programme__provider", "slot"
    )
    row: Appointment = rows.get(pk=appointment.pk)
    return row


def _end(row: Appointment, outcome: str, by: User | None) -> None:
    row.outcome, row.noted_by = outcome, by
    row.save(update_fields=["outcome", "noted_by"])
    invitations.settle(row)


def _note(verb: str, row: Appointment, by: Any, **said: Any) -> None:
    application = row.application
    record(
        verb, row, by=by, organisation=application.cohort.programme.provider_id, learner=application.learner_id,
        kind=str(row.kind), **said,
    )  # fmt: skip
