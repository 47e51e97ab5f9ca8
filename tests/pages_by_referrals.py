"""Pages of « Orienter » that one comes to by an act: a form filled, a sheet dropped, a list that holds something."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cohorts import referral_files
from cohorts.offers import Offer
from cohorts.referring import refer_known
from partners import jobs
from partners.models import ImportRun
from tests.cohorts.referral_world import agreed, filled, filled_new, offer, open_cohort
from tests.every_page import Shown, read
from tests.test_fences import entered
from tests.world import World

HEADS = "Nom;Prénom;Date de naissance;Courriel;Accord de la personne\n"
NEW = "Fictif-Orienté;Ana;03/02/2004;;oui\n"


def referral_acts(world: World) -> Iterator[Shown]:
    """One person known, one who looks alike, a referral sent, the cohort to choose, sheets in each state, the list."""
    amina, user = entered(world, "amina"), world.users["amina"]
    body, person, sender = world.organisations["body_near"], world.learners["followed"], world.organisations["ml"]
    cohort = open_cohort(world.organisations["body"])
    start = reverse("cohorts:referral_new")
    handoff = refer_known(
        learner=person, sender=sender, offer=Offer(open_cohort(body).programme), consent=agreed(), by=user
    )
    asked = refer_known(learner=person, sender=sender, offer=Offer(cohort.programme), consent=agreed(), by=user)
    pages = [
        f"{start}?q={person.last_name}", f"{start}?nouvelle=1", f"{start}?nouvelle=1&formation=zzz",
        f"{start}?personne={person.pk}", reverse("cohorts:referral_list"), reverse("cohorts:referral_list") + "?q=zzz",
        reverse("cohorts:referral_sent", args=[handoff.pk]),
    ]  # fmt: skip
    yield from read(amina, "amina", iter(pages), "GET")
    known = {"last_name": person.last_name, "first_name": person.first_name, "phone": "", "email": person.email}
    forms = [
        (f"{start}?nouvelle=1", filled_new(offer(cohort).code, **known, born_on="2004-05-06")),
        (f"{start}?personne={person.pk}", filled(f"programme-{cohort.programme_id}")),
    ]
    for path, posted in forms:
        answer = amina.post(path, posted)
        yield Shown(f"amina POST {path} {sorted(posted)}", path, answer.content.decode(), answer)
    place = reverse("cohorts:referral_place", args=[asked.pk])
    coline = entered(world, "coline")
    yield from read(coline, "coline", iter([place]), "GET")
    yield from read(coline, "coline", iter([place]), "POST")
    yield from _sheets(world)


def _sheets(world: World) -> Iterator[Shown]:
    """A sheet that waits, one with errors, one to settle, one sent."""
    amina, person = entered(world, "amina"), world.learners["followed"]
    user, sender = world.users["amina"], world.organisations["ml"]
    alike = f"{person.last_name};{person.first_name};;{person.email};oui\n"

    def dropped(rows: str) -> ImportRun:
        file = SimpleUploadedFile("orientation.csv", (HEADS + rows).encode())
        to = offer(open_cohort(world.organisations["body_near"]))
        return referral_files.receive(upload=file, organisation=sender, offer=to, by=user)

    runs = [dropped(NEW), dropped("Fictif-Sans;;31/02/2004;;non\n"), dropped(NEW.replace("Ana", "Bo") + alike)]
    pages = [reverse("cohorts:referral_file", args=[run.pk]) for run in runs]
    yield from read(amina, "amina, waiting", iter(pages[:1]), "GET")
    jobs.run_all()
    yield from read(amina, "amina, checked", iter([*pages, reverse("cohorts:referral_file_new")]), "GET")
    yield from read(amina, "amina, unsettled", iter(pages[2:]), "POST")
    amina.post(pages[0])
    jobs.run_all()
    yield from read(amina, "amina, sent", iter(pages[:1]), "GET")
    yield from read(entered(world, "mona"), "mona, a colleague's", iter(pages[2:]), "GET")
