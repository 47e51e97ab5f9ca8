"""The postcodes: La Poste's *base officielle des codes postaux*, and the DGFiP list of the open data folder."""

from __future__ import annotations

from partners.codes import is_commune, is_postcode
from partners.models import Postcode
from partners.referentials.listings import Listing, lines_with
from partners.referentials.tables import Layout, Line
from partners.states import ReferentialKind

LAYOUTS = (
    Layout(
        publisher="La Poste, base officielle des codes postaux (019HexaSmal.csv)",
        names=("*hexasmal*.csv", "base-officielle-codes-postaux*.csv"),
        columns={"commune": "code_commune_insee", "code": "code_postal"},
        extra={"name": "nom_de_la_commune"},
    ),
    Layout(
        publisher="DGFiP, codes postaux par commune (codes_postaux_commune.csv)",
        names=("codes_postaux_*.csv",),
        columns={"commune": "code_insee", "code": "code_postal", "name": "nom_commune"},
    ),
)


def read(line: Line) -> Postcode:
    """One pair; a postcode serves several communes and a commune has several postcodes."""
    return Postcode(
        code=line.code("code", is_postcode, "59100"),
        commune=line.code("commune", is_commune, "59512 ou 2A004"),
    )


LISTING = Listing(
    kind=ReferentialKind.POSTCODES, model=Postcode, layouts=LAYOUTS, collect=lines_with(read), key=("code", "commune")
)
