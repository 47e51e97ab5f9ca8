"""Forms of the public codes: what a well-written code looks like, without any list.

Pure. Each predicate takes text as it should be stored (capitals, no spaces) and tells whether its form is right;
whether the code exists is for `partners.referentials.known`. Sources: INSEE (communes), La Poste (postcodes), ANCT
(QPV of 2015 and 2024), France Travail (ROME), France compétences (RNCP, RS).
"""

from __future__ import annotations

import re

COMMUNE = re.compile(r"([0-9]{2}|2[AB])[0-9]{3}")
POSTCODE = re.compile(r"[0-9]{5}")
# Three characters of département (001, 02A, 971), two of order, and what became of the 2015 district (I, M, N, C).
DISTRICT_2024 = re.compile(r"QN([0-9]{3}|02[AB])[0-9]{2}[A-Z]")
DISTRICT_2015 = re.compile(r"QP([0-9]{3}|02[AB])[0-9]{3}")
OCCUPATION = re.compile(r"[A-N][0-9]{4}")
CERTIFICATION = re.compile(r"(RNCP|RS)[0-9]{1,6}")

GENERATIONS = ("2024", "2015")


def is_commune(text: str) -> bool:
    """An INSEE code of commune: five digits, or 2A and 2B then three for Corsica."""
    return COMMUNE.fullmatch(text) is not None


def is_postcode(text: str) -> bool:
    """Five digits."""
    return POSTCODE.fullmatch(text) is not None


def is_district(text: str) -> bool:
    """A QPV code of either generation."""
    return district_generation(text) is not None


def district_generation(text: str) -> str | None:
    """The list a QPV code is written for: "2024" (QN00101M), "2015" (QP059001), None when it is neither."""
    if DISTRICT_2024.fullmatch(text):
        return "2024"
    return "2015" if DISTRICT_2015.fullmatch(text) else None


def is_occupation(text: str) -> bool:
    """A ROME code: a letter from A to N, four digits."""
    return OCCUPATION.fullmatch(text) is not None


def is_certification(text: str) -> bool:
    """RNCP or RS and one to six digits."""
    return CERTIFICATION.fullmatch(text) is not None
