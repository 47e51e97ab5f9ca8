"""Slots and half-days as calendars that any agenda opens (iCalendar, RFC 5545): what, where, when; no person is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event

from cohorts.models import Session, Slot
from cohorts.roll import begins, ends
from cohorts.states import AppointmentKind
from partners.outbox import sending_domain

MIME = "text/calendar; charset=utf-8"


def calendar_of(slots: Iterable[Slot], *, public: bool = False) -> bytes:
    """One event a slot, under a number that stays; a cancelled one says so, that agendas strike it out.

    `public`: for everybody, without how many are invited.
    """
    calendar = _calendar("Rendez-vous", _("Relais, rendez-vous"))
    stamp = timezone.now()
    for slot in slots:
        calendar.add_component(_event(slot, stamp, public=public))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _calendar(product: str, name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//Relais//{product}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def _event(slot: Slot, stamp: datetime, *, public: bool) -> Event:
    here = ZoneInfo(settings.TIME_ZONE)
    event = Event()
    event.add("uid", f"creneau-{slot.pk}@{sending_domain()}")
    event.add("dtstamp", stamp)
    event.add("dtstart", slot.starts_at.astimezone(here))
    event.add("dtend", slot.ends_at.astimezone(here))
    event.add("summary", f"{str(slot.get_kind_display()).capitalize()} · {slot.cohort.title}")
    event.add("location", slot.place)
    event.add("sequence", 1 if slot.cancelled_at else 0)
    event.add("status", "CANCELLED" if slot.cancelled_at else "CONFIRMED")
    if not public:
        event.add("description", taken_words(slot))
        event.add("class", "PRIVATE")
    return event


def timetable_feed(sessions: Iterable[Session], title: str) -> bytes:
    """The half-days of a cohort under numbers that stay when they move; `changes`, counted, is the sequence of each."""
    calendar = _calendar("Formation", title)
    stamp = timezone.now()
    for session in sessions:
        event = Event()
        event.add("uid", f"seance-{session.pk}@{sending_domain()}")
        event.add("dtstamp", stamp)
        event.add("dtstart", begins(session).astimezone(ZoneInfo(settings.TIME_ZONE)))
        event.add("dtend", ends(session).astimezone(ZoneInfo(settings.TIME_ZONE)))
        event.add("summary", _kind_of(session, title))
        event.add("location", session.place)
        event.add("sequence", session.n_changes)  # type: ignore[attr-defined]  # annotated by `held_in`
        event.add("status", "CANCELLED" if session.cancelled else "CONFIRMED")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _kind_of(session: Session, title: str) -> str:
    if session.in_company:
        return _("%(title)s, en entreprise") % {"title": title}
    return _("%(title)s, à distance") % {"title": title} if session.remote else title


def held_in(cohort_id: int) -> QuerySet[Session]:
    """Every half-day of a cohort, struck out ones too, with how many times it changed."""
    rows = Session._base_manager.filter(cohort=cohort_id).annotate(n_changes=Count("changes"))
    return rows.order_by("day", "half")


def open_meetings(cohort_id: int) -> list[Slot]:
    """Information meetings to come of a cohort: what anybody may read of them."""
    rows = Slot._base_manager.filter(cohort=cohort_id, kind=AppointmentKind.MEETING, cancelled_at=None)
    return list(rows.filter(starts_at__gt=timezone.now()).select_related("cohort").order_by("starts_at", "pk"))


def taken_words(slot: Slot) -> str:
    """« 8 personnes invitées, sur 12 places. »"""
    many = ngettext("%(n)d personne invitée", "%(n)d personnes invitées", max(slot.taken, 1)) % {"n": slot.taken}
    places = ngettext("%(n)d place", "%(n)d places", slot.capacity) % {"n": slot.capacity}
    return _("%(many)s, sur %(places)s.") % {"many": many, "places": places}
