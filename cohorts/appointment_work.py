"""What waits about appointments: whom to invite, whom to tell by voice, what nobody has noted; and the panel of a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts.access import selects
from cohorts.appointment_rows import hour, names_of, never_came, to_note, waiting_of
from cohorts.models import Application, Appointment, Cohort, Slot
from cohorts.querysets import led
from cohorts.states import CohortStatus
from partners.models import Message, MessageStatus
from partners.panels import Panel, Row
from partners.states import Channel
from partners.worklist import MOST, Line, Subject, WorkList

OPEN = (CohortStatus.RECRUITING, CohortStatus.CONFIRMED, CohortStatus.RUNNING)
FEW = 5


def _numbers(rows: Any, kind: str) -> list[Subject]:
    return [(kind, pk) for pk in rows.values_list("pk", flat=True)[:MOST]]


def _ids(subjects: Sequence[Subject], kind: str) -> list[int]:
    return [pk for one, pk in subjects if one == kind]


# --- to invite -----------------------------------------------------------------------------------------------------


def find_to_invite(user: Any, today: date) -> list[Subject]:
    """Of the cohorts whose selection this user leads: no one else invites."""
    mine = waiting_of(user).filter(led(user), cohort__status__in=OPEN)
    return _numbers(never_came(mine), "invitation")


def show_to_invite(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    ids = _ids(subjects, "invitation")
    rows = Application.objects.visible_to(user).select_related("learner", "cohort").in_bulk(ids)
    names = names_of(rows.values(), user)
    return [_to_invite(rows[pk], names[pk]) for pk in ids if pk in rows]


def _to_invite(row: Application, name: str) -> Line:
    since = _("depuis le %(day)s") % {"day": f"{row.referred_on:%d/%m/%Y}"}
    url = reverse("cohorts:appointment_list", args=[row.cohort_id])
    return Line(name, _("À inviter, %(cohort)s") % {"cohort": row.cohort}, _("Inviter"), url, about=since)


# --- to tell by voice ----------------------------------------------------------------------------------------------


def _to_say(user: Any) -> Any:
    """Invited, not yet heard: whom one calls, for who leads; who is reached through their adviser, for who referred them."""
    rows = Appointment.objects.visible_to(user).to_come(timezone.now()).filter(coming=None, invited_at__isnull=False)
    through = Q(application__learner__channel=Channel.ADVISER)
    sent = Q(application__referred_by__in=[one.organisation_id for one in user.working_for])
    ours = Q(application__learner__channel=Channel.PHONE) | Q(through, application__referred_by=None) | _not_written()
    return rows.filter((through & sent) | (ours & led(user, "application__cohort"))).order_by("starts_at", "pk")


def _not_written() -> Q:
    """Nothing left, nor is about to: no address, a full week, or a message that came back."""
    matter = Concat(Value("appointment:"), Cast(OuterRef("pk"), CharField()))
    about = Message.objects.filter(matter=matter).exclude(purpose="appointment_reminder")
    going = (MessageStatus.QUEUED, MessageStatus.LEAVING, MessageStatus.SENT)
    return Q(Exists(about)) & ~Q(Exists(about.filter(status__in=going)))


def find_to_say(user: Any, today: date) -> list[Subject]:
    return _numbers(_to_say(user), "appointment")


def show_to_say(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    return _lines(_to_say(user), user, subjects, _("Prévenir"))


# --- to note -------------------------------------------------------------------------------------------------------


def _led_to_note(user: Any) -> Any:
    return to_note(user).filter(led(user, "application__cohort"))


def find_to_note(user: Any, today: date) -> list[Subject]:
    return _numbers(_led_to_note(user), "appointment")


def show_to_note(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    return _lines(_led_to_note(user), user, subjects, _("Noter"))


def _lines(found: Any, user: Any, subjects: Sequence[Subject], act: str) -> list[Line]:
    ids = _ids(subjects, "appointment")
    rows = found.select_related("application__learner", "application__cohort").in_bulk(ids)
    names = names_of([one.application for one in rows.values()], user)
    return [_line(rows[pk], names[rows[pk].application_id], act) for pk in ids if pk in rows]


def _line(row: Appointment, name: str, act: str) -> Line:
    what = _("%(what)s, %(cohort)s") % {
        "what": str(row.get_kind_display()).capitalize(), "cohort": row.application.cohort,
    }  # fmt: skip
    here = timezone.localtime(row.starts_at)
    tag = f"{here:%d/%m/%Y} {hour(row.starts_at)}"
    url = reverse("cohorts:appointment_detail", args=[row.pk])
    return Line(name, what, act, url, tag=tag, tone="amber", due=here.date())


LISTS = (
    WorkList(
        "rendez-vous-a-dire", lazy("Rendez-vous à dire de vive voix"), 31, find_to_say, show_to_say,
        hint=lazy("Ces personnes préfèrent qu’on leur parle, ou n’ont pas pu être prévenues : dites-leur la date et le lieu, et notez si elles viennent."),
    ),
    WorkList(
        "rendez-vous-sans-resultat", lazy("Rendez-vous passés sans résultat"), 53, find_to_note, show_to_note,
        hint=lazy("Dites qui est venu, qui était absent, qui s’est excusé."),
    ),
    WorkList(
        "a-inviter", lazy("À inviter"), 54, find_to_invite, show_to_invite,
        hint=lazy("Ces personnes sont éligibles et n’ont pas de rendez-vous : celle qui attend depuis le plus longtemps vient en premier."),
    ),
)  # fmt: skip


# --- the page of a cohort ------------------------------------------------------------------------------------------


def appointments_of(user: Any, cohort: Cohort) -> Panel | None:
    """The next slots of a cohort, for who leads its selection."""
    if not selects(user, cohort):
        return None
    ahead = Slot.objects.visible_to(user).filter(cohort=cohort, cancelled_at=None, starts_at__gt=timezone.now())
    waiting = waiting_of(user, [cohort.pk]).count()
    note = (
        ngettext("%(n)d personne à inviter.", "%(n)d personnes à inviter.", waiting) % {"n": waiting} if waiting else ""
    )
    url = reverse("cohorts:appointment_list", args=[cohort.pk])
    rows = [
        Row(
            f"{str(one.get_kind_display()).capitalize()}, {timezone.localtime(one.starts_at):%d/%m/%Y}, {hour(one.starts_at)}",
            figure=f"{one.taken}\u00a0/\u00a0{one.capacity}", about=one.place,
        )
        for one in ahead.order_by("starts_at", "pk")[:FEW]
    ]  # fmt: skip
    return Panel(
        "rendez-vous", _("Rendez-vous"), rows, empty=_("Aucun rendez-vous à venir."), note=note,
        act=(_("Rendez-vous et invitations"), url),
    )  # fmt: skip
