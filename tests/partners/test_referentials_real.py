"""The real public lists, when they are at hand; the rows embedded for the demonstration, against them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from partners.codes import is_certification, is_commune, is_district, is_occupation, is_postcode
from partners.models import Commune, Perimeter, Referential
from partners.referentials.known import known_communes, unchecked
from partners.referentials.loading import load_folder
from tests import referential_files as files

pytestmark = pytest.mark.django_db
CITIES = {"59512", "59599", "59350", "62498"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_real_list_loads_whole() -> None:
    outcome = load_folder(files.real_data())

    assert outcome.refused == []
    assert outcome.loaded == 6
    assert dict(Referential.objects.values_list("kind", "rows")) == {
        "communes": 37_590,
        "postcodes": 35_684,
        "districts": 1_584,
        "perimeters": 1_584,
        "occupations": 1_584,
        "certifications": 918,
    }
    assert Commune.objects.filter(kind="current").count() == 34_969
    assert unchecked() == []
    communes = known_communes()
    assert communes is not None
    assert {"75116", "93059", "2A004", "59355", "97411"} <= communes
    assert all(map(is_commune, communes))


def test_the_form_of_every_real_code_is_right() -> None:
    data = files.real_data()

    assert all(is_commune(row["code_insee"]) for row in rows(data / "communes/communes_cog2026.csv"))
    assert all(is_postcode(row["code_postal"]) for row in rows(data / "communes/codes_postaux_commune.csv"))
    assert all(is_district(row["code_qp"]) for row in rows(data / "zonages/qpv2024_liste.csv"))
    assert all(is_occupation(row["code_rome"]) for row in rows(data / "referentiels/rome4_codes_v460.csv"))
    assert all(is_certification(row["rncp"]) for row in rows(data / "referentiels/rncp_numerique_2025-01.csv"))


def test_the_demonstration_embeds_a_few_rows_and_says_they_are_an_extract() -> None:
    outcome = load_folder(files.DEMO)

    assert outcome.refused == []
    assert outcome.loaded == 6
    assert set(Referential.objects.values_list("partial", flat=True)) == {True}
    assert Perimeter.objects.count() == 18
    assert Commune.objects.count() <= 30


def test_what_the_demonstration_embeds_is_in_the_real_lists() -> None:
    data = files.real_data()
    pairs = (
        ("communes_extrait.csv", "communes/communes_cog2026.csv", ("code_insee", "nom", "type")),
        ("codes_postaux_extrait.csv", "communes/codes_postaux_commune.csv", ("code_postal", "code_insee")),
        ("rome_codes_extrait.csv", "referentiels/rome4_codes_v460.csv", ("code_rome", "libelle_rome")),
        ("rncp_extrait.csv", "referentiels/rncp_numerique_2025-01.csv", ("rncp", "intitule", "niveau")),
        ("qpv2024_extrait.csv", "zonages/qpv2024_liste.csv", ("code_qp", "lib_qp", "codes_insee")),
    )
    for ours, theirs, columns in pairs:
        real = {tuple(row[column] for column in columns) for row in rows(data / theirs)}
        assert {tuple(row[column] for column in columns) for row in rows(files.DEMO / ours)} <= real, ours


def test_the_demonstration_embeds_every_district_of_its_four_cities() -> None:
    real = rows(files.real_data() / "zonages/qpv2024_liste.csv")

    theirs = {row["code_qp"] for row in real if CITIES & set(row["codes_insee"].split("|"))}
    assert {row["code_qp"] for row in rows(files.DEMO / "qpv2024_extrait.csv")} == theirs
