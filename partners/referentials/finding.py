"""Which files below a folder are which list: by their header first, by their name to choose between two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from partners.codes import district_generation
from partners.referentials import certifications, communes, districts, occupations, perimeters, postcodes
from partners.referentials.listings import Listing
from partners.referentials.tables import (
    HEAD_BYTES,
    Broken,
    Fault,
    Layout,
    decode,
    first_row,
    plain,
    split_header,
    unwrap,
)

LISTINGS = (
    communes.LISTING,
    postcodes.LISTING,
    districts.LISTING,
    perimeters.LISTING,
    occupations.LISTING,
    certifications.LISTING,
)
EXTRACT = "extrait"
# From the most to the least precise: 2026_02_01, 2025-01, v460, cog2026, 2024.
VERSIONS = (
    re.compile(r"(20\d{2})[_-]?([01]\d)[_-]?([0-3]\d)(?!\d)"),
    re.compile(r"(20\d{2})[_-]([01]\d)(?!\d)"),
    re.compile(r"(v\d{3})(?!\d)"),
    re.compile(r"cog(20\d{2})"),
    re.compile(r"(20\d{2})"),
)
CODE_IN_JSON = re.compile(r'"code_qp"\s*:\s*"([^"]*)"', re.IGNORECASE)
ARCHIVES = (
    "cog_ensemble*.zip",
    "export-fiches-csv*.zip",
    "refrome*.zip",
    "*rome*csv*.zip",
    "qp2024*.zip",
    "*hexasmal*.zip",
)


@dataclass(frozen=True)
class Candidate:
    """A file recognised as a list, whole or not."""

    path: Path
    listing: Listing
    layout: Layout
    generation: str
    version: str
    partial: bool
    named: bool

    @property
    def rank(self) -> tuple[bool, bool, str, str]:
        """Whole lists before extracts, the publisher's own name, then the latest version."""
        return (not self.partial, self.named, self.version, str(self.path))


@dataclass
class Found:
    """What a folder holds: per list and generation the file to load and its complements, what is set aside, what is wrong."""

    chosen: list[tuple[Candidate, list[Candidate]]] = field(default_factory=list)
    aside: list[Candidate] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    archives: list[Path] = field(default_factory=list)


def find(folder: Path) -> Found:
    """Look at the head of every file below `folder`; nothing is read whole."""
    found = Found()
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for path in files_below(folder):
        if any(fnmatch(path.name.lower(), pattern) for pattern in ARCHIVES):
            found.archives.append(path)
        candidate = looked_at(path, found)
        if candidate:
            groups.setdefault((candidate.listing.kind, candidate.generation), []).append(candidate)
    for listing in LISTINGS:
        for (kind, _), candidates in sorted(groups.items(), reverse=True):
            if kind == listing.kind:
                choose(candidates, found)
    return found


def looked_at(path: Path, found: Found) -> Candidate | None:
    """What `recognise` says of a file, its refusal kept in `found`."""
    try:
        return recognise(path)
    except Broken as broken:
        found.broken.append(broken)
    except OSError as error:
        fault = Fault(f"le fichier ne peut pas être lu ({error.strerror}).", "Vérifiez vos droits sur ce fichier.")
        found.broken.append(Broken(path.name, fault))
    return None


def files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "~$")):
            yield path


def choose(candidates: list[Candidate], found: Found) -> None:
    """The best file that stands alone, with the best complement; the others are set aside."""
    candidates.sort(key=lambda one: one.rank, reverse=True)
    alone = [one for one in candidates if not one.layout.complement]
    complements = [one for one in candidates if one.layout.complement]
    if not alone:
        found.aside += complements
        return
    found.chosen.append((alone[0], complements[:1]))
    found.aside += alone[1:] + complements[1:]


def recognise(path: Path) -> Candidate | None:
    """The list a file holds, None for any other file; Broken when it has a list's name without its columns."""
    suffix = path.suffix.lower()
    if suffix in (".csv", ".txt"):
        return recognise_table(path)
    if suffix in (".geojson", ".json"):
        return recognise_perimeters(path)
    return None


def recognise_table(path: Path) -> Candidate | None:
    text = head(path)
    header, separator = split_header(text)
    for listing in LISTINGS:
        if listing is perimeters.LISTING:
            continue
        for layout in listing.layouts:
            if layout.fits(header):
                return candidate(path, listing, layout, first_code(text, header, separator, layout))
    must_have_its_columns(path, header)
    return None


def must_have_its_columns(path: Path, header: list[str]) -> None:
    """A file named as a publisher names it, but without the columns: damaged, or of a shape not known yet."""
    for listing in LISTINGS:
        for layout in listing.layouts:
            if listing is not perimeters.LISTING and is_named(path, layout):
                missing = ", ".join(f"«\u00a0{name}\u00a0»" for name in layout.missing(header))
                what = f"la ligne d’en-tête n’a pas la colonne {missing}."
                raise Broken(path.name, Fault(what, f"Attendu\u00a0: {layout.publisher}. {AGAIN}", 1))


AGAIN = "Téléchargez le fichier de nouveau, ou retirez-le du dossier."


def recognise_perimeters(path: Path) -> Candidate | None:
    """A GeoJSON is told by its first feature, in its first bytes."""
    text = head(path)
    found = CODE_IN_JSON.search(text)
    for layout in perimeters.LAYOUTS:
        if found and f'"{layout.columns["name"]}"' in text.lower():
            return candidate(path, perimeters.LISTING, layout, found[1])
    if any(is_named(path, layout) for layout in perimeters.LAYOUTS):
        raise Broken(
            path.name,
            Fault("le premier élément n’a pas les propriétés «\u00a0code_qp\u00a0» et «\u00a0lib_qp\u00a0».", AGAIN),
        )
    return None


def candidate(path: Path, listing: Listing, layout: Layout, code: str) -> Candidate:
    generation = (district_generation(code) or "2024") if listing.generation else ""
    partial = layout.partial or EXTRACT in path.name.lower()
    return Candidate(path, listing, layout, generation, version_in(path.name), partial, is_named(path, layout))


def first_code(text: str, header: list[str], separator: str, layout: Layout) -> str:
    """The code of the first line, "" when there is none to read: the reading of the whole file will say why."""
    place = [plain(name) for name in header].index(layout.columns["code"])
    cells = first_row(text, separator, skip=1)
    return unwrap(cells[place]).upper() if place < len(cells) else ""


def head(path: Path) -> str:
    """The beginning of a file as text, be it garbled: the reading of the whole file refuses what is not text."""
    with path.open("rb") as file:
        raw = file.read(HEAD_BYTES)
    try:
        return decode(raw, cut=len(raw) == HEAD_BYTES)
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def is_named(path: Path, layout: Layout) -> bool:
    return any(fnmatch(path.name.lower(), pattern) for pattern in layout.names)


def version_in(name: str) -> str:
    """The vintage a file name carries: "2026-02-01", "2025-01", "v460", "2026", or ""."""
    for pattern in VERSIONS:
        found = pattern.search(name.lower())
        if found:
            return "-".join(found.groups())
    return ""
