"""Slots as a calendar that any agenda opens (iCalendar, RFC 5545): what, where, how many; no person is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event

from cohorts.models import Slot
from cohorts.states import AppointmentKind
from partners.outbox import sending_domain

MIME = "text/calendar; charset=utf-8"


def calendar_of(slots: Iterable[Slot], *, public: bool = False) -> bytes:
    """One event a slot, under a number that stays; a cancelled one says so, that agendas strike it out.

    `public`: for everybody, without how many are invited.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Relais//Rendez-vous//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Relais, rendez-vous"))
    stamp = timezone.now()
    for slot in slots:
        calendar.add_component(_event(slot, stamp, public=public))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


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


def open_meetings(cohort_id: int) -> list[Slot]:
    """Information meetings to come of a cohort: what anybody may read of them."""
    rows = Slot._base_manager.filter(cohort=cohort_id, kind=AppointmentKind.MEETING, cancelled_at=None)
    return list(rows.filter(starts_at__gt=timezone.now()).select_related("cohort").order_by("starts_at", "pk"))


def taken_words(slot: Slot) -> str:
    """« 8 personnes invitées, sur 12 places. »"""
    many = ngettext("%(n)d personne invitée", "%(n)d personnes invitées", max(slot.taken, 1)) % {"n": slot.taken}
    places = ngettext("%(n)d place", "%(n)d places", slot.capacity) % {"n": slot.capacity}
    return _("%(many)s, sur %(places)s.") % {"many": many, "places": places}
