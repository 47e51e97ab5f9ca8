"""The certifications of the RNCP and of the RS: France compétences, and the digital extract of the Carif-Oref network."""

from __future__ import annotations

import re
from datetime import date

from partners.codes import is_certification
from partners.models import Certification
from partners.referentials.listings import Listing, lines_with
from partners.referentials.tables import BadCell, Layout, Line
from partners.states import ReferentialKind

LAYOUTS = (
    Layout(
        publisher="France compétences, fiches RNCP et RS (export_fiches_CSV_Standard_AAAA_MM_JJ.csv)",
        names=("export_fiches_csv_standard_*.csv",),
        columns={"code": "numero_fiche", "name": "intitule"},
        extra={"level": "nomenclature_europe_niveau", "active": "actif", "ends_on": "date_fin_enregistrement"},
    ),
    Layout(
        publisher="réseau des Carif-Oref, certifications du numérique (rncp_numerique_AAAA-MM.csv)",
        names=("rncp_numerique*.csv", "rncp_extrait*.csv"),
        columns={"code": "rncp", "name": "intitule"},
        extra={"level": "niveau", "active": "actif", "ends_on": "echeance"},
        partial=True,
    ),
)
ACTIVE = {"ACTIVE": True, "INACTIVE": False, "": None}
LEVEL = re.compile(r"(?:NIV|Niveau )?([2-8])", re.IGNORECASE)


def read(line: Line) -> Certification:
    """One certification. A level that is none of 2 to 8 (« sans niveau ») is left blank: the RS has none."""
    level = LEVEL.fullmatch(line.get("level"))
    active = line.get("active").upper()
    if active not in ACTIVE:
        raise BadCell(
            line.fault("active", f"«\u00a0{active}\u00a0» n’est pas un état.", "Attendu\u00a0: ACTIVE ou INACTIVE.")
        )
    return Certification(
        code=line.code("code", is_certification, "RNCP37674 ou RS5616"),
        name=line.text("name", 2000),
        level=level[1] if level else "",
        active=ACTIVE[active],
        ends_on=day(line),
    )


def day(line: Line) -> date | None:
    """The end of registration, written JJ/MM/AAAA or AAAA-MM-JJ (a time may follow), or blank."""
    written = line.get("ends_on")[:10]
    if not written:
        return None
    parts = written.split("/")[::-1] if "/" in written else written.split("-")
    try:
        year, month, number = map(int, parts)
        return date(year, month, number)
    except ValueError as error:
        what = f"«\u00a0{written}\u00a0» n’est pas une date."
        raise BadCell(line.fault("ends_on", what, "Écrivez-la comme 01/09/2028.")) from error


LISTING = Listing(
    kind=ReferentialKind.CERTIFICATIONS, model=Certification, layouts=LAYOUTS, collect=lines_with(read), key=("code",)
)
