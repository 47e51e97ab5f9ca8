"""French figures, dates and sentences."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.reports import french
from placements.reports.text import printable

NBSP = "\u00a0"


def test_a_thousand_is_set_apart_by_a_space_that_does_not_break():
    assert french.whole(1234567) == f"1{NBSP}234{NBSP}567"
    assert french.whole(-12) == "−12"


def test_decimals_take_a_comma():
    assert french.decimal(1234.5) == f"1{NBSP}234,5"


@pytest.mark.parametrize(("value", "text"), [(3, "3"), (3.0, "3"), (12.5, "12,5"), (0, "0")])
def test_useless_decimals_are_left_out(value, text):
    assert french.shortest(value) == text


@pytest.mark.parametrize(
    ("rate", "text"), [(0.766, "76,6"), (0.83, "83,0"), (1.0, "100,0"), (0.0, "0,0"), (0.005, "0,5")]
)
def test_a_rate_is_a_percentage_of_one_decimal(rate, text):
    assert french.percent(rate) == f"{text}{NBSP}%"


def test_every_rate_of_three_decimals_is_printed_exactly():
    assert [french.percent(k / 1000) for k in range(1001)] == [f"{k // 10},{k % 10}{NBSP}%" for k in range(1001)]


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_share_is_rounded_half_up_from_the_exact_fraction(n, of):
    exact = Fraction(n, of) * 1000
    whole = exact.numerator // exact.denominator
    assert french.rounded(n, of) == (whole + (exact - whole >= Fraction(1, 2))) / 1000


def test_one_sixteenth_is_rounded_up_where_python_rounds_to_even():
    assert french.rounded(1, 16) == 0.063
    assert round(1 / 16, 3) == 0.062  # control: the rounding at hand would be wrong


def test_a_share_of_nobody_is_none():
    assert french.rounded(0, 0) is None


def test_dates_are_written_out_or_short():
    assert french.day(date(2026, 11, 22)) == f"22{NBSP}novembre{NBSP}2026"
    assert french.day(date(2025, 1, 1)) == f"1er{NBSP}janvier{NBSP}2025"
    assert french.short_day(date(2026, 3, 4)) == "04/03/2026"
    assert french.moment(datetime(2026, 11, 3, 9, 5)).endswith(f"9{NBSP}h{NBSP}05")


def test_the_plural_begins_at_two():
    assert [french.many(n, "jour", "jours") for n in (0, 1, 1.5, 2)] == [
        f"0{NBSP}jour", f"1{NBSP}jour", f"1,5{NBSP}jour", f"2{NBSP}jours"
    ]  # fmt: skip


def test_what_is_hidden_is_told_apart_from_what_does_not_exist():
    assert french.missing("public") == f"n.{NBSP}c."
    assert french.missing("funder") == "–"


def test_quotes_and_lists_are_french():
    assert french.quoted("oui") == f"«{NBSP}oui{NBSP}»"
    assert [french.listed(words) for words in (["a", "b", "c"], ["a"], [])] == ["a, b et c", "a", ""]


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\tb\r\nc", "a b c"),
        ("\ud800x", "x"),
        ("\ufffey", "y"),
        ("É « oui »", "É « oui »"),
        ("=1+1", "=1+1"),
    ],
)
def test_control_characters_go_and_the_words_stay(raw, kept):
    assert printable(raw) == kept


@given(st.text())
def test_any_text_can_be_written_in_xml(text):
    clean = printable(text)
    assert not any(
        ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 or ord(c) in {0xFFFE, 0xFFFF} for c in clean
    )
    assert printable(clean) == clean
