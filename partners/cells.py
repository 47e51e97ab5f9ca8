"""The grammar of cells: what a spreadsheet says, turned into values, or a sentence on what was not understood.

Pure. A kind of cell reads a whole column at once: each distinct value is judged once, and rows are looked at singly
only for a column in which something is wrong. A value is as calamine or CSV gives it (str, float, bool, date, datetime,
time, timedelta, "" when empty); a blank becomes None. Nothing is ever guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

LONGEST = 500
# What looks like a space, those that do not break and those without width at the head of some files included.
SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ") | {0xFEFF: "", 0x2060: ""}
RUNS = re.compile("  +")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
UNTIDY = re.compile(
    "  |^ | $|[\x00-\x09\x0b-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]", re.MULTILINE
)
DAY_FIRST = re.compile("([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
YEAR_FIRST = re.compile("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
YEARS = (1900, 2100)
BRACKETS = re.compile(r"\([^)]*\)")


class Fault(NamedTuple):
    """Why a cell is refused, and how to mend it: two French sentences."""

    reason: str
    fix: str


class Unreadable(Exception):
    """One value that was not understood."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.fault = Fault(reason, fix)


Column = tuple[list[Any], dict[int, Fault]]


@dataclass(frozen=True)
class Lists:
    """The codes known today; None where no list is loaded and the form alone is checked."""

    communes: frozenset[str] | None = None
    districts: frozenset[str] | None = None
    old_districts: frozenset[str] | None = None
    occupations: frozenset[str] | None = None
    rules: frozenset[str] = frozenset()


def tidy(text: str) -> str:
    """No-break spaces as spaces, runs of spaces as one, ends trimmed, Unicode NFC."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(SPACES))
    return RUNS.sub(" ", text).strip(" ")


def fold(text: str) -> str:
    """What is compared when case, accents and the shape of apostrophes do not count."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("’", "'"))
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


def fold_header(text: str) -> str:
    """A column or sheet name: case, accents, spaces and what stands in brackets do not count."""
    return fold(BRACKETS.sub(" ", text)).replace(" ", "")


def as_text(value: Any) -> str:
    """The tidy text of a cell, numbers included; raises Unreadable for what is neither text nor number."""
    if isinstance(value, str):
        text = tidy(value)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(
            "Un texte est attendu ici.", "Mettez la cellule au format Texte et tapez de nouveau la valeur."
        )
    else:
        text = str(int(value)) if float(value).is_integer() else repr(value)
    if CONTROL.search(text):
        raise Unreadable(
            "Ce texte contient un caractère de commande ou un retour à la ligne.", "Tapez-le de nouveau sur une ligne."
        )
    if len(text) > LONGEST:
        raise Unreadable(f"Ce texte dépasse {LONGEST} caractères.", "Raccourcissez-le.")
    return text


class Cell:
    """A kind of cell. `one` reads a value that is not blank; `column` reads them all."""

    def one(self, value: Any, lists: Lists) -> Any:
        raise NotImplementedError

    def column(self, raw: list[Any], lists: Lists) -> Column:
        # True == 1.0 to a dictionary: where both occur, each value is told from the other by its type.
        mixed = bool in set(map(type, raw))
        keys: list[Any] = [(type(value), value) for value in raw] if mixed else raw
        good: dict[Any, Any] = {}
        bad: dict[Any, Fault] = {}
        for key in set(keys):
            try:
                good[key] = self._read(key[1] if mixed else key, lists)
            except Unreadable as unread:
                bad[key] = unread.fault
        values = [good.get(key) for key in keys]
        return values, {row: bad[key] for row, key in enumerate(keys) if key in bad} if bad else {}

    def _read(self, value: Any, lists: Lists) -> Any:
        if isinstance(value, str) and not tidy(value):
            return None
        return self.one(value, lists)


@dataclass(frozen=True)
class Text(Cell):
    """Free text or a reference, up to 500 characters."""

    def column(self, raw: list[Any], lists: Lists) -> Column:
        if set(map(type, raw)) <= {str} and _is_tidy(raw):
            return [value or None for value in raw], {}
        return super().column(raw, lists)

    def one(self, value: Any, lists: Lists) -> str:
        return as_text(value)


def _is_tidy(raw: list[str]) -> bool:
    """Tell at once, for a whole column, that there is nothing to tidy nor to refuse."""
    joined = "\n".join(raw)
    if joined.count("\n") != max(len(raw) - 1, 0) or max(map(len, raw), default=0) > LONGEST:
        return False
    return not UNTIDY.search(joined) and (joined.isascii() or unicodedata.is_normalized("NFC", joined))


@dataclass(frozen=True)
class Day(Cell):
    """A date: an Excel date, JJ/MM/AAAA or AAAA-MM-JJ. The time of a date cell is lost."""

    def one(self, value: Any, lists: Lists) -> date:
        if isinstance(value, datetime):
            return self._in_range(value.date())
        if isinstance(value, date):
            return self._in_range(value)
        found = None
        text = tidy(value) if isinstance(value, str) else ""
        if match := DAY_FIRST.fullmatch(text):
            found = (int(match[3]), int(match[2]), int(match[1]))
        elif match := YEAR_FIRST.fullmatch(text):
            found = (int(match[1]), int(match[2]), int(match[3]))
        if found is None:
            raise Unreadable(
                "Cette date n’est pas comprise.", "Écrivez-la JJ/MM/AAAA, avec l’année sur quatre chiffres."
            )
        try:
            return self._in_range(date(*found))
        except ValueError:
            raise Unreadable("Ce jour n’existe pas.", "Vérifiez le jour et le mois (JJ/MM/AAAA).") from None

    def _in_range(self, day: date) -> date:
        if not YEARS[0] <= day.year <= YEARS[1]:
            raise Unreadable("Cette année n’est pas vraisemblable.", f"Les années vont de {YEARS[0]} à {YEARS[1]}.")
        return day


YES = frozenset({"oui", "o", "x", "1", "vrai", "true"})
NO = frozenset({"non", "n", "0", "faux", "false"})


@dataclass(frozen=True)
class YesNo(Cell):
    """True, False, or None when blank; `unsaid` accepts « nsp » as the blank it is."""

    unsaid: bool = False

    def one(self, value: Any, lists: Lists) -> bool | None:
        if isinstance(value, bool):
            return value
        text = fold(as_text(value))
        if text in YES:
            return True
        if text in NO:
            return False
        if self.unsaid and text == "nsp":
            return None
        raise Unreadable(
            "Ce n’est ni oui ni non.", "Écrivez oui, non" + (" ou nsp." if self.unsaid else " ou laissez vide.")
        )


@dataclass(frozen=True)
class Whole(Cell):
    """A whole number within bounds."""

    low: int = 0
    high: int = 10_000
    among: tuple[int, ...] = ()

    def one(self, value: Any, lists: Lists) -> int:
        number = as_number(value)
        if number != int(number):
            raise Unreadable("Un nombre entier est attendu.", "Écrivez le nombre sans décimale.")
        if self.among and int(number) not in self.among:
            listed = ", ".join(map(str, self.among))
            raise Unreadable("Ce nombre n’est pas dans la liste.", f"Les valeurs possibles sont {listed}.")
        if not self.low <= number <= self.high:
            raise Unreadable("Ce nombre est hors des bornes.", f"Il va de {self.low} à {self.high}.")
        return int(number)


@dataclass(frozen=True)
class Number(Cell):
    """A number with at most two decimals, comma or point. 30 % is written 30."""

    high: int = 99_999

    def one(self, value: Any, lists: Lists) -> Decimal:
        number = as_number(value)
        rounded = number.quantize(Decimal("0.01"))
        if abs(number - rounded) > Decimal("1e-9"):  # beyond what floating point itself adds
            raise Unreadable("Ce nombre a plus de deux décimales.", "Arrondissez-le à deux décimales.")
        if not 0 <= rounded <= self.high:
            raise Unreadable("Ce nombre est hors des bornes.", f"Il va de 0 à {self.high}.")
        return rounded


def as_number(value: Any) -> Decimal:
    """The exact decimal of a number cell or of a number written as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) < 1e9:
            return Decimal(repr(value))
    elif isinstance(value, str):
        text = tidy(value).replace(" ", "")
        if NUMBER.fullmatch(text) and len(text) <= 15:
            return Decimal(text.replace(",", "."))
    raise Unreadable("Ce nombre n’est pas compris.", "Écrivez-le en chiffres, sans unité (30 pour 30\u00a0%).")


class Words(Cell):
    """A code of a closed list, as code or French label; `say` gives the list in the sentence."""

    def __init__(self, words: dict[str, str], what: str) -> None:
        """`words`: code or label → code. Folded here, with and without what stands in brackets."""
        self.words: dict[str, str] = {}
        self.labels: dict[str, str] = {}  # code → the first word for it that is not the code
        for word, code in words.items():
            if word != code:
                self.labels.setdefault(code, word)
            self.words[fold(word)] = self.words[fold(BRACKETS.sub(" ", word))] = code
        self.what = what

    def one(self, value: Any, lists: Lists) -> str:
        text = fold(as_text(value))
        code = self.words.get(text) or self.words.get(fold(BRACKETS.sub(" ", text)))
        if code is None:
            raise Unreadable(f"{self.what} n’est pas dans la liste.", "Choisissez parmi\u00a0: " + self.say() + ".")
        return code

    def say(self) -> str:
        return ", ".join(dict.fromkeys(self.words.values()))


@dataclass(frozen=True)
class Several(Cell):
    """A list by commas or semicolons, each item read by `item`, kept once; None when empty."""

    item: Cell

    def one(self, value: Any, lists: Lists) -> tuple[Any, ...] | None:
        parts = filter(None, (part.strip() for part in re.split("[,;]", as_text(value))))
        return tuple(dict.fromkeys(self.item.one(part, lists) for part in parts)) or None


def choices(pairs: Iterable[tuple[str, Any]], **more: str) -> dict[str, str]:
    """The words of a Django choice class: each code and each label; `more`: other words → codes."""
    words = {}
    for code, label in pairs:
        words[str(code)] = words[str(label)] = str(code)
    return words | more
