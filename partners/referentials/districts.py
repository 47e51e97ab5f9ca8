"""The lists of priority districts (QPV), of 2024 and of 2015, as the ANCT publishes them."""

from __future__ import annotations

import re

from partners.codes import district_generation, is_commune, is_district
from partners.models import District
from partners.referentials.listings import Listing, lines_with
from partners.referentials.tables import BadCell, Layout, Line, with_zero
from partners.states import ReferentialKind

LAYOUTS = (
    Layout(
        publisher="ANCT, liste des quartiers prioritaires 2024 (listeqp2024-cog2024.csv)",
        names=("listeqp2024*.csv",),
        columns={"code": "code_qp", "name": "lib_qp", "communes": "insee_com"},
    ),
    Layout(
        publisher="quartiers prioritaires 2024 avec leur point intérieur (qpv2024_liste.csv)",
        names=("qpv2024_liste*.csv", "qpv2024_extrait*.csv"),
        columns={"code": "code_qp", "name": "lib_qp", "communes": "codes_insee"},
    ),
    Layout(
        publisher="ANCT, liste des quartiers prioritaires 2015 (CODE_QP, NOM_QP)",
        names=("listeqp2015*.csv", "qpv2015*.csv", "liste*qp*2015*.csv"),
        columns={"code": "code_qp", "name": "nom_qp"},
        extra={"communes": "insee_com"},
    ),
)
# Several communes stand in one cell: `13055;13070`, `02571|02691`, each maybe wrapped as `="13055"`.
BETWEEN = re.compile(r"[;,|/\s]+")
EXAMPLE = "QN00101M (liste de 2024) ou QP059001 (liste de 2015)"


def read(line: Line) -> District:
    """One district and its communes, arrondissements of Paris, Lyon and Marseille as published."""
    code = line.code("code", is_district, EXAMPLE)
    return District(
        code=code, generation=district_generation(code) or "", name=line.text("name", 255), communes=communes_in(line)
    )


def communes_in(line: Line) -> list[str]:
    """The INSEE codes of a cell, zeros given back, sorted."""
    parts = (part.strip('="') for part in BETWEEN.split(line.get("communes")))
    codes = {with_zero(part) for part in parts if part}
    for code in codes:
        if not is_commune(code):
            what = f"«\u00a0{code}\u00a0» n’est pas un code INSEE de commune."
            raise BadCell(
                line.fault("communes", what, "Écrivez-le comme 59512, plusieurs séparés par «\u00a0;\u00a0».")
            )
    return sorted(codes)


LISTING = Listing(
    kind=ReferentialKind.DISTRICTS,
    model=District,
    layouts=LAYOUTS,
    collect=lines_with(read),
    key=("code",),
    generation="generation",
)
