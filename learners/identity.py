"""Who may be the same person: normalised names, birth date, phone, e-mail. Pure; proposes, never merges."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})


def fold(text: str) -> str:
    """Lower case, without accents, punctuation as single spaces; letters of other scripts are kept."""
    text = text.casefold()
    if text.isascii():  # most names, and much the quickest
        return _NOT_LETTERS.sub(" ", text).strip()
    text = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    text = "".join(c for c in text if not unicodedata.combining(c))
    if text.isascii():
        return _NOT_LETTERS.sub(" ", text).strip()
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def name_key(last_name: str, first_name: str) -> str:
    return f"{fold(last_name)} {fold(first_name)}".strip()


@dataclass(frozen=True)
class Identity:
    """What tells two persons apart. `key`: whatever the caller finds them by."""

    key: int
    name: str  # a `name_key`
    born_on: date | None = None
    phone: str = ""
    email: str = ""


def likely_duplicates(people: Iterable[Identity]) -> Iterator[tuple[int, int]]:
    """Pairs of keys that may be one person, each once, the earlier first.

    Same words in the names, in any order, with birth dates that do not contradict and one more thing in common;
    or the same birth date and the same phone or e-mail.
    """
    groups: dict[tuple[object, ...], list[Identity]] = defaultdict(list)
    for person in people:
        words = tuple(sorted(person.name.split()))
        if person.born_on:
            groups["born", words, person.born_on].append(person)
        for contact in filter(None, (person.phone, person.email.lower())):
            groups["reach", words, contact].append(person)
            if person.born_on:
                groups["home", contact, person.born_on].append(person)
    seen: set[tuple[int, int]] = set()
    for group in groups.values():
        first = group[0]
        for other in group[1:]:
            pair = (first.key, other.key)
            if pair not in seen and not _contradict(first, other):
                seen.add(pair)
                yield pair


def _contradict(one: Identity, other: Identity) -> bool:
    return bool(one.born_on and other.born_on and one.born_on != other.born_on)
