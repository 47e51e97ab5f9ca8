"""Pages that one comes to by an act: a link just made, a file just checked, a second factor just shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import reverse

from learners import links
from learners.models import Situation
from partners import jobs
from partners.help_topics import TOPICS
from partners.models import Invitation
from partners.tokens import new_token, token_digest
from placements import imports
from placements.models import Placement
from tests.doors import enter_afresh
from tests.every_page import Shown, read
from tests.makers import member
from tests.pages_by_appointments import by_appointments
from tests.pages_by_messages import by_messages
from tests.pages_by_referrals import referral_acts
from tests.pages_by_requests import by_requests
from tests.pages_by_selection import by_selection
from tests.pages_by_training import by_training
from tests.people import PASSWORD
from tests.test_fences import entered
from tests.world import World

GOOD = "Référence;Nom;Prénom;Date de naissance\nP-1;Fictif-Import;Ana;03/02/2004\n"
FAULTY = "Référence;Nom;Prénom;Date de naissance\nP-2;;Ana;31/02/2004\n"


def by_acts(world: World) -> Iterator[Shown]:
    yield from read(
        entered(world, "amina"), "amina", (reverse("partners:help_topic", args=[one]) for one in TOPICS), "GET"
    )
    yield from _placed(world)
    yield from _links(world)
    yield from _second_factor(world)
    yield from _batch(world)
    yield from _imports(world)
    yield from referral_acts(world)
    yield from by_requests(world)
    yield from by_appointments(world)
    yield from by_training(world)
    yield from by_messages(world)
    yield from by_selection(world)
    yield from _invitation(world)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    yield Shown("429", "/429/", render(request, "429.html").content.decode(), _shut())


def _shut() -> Any:
    """An answer of the sign-in page: a refusal of too many tries goes through the same middleware."""
    return Client().get("/compte/connexion/")


def _posted(client: Client, who: str, path: str, **body: Any) -> Shown:
    answer = client.post(path, body)
    return Shown(f"{who} POST {path} {sorted(body)}", path, answer.content.decode(), answer)


def _placed(world: World) -> Iterator[Shown]:
    """Somebody whom an employer hosts."""
    person = world.learners["enrolled"]
    Placement.objects.create(
        learner=person, employer=world.organisations["firm"], kind="internship", starts_on=world.today
    )
    path = reverse("learners:learner_detail", args=[person.pk])
    yield from read(entered(world, "coline"), "coline, hosted", iter([path]), "GET")


def _links(world: World) -> Iterator[Shown]:
    person = world.learners["referred"]
    amina = entered(world, "amina")
    page = reverse("learners:link_new", args=[person.pk])
    yield _posted(amina, "amina", page, way="phone")
    made = links.make_path_link(learner=person, by=world.users["amina"], way="paper")
    yield from read(Client(), "anonymous", iter([urlsplit(made.address).path]), "GET")
    Situation.objects.create(learner=person, kind="cdi", starts_on=world.today)
    answers = [reverse("learners:link_answer", args=[one]) for one in ("emploi", "formation", "recherche", "autre")]
    yield from read(entered(world, "ines"), "ines", iter(["/mon-parcours/", *answers]), "GET")


def _second_factor(world: World) -> Iterator[Shown]:
    """The pages of one's own second factors, where one was just shown; and the code asked after the password."""
    client = Client()
    enter_afresh(client, world.users["coline"])
    names = (
        "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn", "account_reauthenticate", "account_change_password",
    )  # fmt: skip
    yield from read(client, "coline afresh", (reverse(name) for name in names), "GET")
    yield _posted(client, "coline afresh", reverse("mfa_generate_recovery_codes"))
    yield from read(client, "coline afresh", iter([reverse("mfa_view_recovery_codes")]), "GET")
    entering, amina = Client(), world.users["amina"]
    amina.set_password(PASSWORD)
    amina.save()
    entering.post(reverse("account_login"), {"login": amina.email, "password": PASSWORD})
    yield from read(entering, "amina, half-way", iter([reverse("mfa_authenticate")]), "GET")
    newcomer = Client()
    someone = member(world.organisations["body"])
    someone.authenticator_set.all().delete()
    enter_afresh(newcomer, someone)
    yield from read(newcomer, "newcomer without a factor", iter([reverse("mfa_activate_totp")]), "GET")


def _batch(world: World) -> Iterator[Shown]:
    mona, path = entered(world, "mona"), reverse("learners:learner_batch")
    person = world.learners["followed"].pk
    yield _posted(mona, "mona", path, qui=[person])
    yield _posted(mona, "mona", path, qui=[person, 987_654_321], referent=world.users["amina"].pk)


def _imports(world: World) -> Iterator[Shown]:
    """A file that waits, one with errors, one that may be brought in, one brought in, one undone."""
    mona, organisation = world.users["mona"], world.organisations["ml"]
    client = entered(world, "mona")

    def sent(text: str) -> Any:
        return imports.receive(upload=ContentFile(text.encode(), "personnes.csv"), organisation=organisation, by=mona)

    runs = [sent(GOOD), sent(FAULTY)]
    pages = [reverse("placements:import_run", args=[run.pk]) for run in runs]
    yield from read(client, "mona, waiting", iter(pages[:1]), "GET")
    jobs.run_all()
    yield from read(client, "mona, checked", iter(pages), "GET")
    client.post(reverse("placements:import_confirm", args=[runs[0].pk]))
    yield from read(client, "mona, writing", iter(pages[:1]), "GET")
    jobs.run_all()
    yield from read(client, "mona, done", iter(pages[:1]), "GET")
    yield from read(client, "mona, undoing", iter([reverse("placements:import_undo", args=[runs[0].pk])]), "GET")
    client.post(reverse("placements:import_undo", args=[runs[0].pk]))
    jobs.run_all()
    yield from read(client, "mona, undone", iter(pages[:1]), "GET")


def _invitation(world: World) -> Iterator[Shown]:
    token = new_token()
    first = Invitation.objects.filter(membership=world.memberships["amina"]).first()
    Invitation.objects.filter(pk=first.pk).update(token_hash=token_digest(token))
    yield from read(Client(), "anonymous", iter([reverse("partners:invitation", args=[token])]), "GET")
