"""Point → district over the perimeters that are loaded."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from learners.district_lookup import district_at, district_map
from partners.models import Referential
from partners.referentials.loading import load_folder
from tests import referential_files as files

pytestmark = pytest.mark.django_db
INSIDE = (50.005, 3.005)
SEA = {
    "Manche": (50.2, -0.5),
    "golfe de Gascogne": (45.0, -4.0),
    "Méditerranée": (42.0, 5.5),
    "large de La Réunion": (-22.0, 54.0),
    "Atlantique": (30.0, -40.0),
    "point nul": (0.0, 0.0),
}


def test_without_perimeters_the_answer_is_unknown_and_not_none_of_them() -> None:
    assert district_at(*INSIDE) is None


def test_with_perimeters_the_answer_is_dated_and_says_its_list(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    place = district_at(*INSIDE)

    assert place is not None
    assert (place.code, place.name, place.generation) == ("QN00101M", "Un quartier", "2024")
    assert place.indicative
    assert abs((place.listed_on - Referential.objects.get(kind="perimeters").loaded_at.date()).days) <= 1
    outside = district_at(48.0, 0.0)
    assert outside is not None
    assert outside.code == ""
    assert district_at(*INSIDE, generation="2015") is None


def test_the_map_is_built_once_and_again_when_its_list_changes(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = files.write(tmp_path, "qpv2024.geojson", files.geojson(files.feature("QN00101M", files.SQUARE)))
    load_folder(tmp_path)
    with django_assert_num_queries(2):
        first = district_map()
    with django_assert_num_queries(1):
        assert district_map() is first

    path.write_text(files.geojson(files.feature("QN00109N", files.SQUARE)))
    load_folder(tmp_path)

    place = district_at(*INSIDE)
    assert place is not None
    assert place.code == "QN00109N"


def test_an_extract_answers_where_it_knows_and_nowhere_else() -> None:
    load_folder(files.DEMO)

    place = district_at(50.45005, 2.8382)  # Grande Résidence, Lens
    elsewhere = district_at(43.3, 5.4)

    assert place is not None
    assert place.code == "QN06225M"
    assert elsewhere is None


def test_the_inner_point_of_every_real_district_gives_its_own_code() -> None:
    data = files.real_data()
    load_folder(data / "zonages")
    with (data / "zonages/qpv2024_liste.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    districts = district_map()

    assert districts is not None
    places = districts.at_all([(float(row["lat_point_interieur"]), float(row["lon_point_interieur"])) for row in rows])
    wrong = [
        (row["code_qp"], place)
        for row, place in zip(rows, places, strict=True)
        if place.code != row["code_qp"] and not (place.ambiguous and row["code_qp"] in place.candidates)
    ]
    assert wrong == []
    assert sum(place.code == row["code_qp"] for row, place in zip(rows, places, strict=True)) >= len(rows) - 98
    for name, point in SEA.items():
        assert districts.at(*point).candidates == (), name
