"""What a password may not be, beside too short: too long to hash, or what anybody would try first."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128
LEFT_OVER = 8  # letters and digits that must remain once words that everybody tries are taken out
SHORTEST_WORD = 4
# What people of this trade, and of any, write first. Letters only, without accents.
WORDS = (
    "motdepasse", "missionlocale", "maisondelemploi", "francetravail", "poleemploi", "capemploi", "grandecole",
    "password", "passw", "azerty", "qwerty", "uiop", "qsdfgh", "asdfgh", "wxcvbn", "zxcvbn", "bonjour", "soleil",
    "doudou", "chouchou", "jetaime", "loulou", "princesse", "secret", "admin", "relais", "emploi", "insertion",
    "formation", "conseiller", "conseillere", "welcome", "bienvenue", "iloveyou", "letmein", "dragon", "monkey",
    "football", "marseille", "abcdef", "qwertz",
)  # fmt: skip
SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
)
LOOKALIKES = str.maketrans("@4310!$57", "aaeioisst")


class NotTooLong:
    """At most 128 characters: hashing more is work that anybody could ask for."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("Ce mot de passe est trop long : 128 caractères au plus."), code="too_long")

    def get_help_text(self) -> str:
        return _("128 caractères au plus.")


class NotGuessable:
    """Refuse common words and those of one's own organisation, runs of the keyboard or of the alphabet, repetitions."""

    def validate(self, password: str, user: Any = None) -> None:
        if _is_guessable(_plain(password), words_of(user)):
            raise ValidationError(
                _("Ce mot de passe se devine trop facilement : prenez plusieurs mots sans rapport entre eux."),
                code="guessable",
            )

    def get_help_text(self) -> str:
        return _("Ni mots courants, ni nom de votre organisme, ni suites du clavier.")


def words_of(user: Any) -> tuple[str, ...]:
    """Words of the names of the organisations where somebody works."""
    if user is None or user.pk is None:
        return ()
    names = user.memberships.filter(active=True).values_list("organisation__name", flat=True)
    return tuple(word for name in names for word in re.findall(r"[a-z]+", _plain(name)) if len(word) >= SHORTEST_WORD)


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def _is_guessable(plain: str, own_words: tuple[str, ...]) -> bool:
    return any(
        len(_remains(version, own_words)) < LEFT_OVER or _repeats(version) or _follows(version)
        for version in {re.sub(r"[\W_]", "", plain), re.sub(r"[\W_]", "", plain.translate(LOOKALIKES))}
    )


def _remains(letters: str, own_words: tuple[str, ...]) -> str:
    for word in sorted({*WORDS, *own_words}, key=len, reverse=True):
        letters = letters.replace(word, "")
    return re.sub(r"(19|20)\d\d|\d{1,3}$|^\d{1,3}", "", letters)  # a year, or a number stuck at an end, adds nothing


def _repeats(letters: str) -> bool:
    """The same few signs again and again."""
    return len(set(letters)) < 5 or any(
        letters == (letters[:size] * len(letters))[: len(letters)] for size in range(1, len(letters) // 2 + 1)
    )


def _follows(letters: str) -> bool:
    """Most of it is a run of the alphabet or of the keyboard, either way."""
    runs = [line for sequence in SEQUENCES for line in (sequence, sequence[::-1])]
    longest = max(len(letters) - 5, 8)
    return any(letters[start : start + longest] in run for run in runs for start in range(len(letters) - longest + 1))
