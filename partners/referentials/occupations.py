"""The trades: France Travail's ROME."""

from __future__ import annotations

from partners.codes import is_occupation
from partners.models import Occupation
from partners.referentials.listings import Listing, lines_with
from partners.referentials.tables import Layout, Line
from partners.states import ReferentialKind

LAYOUTS = (
    Layout(
        publisher="France Travail, ROME (unix_referentiel_code_rome_vNNN_utf8.csv)",
        names=("unix_referentiel_code_rome_v*.csv", "rome4_codes_v*.csv"),
        columns={"code": "code_rome", "name": "libelle_rome"},
    ),
)


def read(line: Line) -> Occupation:
    return Occupation(code=line.code("code", is_occupation, "M1805"), name=line.text("name", 255))


LISTING = Listing(
    kind=ReferentialKind.OCCUPATIONS, model=Occupation, layouts=LAYOUTS, collect=lines_with(read), key=("code",)
)
