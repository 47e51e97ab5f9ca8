"""References for what has none yet: made from the id, the same whoever asks and whenever."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from partners.bulk import load, reserve
from partners.models import Organisation

LETTERS = {"organisation": "ORG", "programme": "PROG", "agreement": "CONV", "cohort": "COH", "learner": "P"}


def give_references(
    reference: type[models.Model], noun: str, ids: Iterable[int], importer: Organisation | None
) -> dict[int, str]:
    """Name the objects `ids` for `importer` as P-12; returns id → reference. A reference already taken gets a suffix."""
    wanted = sorted(ids)
    made = {pk: f"{LETTERS[noun]}-{pk}" for pk in wanted}
    mine = reference._base_manager.filter(importer=importer)
    taken = set()
    for at in range(0, len(wanted), 500):
        taken |= set(mine.filter(code__in=[made[pk] for pk in wanted[at : at + 500]]).values_list("code", flat=True))
    while taken:
        for pk, code in made.items():
            made[pk] = f"{code}-bis" if code in taken else code
        taken = set(
            mine.filter(code__in=[code for code in made.values() if code.endswith("-bis")]).values_list(
                "code", flat=True
            )
        )
    importer_id = importer.pk if importer else None
    new = zip(reserve(reference, len(wanted)), wanted, strict=True)
    load(reference, ("id", "importer_id", "code", f"{noun}_id"), ((row, importer_id, made[pk], pk) for row, pk in new))
    return made
