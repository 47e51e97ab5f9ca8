"""Search in short texts without minding accents, case or the shape of apostrophes. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from partners.cells import fold

VARIANTS = {
    "a": "aàâäáãAÀÂÄÁÃ", "c": "cçCÇ", "e": "eéèêëEÉÈÊË", "i": "iîïíIÎÏÍ", "n": "nñNÑ", "o": "oôöóOÔÖÓ",
    "u": "uùûüúUÙÛÜÚ", "y": "yÿYŸ", "'": "'’",
}  # fmt: skip
NOISE = frozenset(
    {
        "association", "asso", "societe", "sarl", "sas", "sasu", "eurl", "scop", "de", "du", "des", "la", "le", "les",
        "et", "au", "aux",
    }
)  # fmt: skip
ALIKE = 0.8  # « atelier » and « ateliers »; not « Lille » and « Lens »
MOST_WORDS = 6


def pattern(word: str) -> str:
    """A regular expression that finds `word` whatever its accents and case, for `__iregex` on both databases."""
    return "".join(f"[{VARIANTS[letter]}]" if letter in VARIANTS else _escaped(letter) for letter in fold(word))


def patterns(text: str) -> list[str]:
    """One pattern a word, at most six."""
    return [found for word in text.split()[:MOST_WORDS] if (found := pattern(word))]


def _escaped(letter: str) -> str:
    return f"[{letter}]" if letter in ".*+?(){}|$" else re.escape(letter)


def telling_words(name: str) -> list[str]:
    """The words of a name that tell it from others, folded."""
    words = re.split(r"[^0-9a-z]+", fold(name))
    return [word for word in words if len(word) > 1 and word not in NOISE]


def alike(one: str, other: str) -> bool:
    """Whether two names may be the same partner: each telling word of the shorter has its like in the longer."""
    mine, theirs = sorted((telling_words(one), telling_words(other)), key=len)
    if not mine:
        return fold(one) == fold(other)
    if len(mine) == 1 < len(theirs):  # one word in common tells little, unless it is all there is
        return mine == ["".join(theirs)]
    return all(any(SequenceMatcher(None, word, like).ratio() >= ALIKE for like in theirs) for word in mine)
