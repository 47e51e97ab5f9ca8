"""What the page of appointments shows of a cohort: slots by day with who comes, and who waits to be invited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts.agenda import taken_words
from cohorts.appointments import INVITABLE
from cohorts.invitations import by_voice, matter_of
from cohorts.models import Application, Appointment, CodeTrial, Cohort, Slot
from cohorts.states import AppointmentOutcome
from learners import reaching
from learners.models import Learner
from partners.models import Message, MessageChannel, MessageStatus
from partners.panels import Gauge
from partners.states import Channel

PER_PAGE, MOST_WAITING = 12, 60
TONES = {"attended": "green", "no_show": "red", "excused": "amber", "cancelled_by_us": "grey"}
OUTCOMES = {one.value: str(one.label) for one in AppointmentOutcome}
LEFT = {
    MessageChannel.EMAIL: (lazy("courriel à partir"), lazy("courriel parti")),
    MessageChannel.SMS: (lazy("SMS à partir"), lazy("SMS parti")),
    MessageChannel.LETTER: (lazy("lettre à imprimer"), lazy("lettre postée")),
}
BY = {
    MessageChannel.EMAIL: lazy("par courriel"), MessageChannel.SMS: lazy("par SMS"), MessageChannel.LETTER: lazy("par courrier"),
}  # fmt: skip


@dataclass(frozen=True)
class Guest:
    """Somebody invited to a slot. `said`: whether they come, or what came of it; `told`: how they learn of it."""

    appointment: Appointment
    who: str
    said: str
    tone: str
    told: str
    lost: bool
    url: bool


@dataclass(frozen=True)
class SlotRow:
    slot: Slot
    hours: str
    gauge: Gauge
    past: bool
    guests: list[Guest] = field(default_factory=list)


@dataclass(frozen=True)
class DayRow:
    day: date
    slots: list[SlotRow]


@dataclass(frozen=True)
class Waiting:
    """Somebody who may be invited. `before`: what became of the last appointment; `way`: how they will learn of it."""

    application: Application
    who: str
    way: str
    unreachable: bool
    before: str
    tone: str
    tries: str


def hour(moment: datetime) -> str:
    """« 9 h 30 », in the time of the site."""
    here = timezone.localtime(moment)
    return f"{here.hour}\u00a0h" + (f"\u00a0{here:%M}" if here.minute else "")


def slots_of(cohort: Cohort, user: Any, *, past: bool, number: str | None) -> Page[Any]:
    """A page of its slots, by day: those to come, the nearest first; or those that are past, the latest first."""
    now = timezone.now()
    rows = Slot.objects.visible_to(user).filter(cohort=cohort)
    rows = rows.filter(starts_at__lte=now) if past else rows.filter(starts_at__gt=now)
    page = Paginator(rows.order_by("-starts_at" if past else "starts_at", "pk"), PER_PAGE).get_page(number)
    page.object_list = _days(list(page.object_list), user, now)
    return page


def _days(slots: Sequence[Slot], user: Any, now: datetime) -> list[DayRow]:
    seen = Appointment.objects.visible_to(user).filter(slot__in=[one.pk for one in slots])
    rows = list(seen.select_related("application__learner").order_by("application__learner__name_key", "pk"))
    guests = guests_of(rows, user)
    by_day: dict[date, list[SlotRow]] = {}
    for slot in slots:
        mine = [one for one in guests if one.appointment.slot_id == slot.pk]
        row = SlotRow(
            slot,
            f"{hour(slot.starts_at)}\u00a0– {hour(slot.ends_at)}",
            _gauge(slot, past=slot.starts_at <= now),
            slot.starts_at <= now,
            mine,
        )
        by_day.setdefault(timezone.localtime(slot.starts_at).date(), []).append(row)
    return [DayRow(day, found) for day, found in by_day.items()]


def _gauge(slot: Slot, *, past: bool) -> Gauge:
    reached = taken_words(slot)
    left = slot.capacity - slot.taken
    aim = _("complet") if not left else "" if past else _("%(n)d à prendre") % {"n": left}
    return Gauge(slot.taken, slot.capacity, reached, aim, 0, "green" if not left else "teal")


def guests_of(rows: Sequence[Appointment], user: Any) -> list[Guest]:
    """Those rows with the names that this user may read, and how each person learns of it: two queries."""
    named = _named([one.application.learner_id for one in rows], user)
    messages = _messages(rows)
    return [
        _guest(one, named=one.application.learner_id in named, message=messages.get(matter_of(one))) for one in rows
    ]


def _named(ids: Iterable[int], user: Any) -> set[int]:
    return set(Learner.objects.visible_to(user).filter(pk__in=list(ids)).values_list("pk", flat=True))


def _messages(rows: Sequence[Appointment]) -> dict[str, Message]:
    """The last message about each, reminders left out."""
    found = Message.objects.filter(matter__in=[matter_of(one) for one in rows]).exclude(purpose="appointment_reminder")
    return {one.matter: one for one in found.order_by("pk")}


def _guest(row: Appointment, *, named: bool, message: Message | None) -> Guest:
    said, tone = _said(row)
    told, lost = _told(row, message)
    return Guest(row, who(row.application, named=named), said, tone, told, lost, named)


def who(application: Application, *, named: bool) -> str:
    return str(application.learner) if named else _("Candidature n°\u00a0%(n)d") % {"n": application.pk}


def names_of(applications: Iterable[Application], user: Any) -> dict[int, str]:
    """What this user may call each of them: a name, or the number of the application."""
    rows = list(applications)
    named = _named([one.learner_id for one in rows], user)
    return {one.pk: who(one, named=one.learner_id in named) for one in rows}


def _said(row: Appointment) -> tuple[str, str]:
    if row.outcome:
        return OUTCOMES[row.outcome], TONES[row.outcome]
    if row.coming:
        return _("dit venir"), "teal"
    return (_("à noter"), "amber") if row.starts_at <= timezone.now() else (_("pas encore de réponse"), "grey")


def _told(row: Appointment, message: Message | None) -> tuple[str, bool]:
    """How they learn of it, and whether somebody has to do something about it."""
    if row.invited_at is None:
        return "", False
    waits = row.coming is None and not row.outcome and row.starts_at > timezone.now()
    if message is None:
        return by_voice(row.application.learner), waits
    to_go, gone = LEFT[MessageChannel(message.channel)]
    if message.status == MessageStatus.SENT:
        return str(gone), False
    if message.status in (MessageStatus.QUEUED, MessageStatus.LEAVING):
        return str(to_go), False
    return _("pas parti\u00a0: à appeler") if waits else _("pas parti"), waits


# --- who waits -----------------------------------------------------------------------------------------------------


def waiting_of(user: Any, cohorts: Any = None) -> Any:
    """Applications that may be invited and have no appointment to come or to note; who was referred first comes first."""
    live = Appointment._base_manager.filter(application=OuterRef("pk"), outcome="")
    rows = Application.objects.visible_to(user).filter(status__in=INVITABLE)
    if cohorts is not None:
        rows = rows.filter(cohort__in=cohorts)
    return rows.filter(~Exists(live)).order_by("referred_on", "pk")


def never_came(rows: Any) -> Any:
    """Those of them who came to nothing yet."""
    came = Appointment._base_manager.filter(application=OuterRef("pk"), outcome=AppointmentOutcome.ATTENDED)
    return rows.filter(~Exists(came)).exclude(status="assessed")


def waiting_rows(rows: Any, user: Any) -> list[Waiting]:
    """The first of them, in order, with what became of their last appointment, and how they can be reached."""
    before = Prefetch("appointments", Appointment._base_manager.order_by("starts_at"))
    trials = Prefetch("trials", CodeTrial._base_manager.order_by("done_at", "pk"))
    found = list(rows.select_related("learner").prefetch_related(before, trials)[:MOST_WAITING])
    named = _named([one.learner_id for one in found], user)
    return [_waiting(one, named=one.learner_id in named) for one in found]


def _waiting(one: Application, *, named: bool) -> Waiting:
    way, unreachable = way_to(one.learner)
    last = next(iter(reversed(one.appointments.all())), None)
    said = ""
    if last is not None:
        said = _("%(what)s le %(day)s") % {
            "what": OUTCOMES[last.outcome], "day": f"{timezone.localtime(last.starts_at):%d/%m/%Y}",
        }  # fmt: skip
    tries = next((trial_words(trial) for trial in reversed(one.trials.all())), "")
    tone = TONES.get(last.outcome, "grey") if last is not None else ""
    return Waiting(one, who(one, named=named), way, unreachable, said, tone, tries)


def trial_words(trial: CodeTrial) -> str:
    """« exercice : 6 étapes sur 8, en 11 essais »"""
    solved = ngettext("%(n)d étape", "%(n)d étapes", max(trial.solved, 1)) % {"n": trial.solved}
    tries = ngettext("%(n)d essai", "%(n)d essais", max(trial.tries, 1)) % {"n": trial.tries}
    words = {"solved": solved, "steps": trial.steps, "tries": tries}
    return _("exercice\u00a0: %(solved)s sur %(steps)d, en %(tries)s") % words


def way_to(person: Learner) -> tuple[str, bool]:
    """How the person will learn of an invitation; True when nobody can write to them nor call them."""
    if person.channel in reaching.TALKED_TO:
        reached = bool(person.phone) or person.channel == Channel.ADVISER
        return by_voice(person), not reached
    first = next(iter(reaching.ways(person)), None)
    if first is not None:
        return str(BY[first.channel]), False
    return (_("à appeler"), False) if person.phone else (_("injoignable"), True)


def to_note(user: Any, cohorts: Any = None) -> Any:
    """Appointments whose hour has come and of which nobody has said what came, the oldest first."""
    rows = Appointment.objects.visible_to(user).filter(outcome="", starts_at__lte=timezone.now(), slot__isnull=False)
    if cohorts is not None:
        rows = rows.filter(Q(application__cohort__in=cohorts))
    return rows.order_by("starts_at", "pk")
