"""The communes: INSEE's *code officiel géographique*, and the joined list of the open data folder."""

from __future__ import annotations

from partners.codes import is_commune
from partners.models import Commune
from partners.referentials.listings import Listing, lines_with
from partners.referentials.tables import Layout, Line
from partners.states import CommuneKind, ReferentialKind

LAYOUTS = (
    Layout(
        publisher="INSEE, code officiel géographique, communes (v_commune_AAAA.csv)",
        names=("v_commune_[0-9][0-9][0-9][0-9]*.csv", "commune_[0-9][0-9][0-9][0-9].csv"),
        columns={"kind": "typecom", "code": "com", "name": "libelle", "parent": "comparent"},
        extra={"department": "dep", "region": "reg"},
        values={
            "COM": CommuneKind.CURRENT,
            "COMD": CommuneKind.DELEGATED,
            "COMA": CommuneKind.ASSOCIATED,
            "ARM": CommuneKind.ARRONDISSEMENT,
        },
    ),
    Layout(
        publisher="INSEE, communes des collectivités d’outre-mer (v_commune_comer_AAAA.csv)",
        names=("v_commune_comer_*.csv",),
        columns={"code": "com_comer", "name": "libelle", "department": "comer"},
        complement=True,
    ),
    Layout(
        publisher="communes jointes (communes_cogAAAA.csv)",
        names=("communes_cog*.csv", "communes_extrait*.csv"),
        columns={"code": "code_insee", "name": "nom", "kind": "type", "department": "departement", "region": "region"},
        extra={"parent": "chef_lieu_ou_commune_mere", "latitude": "lat", "longitude": "lon"},
        values={
            "commune-actuelle": CommuneKind.CURRENT,
            "commune-deleguee": CommuneKind.DELEGATED,
            "commune-associee": CommuneKind.ASSOCIATED,
            "arrondissement-municipal": CommuneKind.ARRONDISSEMENT,
        },
    ),
)
EXAMPLE = "59350 ou 2A004"


def read(line: Line) -> Commune:
    """One commune. INSEE leaves the département of delegated and associated communes blank: the code gives it."""
    code = line.code("code", is_commune, EXAMPLE)
    return Commune(
        code=code,
        name=line.text("name", 100),
        kind=line.kind() if line.layout.values else CommuneKind.CURRENT,
        parent=line.code("parent", is_commune, EXAMPLE) if line.get("parent") else "",
        department=line.get("department") or department(code),
        region=line.get("region"),
        latitude=line.degrees("latitude", 90),
        longitude=line.degrees("longitude", 180),
    )


def department(code: str) -> str:
    """The département of a commune: two characters, three overseas."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


LISTING = Listing(
    kind=ReferentialKind.COMMUNES, model=Commune, layouts=LAYOUTS, collect=lines_with(read), key=("code", "kind")
)
