"""Files of signature tools, read: separators, headers, days, half-days, words of presence. Pure: text in, rows and faults out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from learners.identity import fold
from partners.nir import contains_nir

LARGEST, MOST_LINES, MOST_COLUMNS, LONGEST = 2 * 1024 * 1024, 20_000, 80, 500
NOON = time(13)

# What we need → words by which tools head it, plain and small.
GUESSES: dict[str, tuple[str, ...]] = {
    "last_name": ("nom", "nom de famille", "nom apprenant", "nom stagiaire", "lastname", "last name"),
    "first_name": ("prenom", "prenom apprenant", "prenom stagiaire", "firstname", "first name"),
    "name": ("nom complet", "nom et prenom", "nom prenom", "apprenant", "stagiaire", "participant", "etudiant"),
    "email": ("email", "e mail", "mail", "courriel", "adresse email", "adresse mail"),
    "day": ("date", "jour", "date du cours", "date seance", "date de la seance"),
    "half": ("creneau", "demi journee", "periode", "heure debut", "heure de debut", "debut", "matin apres midi"),
    "mark": ("statut", "presence", "etat", "emargement", "status"),
    "signed_at": ("heure signature", "heure de signature", "signature", "date signature", "signe le", "horodatage"),
    "minutes": ("minutes", "duree", "temps de presence", "minutes presence"),
}
NEEDED = ("day", "half")
MARKS: dict[str, tuple[str, ...]] = {
    "present": ("present", "presente", "p", "oui", "signe", "1", "x"),
    "late": ("retard", "en retard", "r", "late"),
    "absent": ("absent", "absente", "a", "non", "abs", "0", "absence injustifiee", "absence non justifiee"),
    "absent_excused": ("absence justifiee", "justifie", "justifiee", "excuse", "excusee", "abs justifiee", "j"),
    "remote": ("distanciel", "a distance", "d", "remote", "foad"),
    "in_company": ("entreprise", "en entreprise", "e", "stage"),
}
DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y")
TIMES = re.compile(r"^(\d{1,2})\s*[:hH]\s*(\d{2})?(?::\d{2})?")


class Unreadable(Exception):
    """The file is not one we can read; the message is a French sentence that says why and what to do."""


@dataclass(frozen=True)
class Table:
    """Headers, and lines with the number they bear in the file, from 2."""

    headers: list[str]
    lines: list[tuple[int, list[str]]]


def read_table(content: bytes) -> Table:
    """The cells of a CSV file, whatever its separator and its usual French encodings. Raises Unreadable."""
    if len(content) > LARGEST:
        raise Unreadable(_("Ce fichier dépasse 2\u00a0Mo\u00a0: coupez-le par mois."))
    text = decoded(content)
    if "\0" in text:
        raise Unreadable(_("Ce n’est pas un fichier CSV\u00a0: exportez-le de votre outil au format CSV."))
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(";\t,|", key=first.count)
    if not first.count(separator):
        raise Unreadable(
            _("La première ligne n’a qu’une colonne\u00a0: il faut des colonnes séparées par des points-virgules.")
        )
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator, strict=False))
    except csv.Error:
        raise Unreadable(_("Ce fichier CSV est abîmé\u00a0: exportez-le de nouveau.")) from None
    filled = [
        (number, [cell.strip() for cell in row]) for number, row in enumerate(rows, 1) if any(map(str.strip, row))
    ]
    if len(filled) < 2:
        raise Unreadable(_("Ce fichier n’a que des en-têtes, ou rien."))
    (_top, headers), *lines = filled
    _check(headers, lines)
    wide = len(headers)
    return Table(headers, [(number, (row + [""] * wide)[:wide]) for number, row in lines])


def decoded(content: bytes) -> str:
    """The text of a file, in the encodings that French tools write. Raises Unreadable."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("L’encodage de ce fichier n’est pas lu\u00a0: enregistrez-le en UTF-8."))


def _check(headers: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> None:
    if len(lines) > MOST_LINES:
        raise Unreadable(_("Ce fichier a plus de 20\u202f000 lignes\u00a0: coupez-le par mois."))
    if len(headers) > MOST_COLUMNS:
        raise Unreadable(_("Ce fichier a plus de 80 colonnes\u00a0: gardez celles de l’émargement."))
    named = [one for one in headers if one]
    if len(set(named)) != len(named):
        raise Unreadable(_("Deux colonnes ont le même en-tête\u00a0: renommez-en une."))
    for number, row in lines:
        for place, cell in enumerate(row):
            if len(cell) > LONGEST or contains_nir(cell):
                where = {"line": number, "column": headers[place] if place < len(headers) else place + 1}
                told = (
                    _(
                        "Ligne %(line)d, colonne «\u00a0%(column)s\u00a0»\u00a0: un texte de plus de 500 caractères n’est pas un émargement."
                    )
                    if len(cell) > LONGEST
                    else _(
                        "Ligne %(line)d, colonne «\u00a0%(column)s\u00a0»\u00a0: un numéro de sécurité sociale n’a pas sa place ici. Ôtez cette colonne."
                    )
                )
                raise Unreadable(told % where)


def plain(text: str) -> str:
    """Small letters without accents or punctuation: « Heure signature : » → « heure signature »."""
    return fold(text)


def guess_columns(headers: Sequence[str]) -> dict[str, str]:
    """What we need → the header that seems to hold it."""
    known = {plain(one): one for one in headers if one}
    found: dict[str, str] = {}
    for need, words in GUESSES.items():
        match = next((known[word] for word in words if word in known), None)
        if match is not None and match not in found.values():
            found[need] = match
    if "last_name" in found and "first_name" in found:
        found.pop("name", None)
    return found


def guess_mark(word: str) -> str:
    """The mark that a tool's word seems to mean; "" for one that says nothing to us."""
    said = plain(word)
    return next((mark for mark, words in MARKS.items() if said in words), "")


def read_day(text: str) -> date | None:
    said = text.split(" ", maxsplit=1)[0].split("T", maxsplit=1)[0]
    for form in DATES:
        try:
            return datetime.strptime(said, form).date()  # noqa: DTZ007 -- a day, not a moment
        except ValueError:
            continue
    return None


def read_time(text: str) -> time | None:
    found = TIMES.match(text.strip())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_half(text: str) -> str:
    """« am » or « pm », from a word or an hour; "" when it says neither."""
    said = plain(text)
    if said.startswith(("matin", "am", "morning")):
        return "am"
    if said.startswith(("apres", "pm", "aprem", "afternoon")):
        return "pm"
    at = read_time(text)
    return "" if at is None else "am" if at < NOON else "pm"


def read_moment(text: str, day: date) -> datetime | None:
    """When somebody signed: a day and an hour, or an hour of that day. Without a zone."""
    parts = text.replace("T", " ").split()
    if not parts:
        return None
    on = read_day(parts[0]) if len(parts) > 1 else day
    at = read_time(parts[-1])
    return datetime.combine(on, at) if on and at else None


def cells_of(row: Sequence[str], headers: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """What we need → what this line says of it."""
    at = {header: place for place, header in enumerate(headers)}
    return {need: row[at[header]] for need, header in columns.items() if header in at}
