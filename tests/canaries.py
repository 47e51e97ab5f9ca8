"""Canaries: unique marks, each known by whose it is. A page that shows one shows exactly what came through.

Drawn from RELAIS_CANARY_SEED, at random by default.
"""

from __future__ import annotations

import os
import random
import re
import string
from collections.abc import Iterator
from typing import NamedTuple

SEED = int(os.environ.get("RELAIS_CANARY_SEED") or random.SystemRandom().randrange(10**6))
START = "zq"  # of each word of ours; no French word starts so
LENGTH = 14
WORD = re.compile(rf"{START}[a-z]{{{LENGTH - len(START)}}}")
PHONE = re.compile(r"(?:\+33|0)(63998\d{4})")
BLANKS = re.compile(r"[\s\u00a0\u202f.]|&nbsp;|&#160;")


class Mark(NamedTuple):
    """Whose a mark is, of which class, and where it stands."""

    owner: str
    kind: str
    place: str


class Canaries:
    """Marks drawn and remembered. The same seed draws the same marks."""

    def __init__(self, seed: int) -> None:
        self.seed, self.marks = seed, dict[str, Mark]()
        self._random = random.Random(seed)
        self._phones = iter(self._random.sample(range(10_000), 500))

    def word(self, owner: str, kind: str, place: str) -> str:
        made = START + "".join(self._random.choices(string.ascii_lowercase, k=LENGTH - len(START)))
        self.marks[made] = Mark(owner, kind, place)
        return made

    def name(self, owner: str, kind: str, place: str) -> str:
        return self.word(owner, kind, place).capitalize()

    def email(self, owner: str, kind: str, place: str) -> str:
        return f"{self.word(owner, kind, place)}@example.org"

    def phone(self, owner: str, kind: str, place: str) -> str:
        number = f"63998{next(self._phones):04d}"
        self.marks[number] = Mark(owner, kind, place)
        return f"+33{number}"

    def found(self, text: str) -> Iterator[Mark]:
        """The marks that stand in `text`, whatever the case, phones whatever the spaces."""
        words = {word for word in WORD.findall(text.casefold()) if word in self.marks}
        phones = {number for number in PHONE.findall(BLANKS.sub("", text)) if number in self.marks}
        return (self.marks[mark] for mark in sorted(words | phones))
