"""Pages of a training that one comes to by an act: a sheet two people wrote, a file checked, an exit, a phone that signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cohorts import signing, signing_links
from cohorts.models import Attendance, Cohort, Enrolment, Session
from cohorts.states import CohortStatus
from learners import links
from tests.every_page import Shown, read
from tests.test_fences import entered
from tests.world import World

HEAD = "Nom;Prénom;Date;Créneau;Statut;Minutes\n"


def by_training(world: World) -> Iterator[Shown]:
    coline, cohort = entered(world, "coline"), world.cohorts["team"]
    one = world.enrolments["enrolled"]
    Enrolment.objects.filter(pk=one.pk).update(exited_on=None, exit_reason="")
    one.refresh_from_db()
    session = Session.objects.get(cohort=cohort, day=world.today, half="am")
    Session.objects.filter(pk=session.pk).update(starts_at=time(0, 1))
    session.refresh_from_db()
    yield from _plans(coline, cohort)
    yield from _sheets(coline, session, one)
    yield from _files(coline, cohort, one)
    yield from _signs(world, coline, session, one)
    path = links.make_path_link(learner=one.learner, by=world.users["coline"], way="paper")
    person = Client()
    person.post(path.address.removeprefix("http://localhost:8000"))
    yield from read(person, "somebody in training", iter(["/mon-parcours/"]), "GET")
    detail, leaves = (reverse(f"cohorts:enrolment_{name}", args=[one.pk]) for name in ("detail", "exit"))
    yield from read(coline, "coline, somebody there", iter([detail, leaves]), "GET")
    yield from read(coline, "coline, an exit without a reason", iter([leaves]), "POST")
    coline.post(leaves, {"on": str(session.day), "reason": "job"})
    yield from read(coline, "coline, somebody gone", iter([detail]), "GET")
    Cohort.objects.filter(pk=cohort.pk).update(status=CohortStatus.RECRUITING)
    yield from read(
        coline, "coline, to start", iter([reverse("cohorts:cohort_step_page", args=[cohort.pk, "start"])]), "GET"
    )


def _plans(coline: Client, cohort: Cohort) -> Iterator[Shown]:
    url = reverse("cohorts:timetable_edit", args=[cohort.pk])
    week = {f"d{day}{half}": "210" if day < 2 else "" for day in range(6) for half in ("am", "pm")}
    answer = coline.post(url, {**week, "am_starts": "09:00", "pm_starts": "13:30"})
    yield Shown("coline, what a week would change", url, answer.content.decode(), answer)
    session = cohort.sessions.order_by("-day").first()
    url = reverse("cohorts:half_day_act", args=[session.pk, "annuler"])
    coline.post(url, {"why-reason": "Grève des transports"})
    pages = (reverse("cohorts:half_day", args=[session.pk]), reverse("cohorts:timetable", args=[cohort.pk]))
    yield from read(coline, "coline, struck out", iter(pages), "GET")


def _sheets(coline: Client, session: Session, one: Enrolment) -> Iterator[Shown]:
    url = reverse("cohorts:sheet", args=[session.pk])
    coline.post(url, {f"m{one.pk}": "absent", f"v{one.pk}": "0"})
    answer = coline.post(url, {f"m{one.pk}": "present", f"v{one.pk}": "0"})
    yield Shown("coline, written meanwhile", url, answer.content.decode(), answer)
    answer = coline.post(url, {f"m{one.pk}": "late", f"v{one.pk}": "1", f"l{one.pk}": "999"})
    yield Shown("coline, too late", url, answer.content.decode(), answer)
    coline.post(url, {f"m{one.pk}": "present", f"v{one.pk}": "1"})
    yield from read(coline, "coline, corrected", iter([url]), "GET")
    answer = coline.post(
        reverse("cohorts:sheet_line", args=[session.pk, one.pk]),
        {f"m{one.pk}": "late", f"v{one.pk}": "2", f"l{one.pk}": "999"},
    )
    yield Shown("coline, one tap", url, answer.content.decode(), answer)


def _files(coline: Client, cohort: Cohort, one: Enrolment) -> Iterator[Shown]:
    held = cohort.sessions.order_by("day").first()
    rows = f"{one.learner.last_name};{one.learner.first_name};{held.day:%d/%m/%Y};Matin;Absent;0\nPersonne;Inconnue;{held.day:%d/%m/%Y};Matin;Présent;210\n"
    url = reverse("cohorts:signature_list", args=[cohort.pk])
    sent = coline.post(url, {"file": SimpleUploadedFile("outil.csv", (HEAD + rows).encode())})
    columns = coline.get(sent["Location"])["Location"]
    form = coline.get(columns).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"tool": "Outil fictif"}
    checked = coline.post(columns, typed)["Location"]
    yield from read(coline, "coline, a file checked", iter([checked]), "GET")
    coline.post(checked + "reprendre/", {"only_good": "1"})
    pages = (checked, url, reverse("cohorts:claim_list", args=[cohort.pk]))
    yield from read(coline, "coline, a file taken up", iter(pages), "GET")


def _signs(world: World, coline: Client, session: Session, one: Enrolment) -> Iterator[Shown]:
    given = signing_links.give_links(cohort=session.cohort, by=world.users["coline"])
    mine = next(made for enrolment, made in given if enrolment.pk == one.pk)
    token, page = signing.room_token(session), reverse("cohorts:sign_page")
    stranger, phone = Client(), Client()
    yield from read(stranger, "anonymous, in the room", iter([reverse("cohorts:room_sign", args=[token])]), "GET")
    phone.post(mine.address.removeprefix("http://localhost:8000"))
    yield from read(phone, "a phone", iter([page, reverse("cohorts:room_sign", args=[token])]), "GET")
    Attendance.objects.filter(session=session).delete()
    yield from read(phone, "a phone, nobody noted", iter([page]), "GET")
    phone.post(reverse("cohorts:room_sign", args=["signer"]), {"grant": signing.grant(session.pk)})
    yield from read(phone, "a phone that signed", iter([page]), "GET")
    answer = coline.get(reverse("cohorts:room", args=[session.pk]), headers={"HX-Request": "true"})
    yield Shown("coline, the square", page, answer.content.decode(), answer)
