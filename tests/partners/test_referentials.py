"""Public lists read as their publishers write them, loaded once, told in French."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely import from_wkb, is_valid

from partners.models import Certification, Commune, District, Occupation, Perimeter, Postcode, Referential
from partners.referentials.finding import version_in
from partners.referentials.known import known_communes
from partners.referentials.loading import load_folder, replace
from tests import referential_files as files

pytestmark = pytest.mark.django_db


def said(folder: Path) -> str:
    """What the command prints, its no-break spaces made plain."""
    out = StringIO()
    call_command("load_referentials", str(folder), stdout=out)
    return out.getvalue().replace("\u00a0", " ")


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every list, without what changes at each loading."""
    models = (Commune, Postcode, District, Perimeter, Occupation, Certification)
    rows = {
        model.__name__: [tuple(map(str, row)) for row in model.objects.order_by("pk").values_list()] for model in models
    }
    rows["Referential"] = list(
        Referential.objects.order_by("pk").values_list("kind", "generation", "sha256", "rows", "load")
    )
    return rows


def test_communes_of_insee_are_read_with_their_kinds_and_those_overseas_are_added(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    rows = set(Commune.objects.values_list("code", "kind", "parent", "department", "region"))
    assert rows == {
        ("01004", "current", "", "01", "84"),
        ("2A004", "current", "", "2A", "94"),
        ("59350", "current", "", "59", "32"),
        ("01015", "current", "", "01", "84"),
        ("01015", "delegated", "01015", "01", ""),
        ("59355", "associated", "59350", "59", ""),
        ("75116", "arrondissement", "75056", "75", "11"),
        ("97502", "current", "", "975", ""),
    }
    assert Referential.objects.get(kind="communes").rows == 8
    assert Commune.objects.get(code="59355").name == "Lomme"


def test_postcodes_of_la_poste_lose_their_repetitions_and_find_their_zero_again(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    assert set(Postcode.objects.values_list("code", "commune")) == {
        ("59000", "59350"),
        ("59800", "59350"),
        ("59160", "59355"),
        ("20000", "2A004"),
        ("01500", "01004"),
    }


def test_the_list_of_2024_is_read_with_all_the_traps_of_its_publisher(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    rows = {row.code: (row.name, row.communes) for row in District.objects.filter(generation="2024")}
    assert rows == {
        "QN00101M": ("Grande Reyssouze", ["01004"]),
        "QN00102M": ("Croix Blanche", ["01053"]),
        "QN01301M": ("Grand sud", ["13055", "13070"]),
        "QN01302N": ("Huveaune", ["13211"]),
        "QN02A01M": ("Les Cannes", ["2A004"]),
    }


def test_the_lists_of_2015_and_of_2024_live_side_by_side(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    assert list(District.objects.filter(generation="2015").values_list("code", flat=True)) == ["QP006005", "QP02A001"]
    files.write(tmp_path, "anct/listeqp2015.csv", files.ANCT_2015.splitlines()[0] + "\nQP059001;Alma;Roubaix\n")
    load_folder(tmp_path)
    assert list(District.objects.filter(generation="2015").values_list("code", flat=True)) == ["QP059001"]
    assert District.objects.filter(generation="2024").count() == 5


def test_a_crossed_outline_is_mended_into_polygons(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    outlines = {row.code: from_wkb(bytes(row.shape)) for row in Perimeter.objects.all()}
    assert sorted(outlines) == ["QN00101M", "QN00102M"]
    assert all(is_valid(outline) and outline.geom_type == "MultiPolygon" for outline in outlines.values())
    assert len(outlines["QN00102M"].geoms) == 2


def test_trades_and_certifications_are_read(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    assert dict(Occupation.objects.values_list("code", "name")) == {
        "M1805": "Développeur / Développeuse informatique",
        "K1304": "Employé familial, employée familiale",
    }
    assert set(Certification.objects.values_list("code", "name", "level", "active", "ends_on")) == {
        ("RNCP37674", "Développeur web ; web mobile", "5", True, date(2028, 9, 1)),
        ("RS5616", 'Certificat "Pix"', "", False, None),
        ("RNCP1", "Sans niveau", "", True, date(2028, 9, 1)),
    }


def test_the_command_says_what_it_loaded_from_where_and_of_which_vintage(tmp_path: Path) -> None:
    text = said(files.publishers(tmp_path))

    assert (
        "Communes : 8 lignes, millésime 2025, lues dans insee/v_commune_2025.csv et insee/v_commune_comer_2025.csv"
        in text
    )
    assert "commune déléguée 1" in text
    assert "Codes postaux : 5 lignes, sans millésime" in text
    assert "Métiers (ROME) : 2 lignes, millésime v460" in text
    assert "Certifications (RNCP et RS) : 3 lignes, millésime 2026-02-01" in text
    assert "Non trouvé" not in text


def test_the_command_says_what_it_did_not_find_and_what_stays_unchecked(tmp_path: Path) -> None:
    files.write(tmp_path, "rome.csv", files.ROME)

    text = said(tmp_path)

    assert "Non trouvé : communes. Fichier attendu : INSEE" in text
    assert "Non trouvé : quartiers prioritaires 2024." in text
    assert "Non trouvé : quartiers prioritaires 2015." in text
    assert "Non trouvé : métiers" not in text
    assert "Aucune liste complète des communes n’est chargée" in text


def test_loading_the_same_files_again_writes_nothing(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))
    before = everything()

    with CaptureQueriesContext(connection) as queries:
        outcome = load_folder(tmp_path)

    assert everything() == before
    assert outcome.loaded == 0
    assert outcome.unchanged == 7
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_a_new_vintage_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))
    shorter = "".join(line for line in files.COG.splitlines(keepends=True) if "59350" not in line)
    files.write(tmp_path, "insee/v_commune_2026.csv", shorter)

    text = said(tmp_path)

    assert Referential.objects.get(kind="communes").version == "2026"
    assert not Commune.objects.filter(code="59350").exists()
    assert "Laissé de côté : insee/v_commune_2025.csv" in text


def test_an_extract_names_codes_but_never_replaces_a_whole_list(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))
    before = everything()

    outcome = load_folder(files.DEMO)

    assert everything() == before
    assert all("extrait" in sentence for sentence in outcome.said)


def test_a_whole_list_takes_the_place_of_an_extract(tmp_path: Path) -> None:
    load_folder(files.DEMO)
    assert known_communes() is None

    load_folder(files.publishers(tmp_path))

    assert known_communes() == {"01004", "2A004", "59350", "01015", "59355", "75116", "97502"}


def test_files_of_other_matters_are_left_alone(tmp_path: Path) -> None:
    files.publishers(tmp_path)
    files.write(tmp_path, "zones_emploi_communes.csv", "code_commune,code_zone_emploi\n01001,8405\n")
    files.write(
        tmp_path, "unix_referentiel_appellation_v460_utf8.csv", "code_ogr,libelle_appellation,code_rome\n1,A,M1805\n"
    )
    files.write(tmp_path, "departements.json", '[{"code": "59"}]')
    (tmp_path / "photo.csv").write_bytes(bytes(range(256)))

    outcome = load_folder(tmp_path)

    assert outcome.refused == []
    assert outcome.loaded == 7


def test_an_archive_is_not_opened_but_its_reader_is_told(tmp_path: Path) -> None:
    files.write(files.publishers(tmp_path), "cog_ensemble_2026_csv.zip", "PK")

    assert "Non lue : l’archive cog_ensemble_2026_csv.zip. Décompressez-la" in said(tmp_path)


def test_overseas_communes_alone_are_no_list(tmp_path: Path) -> None:
    files.write(tmp_path, "v_commune_comer_2025.csv", files.COMER)
    files.write(tmp_path, "rome.csv", files.ROME)

    assert "v_commune_comer_2025.csv, qui complète un fichier absent du dossier" in said(tmp_path)
    assert not Commune.objects.exists()


def test_what_the_main_file_says_of_a_commune_wins_over_its_complement(tmp_path: Path) -> None:
    files.write(tmp_path, "v_commune_2025.csv", files.COG.replace('"59350"', '"97502"'))
    files.write(tmp_path, "v_commune_comer_2024.csv", files.COMER)
    files.write(tmp_path, "v_commune_comer_2025.csv", files.COMER.replace("97502", "97501"))

    outcome = load_folder(tmp_path)

    assert Commune.objects.get(code="97502").name == "Lille"
    assert Commune.objects.filter(code="97501").count() == 1
    assert any("v_commune_comer_2024.csv, un autre fichier" in sentence for sentence in outcome.said)


def test_an_empty_folder_and_a_missing_one_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Aucune liste reconnue"):
        call_command("load_referentials", str(tmp_path), stdout=StringIO())
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("load_referentials", str(tmp_path / "nowhere"), stdout=StringIO())


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("export_fiches_CSV_Standard_2026_02_01.csv", "2026-02-01"),
        ("rncp_numerique_2025-01.csv", "2025-01"),
        ("unix_referentiel_code_rome_v460_utf8.csv", "v460"),
        ("communes_cog2026.csv", "2026"),
        ("listeqp2024-cog2025.csv", "2025"),
        ("v_commune_2025.csv", "2025"),
        ("019HexaSmal.csv", ""),
    ],
)
def test_the_vintage_is_read_in_the_name_of_the_file(name: str, version: str) -> None:
    assert version_in(name) == version


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_usual_encoding_line_ending_and_separator_reads_the_same(
    tmp_path: Path, encoding: str, ending: str, separator: str
) -> None:
    lines = ["code_rome,libelle_rome", "M1805,Développeur", "K1304,Employé familial"]
    files.write(tmp_path, "rome.csv", ending.join(lines).replace(",", separator), encoding)

    load_folder(tmp_path)

    assert set(Occupation.objects.values_list("code", "name")) == {
        ("M1805", "Développeur"),
        ("K1304", "Employé familial"),
    }


def test_a_list_is_inserted_by_batches_and_not_row_by_row(tmp_path: Path) -> None:
    def queries_for(rows: int) -> int:
        lines = [f"M{number:04d},Métier {number}" for number in range(rows)]
        files.write(tmp_path, "rome.csv", "\n".join(["code_rome,libelle_rome", *lines]))
        with CaptureQueriesContext(connection) as queries:
            load_folder(tmp_path)
        return len(queries)

    queries_for(1)
    assert queries_for(400) == queries_for(40)


@pytest.mark.django_db(transaction=True)
def test_a_failure_of_the_database_leaves_the_former_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_folder(files.publishers(tmp_path))
    before = everything()
    files.write(tmp_path, "unix_referentiel_code_rome_v460_utf8.csv", files.ROME + "M1855,1,1,Développeur web,1\n")

    def cut(*args: object, **options: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Occupation._default_manager, "bulk_create", cut, raising=False)
    with pytest.raises(OSError, match="disk full"):
        load_folder(tmp_path)
    assert everything() == before

    # Control: the same failure without the transaction does empty the list.
    monkeypatch.setattr("partners.referentials.loading.replace", replace.__wrapped__)
    with pytest.raises(OSError, match="disk full"):
        load_folder(tmp_path)
    assert not Occupation.objects.exists()
