"""Times at which persons of the world are received: one of each training body, and one that everybody may read of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from cohorts.models import Appointment, CodeTrial, Slot

if TYPE_CHECKING:
    from tests.world import World


def plan(world: World) -> None:
    """Somebody referred is to come to an exercise, and has tried it; a meeting is open to everybody."""
    starts = timezone.now() + timedelta(days=10)
    for key, cohort, kind, seen, by in (
        ("team", "team", "exercise", "slot", "coline"),
        ("open", "open", "meeting", "public", "coline"),
        ("far", "far", "interview", "slot", "sam"),
    ):
        world.slots[key] = Slot.objects.create(
            cohort=world.cohorts[cohort], kind=kind, starts_at=starts, ends_at=starts + timedelta(hours=2), capacity=2,
            place=world.canaries.name(key, seen, "slot.place"), by=world.users[by],
        )  # fmt: skip
    for key, slot in (("referred", "team"), ("far", "far")):
        one = world.slots[slot]
        application = world.learners[key].applications.earliest("pk")
        world.appointments[key] = Appointment.objects.create(
            application=application, slot=one, kind=one.kind, starts_at=one.starts_at, place=one.place,
            invited_by=one.by, invited_at=timezone.now(),
        )  # fmt: skip
        CodeTrial.objects.create(application=application, solved=3, steps=8, tries=5, done_at=timezone.now())
        Slot.objects.filter(pk=one.pk).update(taken=1)
