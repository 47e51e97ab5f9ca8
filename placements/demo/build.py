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

from cohorts.models import Cohort
from cohorts.referral_sheet import Referrals
from learners.actions import decline, hand_over
from learners.models import Handoff, Learner
from learners.states import HANDOFF, DeclineReason, HandoffStatus, Purpose
from partners import jobs, referentials
from partners.actions import create_organisation, invite_member, open_account
from partners.models import Agreement, Organisation, User
from partners.referentials.loading import load_folder
from partners.workbook import Outcome, Problem
from partners.working_days import add_working_days
from placements.actions import ask_report
from placements.demo.base import mark
from placements.demo.lives import Row
from placements.demo.paths import PROVIDER, books, weekday
from placements.demo.people import Person, Population
from placements.demo.territory import ADMINISTRATOR, COLLEAGUES, DEALS, PARTNERS, plans, span
from placements.demo.workbook import referral_sheet, workbook
from placements.intake import bring_in
from placements.models import ReportRun
from placements.states import Profile, RunStatus

PASSWORD = "relais-demonstration-2026"  # noqa: S105 -- printed for whoever tries
LISTS = Path(referentials.__file__).parent / "demo"
UNANSWERED, RETURNED = 9, 16  # days since these referrals were sent
MESSAGES = ("A déjà suivi un atelier d’initiation.", "Motivation confirmée en entretien.", "Disponible tout de suite.")
Say = Callable[[str], Any]


@dataclass
class Demo:
    """What was built: organisations by reference, accounts by e-mail, what the import said in passing."""

    seed: int
    today: date
    population: Population
    organisations: dict[str, Organisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)


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
        with step(say, "Orientations des derniers jours"):
            _referrals(demo)
            _hosts(demo)
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


def _workbooks(demo: Demo) -> None:
    """Each training body brings its own past in, as it would from the page."""
    for provider, book in books(demo.seed, demo.today, demo.population).items():
        with file_of(workbook(book, demo.today)) as path:
            outcome = bring_in(path, importer=demo.organisations[provider], today=demo.today)
        demo.warnings += accepted(outcome)


def _referrals(demo: Demo) -> None:
    """Sheets of the last weeks for the cohort that recruits: fresh ones, one nobody answered, one that came back so."""
    plan = plans(demo.today)[-1]
    cohort = Cohort.objects.get(
        references__code=plan.ref, references__importer=demo.organisations[PROVIDER[plan.offer]]
    )
    bruno, amina = demo.users["bruno@example.org"], demo.users["amina@example.org"]
    sent = (("MDE", bruno, 1, 6), ("ML-TRAME", amina, UNANSWERED, 1), ("ML-TRAME", amina, RETURNED, 1))
    for sender, by, days_ago, count in sent:
        day = weekday(demo.today - timedelta(days=days_ago))
        rng = Random(f"{demo.seed}:{sender}:{days_ago}")
        rows = [referred(rng, person, day) for person in demo.population.group(rng, plan, count)]
        referrals = Referrals(sender=demo.organisations[sender], cohort=cohort, by=by, today=day)
        with file_of(referral_sheet(rows, day)) as path:
            demo.warnings += accepted(referrals.run(path))
    waiting = Handoff.objects.filter(sender=demo.organisations["ML-TRAME"], status=HandoffStatus.PROPOSED)
    oldest = waiting.earliest("sent_on")
    HANDOFF.take("return", oldest, by=None, ended_on=add_working_days(oldest.deadline_on or oldest.sent_on, 1))


def referred(rng: Random, person: Person, on: date) -> Row:
    """A line of the referral sheet."""
    said = {name: getattr(person, name) for name in ("last_name", "first_name", "born_on", "sex", "phone", "email")}
    said |= {name: getattr(person, name) for name in ("address", "postcode", "commune", "channel")}
    return {
        **{name: value or None for name, value in said.items()},
        "level": person.answers["level"] or None,
        "kind": "job_seeking",
        "since": on - timedelta(days=rng.randint(40, 400)),
        "available_on": on + timedelta(days=rng.choice((0, 10, 30))),
        "agrees": True,
        "message": rng.choice(MESSAGES),
    }


def _hosts(demo: Demo) -> None:
    """An employer is asked to host two people of the cohort that runs: it has no room for one, the other waits."""
    coline, elsa = demo.users["coline@example.org"], demo.users["elsa@example.org"]
    running = next(plan for plan in plans(demo.today) if plan.starts_on <= demo.today <= plan.ends_on)
    there = Learner.objects.filter(
        enrolments__cohort__references__code=running.ref,
        enrolments__exited_on=None,
        holder=demo.organisations["NAVETTE"],
    )
    first, second = there.order_by("pk")[:2]
    host = demo.organisations["FILOCTET"]
    hand_over(learner=first, receiver=host, purpose=Purpose.PLACEMENT, by=coline)
    asked = hand_over(learner=second, receiver=host, purpose=Purpose.PLACEMENT, by=coline)
    decline(handoff=asked, by=elsa, reason=DeclineReason.FULL)


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


@contextmanager
def file_of(content: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "demonstration.xlsx"
        path.write_bytes(content)
        yield path


def accepted(outcome: Outcome) -> list[Problem]:
    """The warnings of an import that went well. An error is ours: it ends the command, and says all."""
    if outcome.refused:
        raise CommandError("\n".join(problem.sentence() for problem in outcome.problems.errors[:20]))
    return outcome.problems.warnings
