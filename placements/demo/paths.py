"""One cohort after the other: who asked, who was chosen, who came, left, answered; as rows of the takeover workbook.

Dates follow one another: asked, decided, entered, left, asked again. Nothing recorded is later than today.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from learners.situations import add_months
from placements.demo import lives
from placements.demo.lives import DAY, Row, Stretch
from placements.demo.people import Person, Population, deal
from placements.demo.territory import DEALS, OFFERS, PARTNERS, Plan, plans, span

Book = dict[str, list[Row]]
PROVIDER = {offer.ref: offer.provider for offer in OFFERS}
HOURS = {offer.ref: offer.hours for offer in OFFERS}
# Of one cohort, some on the waiting list try again in a later one.
TRY_AGAIN = {"DW1": ("DW2", 2), "SI1": ("SI2", 1)}
OTHERS = {"refused": 0.34, "ineligible": 0.16, "waitlisted": 0.2, "withdrawn": 0.2, "admitted": 0.1}
SO_FAR = {"admitted": 12, "waitlisted": 2, "refused": 2, "ineligible": 1, "": 13}
REASONS = {
    "refused": ("Projet à préciser : immersion proposée", "Autre métier visé : suite avec le conseiller"),
    "ineligible": ("Suit déjà une formation", "En emploi à temps plein"),
    "waitlisted": ("Liste d’attente : rappel si une place se libère",),
    "withdrawn": ("A trouvé un emploi", "Préfère une autre formation", "Ne donne plus suite"),
}
EXITS = {"completed": 0.71, "job": 0.08, "dropout": 0.11, "other_training": 0.03, "health": 0.04, "moved": 0.03}
CERTIFICATIONS = {"obtained": 0.74, "partial": 0.12, "failed": 0.07, "not_presented": 0.07}
LAST = {"unemployed": "job_seeking", "inactive": "inactive", "employed": "cdd"}
MILESTONES = (0, 1, 3, 6, 12)
GAP = 40  # days since somebody of the running cohort left, and nothing since
JOB_SINCE = 16


def books(seed: int, today: date, population: Population | None = None) -> dict[str, Book]:
    """Training body → its workbook: sheet → rows, by the names that the import gives to columns."""
    told: dict[str, Book] = {}
    population = population or Population(seed)
    waiting: dict[str, list[Person]] = defaultdict(list)
    for plan in plans(today):
        provider = PROVIDER[plan.offer]
        book = told.setdefault(provider, _frame(provider, today))
        story = _Story(book, plan, today, Random(f"{seed}:{plan.ref}"))
        again = story.tell(population, waiting.pop(plan.ref, []))
        if plan.ref in TRY_AGAIN:
            waiting[TRY_AGAIN[plan.ref][0]] += again
    return told


def _frame(provider: str, today: date) -> Book:
    """The sheets that come before people. Partners are named with their SIRET alone: the platform knows the rest."""
    mine = [plan for plan in plans(today) if PROVIDER[plan.offer] == provider]
    book: Book = {"Personnes": [], "Situations": [], "Orientations": [], "Inscriptions": [], "Suivis": []}
    book["Organismes"] = [
        {"code": p.ref, "name": p.name, "kind": p.kind.value, "siret": p.siret, "commune": p.commune} for p in PARTNERS
    ]
    book["Programmes"] = [
        {"code": o.ref, "title": o.title, "provider": o.provider, "certification": o.certification,
         "target_level": o.level, "hours": o.hours, "occupations": ", ".join(o.occupations)}
        for o in OFFERS if o.provider == provider
    ]  # fmt: skip
    book["Conventions"] = [
        {"code": d.ref, "funder": d.funder, "provider": provider, "starts_on": span(today, d)[0],
         "ends_on": span(today, d)[1], "nominative": d.nominative, "rules": ", ".join(d.rules), "own_rule": d.own_rule,
         **{f"{what}_min": share for what, share in d.least.items()}}
        for d in DEALS if d.provider == provider
    ]  # fmt: skip
    book["Cohortes"] = [
        {"code": c.ref, "programme": c.offer, "title": c.title, "starts_on": c.starts_on, "ends_on": c.ends_on,
         "seats": c.seats, "agreements": ", ".join(c.deals), "commune": c.commune}
        for c in mine
    ]  # fmt: skip
    return book


def weekday(day: date) -> date:
    """This day, or the Friday before."""
    return day - timedelta(days=max(0, day.weekday() - 4))


@dataclass
class Exit:
    """How somebody left, where they went, whether anybody can still reach them."""

    on: date
    reason: str
    destination: str = ""
    lost: bool = False
    broken: bool = False


class _Story:
    """The people of one cohort, written into the book of its training body."""

    def __init__(self, book: Book, plan: Plan, today: date, rng: Random) -> None:
        self.book, self.plan, self.today, self.rng = book, plan, today, rng
        self.provider = PROVIDER[plan.offer]
        self.recruiting = plan.starts_on > today

    def tell(self, population: Population, returning: list[Person]) -> list[Person]:
        """Write everybody; return those on the waiting list who will try again."""
        plan, rng = self.plan, self.rng
        entrants = population.group(rng, plan, plan.entrants - len(returning)) if plan.entrants else []
        others = population.group(rng, plan, plan.applicants - plan.entrants)
        decisions = deal(rng, len(others), SO_FAR if self.recruiting else OTHERS)
        known = {person.ref for person in returning}
        again: list[Person] = []
        for person, exit_ in zip([*returning, *entrants], self._exits(), strict=True):
            self._entrant(person, exit_, known=person.ref in known)
        for person, decision in zip(others, decisions, strict=True):
            if decision == "waitlisted" and len(again) < TRY_AGAIN.get(plan.ref, ("", 0))[1]:
                again.append(person)
            self._other(person, decision, again=person in again)
        return again

    # --- asking ------------------------------------------------------------------------------------------------

    def _referral(self, person: Person, decision: str) -> date:
        """Who referred them, when, what was decided; gives the day they were referred."""
        rng = self.rng
        committee = weekday(self.today - timedelta(days=9)) if self.recruiting else self.plan.committee_on
        if decision == "":
            asked, decided = weekday(self.today - timedelta(days=rng.randint(2, 20))), None
        else:
            asked = weekday(committee - timedelta(days=rng.randint(9, 70)))
            early = {"ineligible": asked + timedelta(days=rng.randint(1, 6)),
                     "withdrawn": asked + timedelta(days=rng.randint(2, 8))}  # fmt: skip
            decided = weekday(early.get(decision, committee))
        row: Row = {
            "learner": person.ref,
            "cohort": self.plan.ref,
            "referred_by": rng.choice(self.plan.prescribers) if rng.random() < 0.9 else None,
            "referred_on": asked,
            "decision": decision or None,
            "decided_on": max(decided, asked) if decided else None,
            "reason": rng.choice(REASONS[decision]) if decision in REASONS else None,
        }
        self.book["Orientations"].append(row)
        return asked

    def _other(self, person: Person, decision: str, *, again: bool) -> None:
        asked = self._referral(person, decision)
        self._person(person)
        if not again:  # the one who tries again tells their past on entering
            past = lives.before(self.rng, person.born_on, asked, LAST[person.answers["status"]])
            self._situations(person, lives.told(self.rng, past, open_since=asked))

    def _person(self, person: Person, referent: str = "") -> None:
        names = (
            "last_name",
            "first_name",
            "sex",
            "born_on",
            "phone",
            "email",
            "channel",
            "address",
            "commune",
            "district",
        )
        row: Row = {name: getattr(person, name) or None for name in names}
        self.book["Personnes"].append(
            {"code": person.ref, **row, "postcode": person.postcode, "referent": referent or None}
        )

    def _situations(self, person: Person, rows: list[Row]) -> None:
        self.book["Situations"] += [{"learner": person.ref, **row} for row in rows]

    # --- entering and leaving ----------------------------------------------------------------------------------

    def _exits(self) -> list[Exit | None]:
        """One ending per entrant, None for those still there; shares are dealt so that a cohort looks like its plan."""
        count, rng = self.plan.entrants, self.rng
        if not count:
            return []
        if self.plan.ends_on >= self.today:
            gone: list[Exit | None] = [
                Exit(weekday(self.today - timedelta(days=GAP)), "dropout", "job_seeking", lost=True),
                Exit(weekday(self.today - timedelta(days=JOB_SINCE)), "job", "cdd"),
            ]
            return [*gone, *[None] * (count - len(gone))]
        reasons = deal(rng, count, EXITS)
        lost = deal(rng, count, {True: self.plan.lost, False: 1 - self.plan.lost})
        fates = {reason: deal(rng, reasons.count(reason), shares) for reason, shares in lives.REASONS.items()}
        exits = [
            Exit(self._exit_day(reason), reason, fates[reason].pop(), gone)
            for reason, gone in zip(reasons, lost, strict=True)
        ]
        if self.plan.ref == "SI2":
            broken = next(exit_ for exit_ in exits if exit_.reason == "completed")
            broken.broken, broken.lost = True, False
        return list(exits)

    def _exit_day(self, reason: str) -> date:
        if reason == "completed":
            return self.plan.ends_on
        whole = (self.plan.ends_on - self.plan.starts_on).days
        part = self.rng.uniform(0.5, 0.92) if reason == "job" else self.rng.uniform(0.15, 0.8)
        return weekday(self.plan.starts_on + timedelta(days=int(whole * part)))

    def _entrant(self, person: Person, left: Exit | None, *, known: bool) -> None:
        self._referral(person, "admitted")
        status = LAST[person.answers["status"]]
        entered = self.plan.starts_on
        if self.rng.random() < 0.18:
            entered += timedelta(days=self.rng.choice((1, 2, 3, 7, 8)))
        past = lives.before(self.rng, person.born_on, entered, status)
        held = self.provider if left is None or add_months(left.on, 6) > self.today else ""
        if not known:
            self._person(person, held)
        self._enrolment(person, entered, left, past[-1])
        self._situations(person, lives.told(self.rng, past))
        if left is not None:
            self._onward(person, left)

    def _enrolment(self, person: Person, entered: date, left: Exit | None, last: Stretch) -> None:
        said = person.answers
        row: Row = {
            "learner": person.ref,
            "cohort": self.plan.ref,
            "entered_on": entered,
            "hours_planned": HOURS[self.plan.offer],
            "status": said["status"],
            "unemployed_since": last.start if said["status"] == "unemployed" else None,
            "in_education": said["studying"] or None,
            "level": said["level"] or None,
            "disability": said["disability"],
            "nationality": said["nationality"] or None,
            "foreign_background": said["foreign"],
            "housing_exclusion": said["housing"],
            "rural": said["rural"],
        }
        if left is not None:
            row |= self._leaving(entered, left)
        self.book["Inscriptions"].append(row)

    def _leaving(self, entered: date, left: Exit) -> Row:
        whole = (self.plan.ends_on - self.plan.starts_on).days
        share = min(1.0, (left.on - entered).days / whole) * self.rng.uniform(0.86, 0.99)
        row: Row = {"exited_on": left.on, "exit_reason": left.reason, "hours_done": int(HOURS[self.plan.offer] * share)}
        if left.reason == "completed":
            result = self.rng.choices(list(CERTIFICATIONS), list(CERTIFICATIONS.values()))[0]
            on = left.on + timedelta(days=self.rng.randint(4, 27))
            late = on > self.today
            row |= {"certification": "pending" if late else result}
            row |= {"certified_on": None if late or result == "not_presented" else on}
        return row

    # --- onward ------------------------------------------------------------------------------------------------

    def _onward(self, person: Person, left: Exit) -> None:
        rng = self.rng
        if left.reason == "completed":
            stay = rng.choice(("internship", "internship", "immersion"))
            weeks = 6 if stay == "internship" else 2
            self._situations(person, lives.in_company(rng, stay, left.on - timedelta(days=21 + 7 * weeks), weeks))
        lived = (
            lives.broken_contract(left.on, self.today)
            if left.broken
            else lives.after(rng, left.on, left.reason, left.destination, self.today)
        )
        heard = self._follow_up(person, left)
        if heard:
            known = lives.learnt(rng, lived, heard, proof=self._proof)
        elif left.reason == "job":
            known = lives.learnt(rng, lived, left.on + 2 * DAY, proof=lambda: "document", confirmed=False)
        else:
            known = []
        self._situations(person, known)

    def _proof(self) -> str:
        return self.rng.choices(("document", "third_party", "confirmed", "declared"), (45, 20, 15, 20))[0]

    def _follow_up(self, person: Person, left: Exit) -> date | None:
        """Ask at each milestone that is due; the last day an answer came, if any did."""
        rng, heard = self.rng, None
        reached = rng.choice((-1, 0, 0, 1)) if left.lost else 12
        if self.plan.ends_on >= self.today and left.lost:
            reached = -1
        for milestone in MILESTONES:
            asked = add_months(left.on, milestone) + timedelta(days=rng.randint(1, 14))
            asked = asked + timedelta(days=(7 - asked.weekday()) % 7 if asked.weekday() > 4 else 0)
            if asked + 3 * DAY > self.today:
                break
            if milestone and not left.broken and rng.random() < self._forgotten(milestone, lost=milestone > reached):
                continue
            result = self._ask(person, milestone, asked, lost=milestone > reached, sure=left.broken)
            if result in {"answered", "proxy"}:
                heard = asked
        return heard

    def _forgotten(self, milestone: int, *, lost: bool) -> float:
        """Follow-up was poor in the first cohorts, above all a year later and for those who do not answer."""
        return self.plan.lost * (0.9 if lost or milestone == 12 else 0.1)

    def _ask(self, person: Person, milestone: int, asked: date, *, lost: bool, sure: bool) -> str:
        rng = self.rng
        way = person.channel or "phone"
        if lost:
            result = rng.choices(("unreachable", "declined"), (8, 1))[0]
        else:
            result = "answered" if sure else rng.choices(("answered", "proxy", "unreachable"), (82, 13, 5))[0]
        row: Row = {"learner": person.ref, "cohort": self.plan.ref, "milestone": milestone}
        if result == "unreachable":  # another way is tried two days later
            other = "phone" if way != "phone" else "sms"
            tries = [(asked, way), (asked + 2 * DAY, other)]
        else:
            tries = [(asked, "adviser" if result == "proxy" else way)]
        self.book["Suivis"] += [{**row, "asked_on": on, "result": result, "channel": how} for on, how in tries]
        return result
