"""Who may be the same person: normalised names, birth date, phone, e-mail. Pure; proposes, never merges."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import permutations

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


def national(phone: str) -> str:
    """A French number as people write it, 06 12 34 56 78; another as it is kept."""
    if not (phone.startswith("+33") and len(phone) == 12):
        return phone
    digits = "0" + phone[3:]
    return " ".join(digits[at : at + 2] for at in range(0, 10, 2))


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
    or the same birth date and the same phone or e-mail. Of several who are all alike, each is paired with the first.
    """
    return _pairs(people, firsts=1)


def every_pair(people: Iterable[Identity]) -> Iterator[tuple[int, int]]:
    """The same, and of several who are all alike each is paired with each: with the first few of them in a crowd."""
    return _pairs(people, firsts=CLOSE)


CLOSE = 8


def _pairs(people: Iterable[Identity], *, firsts: int) -> Iterator[tuple[int, int]]:
    seen: set[tuple[int, int]] = set()
    for group in _blocks(people):
        for place, first in enumerate(group[:firsts]):
            for other in group[place + 1 :]:
                pair = (first.key, other.key)
                if pair not in seen and not _contradict(first, other):
                    seen.add(pair)
                    yield pair


def _blocks(people: Iterable[Identity]) -> Iterable[list[Identity]]:
    """Those who share two signs, in the order in which they come."""
    groups: dict[tuple[object, ...], list[Identity]] = defaultdict(list)
    for person in people:
        words, born = _words(person), person.born_on
        contacts = [contact for contact in (person.phone, person.email.lower()) if contact]
        signs: list[tuple[object, ...]] = [("reach", words, contact) for contact in contacts] if words else []
        signs += [("home", contact, born) for contact in contacts] if born else []
        signs += [("born", words, born)] if words and born else []
        for sign in signs:
            groups[sign].append(person)
    return groups.values()


def _contradict(one: Identity, other: Identity) -> bool:
    return bool(one.born_on and other.born_on and one.born_on != other.born_on)


def _words(person: Identity) -> tuple[str, ...]:
    return tuple(sorted(person.name.split()))


SIGNS = ("name", "born", "phone", "email")


def shared(one: Identity, other: Identity) -> tuple[str, ...]:
    """Which of SIGNS two identities have in common, in that order; a blank is nothing in common."""
    same = {
        "name": bool(one.name) and _words(one) == _words(other),
        "born": one.born_on is not None and one.born_on == other.born_on,
        "phone": bool(one.phone) and one.phone == other.phone,
        "email": bool(one.email) and one.email.lower() == other.email.lower(),
    }
    return tuple(sign for sign in SIGNS if same[sign])


def alike(one: Identity, other: Identity) -> bool:
    """Whether two may be one person: two signs in common that tell persons apart, and no contradiction."""
    signs = set(shared(one, other))
    reached = bool(signs & {"phone", "email"})
    return not _contradict(one, other) and ("name" in signs) + ("born" in signs) + reached >= 2


ORDERED = 5  # words of a name of which every order is tried: 120


def orders(name: str) -> list[str]:
    """The ways in which a `name_key` may have been written: its words in any order; beyond five, turned round only."""
    words = name.split()
    if len(words) > ORDERED:
        return [" ".join(words[at:] + words[:at]) for at in range(len(words))]
    return sorted({" ".join(order) for order in permutations(words)})


class Suspects:
    """Those of a crowd who share one sign with somebody before them: told apart at the pace of reading, all pairs included."""

    def __init__(self) -> None:
        self._first: dict[object, Identity] = {}
        self._found: dict[int, Identity] = {}

    def add(self, key: int, name: str, born: date | None, phone: str | None, email: str | None) -> None:
        person = None
        # Any true pair shares one of these. Letters in any order stand for words in any order.
        for sign in (phone, email and email.lower(), born and (born, "".join(sorted(name)))):
            if not sign:
                continue
            person = person or Identity(key, name, born, phone or "", email or "")
            known = self._first.setdefault(sign, person)
            if known is not person:
                self._found[known.key] = known
                self._found[key] = person

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._found.values())
