"""The demonstration built, one visible step after the other, by the verbs and the import that everybody uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from learners.actions import new_learner, refer
from learners.models import Learner
from learners.states import HANDOFF
from partners import jobs, referentials
from partners.actions import create_organisation, invite_member, open_account
from partners.models import Agreement, Organisation, User
from partners.referentials.loading import load_folder
from partners.workbook import Problem
from partners.working_days import add_working_days
from placements.actions import ask_report
from placements.demo.base import mark
from placements.demo.paths import PROVIDER, books, weekday
from placements.demo.people import Person, Population
from placements.demo.territory import ADMINISTRATOR, COLLEAGUES, DEALS, PARTNERS, plans, span
from placements.demo.workbook import workbook
from placements.intake import bring_in
from placements.states import Profile

PASSWORD = "relais-demonstration-2026"  # noqa: S105 -- printed for whoever tries
LISTS = Path(referentials.__file__).parent / "demo"
Say = Callable[[str], Any]


@dataclass
class Demo:
    """What was built: organisations by reference, accounts by e-mail, what the import said in passing."""

    seed: int
    today: date
    organisations: dict[str, Organisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)


def build(*, seed: int, today: date, say: Say = lambda line: None) -> Demo:
    """Fill an empty, migrated database: all of it or nothing, then run the jobs. `say` gets one French line a step."""
    demo = Demo(seed, today)
    with transaction.atomic():
        with step(say, "Listes publiques (extraits)"):
            load_folder(LISTS)
        with step(say, f"{len(PARTNERS)} organismes"):
            _partners(demo)
        with step(say, f"{len(COLLEAGUES) + 1} comptes"):
            _colleagues(demo)
        with step(say, "Classeurs de reprise des deux organismes de formation"):
            _workbooks(demo)
        with step(say, "Orientations des derniers jours"):
            _referrals(demo)
        _reports(demo)
        mark(seed, today)
    with step(say, "Bilans"):
        jobs.run_all()
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


def _workbooks(demo: Demo) -> None:
    """Each training body brings its own past in, as it would from the page."""
    for provider, book in books(demo.seed, demo.today).items():
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{provider.lower()}.xlsx"
            path.write_bytes(workbook(book, demo.today))
            outcome = bring_in(path, importer=demo.organisations[provider], today=demo.today)
        if outcome.refused:
            raise CommandError("\n".join(problem.sentence() for problem in outcome.problems.errors[:20]))
        demo.warnings += outcome.problems.warnings


def _referrals(demo: Demo) -> None:
    """Two people referred whom nobody answered: one still waits, beyond the delay; the other came back by silence."""
    plan = plans(demo.today)[-1]
    rng = Random(f"{demo.seed}:referrals")
    population = Population(demo.seed + 1_000_003)
    sender, receiver = demo.organisations["ML-TRAME"], demo.organisations[PROVIDER[plan.offer]]
    amina = demo.users["amina@example.org"]
    for days, person in zip((9, 16), population.group(rng, plan, 2), strict=True):
        sent = weekday(demo.today - timedelta(days=days))
        learner = _learner(person, sender, amina, sent)
        handoff = refer(learner=learner, sender=sender, receiver=receiver, on=sent, by=amina, expected_start=plan.starts_on)
        if days == 16 and handoff.deadline_on:
            HANDOFF.take("return", handoff, by=None, ended_on=add_working_days(handoff.deadline_on, 1))


def _learner(person: Person, holder: Organisation, by: User, since: date) -> Learner:
    return new_learner(
        holder=holder,
        since=since,
        by=by,
        last_name=person.last_name,
        first_name=person.first_name,
        sex=person.sex,
        born_on=person.born_on,
        phone="+33" + person.phone.replace(" ", "")[1:],
        channel=person.channel,
        commune=person.commune,
        postcode=person.postcode,
    )


def _reports(demo: Demo) -> None:
    """One exact report an agreement since its first day, and a public one."""
    agreements = {
        agreement.code: agreement
        for agreement in Agreement.objects.prefetch_related("references")
    }
    coline, rachid = demo.users["coline@example.org"], demo.users["rachid@example.org"]
    asked = [(deal.ref, span(demo.today, deal)[0], demo.today, Profile.FUNDER) for deal in DEALS]
    asked.append((DEALS[0].ref, asked[0][1], demo.today, Profile.PUBLIC))
    for ref, start, end, profile in asked:
        by = coline if agreements[ref].provider == demo.organisations["NAVETTE"] else rachid
        ask_report(agreement=agreements[ref], starts_on=start, ends_on=end, as_of=demo.today, profile=profile, by=by)
