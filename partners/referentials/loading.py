"""A list replaced, whole or not at all; what was done is told in French."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from partners.models import Referential
from partners.referentials.finding import Candidate, Found, find
from partners.referentials.listings import Collected, count
from partners.referentials.tables import Broken
from partners.states import CommuneKind, ReferentialKind

BATCH = 2_000


@dataclass
class Outcome:
    """What a loading did. `said`: one French sentence per list; `refused`: the files that were not loaded, and why."""

    said: list[str] = field(default_factory=list)
    refused: list[Broken] = field(default_factory=list)
    loaded: int = 0
    unchanged: int = 0


def load_folder(folder: Path) -> Outcome:
    """Load every list found below `folder`, each in its own transaction: a broken file leaves its list as it was."""
    outcome = Outcome()
    found = find(folder)
    outcome.refused += found.broken
    for candidate, complements in found.chosen:
        try:
            outcome.said.append(load(candidate, complements, folder, outcome))
        except Broken as broken:
            outcome.refused.append(broken)
    outcome.said += remarks(found, folder)
    return outcome


def load(candidate: Candidate, complements: list[Candidate], folder: Path, outcome: Outcome) -> str:
    """Replace one list by a file and its complements, and say so. Raises Broken, with nothing written."""
    contents = [(one, one.path.read_bytes()) for one in (candidate, *complements)]
    digest = hashlib.sha256(b"".join(raw for _, raw in contents)).hexdigest()
    present = Referential.objects.filter(kind=candidate.listing.kind, generation=candidate.generation).first()
    name = title(candidate)
    if present and candidate.partial and not present.partial:
        outcome.unchanged += 1
        return f"{name}\u00a0: {candidate.path.name} n’est qu’un extrait, la liste complète déjà chargée est gardée."
    if present and present.sha256 == digest and present.version == candidate.version:
        outcome.unchanged += 1
        return f"{name}\u00a0: déjà chargée du même fichier ({number(present.rows)}), rien à changer."
    rows = collect(contents)
    replace(candidate, rows, digest)
    outcome.loaded += 1
    return told(name, candidate, rows, complements, folder)


def collect(contents: list[tuple[Candidate, bytes]]) -> list[Model]:
    """The rows of a file and of its complements; the file wins where both name the same row."""
    rows: list[Model] = []
    main: Collected | None = None
    for one, raw in contents:
        collected = one.listing.collect(one.listing, one.path, raw, one.layout, main)
        main = main or collected
        rows += collected.rows
    return rows


@transaction.atomic
def replace(candidate: Candidate, rows: list[Model], digest: str) -> None:
    """Write the list in the place of the former one. Two loadings at once wait for each other on the list's own row."""
    listing = candidate.listing
    Referential.objects.update_or_create(
        kind=listing.kind,
        generation=candidate.generation,
        defaults={
            "version": candidate.version,
            "source": candidate.path.name[:255],
            "sha256": digest,
            "rows": len(rows),
            "partial": candidate.partial,
            "load": uuid.uuid4(),
            "loaded_at": timezone.now(),
        },
    )
    manager = listing.model._default_manager
    former = manager.filter(**{listing.generation: candidate.generation}) if listing.generation else manager.all()
    former.delete()
    manager.bulk_create(rows, batch_size=BATCH)


def title(candidate: Candidate) -> str:
    """« Quartiers prioritaires 2024 »."""
    label = str(ReferentialKind(candidate.listing.kind).label)
    return f"{label[:1].upper()}{label[1:]} {candidate.generation}".strip()


def number(rows: int) -> str:
    """« 1 584 lignes », with no-break spaces."""
    return f"{rows:,}".replace(",", "\u00a0") + ("\u00a0lignes" if rows > 1 else "\u00a0ligne")


def told(name: str, candidate: Candidate, rows: list[Model], complements: list[Candidate], folder: Path) -> str:
    version = f"millésime {candidate.version}" if candidate.version else "sans millésime dans le nom du fichier"
    files = " et ".join(str(one.path.relative_to(folder)) for one in (candidate, *complements))
    sentence = f"{name}\u00a0: {number(len(rows))}, {version}, lues dans {files}"
    if candidate.listing.kind == ReferentialKind.COMMUNES:
        kinds = [
            f"{CommuneKind(kind).label} {total:,}".replace(",", "\u00a0") for kind, total in count(rows, "kind").items()
        ]
        sentence += f" ({', '.join(kinds)})"
    if candidate.partial:
        sentence += ". C’est un extrait\u00a0: il donne des intitulés, mais ne sert pas à refuser un code"
    return f"{sentence}."


def remarks(found: Found, folder: Path) -> list[str]:
    """Files seen and not loaded."""
    lists = {candidate.listing.kind for candidate, _ in found.chosen}
    said = [f"Laissé de côté\u00a0: {one.path.relative_to(folder)}, {reason(one, lists)}." for one in found.aside]
    said += [
        f"Non lue\u00a0: l’archive {path.relative_to(folder)}. Décompressez-la dans le dossier."
        for path in found.archives
    ]
    return said


def reason(candidate: Candidate, lists: set[ReferentialKind]) -> str:
    if candidate.layout.complement and candidate.listing.kind not in lists:
        return "qui complète un fichier absent du dossier"
    return "un autre fichier de la même liste est préféré"
