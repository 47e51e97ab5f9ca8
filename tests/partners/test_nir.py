"""A social-security number is recognised however it is typed, and nothing else is taken for one."""

import pytest
from django.core.exceptions import ValidationError

from partners.nir import contains_nir, no_nir

# Built, not written: no repository should hold anything that reads as somebody's number.
STEM = "1850578006084"


def test_thirteen_and_fifteen_digits_are_recognised() -> None:
    assert contains_nir(STEM)
    assert contains_nir(STEM + "36")
    assert contains_nir(f"Voir dossier {STEM}.")


@pytest.mark.parametrize(
    "text", ["1 85 05 78 006 084", "1.85.05.78.006.084-36", "1\u00a085\u202f05–78 006 084", "n°1850578006084A"]
)
def test_separators_and_neighbouring_letters_hide_nothing(text: str) -> None:
    assert contains_nir(text)


@pytest.mark.parametrize("text", ["2 85 05 2A 006 084", "28505 2b 006084 12"])
def test_corsica_is_recognised(text: str) -> None:
    assert contains_nir(text)


@pytest.mark.parametrize("first", "12378")
def test_first_digits_of_a_number(first: str) -> None:
    assert contains_nir(first + STEM[1:])


@pytest.mark.parametrize("first", "04569")
def test_other_first_digits_are_no_number(first: str) -> None:
    assert not contains_nir(first + STEM[1:])


def test_the_month_decides() -> None:
    good = {*range(1, 13), *range(20, 43), *range(50, 100)}
    found = {month for month in range(100) if contains_nir(f"185{month:02}78006084")}
    assert found == good


@pytest.mark.parametrize(
    "text", [STEM[:12], STEM + "3", STEM + "361", "0" + STEM, "", "06 12 34 56 78", "1850578", "185052C006084"]
)
def test_other_lengths_and_longer_runs_are_left_alone(text: str) -> None:
    assert not contains_nir(text)


def test_the_validator_refuses_with_a_sentence() -> None:
    no_nir("rien à signaler")
    with pytest.raises(ValidationError, match="sécurité sociale"):
        no_nir(f"il a donné {STEM}")
