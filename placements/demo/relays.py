"""The batons of the last weeks: sheets of referrals, changes of adviser, a host asked, and what the clock made of them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from cohorts.models import Cohort
from cohorts.offers import Offer
from cohorts.referral_sheet import Referrals
from learners import clock
from learners.actions import accept, decline, hand_over, receive
from learners.models import Learner
from learners.states import DeclineReason, Obstacle, Purpose
from partners.states import Channel
from partners.working_days import add_working_days, is_working
from placements.demo.lives import Row
from placements.demo.made import Demo, accepted, file_of, on_day
from placements.demo.paths import PROVIDER, weekday
from placements.demo.people import Person
from placements.demo.territory import plans
from placements.demo.workbook import referral_sheet

MESSAGES = ("A déjà suivi un atelier d’initiation.", "Motivation confirmée en entretien.", "Disponible tout de suite.")
RETURNED = 16  # days since a referral was sent that nobody answered and that came back
COMES_IN = 12  # days until the suite that a mission locale announces


def pass_batons(demo: Demo) -> None:
    """Each by the verb of the pages; then the clock of each morning since the oldest was sent."""
    _referrals(demo)
    with on_day(demo.today):
        _between_advisers(demo)
        _hosts(demo)
    for ago in range(RETURNED, -1, -1):
        day = demo.today - timedelta(days=ago)
        with on_day(day):
            clock.tick(day)


def late_day(today: date) -> date:
    """The latest day on which something sent is late today, and has not come back yet."""
    for ago in range(1, 20):
        sent = today - timedelta(days=ago)
        signalled = add_working_days(sent, 3)
        if is_working(sent) and signalled <= today < add_working_days(signalled, clock.GRACE):
            return sent
    raise ValueError(f"no such day before {today}")


def _referrals(demo: Demo) -> None:
    """Sheets of the last weeks for the cohort that recruits: fresh ones, one that is late, one that came back unanswered."""
    plan = plans(demo.today)[-1]
    cohort = Cohort.objects.get(
        references__code=plan.ref, references__importer=demo.organisations[PROVIDER[plan.offer]]
    )
    bruno, amina = demo.users["bruno@example.org"], demo.users["amina@example.org"]
    yesterday, long_ago = (weekday(demo.today - timedelta(days=ago)) for ago in (1, RETURNED))
    for sender, by, day, count in (
        ("MDE", bruno, yesterday, 6), ("ML-TRAME", amina, late_day(demo.today), 1), ("ML-TRAME", amina, long_ago, 1)
    ):  # fmt: skip
        rng = Random(f"{demo.seed}:{sender}:{day}")
        rows = [referred(rng, person, day) for person in demo.population.group(rng, plan, count)]
        referrals = Referrals(
            sender=demo.organisations[sender], offer=Offer(cohort.programme, cohort), by=by, today=day
        )
        with file_of(referral_sheet(rows, day)) as path, on_day(day):
            demo.warnings += accepted(referrals.run(path))


def _between_advisers(demo: Demo) -> None:
    """One announced and taken, whose days until then are bridged; one proposed; one help asked for a lodging."""
    amina, lucie, nadege = (demo.users[f"{name}@example.org"] for name in ("amina", "lucie", "nadege"))
    coline = demo.users["coline@example.org"]
    theirs, plie = (_followed_by(demo, ref, number) for ref, number in (("ML-TRAME", 3), ("PLIE", 0)))
    moving = hand_over(
        learner=theirs, receiver=demo.organisations["ML-TERRILS"], purpose=Purpose.TRANSFER, by=amina,
        agreed_on=demo.today, agreed_through=Channel.PHONE,
    )  # fmt: skip
    receive(handoff=moving, by=lucie)
    accept(handoff=moving, by=lucie, starts_on=moving.sent_on + timedelta(days=COMES_IN))
    hand_over(
        learner=plie, receiver=demo.organisations["ML-TRAME"], purpose=Purpose.TRANSFER, by=nadege,
        agreed_on=demo.today, agreed_through=Channel.ADVISER,
    )  # fmt: skip
    helped = _followed_by(demo, "NAVETTE", 5)
    hand_over(
        learner=helped, receiver=demo.organisations["ML-TRAME"], purpose=Purpose.SUPPORT, by=coline,
        obstacle=Obstacle.HOUSING, agreed_on=demo.today, agreed_through=Channel.ADVISER,
    )  # fmt: skip


def _followed_by(demo: Demo, holder: str, number: int) -> Learner:
    return Learner.objects.filter(holder=demo.organisations[holder]).order_by("pk")[number]


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
