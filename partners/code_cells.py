"""Cells that hold a public code or a way to reach somebody: their usual forms, brought to one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat
from stdnum.fr import siret

from partners.cells import Cell, Lists, Unreadable, as_text, fold
from partners.codes import district_generation, is_certification, is_commune, is_occupation, is_postcode

# A number without country code is tried in France, then where French numbering has its own country codes.
REGIONS = ("FR", "GP", "RE", "GF", "MQ", "YT")
PLAIN_MOBILE = re.compile(r"0?(6(?:[0-24-8][0-9]|3[0-8])[0-9]{6}|7[3-9][0-9]{7})")
NINE_DIGITS = re.compile("[1-9][0-9]{8}")
NATIONAL = re.compile("0[1-9][0-9]{8}")
PHONE_SIGNS = re.compile(r"\+?[0-9 ().\-]+")
EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(?:\.[^@\s,;<>()\".]+)+")
BETWEEN = re.compile(r"[ .\-]")


def _compact(value: Any) -> str:
    return BETWEEN.sub("", as_text(value)).upper()


@dataclass(frozen=True)
class Phone(Cell):
    """A telephone number in any usual form, kept as +33612345678."""

    def one(self, value: Any, lists: Lists) -> str:
        text = as_text(value)
        plain = BETWEEN.sub("", text)
        if match := PLAIN_MOBILE.fullmatch(plain):
            return "+33" + match[1]
        if NINE_DIGITS.fullmatch(plain):
            plain = text = "0" + plain
        if PHONE_SIGNS.fullmatch(text) and (number := _valid(text)):
            return number
        if NATIONAL.fullmatch(plain):  # the numbering plan is wider than what is in service, and fiction has its ranges
            return "+33" + plain[1:]
        raise Unreadable(
            "Ce numéro de téléphone n’est pas compris.",
            "Écrivez un seul numéro, par exemple 06\u00a012\u00a034\u00a056\u00a078.",
        )


def _valid(text: str) -> str:
    for region in REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return ""


@dataclass(frozen=True)
class Email(Cell):
    """One address, kept as typed."""

    def one(self, value: Any, lists: Lists) -> str:
        text = as_text(value)
        if not EMAIL.fullmatch(text) or len(text) > 254:
            raise Unreadable(
                "Ce courriel n’est pas compris.", "Écrivez une seule adresse, par exemple prenom.nom@exemple.fr."
            )
        return text


@dataclass(frozen=True)
class Siret(Cell):
    """Fourteen digits with their key; La Poste's own rule included."""

    def one(self, value: Any, lists: Lists) -> str:
        text = _compact(value)
        if not (text.isascii() and text.isdigit() and len(text) == 14):
            raise Unreadable(
                "Un SIRET compte quatorze chiffres.", "Recopiez-le depuis l’avis de situation de l’organisme."
            )
        if not siret.is_valid(text):
            raise Unreadable(
                "La clé de ce SIRET est fausse.", "Un chiffre est mal tapé\u00a0: vérifiez-le sur l’avis de situation."
            )
        return text


@dataclass(frozen=True)
class Postcode(Cell):
    def one(self, value: Any, lists: Lists) -> str:
        text = _compact(value)
        text = text.zfill(5) if len(text) == 4 else text
        if not is_postcode(text):
            raise Unreadable("Un code postal compte cinq chiffres.", "Corrigez-le, par exemple 44000.")
        return text


@dataclass(frozen=True)
class Commune(Cell):
    """An INSEE code; among those of the list when one is loaded."""

    def one(self, value: Any, lists: Lists) -> str:
        text = _compact(value)
        text = text.zfill(5) if len(text) == 4 else text
        if not is_commune(text):
            raise Unreadable(
                "Ce n’est pas un code INSEE de commune.",
                "Écrivez les cinq caractères du code (44109 pour Nantes), non le nom.",
            )
        if lists.communes is not None and text not in lists.communes:
            raise Unreadable(
                "Aucune commune ne porte ce code INSEE.", "Vérifiez le code\u00a0; un code postal n’en est pas un."
            )
        return text


OUTSIDE = "non"


@dataclass(frozen=True)
class District(Cell):
    """A QPV code of 2024 or 2015, or « non » for somebody who lives in none."""

    def one(self, value: Any, lists: Lists) -> str:
        text = _compact(value)
        if fold(text) == OUTSIDE or value is False:
            return OUTSIDE
        generation = district_generation(text)
        if generation is None:
            raise Unreadable(
                "Ce n’est pas un code de quartier prioritaire.",
                "Écrivez le code (QN04401M), non, ou laissez vide si on ne sait pas.",
            )
        known = lists.districts if generation == "2024" else lists.old_districts
        if known is not None and text not in known:
            raise Unreadable(
                f"Aucun quartier prioritaire de {generation} ne porte ce code.",
                "Vérifiez-le sur le site du système SIG Ville.",
            )
        return text


@dataclass(frozen=True)
class Occupation(Cell):
    """A ROME code; among those of the list when one is loaded."""

    def one(self, value: Any, lists: Lists) -> str:
        text = _compact(value)
        if not is_occupation(text) or (lists.occupations is not None and text not in lists.occupations):
            raise Unreadable("Ce code ROME n’existe pas.", "Écrivez une lettre et quatre chiffres, par exemple M1805.")
        return text


@dataclass(frozen=True)
class Certification(Cell):
    """A number of the RNCP or RS; digits alone are of the RNCP."""

    def one(self, value: Any, lists: Lists) -> str:
        text = _compact(value)
        text = "RNCP" + text if text.isdigit() else text
        if not is_certification(text):
            raise Unreadable(
                "Ce numéro de fiche n’est pas compris.", "Écrivez RNCP suivi du numéro, par exemple RNCP37674."
            )
        return text


@dataclass(frozen=True)
class RuleCode(Cell):
    """A code of outcome rule."""

    def one(self, value: Any, lists: Lists) -> str:
        text = as_text(value).casefold()
        if text not in lists.rules:
            raise Unreadable(
                "Cette règle n’existe pas.", "Les codes sont\u00a0: " + ", ".join(sorted(lists.rules)) + "."
            )
        return text


LEVEL = re.compile(r"(?:niveau )?([2-8])(?: \(.*\))?")


@dataclass(frozen=True)
class Level(Cell):
    """A level of diploma in the French frame of 2019: none, or 2 to 8."""

    def one(self, value: Any, lists: Lists) -> str:
        text = fold(as_text(value))
        if text in {"none", "sans diplome"}:
            return "none"
        if match := LEVEL.fullmatch(text):
            return match[1]
        raise Unreadable("Ce niveau n’est pas dans la liste.", "Écrivez sans diplôme, ou un chiffre de 2 à 8.")
