"""What is asked of a geocoder, what is read in its answers, and when they decide: truth tables."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learners.addresses import ENOUGH, Found, Unreadable, margin, question, read
from tests.learners.local_geocoder import collection, feature

FOUND = Found(50.69, 3.17, 0.97, "housenumber", "59512", "59100")
ASKED = ("4 rue des Canaris", "59100", "59512")


def test_the_question_holds_the_address_and_nothing_else() -> None:
    assert question(("  4  rue des Canaris ", "59100", "59512")) == {
        "q": "4 rue des Canaris", "limit": "1", "autocomplete": "0", "postcode": "59100", "citycode": "59512",
    }  # fmt: skip
    assert question(("4 rue des Canaris", "59100", "")) == {
        "q": "4 rue des Canaris", "limit": "1", "autocomplete": "0", "postcode": "59100",
    }  # fmt: skip
    long = question(("rue " * 200, "", "59512"))
    assert long is not None
    assert len(long["q"]) == 200


@pytest.mark.parametrize("address", [("", "59100", "59512"), ("4 rue des Canaris", "", ""), ("4", "59100", "")])
def test_too_little_is_not_asked(address: tuple[str, str, str]) -> None:
    assert question(address) is None


@pytest.mark.parametrize("commune", ["75056", "13055", "69123"])
def test_a_commune_of_arrondissements_is_asked_by_its_postcode(commune: str) -> None:
    assert "citycode" not in (question(("4 rue des Canaris", "75019", commune)) or {"citycode": ""})
    assert (question(("4 rue des Canaris", "75019", "75119")) or {})["citycode"] == "75119"


def test_an_answer_is_read_longitude_first() -> None:
    assert read(json.dumps(collection(feature(3.17, 50.69))).encode()) == FOUND
    assert read(json.dumps(collection()).encode()) is None


WRONG: list[Any] = [
    b"", b"<html>", b"\xff\xfe", b"[]", b"null", b"3", b'{"features": 3}', b'{"features": {"0": 1}}', b'{"features": [3]}',
    b"[" * 100_000,
    {"error": "rate limited"},
    collection({"type": "Feature"}),
    collection({**feature(3, 50), "geometry": None}),
    collection({**feature(3, 50), "geometry": {"coordinates": [3]}}),
    collection({**feature(3, 50), "geometry": {"coordinates": ["est", "nord"]}}),
    collection({**feature(3, 50), "properties": None}),
    collection(feature(3, 50, score=None)),
    collection(feature(3, 50, score="beaucoup")),
    collection(feature(3, 50, score=float("nan"))),
    collection(feature(3, 50, type=["housenumber"])),
    collection(feature(3, 50, citycode=59512)),
    collection(feature(706000.5, 7064000.5)),
    collection(feature(float("nan"), 50)),
]  # fmt: skip


@pytest.mark.parametrize("body", WRONG)
def test_a_wrong_shape_is_unreadable_and_quotes_nothing(body: Any) -> None:
    with pytest.raises(Unreadable) as raised:
        read(body if isinstance(body, bytes) else json.dumps(body).encode())
    assert raised.value.args == ()
    assert raised.value.__context__ is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Unreadable):
        assert read(body) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["geometry", "properties", "coordinates", "score", "type", "x"]), inner)
        ),
        max_leaves=12,
    )
)
def test_any_features_are_read_or_refused(features: Any) -> None:
    try:
        found = read(json.dumps({"features": features}).encode())
    except Unreadable:
        return
    assert found is None or abs(found.latitude) <= 90


@pytest.mark.parametrize(
    ("precision", "within"),
    [("housenumber", 25.0), ("street", 500.0), ("locality", None), ("municipality", None), ("", None)],
)
def test_a_number_is_a_door_a_street_is_half_a_kilometre_and_a_town_is_nowhere(
    precision: str, within: float | None
) -> None:
    assert margin(replace(FOUND, precision=precision), ASKED) == within


@pytest.mark.parametrize(("score", "within"), [(ENOUGH, 25.0), (ENOUGH - 0.001, None), (1.4, 25.0), (-1.0, None)])
def test_a_weak_score_decides_nothing(score: float, within: float | None) -> None:
    assert margin(replace(FOUND, score=score), ASKED) == within


@pytest.mark.parametrize(
    ("postcode", "commune", "decides"),
    [
        ("59100", "59512", True),
        ("59100", "59350", False),  # another town than the one in the file
        ("", "59512", True),
        ("59100", "", True),
        ("59000", "", False),
        ("59000", "59512", True),  # the commune is surer than the postcode
    ],
)
def test_an_answer_of_another_town_decides_nothing(postcode: str, commune: str, decides: bool) -> None:
    assert (margin(FOUND, ("4 rue des Canaris", postcode, commune)) is not None) is decides


@pytest.mark.parametrize(
    ("asked", "answered"), [("75056", "75119"), ("75119", "75119"), ("13055", "13203"), ("69123", "69383")]
)
def test_an_arrondissement_is_of_its_commune(asked: str, answered: str) -> None:
    assert margin(replace(FOUND, citycode=answered), ("4 rue des Canaris", "", asked)) == 25.0
    assert margin(replace(FOUND, citycode="59512"), ("4 rue des Canaris", "", asked)) is None
