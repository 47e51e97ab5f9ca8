"""Forms of codes, against a statement of the same rules made without regular expressions."""

from hypothesis import example, given
from hypothesis import strategies as st

from partners import codes

DIGITS = "0123456789"
# Arabic and superscript digits, letters and case, so that what merely looks like a digit is tried too.
NEAR = st.text(alphabet=DIGITS + "ABCDEMNIQPRSaqn ²٣", max_size=12)
WELL_SHAPED = st.from_regex(
    r"\A(([0-9]{2}|2[AB])[0-9]{3}|Q[NP](0[0-9]{2}|02[AB])[0-9]{2,3}[A-Z]?|[A-P][0-9]{4}|(RNCP|RS)[0-9]{0,7})\Z"
)


def digits(text: str, *, least: int, most: int | None = None) -> bool:
    return least <= len(text) <= (most or least) and all(letter in DIGITS for letter in text)


def commune(text: str) -> bool:
    return len(text) == 5 and (digits(text[:2], least=2) or text[:2] in ("2A", "2B")) and digits(text[2:], least=3)


def department(text: str) -> bool:
    return digits(text, least=3) or text in ("02A", "02B")


def generation(text: str) -> str | None:
    if len(text) != 8 or not department(text[2:5]):
        return None
    if text[:2] == "QN" and digits(text[5:7], least=2) and "A" <= text[7] <= "Z":
        return "2024"
    return "2015" if text[:2] == "QP" and digits(text[5:], least=3) else None


def certification(text: str) -> bool:
    number = text.removeprefix("RNCP") if text.startswith("RNCP") else text.removeprefix("RS")
    return number != text and digits(number, least=1, most=6)


@given(NEAR | WELL_SHAPED)
@example("59350")
@example("2B033")
@example("2C033")
@example("59350\n")
@example("QN00101M")
@example("QN02A01M")
@example("QN00101")
@example("QP059001")
@example("QP02B001")
@example("M1805")
@example("N4301")
@example("O1101")
@example("m1805")
@example("RNCP37674")
@example("RS5616")
@example("RNCP")
@example("RNCP1234567")
@example("٥٩٣٥٠")
def test_each_form_agrees_with_its_independent_statement(text: str) -> None:
    assert codes.is_commune(text) is commune(text)
    assert codes.is_postcode(text) is digits(text, least=5)
    assert codes.district_generation(text) == generation(text)
    assert codes.is_district(text) is (generation(text) is not None)
    assert codes.is_occupation(text) is (text[:1] in tuple("ABCDEFGHIJKLMN") and digits(text[1:], least=4))
    assert codes.is_certification(text) is certification(text)
