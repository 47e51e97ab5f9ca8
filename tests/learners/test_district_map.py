"""Point → district by geometry alone, on squares whose answers one knows."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box, to_wkb

from learners.district_map import DistrictMap

DAY = date(2026, 11, 22)
# Two squares of 0.01 degree with a gap between them, and a third that overlaps the first.
SQUARES = {
    "QN05901M": box(3.00, 50.60, 3.01, 50.61),
    "QN05902M": box(3.02, 50.60, 3.03, 50.61),
    "QN05903M": box(2.995, 50.605, 3.005, 50.615),
}
METRES_PER_DEGREE = 111_195  # of a great circle on a sphere, within 0.6 % of the ellipsoid


def a_map(**squares: object) -> DistrictMap:
    shapes = squares or SQUARES
    rows = [(code, f"Quartier {code}", to_wkb(shape)) for code, shape in shapes.items()]
    return DistrictMap(rows, generation="2024", listed_on=DAY)


def test_a_point_well_inside_one_district_is_given_its_code_its_list_and_its_date() -> None:
    place = a_map().at(50.605, 3.025)

    assert (place.code, place.name, place.candidates) == ("QN05902M", "Quartier QN05902M", ("QN05902M",))
    assert (place.ambiguous, place.indicative) == (False, True)
    assert (place.generation, place.listed_on) == ("2024", DAY)


def test_a_point_far_from_all_is_in_none_without_doubt() -> None:
    place = a_map().at(50.605, 3.5)

    assert (place.code, place.name, place.candidates, place.ambiguous) == ("", "", (), False)


def test_a_point_in_two_districts_is_ambiguous_and_names_both() -> None:
    place = a_map().at(50.6075, 3.0025)

    assert (place.code, place.candidates, place.ambiguous) == ("", ("QN05901M", "QN05903M"), True)


@pytest.mark.parametrize(("metres", "ambiguous"), [(20, True), (24, True), (26, False), (40, False)])
@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("side", ["east", "north"])
def test_a_point_is_ambiguous_within_25_metres_of_an_edge_on_either_side(
    metres: int, ambiguous: bool, inside: bool, side: str
) -> None:
    step = metres / METRES_PER_DEGREE * (-1 if inside else 1)
    east = (50.605, 3.03 + step / math.cos(math.radians(50.605)))
    point = east if side == "east" else (50.61 + step, 3.025)

    place = a_map().at(*point)

    assert place.ambiguous is ambiguous
    assert place.code == ("QN05902M" if inside else "")
    assert place.candidates == (("QN05902M",) if inside or ambiguous else ())


@pytest.mark.parametrize("latitude", [-21.0, 4.9, 48.85, 66.0])
def test_the_margin_is_25_metres_at_any_latitude(latitude: float) -> None:
    districts = a_map(QN97401M=box(1.0, latitude, 1.02, latitude + 0.02))
    degree = METRES_PER_DEGREE * math.cos(math.radians(latitude + 0.01))

    assert districts.at(latitude + 0.01, 1.02 + 24.5 / degree).ambiguous
    assert not districts.at(latitude + 0.01, 1.02 + 25.5 / degree).ambiguous


def test_a_point_in_the_hole_of_a_district_is_outside_it() -> None:
    ring = box(3.0, 50.0, 3.03, 50.03) - box(3.01, 50.01, 3.02, 50.02)

    assert a_map(QN05901M=ring).at(50.015, 3.015).code == ""
    assert a_map(QN05901M=ring).at(50.005, 3.005).code == "QN05901M"


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(91.0, 3.0), (50.0, 181.0), (math.nan, 3.0), (50.0, math.inf), (6_650_000.0, 700_000.0)]
)
def test_a_point_that_is_not_on_earth_is_refused_with_a_sentence(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="ne sont pas des degrés"):
        a_map().at(latitude, longitude)


def test_a_map_without_perimeters_and_a_list_without_points_are_no_trouble() -> None:
    empty = DistrictMap([], generation="2024", listed_on=DAY)

    assert empty.at(50.6, 3.0).candidates == ()
    assert a_map().at_all([]) == []


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(50.59, 50.625, allow_nan=False), st.floats(2.985, 3.04, allow_nan=False)),
        min_size=1,
        max_size=8,
    )
)
def test_many_at_once_answer_as_each_alone_and_as_plain_comparisons(points: list[tuple[float, float]]) -> None:
    districts = a_map()
    places = districts.at_all(points)

    assert places == [districts.at(*point) for point in points]
    for (latitude, longitude), place in zip(points, places, strict=True):
        bounds = {code: shape.bounds for code, shape in SQUARES.items()}
        holding = [
            code
            for code, (west, south, east, north) in bounds.items()
            if west <= longitude <= east and south <= latitude <= north
        ]
        assert place.code == (holding[0] if len(holding) == 1 else "")
        assert set(holding) <= set(place.candidates)
        assert place.ambiguous or len(holding) <= 1
