"""Who each person is: names, age, place, what they answered on entering. Shares are dealt like cards, not drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from learners.situations import add_months
from placements.demo.names import EITHER, FAMILIES, MEN, STREETS, WOMEN
from placements.demo.territory import Plan

T = TypeVar("T")
POSTCODES = {
    "59512": "59100", "59599": "59200", "59650": "59150", "59350": "59000", "59163": "59170", "59299": "59510",
    "62498": "62300", "62510": "62800", "62065": "62210", "62771": "62430", "62427": "62110",
}  # fmt: skip
DISTRICTS = {
    "59512": ("QN05980M", "QN05981M", "QN05969M"), "59599": ("QN05983M", "QN05984M", "QN05985M", "QN05980M"),
    "59650": ("QN05980M", "QN05988M"), "59350": ("QN05971M", "QN05972M", "QN05973M"), "59163": ("QN05980M",),
    "59299": ("QN05969M",), "62498": ("QN06224M", "QN06225M", "QN06226M", "QN06227M"), "62510": ("QN06229M",),
}  # fmt: skip
CHANNELS = {"sms": 0.4, "phone": 0.3, "email": 0.2, "adviser": 0.06, "": 0.04}
# Answers at entry; "" is not answered, which is neither yes nor no.
ANSWERS: dict[str, dict[str, float]] = {
    "level": {"none": 0.14, "3": 0.22, "4": 0.26, "5": 0.22, "6": 0.12, "7": 0.02, "": 0.02},
    "status": {"unemployed": 0.82, "inactive": 0.15, "employed": 0.03},
    "studying": {"non": 0.98, "": 0.02},
    "disability": {"oui": 0.06, "non": 0.8, "nsp": 0.14},
    "nationality": {"fr": 0.84, "eu": 0.03, "third_country": 0.1, "": 0.03},
    "foreign": {"oui": 0.28, "non": 0.5, "nsp": 0.22},
    "housing": {"oui": 0.07, "non": 0.8, "nsp": 0.13},
    "rural": {"non": 0.94, "oui": 0.06},
}


@dataclass
class Person:
    ref: str
    last_name: str
    first_name: str
    sex: str
    born_on: date
    phone: str
    email: str
    channel: str
    address: str
    commune: str
    district: str  # a code, "non", or "" when nobody knows
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def postcode(self) -> str:
        return POSTCODES[self.commune]


def deal(rng: Random, count: int, shares: Mapping[T, float]) -> list[T]:
    """`count` values in these shares to the nearest unit, shuffled: a small group looks like the whole."""
    total = sum(shares.values())
    exact = {value: count * share / total for value, share in shares.items()}
    given = {value: int(part) for value, part in exact.items()}
    left = sorted(shares, key=lambda value: given[value] - exact[value])
    for value in left[: count - sum(given.values())]:
        given[value] += 1
    cards = [value for value, times in given.items() for _ in range(times)]
    rng.shuffle(cards)
    return cards


class Population:
    """Makes people up, no two alike: each name, phone and e-mail is given once."""

    def __init__(self, seed: int) -> None:
        rng = Random(f"{seed}:population")
        self.names: set[tuple[str, str]] = set()
        self.phones = rng.sample(range(10_000), 1_000)
        self.count = 0

    def group(self, rng: Random, plan: Plan, count: int) -> list[Person]:
        """People of one cohort, of an age and a situation to enter it."""
        cards = {name: deal(rng, count, shares) for name, shares in ANSWERS.items()}
        sexes = deal(rng, count, {"F": 0.38, "M": 0.61, "X": 0.01})
        channels = deal(rng, count, CHANNELS)
        homes = deal(rng, count, {"in": 0.42, "out": 0.54, "": 0.04})
        young = deal(rng, count, {True: 0.88, False: 0.12})
        made = []
        for number in range(count):
            age = rng.randint(18, 24) if young[number] else rng.randint(26, 29)
            answers = {name: given[number] for name, given in cards.items()}
            traits = {"sex": sexes[number], "home": homes[number], "channel": channels[number]}
            person = self._someone(rng, plan, age, answers, **traits)
            made.append(person)
        return made

    def _someone(
        self, rng: Random, plan: Plan, age: int, answers: dict[str, str], *, sex: str, home: str, channel: str
    ) -> Person:
        first, last = self._name(rng, sex)
        self.count += 1
        phone = f"06 39 98 {self.phones[self.count] // 100:02d} {self.phones[self.count] % 100:02d}"
        commune = rng.choice([place for place in plan.places if place in DISTRICTS] if home == "in" else plan.places)
        # Born so as to have that age on the first day, for a while before and a while after.
        born = add_months(plan.starts_on, -12 * age) - timedelta(days=rng.randint(40, 330))
        return Person(
            ref=f"P{self.count:04d}",
            last_name=last,
            first_name=first,
            sex=sex,
            born_on=born,
            phone=phone,
            email=f"{plain(first)}.{plain(last)}@example.org" if rng.random() < 0.93 or channel == "email" else "",
            channel=channel,
            address=f"{rng.randint(1, 148)} {rng.choice(STREETS)}",
            commune=commune,
            district=rng.choice(DISTRICTS[commune]) if home == "in" else ("non" if home else ""),
            answers=answers,
        )

    def _name(self, rng: Random, sex: str) -> tuple[str, str]:
        first_names = {"F": WOMEN, "M": MEN, "X": EITHER}[sex]
        while True:
            name = rng.choice(first_names), rng.choice(FAMILIES)
            if name not in self.names:
                self.names.add(name)
                return name


def plain(name: str) -> str:
    """Letters as an address holds them."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ascii_only.lower().replace(" ", "-")
