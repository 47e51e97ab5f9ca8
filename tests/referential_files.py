"""Files as the publishers of public lists write them, a few lines each, with the traps they really contain."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "partners" / "referentials" / "demo"

COG = """\
"TYPECOM","COM","REG","DEP","CTCD","ARR","TNCC","NCC","NCCENR","LIBELLE","CAN","COMPARENT"
"COM","01004","84","01","01D","011","1","AMBERIEU EN BUGEY","Ambérieu-en-Bugey","Ambérieu-en-Bugey","0101",""
"COM","2A004","94","2A","20R","2A1","1","AJACCIO","Ajaccio","Ajaccio","2A99",""
"COM","59350","32","59","59D","595","0","LILLE","Lille","Lille","5999",""
"COM","01015","84","01","01D","011","1","ARBOYS EN BUGEY","Arboys en Bugey","Arboys en Bugey","0104",""
"COMD","01015","","","","","1","ARBIGNIEU","Arbignieu","Arbignieu","","01015"
"COMA","59355","","","","","0","LOMME","Lomme","Lomme","","59350"
"ARM","75116","11","75","75C","751","0","PARIS 16","Paris 16e Arrondissement","Paris 16e Arrondissement","","75056"
"""
COMER = """\
"COM_COMER","TNCC","NCC","NCCENR","LIBELLE","NATURE_ZONAGE","COMER","LIBELLE_COMER"
"97502","0","SAINT PIERRE","Saint-Pierre","Saint-Pierre","COM","975","Saint-Pierre-et-Miquelon"
"""
# cp1252, a `#` before the first column, one line per locality, hence the same pair twice.
HEXASMAL = """\
#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5
59350;LILLE;59000;LILLE;
59350;LILLE;59800;LILLE;
59355;LILLE;59160;LILLE;LOMME
59355;LILLE;59160;LILLE;LOMME DÉLIVRANCE
2A004;AJACCIO;20000;AJACCIO;
1004;AMBERIEU EN BUGEY;1500;AMBERIEU EN BUGEY;
"""
# BOM, trailing empty columns, wrapped and zero-less codes, several communes in a cell, newlines in names.
ANCT_2024 = '''\
\ufeffcode_qp;lib_qp;insee_reg;lib_reg;insee_dep;lib_dep;insee_com;lib_com;siren_epci;lib_epci;;
QN00101M;Grande Reyssouze;84;AURA;1;Ain;="01004";Ambérieu;240100883;CC;;
QN00102M;"Croix
Blanche";84;AURA;1;Ain;1053;Bourg-en-Bresse;240100883;CA;;
QN01301M;Grand sud;93;PACA;13;Bouches-du-Rhône;"13055;13070";"Marseille;Penne";200054807;Métropole;;
QN01302N;Huveaune;93;PACA;13;Bouches-du-Rhône;"=""13211""";Marseille 11e;200054807;Métropole;;
QN02A01M;Les Cannes;94;Corse;2A;Corse-du-Sud;2A004;Ajaccio;242010056;CA;;
;;;;;;;;;;;
'''
ANCT_2015 = """\
CODE_QP;NOM_QP;COMMUNE_QP
QP006005;Les Moulins - Le Point Du Jour;Nice
QP02A001;Les Cannes - Les Salines;Ajaccio
"""
ROME = """\
code_rome,code_fiche_em,code_ogr,libelle_rome,statut
M1805,12,475,Développeur / Développeuse informatique,1
K1304,13,476,"Employé familial, employée familiale",1
"""
RNCP = '''\
"Id_Fiche";"Numero_Fiche";"Intitule";"Nomenclature_Europe_Niveau";"Date_Fin_Enregistrement";"Actif"
"1";"RNCP37674";"Développeur web ; web mobile";"NIV5";"01/09/2028";"ACTIVE"
"2";"RS5616";"Certificat ""Pix""";"";"";"INACTIVE"
"3";"RNCP1";"Sans niveau";"REPRISE";"2028-09-01";"ACTIVE"
'''
SQUARE = [[[3.0, 50.0], [3.01, 50.0], [3.01, 50.01], [3.0, 50.01], [3.0, 50.0]]]
BOW_TIE = [[[4.0, 50.0], [4.01, 50.01], [4.01, 50.0], [4.0, 50.01], [4.0, 50.0]]]


def feature(code: str, coordinates: Any, name: str = "Un quartier", kind: str = "Polygon") -> dict[str, Any]:
    """A district as a GeoJSON feature, columns in capitals as some releases write them."""
    return {
        "type": "Feature",
        "properties": {"CODE_QP": code, "LIB_QP": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def geojson(*features: Any, **more: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """`text` as a file of `folder`, whose parents are made."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def publishers(folder: Path) -> Path:
    """One folder with every publisher's own file, some of them in sub-folders."""
    write(folder, "insee/v_commune_2025.csv", COG)
    write(folder, "insee/v_commune_comer_2025.csv", COMER)
    write(folder, "019HexaSmal.csv", HEXASMAL, "cp1252")
    write(folder, "anct/listeqp2024-cog2024.csv", ANCT_2024)
    write(folder, "anct/listeqp2015.csv", ANCT_2015)
    write(
        folder, "anct/QP2024_France_WGS84.geojson", geojson(feature("QN00101M", SQUARE), feature("QN00102M", BOW_TIE))
    )
    write(folder, "unix_referentiel_code_rome_v460_utf8.csv", ROME)
    write(folder, "export_fiches_CSV_Standard_2026_02_01.csv", RNCP)
    return folder


def real_data() -> Path:
    """The folder of real public data, or a skip that says where it is looked for."""
    folder = Path(os.environ.get("RELAIS_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"Real public data not found in {folder}: set RELAIS_DATA to run these tests.")
    return folder
