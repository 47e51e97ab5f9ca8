"""The demonstration built, one visible step after the other, by the verbs and the import that everybody uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from django.db import transaction

from learners.models import Responsibility
from partners import jobs, referentials
from partners.actions import create_organisation, invite_member, open_account
from partners.models import Agreement
from partners.referentials.loading import load_folder
from placements.actions import ask_report
from placements.demo.base import mark
from placements.demo.door import equip
from placements.demo.made import Demo, accepted, file_of
from placements.demo.paths import books
from placements.demo.people import Population
from placements.demo.relays import pass_batons
from placements.demo.selecting import select
from placements.demo.territory import ADMINISTRATOR, COLLEAGUES, DEALS, PARTNERS, span
from placements.demo.training import train
from placements.demo.workbook import workbook
from placements.intake import bring_in
from placements.models import ReportRun
from placements.states import Profile, RunStatus

PASSWORD = "relais-demonstration-2026"  # noqa: S105 -- printed for whoever tries
LISTS = Path(referentials.__file__).parent / "demo"
UNNAMED = 9  # of ten persons brought in, the one whom nobody follows by name yet
Say = Callable[[str], Any]


def build(*, seed: int, today: date, say: Say = lambda line: None) -> Demo:
    """Fill an empty, migrated database: all of it or nothing, then run the jobs. `say` gets one French line a step."""
    demo = Demo(seed, today, Population(seed))
    with transaction.atomic():
        with step(say, "Listes publiques (extraits)"):
            load_folder(LISTS)
        with step(say, f"{len(PARTNERS)} organismes"):
            _partners(demo)
        with step(say, f"{len(COLLEAGUES) + 1} comptes"):
            _colleagues(demo)
        with step(say, "Classeurs de reprise des deux organismes de formation"):
            _workbooks(demo)
            _referents(demo)
        with step(say, "Relais des dernières semaines"):
            pass_batons(demo)
        with step(say, "Sélection de la prochaine cohorte"):
            select(demo)
        with step(say, "Cohorte en formation"):
            train(demo)
        _reports(demo)
        mark(seed, today)
    with step(say, "Bilans"):
        jobs.run_all()
    if late := ReportRun.objects.exclude(status=RunStatus.READY).count():
        say(f"  {late} bilans ne sont pas prêts\u00a0: le site les reprendra.")
    return demo


@contextmanager
def step(say: Say, title: str) -> Iterator[None]:
    started = monotonic()
    yield
    say(f"  {title} … {monotonic() - started:.1f}\u00a0s".replace(".", ","))


def _partners(demo: Demo) -> None:
    for partner in PARTNERS:
        demo.organisations[partner.ref] = create_organisation(
            kind=partner.kind,
            name=partner.name,
            reference=partner.ref,
            siret=partner.siret,
            commune=partner.commune,
            email=f"contact.{partner.ref.lower()}@example.org",
        )


def _colleagues(demo: Demo) -> None:
    first, last, email = ADMINISTRATOR
    demo.users[email] = open_account(email=email, first_name=first, last_name=last, password=PASSWORD, platform=True)
    for who in COLLEAGUES:
        user = open_account(email=who.email, first_name=who.first_name, last_name=who.last_name, password=PASSWORD)
        invite_member(organisation=demo.organisations[who.works_for], user=user, role=who.role)
        demo.users[who.email] = user
    equip()


def _workbooks(demo: Demo) -> None:
    """Each training body brings its own past in, as it would from the page."""
    for provider, book in books(demo.seed, demo.today, demo.population).items():
        with file_of(workbook(book, demo.today)) as path:
            outcome = bring_in(path, importer=demo.organisations[provider], today=demo.today)
        demo.warnings += accepted(outcome)


def _referents(demo: Demo) -> None:
    """A past comes in without names: each manager then says who follows whom, but for a few newly arrived.

    Where there is no manager, nobody would see whom nobody follows: everybody gets a name.
    """
    advisers = {"ML-TRAME": ("amina@example.org", "pascale@example.org"), "PLIE": ("nadege@example.org",)}
    advisers |= {"ML-TERRILS": ("lucie@example.org",), "MDE": ("bruno@example.org",)}
    advisers |= {"NAVETTE": ("coline@example.org",), "GALIBOT": ("rachid@example.org",)}
    for holder, emails in advisers.items():
        held = Responsibility.objects.filter(organisation=demo.organisations[holder], until=None, user=None)
        for place, one in enumerate(held.order_by("since", "pk")):
            if place % 10 != UNNAMED or holder == "PLIE":
                who = demo.users[emails[0] if place % 3 or len(emails) == 1 else emails[1]]
                Responsibility.objects.filter(pk=one.pk).update(user=who)


def _reports(demo: Demo) -> None:
    """One exact report an agreement since its first day, and a public one."""
    agreements = {agreement.code: agreement for agreement in Agreement.objects.prefetch_related("references")}
    managers = {"NAVETTE": demo.users["coline@example.org"], "GALIBOT": demo.users["rachid@example.org"]}
    asked = [(deal, Profile.FUNDER) for deal in DEALS]
    asked.append((DEALS[1], Profile.PUBLIC))
    for deal, profile in asked:
        ask_report(
            agreement=agreements[deal.ref],
            starts_on=span(demo.today, deal)[0],
            ends_on=demo.today,
            as_of=demo.today,
            profile=profile,
            by=managers[deal.provider],
        )
