"""A broken file is refused with a French sentence; its list stays as it was and the others still load.

Each fault is one change made to a file that loads: the control of every case is that very file.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from partners.models import District, Occupation, Perimeter, Referential
from partners.referentials.loading import load_folder
from tests import referential_files as files

pytestmark = pytest.mark.django_db
SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
PERIMETERS = files.geojson(files.feature("QN00101M", files.SQUARE), files.feature("QN00102M", files.BOW_TIE))
GOOD = {
    "v_commune_2025.csv": files.COG,
    "019HexaSmal.csv": files.HEXASMAL,
    "listeqp2024-cog2024.csv": files.ANCT_2024,
    "qpv2024_perimetres.geojson": PERIMETERS,
    "unix_referentiel_code_rome_v460_utf8.csv": files.ROME,
    "export_fiches_CSV_Standard_2026_02_01.csv": files.RNCP,
    "communes_cog2026.csv": "code_insee,nom,type,departement,region,lat,lon\n59350,Lille,commune-actuelle,59,32,50.6,3.0\n",
}
COG, POST, ANCT, SHAPES, ROME, RNCP, JOINED = GOOD
CASES = [
    (COG, '"59350"', '"5935X"', ["ligne 4", "colonne « COM »", "« 5935X »", "59350 ou 2A004"]),
    (COG, '"COMD"', '"COMX"', ["ligne 6", "colonne « TYPECOM »", "« COMX »", "COM, COMD, COMA, ARM"]),
    (COG, '"Lille","5999"', '"","5999"', ["ligne 4", "colonne « LIBELLE »", "vide"]),
    (COG, ',"01015"\n', ',"1O15"\n', ["ligne 6", "colonne « COMPARENT »", "« 1O15 »"]),
    (COG, '"COM","01015"', '"COM","59350"', ["ligne 5", "59350", "déjà à la ligne 4", "Gardez une seule"]),
    (COG, '"Paris 16e Arrondissement","","75056"\n', '"Par', ["ligne 8", "mal formé", "Téléchargez-le de nouveau"]),
    (
        COG,
        '"ARM","75116","11","75"',
        '"ARM","75116"\n"ARM","75116","11","75"',
        ["ligne 8", "2 cellules au lieu de 12", "coupé"],
    ),
    (COG, '"COMPARENT"', '"PARENT"', ["ligne 1", "« comparent »", "INSEE"]),
    (POST, ";59800;", ";5980O;", ["ligne 3", "colonne « Code_postal »", "« 5980O »", "59100"]),
    (POST, "LILLE;LOMME\n", "LILLE;LOM;ME\n", ["ligne 4", "6 cellules au lieu de 5", "guillemets"]),
    (ANCT, "QN00102M", "QN0010", ["ligne 3", "colonne « code_qp »", "« QN0010 »", "QN00101M"]),
    (ANCT, "13055;13070", "13055;130", ["ligne 5", "colonne « insee_com »", "« 130 »"]),
    (ANCT, "QN02A01M", "QP02A001", ["ligne 7", "mêle des quartiers de 2015 et de 2024"]),
    (ANCT, "Les Cannes", "C" * 300, ["ligne 7", "colonne « lib_qp »", "255"]),
    (SHAPES, "QN00102M", "QN00102", ["élément 2", "colonne « code_qp »", "« QN00102 »"]),
    (SHAPES, "QN00102M", "QP001002", ["2", "mêle des quartiers"]),
    (SHAPES, "[4.01, 50.01]", "[704.01, 6650.01]", ["élément 2", "degrés", "WGS84"]),
    (SHAPES, "[[[4.0,", "[[[null,", ["élément 2", "périmètre"]),
    (SHAPES, PERIMETERS[-40:], "", ["ligne 1", "mal formé"]),
    (SHAPES, '"type": "FeatureCollection"', '"crs": "EPSG:2154", "type": "FeatureCollection"', ["WGS84"]),
    (ROME, "M1805", "Z1805", ["ligne 2", "colonne « code_rome »", "« Z1805 »", "M1805"]),
    (ROME, "libelle_rome", "intitule", ["ligne 1", "« libelle_rome »", "France Travail"]),
    (RNCP, "RNCP37674", "37674", ["ligne 2", "colonne « Numero_Fiche »", "RNCP37674 ou RS5616"]),
    (
        RNCP,
        "01/09/2028",
        "31/09/2028",
        ["ligne 2", "colonne « Date_Fin_Enregistrement »", "« 31/09/2028 »", "01/09/2028"],
    ),
    (RNCP, '"INACTIVE"', '"PEUT-ETRE"', ["ligne 3", "colonne « Actif »", "ACTIVE ou INACTIVE"]),
    (JOINED, "50.6", "650.6", ["ligne 2", "colonne « lat »", "« 650.6 »", "-90 et 90"]),
    (JOINED, "50.6", "nord", ["ligne 2", "colonne « lat »", "« nord »"]),
]


def state() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = list(Referential.objects.order_by("pk").values_list("kind", "generation", "load"))
    for model in (District, Occupation, Perimeter):
        rows += model.objects.order_by("pk").values_list("pk", "code")
    return rows


@pytest.mark.parametrize(("name", "before", "after", "said"), CASES)
def test_one_fault_refuses_its_file_with_where_what_and_how(
    tmp_path: Path, name: str, before: str, after: str, said: list[str]
) -> None:
    path = files.write(tmp_path, name, GOOD[name])
    assert load_folder(tmp_path).refused == []
    loaded = state()
    path.write_text(GOOD[name].replace(before, after, 1), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != GOOD[name]

    [broken] = load_folder(tmp_path).refused

    sentence = str(broken).translate(SPACES)
    assert sentence.startswith(name)
    assert [part for part in said if part not in sentence] == []
    assert state() == loaded


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"code_rome,libelle_rome\nM1805,D\x81veloppeur\n", "pas un fichier de texte"),
        (b"code_rome,libelle_rome\nM1805,D\0veloppeur\n", "ligne 2 : le fichier contient des caractères nuls"),
        (b"code_rome,libelle_rome\n", "ne contient aucune ligne"),
        (b"", "n’a pas la colonne"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "unix_referentiel_code_rome_v460_utf8.csv").write_bytes(raw)

    [broken] = load_folder(tmp_path).refused

    assert said in str(broken).translate(SPACES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"code_qp": "QN00101M", "lib_qp": "x"}', "pas une collection"),
        ('[{"code_qp": "QN00101M", "lib_qp": "x"}]', "pas une collection"),
        ('{"features": [{"properties": {"code_qp": "QN00101M", "lib_qp": ""}}]}', "élément 1, colonne « lib_qp »"),
        ('{"features": [{"properties": {"code_qp": "QN00101M", "lib_qp": "x"}}]}', "le périmètre est illisible"),
        ('{"features": [7, {"properties": {"code_qp": "QN00101M", "lib_qp": "x"}}]}', "élément 1"),
        (files.geojson(files.feature("QN00101M", [[3, 50], [4, 51]], kind="LineString")), "le périmètre est vide"),
        ('{"features": []}', "n’a pas les propriétés"),
    ],
)
def test_a_geojson_of_another_shape_is_refused(tmp_path: Path, text: str, said: str) -> None:
    files.write(tmp_path, "qpv2024_perimetres.geojson", text)

    [broken] = load_folder(tmp_path).refused

    assert said in str(broken).translate(SPACES)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.write(tmp_path, ROME, files.ROME)
    opened = Path.open

    def locked(self: Path, *args: str) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args)

    monkeypatch.setattr(Path, "open", locked)

    [broken] = load_folder(tmp_path).refused

    assert "ne peut pas être lu" in str(broken)


def test_the_first_ten_faults_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    lines = ["code_rome,libelle_rome", *(f"Z{number:04d},Métier" for number in range(25))]
    files.write(tmp_path, "rome.csv", "\n".join(lines))

    [broken] = load_folder(tmp_path).refused

    assert [fault.line for fault in broken.faults] == list(range(2, 12))
    assert str(broken).endswith("et 15 autres fautes.")


def test_the_line_named_is_that_of_the_file_whatever_newlines_the_names_contain(tmp_path: Path) -> None:
    text = 'code_rome,libelle_rome\nM1805,"Dévelop\npeur\n\nweb"\n\nZ9999,Faux\n'
    files.write(tmp_path, "rome.csv", text)

    [broken] = load_folder(tmp_path).refused

    assert [fault.line for fault in broken.faults] == [text[: text.index("Z9999")].count("\n") + 1]


def test_the_same_row_twice_is_one_row(tmp_path: Path) -> None:
    files.write(tmp_path, "rome.csv", files.ROME + files.ROME.splitlines()[1] + "\n")

    assert load_folder(tmp_path).refused == []
    assert Occupation.objects.count() == 2


def test_the_other_lists_load_and_the_command_ends_in_failure(tmp_path: Path) -> None:
    for name in (ROME, ANCT):
        files.write(tmp_path, name, GOOD[name])
    files.write(tmp_path, RNCP, files.RNCP.replace("RNCP37674", "37674"))
    errors = StringIO()

    with pytest.raises(CommandError, match="1 fichier refusé"):
        call_command("load_referentials", str(tmp_path), stdout=StringIO(), stderr=errors)

    assert errors.getvalue().startswith(RNCP)
    assert set(Referential.objects.values_list("kind", flat=True)) == {"occupations", "districts"}
