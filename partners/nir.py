"""The social-security number (NIR) that Relais never keeps: how one is recognised, and refused."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

# What people type between the groups of digits: spaces of any kind, dots, dashes of any length.
SEPARATORS = re.compile(r"[\s.\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u200b\u2060\ufeff]+")
# Sex, year, month (20 to 42 and 50 to 99 when it is unknown), département, commune, order, then maybe the key.
SHAPE = re.compile(
    r"(?<![0-9])[12378][0-9]{2}(?:0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9])(?:[0-9]{2}|2[AB])[0-9]{6}(?:[0-9]{2})?(?![0-9])",
    re.IGNORECASE,
)
SENTENCE = (
    "Ce texte contient ce qui ressemble à un numéro de sécurité sociale\u00a0: Relais n’en garde jamais. "
    "Retirez ce numéro."
)


def contains_nir(text: str) -> bool:
    """Tell whether `text` holds an NIR-like number: 13 or 15 digits, not part of a longer run.

    Spaces, dots and dashes are ignored; Corsica's 2A and 2B are accepted. The key is not checked: a mistyped
    NIR is still somebody's number. Source: the format of the workbook.
    """
    return SHAPE.search(SEPARATORS.sub("", text)) is not None


def no_nir(value: object) -> None:
    """Validate that `value` holds no NIR-like number, whatever its type; raises ValidationError."""
    if contains_nir(str(value)):
        raise ValidationError(SENTENCE, code="nir")
