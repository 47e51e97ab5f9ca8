"""Pages of appointments and of the exercise that one comes to by an act: tried, done, invited, noted, moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts import appointments
from cohorts.exercise import STEPS
from cohorts.models import Application, Appointment, Slot
from tests.every_page import Shown, read
from tests.makers import learner
from tests.test_fences import entered
from tests.world import World


def by_appointments(world: World) -> Iterator[Shown]:
    yield from _exercise(world)
    coline, by = entered(world, "coline"), world.users["coline"]
    cohort, slot = world.cohorts["open"], world.slots["open"]
    page = reverse("cohorts:appointment_list", args=[cohort.pk])
    for n in range(4):
        one = learner(
            world.organisations["body"], email="personne@example.org" if n else "", channel="" if n else "phone"
        )
        Application.objects.create(learner=one, cohort=cohort, referred_on=world.today, status="eligible")
    waiting = Application.objects.filter(cohort=cohort, status="eligible")
    yield from read(coline, "coline, waiting", iter([page, reverse("placements:home")]), "GET")
    appointments.invite(applications=list(waiting[:3]), slot=slot, by=by)
    yield from read(coline, "coline, full", iter([page]), "GET")
    starts = timezone.now() - timedelta(hours=1)
    Slot.objects.filter(pk=slot.pk).update(starts_at=starts)
    Appointment.objects.filter(slot=slot).update(starts_at=starts)
    one = Appointment.objects.filter(slot=slot)[0]
    detail = reverse("cohorts:appointment_detail", args=[one.pk])
    yield from read(coline, "coline, past", iter([page + "?quand=passes", detail, reverse("placements:home")]), "GET")


def _exercise(world: World) -> Iterator[Shown]:
    visitor, home, path = Client(), entered(world, "ines"), reverse("cohorts:exercise")
    yield from read(visitor, "anonymous, nothing tried", iter([f"{path}?etape=fin"]), "GET")
    for number, step in enumerate(STEPS, start=1):
        yield from read(visitor, f"anonymous, step {number}", iter([f"{path}?etape={number}"]), "GET")
        for text in ("c" if step.choices else "AVANSE", step.answer or step.key):
            answer = visitor.post(path, {"etape": number, "reponse": text})
            yield Shown(f"anonymous, step {number}, {text[:8]}", path, answer.content.decode(), answer)
    home.post(path, {"etape": 1, "reponse": STEPS[0].key})
    for who, client in (("anonymous", visitor), ("ines", home)):
        yield from read(client, f"{who}, done", iter([f"{path}?etape=fin"]), "GET")
