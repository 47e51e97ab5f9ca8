"""Figures, dates and sentences as French typography wants them: pure functions from values to text, for templates too.

U+00A0 inside numbers, before %, before a colon and within « »; U+202F before ; ! ?.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

NBSP = "\u00a0"
NARROW = "\u202f"
HIDDEN = f"n.{NBSP}c."  # hidden by the public profile
NOTHING = "–"  # nothing to show: not computed, no denominator
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
PUBLIC = "public"


def missing(profile: str) -> str:
    """What stands for a figure that is absent: « n. c. » where the public profile hides it, a dash elsewhere."""
    return HIDDEN if profile == PUBLIC else NOTHING


def whole(value: int) -> str:
    """A whole number, thousands apart: 12 345."""
    return f"{value:,}".replace(",", NBSP).replace("-", "−")


def decimal(value: float, places: int = 1) -> str:
    """A number with a decimal comma: 1 234,5."""
    return f"{value:,.{places}f}".replace(",", NBSP).replace(".", ",").replace("-", "−")


def shortest(value: float) -> str:
    """A number without useless decimals: 3 stays 3, 12.5 becomes 12,5."""
    return whole(int(value)) if value == int(value) else decimal(value, 1)


def percent(rate: float) -> str:
    """A rate (0 to 1, already rounded to three decimals) as 76,6 %."""
    return f"{decimal(rate * 100)}{NBSP}%"


def target(value: float) -> str:
    """A promise in percent, as written in an agreement: 30 %."""
    return f"{shortest(value)}{NBSP}%"


def rounded(n: int, of: int) -> float | None:
    """n / of to three decimals, half up from the exact fraction; None when there is nobody to count."""
    return (2000 * n + of) // (2 * of) / 1000 if of else None


def day(value: date) -> str:
    """22 novembre 2026, and 1er for the first."""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year}"


def short_day(value: date) -> str:
    """22/11/2026."""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def moment(value: datetime) -> str:
    """22 novembre 2026 à 10 h 12, in the zone that the value carries."""
    return f"{day(value)} à {value.hour}{NBSP}h{NBSP}{value.minute:02d}"


def period(start: date, end: date) -> str:
    """du 1er janvier 2025 au 31 décembre 2025."""
    return f"du {day(start)} au {day(end)}"


def many(n: float, singular: str, plural: str) -> str:
    """The number and its noun; French takes the plural from 2: 1,5 jour, 2 jours."""
    return f"{shortest(n)}{NBSP}{plural if abs(n) >= 2 else singular}"


def quoted(text: str) -> str:
    """« text »."""
    return f"«{NBSP}{text}{NBSP}»"


def listed(words: Sequence[str]) -> str:
    """a, b et c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} et {words[-1]}"
