"""Which codes exist, read once per loading, never stale."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from partners.models import Occupation, Referential
from partners.referentials import known
from partners.referentials.loading import load_folder
from tests import referential_files as files

pytestmark = pytest.mark.django_db
ROME = "unix_referentiel_code_rome_v460_utf8.csv"


def test_without_any_list_no_set_is_given_and_the_import_can_say_so() -> None:
    assert known.known_communes() is None
    assert known.known_postcodes() is None
    assert known.known_districts() is None
    assert known.known_districts("2015") is None
    assert known.known_occupations() is None
    assert known.known_certifications() is None
    assert [sentence.split(" n’est")[0] for sentence in known.unchecked()] == [
        "Aucune liste complète des communes",
        "Aucune liste complète des quartiers prioritaires de 2024",
        "Aucune liste complète des métiers (ROME)",
    ]


def test_with_the_lists_their_codes_are_given(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    assert known.known_communes() == {"01004", "01015", "2A004", "59350", "59355", "75116", "97502"}
    assert known.known_postcodes() == {"59000", "59800", "59160", "20000", "01500"}
    assert known.known_districts() == {"QN00101M", "QN00102M", "QN01301M", "QN01302N", "QN02A01M"}
    assert known.known_districts("2015") == {"QP006005", "QP02A001"}
    assert known.known_occupations() == {"M1805", "K1304"}
    assert known.known_certifications() == {"RNCP37674", "RS5616", "RNCP1"}
    assert known.unchecked() == []


def test_an_extract_names_codes_and_refuses_none() -> None:
    load_folder(files.DEMO)

    assert known.known_communes() is None
    assert known.known_districts() is None
    assert len(known.unchecked()) == 3
    assert known.commune_names(["59512", "59355", "99999"]) == {"59512": "Roubaix", "59355": "Lomme"}
    assert known.district_names(["QN05983M"]) == {"QN05983M": "Phalempins"}
    assert known.occupation_names(["M1855"]) == {"M1855": "Développeur / Développeuse web"}
    assert known.certification_names(["RNCP37674"]) == {"RNCP37674": "TP - TP Développeur web et web mobile"}
    assert known.communes_served_by("59100") == ["59512"]


def test_perimeters_stand_in_for_a_list_that_is_missing(tmp_path: Path) -> None:
    files.write(tmp_path, "qpv2024.geojson", files.geojson(files.feature("QN00101M", files.SQUARE)))

    load_folder(tmp_path)

    assert known.known_districts() == {"QN00101M"}
    assert not any("quartiers" in sentence for sentence in known.unchecked())


def test_the_commune_of_today_gives_its_name_to_a_code_it_shares_with_a_delegated_one(tmp_path: Path) -> None:
    load_folder(files.publishers(tmp_path))

    assert known.commune_names(["01015"]) == {"01015": "Arboys en Bugey"}


def test_a_list_is_read_once_and_then_costs_one_small_query(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    load_folder(files.publishers(tmp_path))

    with django_assert_num_queries(2):
        first = known.known_occupations()
    with django_assert_num_queries(1):
        assert known.known_occupations() is first


def test_a_list_loaded_anew_is_read_anew_even_by_another_process(tmp_path: Path) -> None:
    files.write(tmp_path, ROME, files.ROME)
    load_folder(tmp_path)
    assert known.known_occupations() == {"M1805", "K1304"}

    # What another process does to the base, this one's memory knowing nothing of it.
    Occupation.objects.filter(code="K1304").delete()
    assert known.known_occupations() == {"M1805", "K1304"}  # control: the mark alone makes it read again
    Referential.objects.filter(kind="occupations").update(load=uuid.uuid4())

    assert known.known_occupations() == {"M1805"}


def test_a_loading_that_is_undone_leaves_nothing_in_memory(tmp_path: Path) -> None:
    files.write(tmp_path, ROME, files.ROME)
    load_folder(tmp_path)
    files.write(tmp_path, ROME, files.ROME.replace("K1304", "J1501"))

    with transaction.atomic():
        load_folder(tmp_path)
        assert known.known_occupations() == {"M1805", "J1501"}
        transaction.set_rollback(True)

    assert known.known_occupations() == {"M1805", "K1304"}
