"""What happens to a person before and after training, and what of it anybody knows.

A life is a list of stretches, truly lived. What is recorded is another thing: the past as told on entering, then what
each contact brought, up to the last one. Whoever cannot be reached any more stays unknown, and it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from learners.situations import add_months
from placements.demo.names import ELSEWHERE
from placements.demo.territory import EMPLOYERS

DAY = timedelta(days=1)
JOBS = {"cdi", "cdd", "temp", "seasonal", "subsidised", "iae", "public", "apprenticeship", "professionalisation"}
IN_TRADE = {"cdi", "cdd", "apprenticeship", "professionalisation", "self_employed"}
Row = dict[str, Any]


@dataclass
class Stretch:
    """A situation truly lived: from its first day to its last, None while it lasts. `planned`: what the contract says."""

    kind: str
    start: date
    end: date | None = None
    planned: date | None = None
    hours: float | None = None
    employer: str = ""
    trade: bool | None = None


# --- before ------------------------------------------------------------------------------------------------------

LITTLE = {"temp": 5, "seasonal": 3, "cdd": 4, "civic_service": 1, "inactive": 2, "training_other": 1}
LASTS = {"temp": (20, 110), "seasonal": (40, 90), "cdd": (45, 180), "civic_service": (180, 240), "inactive": (60, 240),
         "training_other": (30, 120)}  # fmt: skip


def before(rng: Random, born: date, until: date, last: str) -> list[Stretch]:
    """Three years at most up to the day before `until`: school, small jobs, and the search that fills what is left.

    `last`: the situation of the last weeks, of kind `job_seeking`, `inactive` or a part-time `cdd`.
    """
    left_school = date(born.year + rng.choice((16, 17, 18, 18, 19, 20)), 7, 5)
    ending = rng.randint(45, 420)
    last_from = until - timedelta(days=ending)
    if left_school >= last_from:
        left_school = date(last_from.year - 1, 7, 5)
    found, at = [], max(left_school + DAY, until - timedelta(days=rng.randint(700, 1100)))
    if at == left_school + DAY:
        found.append(Stretch("school", date(left_school.year - 2, 9, 1), left_school))
    while (last_from - at).days > 60:
        seeking = min(at + timedelta(days=rng.randint(25, 200)), last_from - DAY)
        found.append(Stretch("job_seeking", at, seeking))
        at = seeking + DAY
        kind = rng.choices(list(LITTLE), list(LITTLE.values()))[0]
        end = at + timedelta(days=rng.randint(*LASTS[kind]))
        if end >= last_from:
            at = found.pop().start  # the search simply went on
            break
        found.append(_job(rng, kind, at, end, partners=0.05))
        at = end + DAY
    found.append(_last(rng, last, at, until - DAY))
    return found


def _last(rng: Random, kind: str, start: date, end: date) -> Stretch:
    if kind == "cdd":
        return Stretch("cdd", start, end, hours=rng.choice((8, 10, 12)), employer=rng.choice(ELSEWHERE), trade=False)
    return Stretch(kind, start, end)


def _job(rng: Random, kind: str, start: date, end: date | None, *, partners: float, trade: bool = False) -> Stretch:
    stretch = Stretch(kind, start, end)
    if kind in JOBS or kind in {"internship", "immersion"}:
        stretch.employer = rng.choice(EMPLOYERS) if rng.random() < partners else rng.choice(ELSEWHERE)
        stretch.hours = rng.choice((35, 35, 35, 39)) if trade else rng.choice((35, 35, 28, 24, 20))
        stretch.trade = trade
    return stretch


def told(rng: Random, lived: Iterable[Stretch], *, open_since: date | None = None) -> list[Row]:
    """The past as a person tells it. `open_since`: the last stretch is not over, and was confirmed on that day."""
    rows = [as_row(stretch, evidence=rng.choice(("declared", "declared", "declared", "document"))) for stretch in lived]
    if open_since is not None:
        rows[-1] |= {"ends_on": None, "confirmed_on": open_since}
    return rows


# --- after -------------------------------------------------------------------------------------------------------

# Where those who completed go, then those who left for other reasons.
COMPLETED = {
    "cdi": 0.15, "cdd": 0.19, "short_cdd": 0.08, "apprenticeship": 0.13, "professionalisation": 0.07, "training_qualifying": 0.13,
    "temp": 0.05, "self_employed": 0.03, "iae": 0.02, "civic_service": 0.02, "job_seeking": 0.13,
}  # fmt: skip
REASONS: dict[str, dict[str, float]] = {
    "completed": COMPLETED,
    "job": {"cdi": 0.4, "cdd": 0.3, "apprenticeship": 0.3},
    "other_training": {"training_qualifying": 1},
    "dropout": {"job_seeking": 0.6, "temp": 0.25, "inactive": 0.15},
    "health": {"unavailable": 1},
    "moved": {"job_seeking": 0.5, "cdd": 0.5},
    "exclusion": {"job_seeking": 1},
}
AT_ONCE = {"job", "other_training", "health"}


def after(rng: Random, exit_on: date, reason: str, destination: str, today: date) -> list[Stretch]:
    """From the day after the exit to today: a search, most often, then the destination and what follows it."""
    wait = 0 if reason in AT_ONCE or rng.random() < 0.25 else rng.randint(8, 110)
    at = exit_on + DAY
    lived = []
    if wait and destination not in {"job_seeking", "inactive"}:
        lived.append(Stretch("job_seeking", at, at + timedelta(days=wait - 1)))
        at += timedelta(days=wait)
    lived += _settled(rng, at, destination, today)
    return [stretch for stretch in lived if stretch.start <= today]


def _settled(rng: Random, at: date, destination: str, today: date) -> list[Stretch]:
    months = {"cdd": rng.choice((6, 6, 9, 12)), "short_cdd": rng.choice((2, 3)), "temp": rng.choice((1, 2, 4)),
              "apprenticeship": 12, "professionalisation": 12, "training_qualifying": rng.choice((4, 8, 10)), "iae": 8,
              "civic_service": 8, "unavailable": rng.choice((2, 5))}.get(destination)  # fmt: skip
    kind = {"short_cdd": "cdd"}.get(destination, destination)
    first = _job(rng, kind, at, None, partners=0.45, trade=kind in IN_TRADE and rng.random() < 0.75)
    if kind == "self_employed":
        first.trade = True
    if months is None:
        return [first]
    term = add_months(at, months) - DAY
    first.planned = term if kind != "unavailable" else None
    if term >= today:
        return [first]
    first.end = term
    following = rng.choice(("cdi", "cdd", "job_seeking")) if kind in {"apprenticeship", "cdd"} else "job_seeking"
    start = term + DAY
    second = _job(rng, following, start, None, partners=0.4, trade=following != "job_seeking")
    if following == "cdd":
        second.planned = add_months(start, 12) - DAY
        second.end = second.planned if second.planned < today else None
    return [first, second]


def broken_contract(exit_on: date, today: date) -> list[Stretch]:
    """A year of apprenticeship, signed at once and broken after 53 days; then nothing but a search."""
    start = exit_on + timedelta(days=4)
    broken = start + timedelta(days=52)
    signed = Stretch("apprenticeship", start, broken, add_months(start, 12) - DAY, 35, EMPLOYERS[0], True)
    return [s for s in (signed, Stretch("job_seeking", broken + DAY)) if s.start <= today]


def learnt(
    rng: Random, lived: Iterable[Stretch], until: date, *, proof: Callable[[], str], confirmed: bool = True
) -> list[Row]:
    """What is known of a life at the last contact: what had begun, how far it had gone, and how it is known.

    `confirmed` False: the contract was seen when signed, and nobody asked again.
    """
    rows = []
    for stretch in lived:
        if stretch.start > until:
            break
        over = stretch.end is not None and stretch.end <= until
        row = as_row(stretch, evidence=proof() if stretch.kind in JOBS else rng.choice(("declared", "third_party")))
        if not over:
            row |= {"ends_on": None, "confirmed_on": until if confirmed else None}
        rows.append(row)
    return rows


def as_row(stretch: Stretch, *, evidence: str) -> Row:
    """The cells of Situations, but the person."""
    return {
        "kind": stretch.kind,
        "starts_on": stretch.start,
        "ends_on": stretch.end,
        "planned_end_on": stretch.planned,
        "confirmed_on": None,
        "weekly_hours": stretch.hours,
        "employer": stretch.employer or None,
        "target_trade": stretch.trade,
        "evidence": evidence,
    }


def in_company(rng: Random, kind: str, start: date, weeks: int) -> list[Row]:
    """Some weeks with an employer during training."""
    start -= timedelta(days=start.weekday())
    stay = Stretch(
        kind, start, start + timedelta(days=7 * weeks - 3), hours=35, employer=rng.choice(EMPLOYERS), trade=True
    )
    stay.planned = stay.end
    return [as_row(stay, evidence="document")]
