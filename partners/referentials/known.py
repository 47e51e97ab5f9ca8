"""Which codes exist, according to the lists now loaded.

For whoever checks a code. Each `known_…()` returns the set of codes, or None when no whole list is loaded: then the
form alone can be checked (`partners.codes`), and `unchecked()` says so in French. An extract (the demonstration's)
gives names and refuses nothing, hence None too.

    communes = known_communes()                       # once per file, not once per row
    wrong = not is_commune(code) or (communes is not None and code not in communes)

A call costs one small query; the set is kept in memory and read again when its list was loaded anew, by this process
or another, committed or rolled back: each loading has its own mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from partners.codes import GENERATIONS, is_commune
from partners.models import Certification, Commune, District, Occupation, Perimeter, Postcode, Referential
from partners.search import pattern
from partners.states import CommuneKind, ReferentialKind

Codes = frozenset[str]
MOST_COMMUNES = 500  # that share the beginning of a name
_kept: dict[tuple[str, str], tuple[UUID, Codes]] = {}


def known_communes() -> Codes | None:
    """INSEE codes of communes, delegated and associated communes and arrondissements; None without a whole list."""
    return known(ReferentialKind.COMMUNES, lambda: Commune.objects.values_list("code", flat=True))


def known_postcodes() -> Codes | None:
    """Postcodes; CEDEX are not in the public lists. None without a whole list."""
    return known(ReferentialKind.POSTCODES, lambda: Postcode.objects.values_list("code", flat=True))


def known_districts(generation: str = "2024") -> Codes | None:
    """QPV codes of a generation, "2024" or "2015", by its list, else by its perimeters; None without either."""
    by_list = known(
        ReferentialKind.DISTRICTS,
        lambda: District.objects.filter(generation=generation).values_list("code", flat=True),
        generation,
    )
    if by_list is not None:
        return by_list
    return known(
        ReferentialKind.PERIMETERS,
        lambda: Perimeter.objects.filter(generation=generation).values_list("code", flat=True),
        generation,
    )


def known_occupations() -> Codes | None:
    """ROME codes; None without a whole list."""
    return known(ReferentialKind.OCCUPATIONS, lambda: Occupation.objects.values_list("code", flat=True))


def known_certifications() -> Codes | None:
    """RNCP and RS numbers; None without a whole list."""
    return known(ReferentialKind.CERTIFICATIONS, lambda: Certification.objects.values_list("code", flat=True))


def known(kind: str, codes: Callable[[], Iterable[str]], generation: str = "") -> Codes | None:
    """The codes of a list, read once per loading."""
    mark = (
        Referential.objects.filter(kind=kind, generation=generation, partial=False)
        .values_list("load", flat=True)
        .first()
    )
    if mark is None:
        return None
    kept = _kept.get((kind, generation))
    if kept is None or kept[0] != mark:
        kept = _kept[kind, generation] = (mark, frozenset(codes()))
    return kept[1]


def unchecked() -> list[str]:
    """One French sentence for each list that is missing or is but an extract, in the order of the workbook's checks."""
    whole = set(Referential.objects.filter(partial=False).values_list("kind", "generation"))
    missing = [sentence for kind, generation, sentence in WITHOUT if (kind, generation) not in whole]
    if (ReferentialKind.PERIMETERS, GENERATIONS[0]) in whole and WITHOUT[1][2] in missing:
        missing.remove(WITHOUT[1][2])
    return missing


WITHOUT = (
    (
        ReferentialKind.COMMUNES,
        "",
        "Aucune liste complète des communes n’est chargée\u00a0: seule la forme des codes INSEE est vérifiée.",
    ),
    (
        ReferentialKind.DISTRICTS,
        GENERATIONS[0],
        "Aucune liste complète des quartiers prioritaires de 2024 n’est chargée\u00a0: seule la forme de leurs codes est vérifiée.",
    ),
    (
        ReferentialKind.OCCUPATIONS,
        "",
        "Aucune liste complète des métiers (ROME) n’est chargée\u00a0: seule la forme de leurs codes est vérifiée.",
    ),
)


def commune_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of communes by code, the commune of today winning over a delegated one of the same code; unknown ones absent."""
    rows = list(Commune.objects.filter(code__in=set(codes)).values_list("code", "name", "kind"))
    rows.sort(key=lambda row: row[2] == CommuneKind.CURRENT)
    return {code: name for code, name, _ in rows}


def communes_named(text: str) -> list[str]:
    """INSEE codes of the communes whose name starts with this text, accents aside; the code itself when it is one."""
    said = text.strip()
    if is_commune(said.upper()):
        return [said.upper()]
    return list(Commune.objects.filter(name__iregex=f"^{pattern(said)}").values_list("code", flat=True)[:MOST_COMMUNES])


def district_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of districts by code; unknown ones absent."""
    return dict(District.objects.filter(code__in=set(codes)).values_list("code", "name"))


def occupation_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of ROME trades by code; unknown ones absent."""
    return dict(Occupation.objects.filter(code__in=set(codes)).values_list("code", "name"))


def certification_names(codes: Iterable[str]) -> dict[str, str]:
    """Titles of certifications by number; unknown ones absent."""
    return dict(Certification.objects.filter(code__in=set(codes)).values_list("code", "name"))


def communes_served_by(postcode: str) -> list[str]:
    """INSEE codes of the communes a postcode serves, sorted; none when no list is loaded or the postcode is unknown."""
    return sorted(Postcode.objects.filter(code=postcode).values_list("commune", flat=True))
