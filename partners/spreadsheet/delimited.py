"""Reading CSV: which encoding, which separator; one answer or a refusal, never characters replaced in silence."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from partners.spreadsheet.limits import Limits, Rejected

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Old tables of characters a spreadsheet may have used, the likeliest first.
ONE_BYTE = ("cp1252", "mac_roman", "cp850")
FRENCH = set("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ°’‘“”«»–—…€²№º\u00a0\u202f")
DOUBLY_ENCODED = ("Ã©", "Ã¨", "Ã§", "Ã´", "Ã ", "Ã\u00a0", "Ãª", "Â°", "â€™")
FIX = "Enregistrez-le au format « CSV UTF-8 » depuis votre tableur.".replace("« ", "«\u00a0").replace(" »", "\u00a0»")


def read_text(path: Path, limits: Limits) -> str:
    """The whole text of a CSV file, decoded. Raises Rejected when too large or in no known encoding."""
    if path.stat().st_size > limits.unzipped:
        raise Rejected(
            f"Ce fichier dépasse {limits.unzipped // 1_000_000}\u00a0Mo.", "Partagez-le en plusieurs fichiers."
        )
    raw = path.read_bytes()
    text = _decode(raw)
    if "\x00" in text:
        raise Rejected("Ce fichier n’est ni un classeur XLSX ni un CSV.", "Enregistrez-le au format XLSX ou CSV.")
    if any(pair in text for pair in DOUBLY_ENCODED):
        raise Rejected(
            "Les accents de ce fichier sont abîmés (« Ã© » au lieu de « é »).".replace("« ", "«\u00a0").replace(
                " »", "\u00a0»"
            ),
            "Repartez du fichier d’origine et enregistrez-le au format CSV UTF-8.",
        )
    return text


def _decode(raw: bytes) -> str:
    for bom, encoding in BOMS:
        if raw.startswith(bom):
            return _strictly(raw, encoding)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = [(text, encoding) for encoding in ONE_BYTE if (text := _maybe(raw, encoding)) is not None]
    if not readings:
        raise Rejected("Le codage de ce fichier n’est pas reconnu.", FIX)
    return max(readings, key=lambda reading: _plausible(reading[0]))[0]  # the first of equals: cp1252


def _strictly(raw: bytes, encoding: str) -> str:
    text = _maybe(raw, encoding)
    if text is None:
        raise Rejected("Le codage de ce fichier n’est pas celui qu’il annonce.", FIX)
    return text


def _maybe(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausible(text: str) -> float:
    """Share of the letters beyond ASCII that French uses, from 0 to 1."""
    beyond = [c for c in text if c > "\x7f"]
    return sum(c in FRENCH for c in beyond) / max(len(beyond), 1)


def rows(text: str, limits: Limits) -> Iterator[list[str]]:
    """The rows of a CSV, numbered as a spreadsheet would show them: blank lines count. Raises Rejected."""
    lines = io.StringIO(text, newline="")
    first = lines.readline()
    if first.lower().startswith("sep="):
        separator = first.strip()[4:5]
        yield []  # keeps the numbering of the file
    else:
        separator = _separator(text)
        lines.seek(0)
    csv.field_size_limit(1_000_000)
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=separator or ";", strict=True), 1):
            if number > limits.rows:
                raise Rejected(
                    f"Ce fichier compte plus de {limits.rows:,} lignes.".replace(",", "\u202f"),
                    "Partagez-le en plusieurs fichiers.",
                )
            yield row
    except csv.Error as broken:
        raise Rejected("Les guillemets de ce fichier CSV ne se referment pas.", FIX) from broken


def _separator(text: str) -> str:
    """The sign most found in the first line that holds one: semicolon, comma or tab."""
    for line in text.splitlines()[:20]:
        best = max(";,\t", key=line.count)
        if line.count(best):
            return best
    return ";"
