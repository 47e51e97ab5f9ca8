from datetime import date

import pytest

from learners.identity import Identity, fold, likely_duplicates, name_key

BORN = date(2004, 5, 6)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Élodie", "elodie"),
        ("D’Alméida", "d almeida"),
        ("D'ALMEIDA", "d almeida"),
        ("Le  Goff--Œuvre", "le goff oeuvre"),
        ("E\u0301lodie", "elodie"),
        ("Иван", "иван"),
        ("  ", ""),
    ],
)
def test_names_are_compared_without_accents_case_or_punctuation(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_the_key_puts_the_family_name_first() -> None:
    assert name_key("N’Diaye", "Awa") == "n diaye awa"


def pairs(*people: Identity) -> set[tuple[int, int]]:
    return set(likely_duplicates(people))


def test_names_swapped_with_the_same_birth_date_are_likely_one_person() -> None:
    assert pairs(Identity(1, "ndiaye awa", BORN), Identity(2, "awa ndiaye", BORN)) == {(1, 2)}


def test_the_same_phone_settles_when_a_birth_date_is_missing() -> None:
    assert pairs(Identity(1, "ndiaye awa", BORN, "+33199000001"), Identity(2, "ndiaye awa", None, "+33199000001")) == {
        (1, 2)
    }


def test_homonyms_born_on_two_days_are_two_persons_even_at_one_phone() -> None:
    twin = date(2005, 5, 6)
    assert (
        pairs(Identity(1, "ndiaye awa", BORN, "+33199000001"), Identity(2, "ndiaye awa", twin, "+33199000001")) == set()
    )


def test_homonyms_without_anything_else_in_common_are_not_paired() -> None:
    assert pairs(Identity(1, "ndiaye awa"), Identity(2, "ndiaye awa")) == set()


def test_a_misspelt_name_is_found_by_birth_date_and_mail() -> None:
    assert pairs(
        Identity(1, "ndiaye awa", BORN, email="awa@example.org"),
        Identity(2, "diaye awa", BORN, email="AWA@example.org"),
    ) == {(1, 2)}


def test_a_pair_is_named_once_however_many_reasons_there_are() -> None:
    one = Identity(1, "ndiaye awa", BORN, "+33199000001", "awa@example.org")
    two = Identity(2, "ndiaye awa", BORN, "+33199000001", "awa@example.org")
    assert list(likely_duplicates([one, two])) == [(1, 2)]
