"""Point → priority district (QPV), by geometry alone: an R-tree over the perimeters, then the exact outlines.

Pure: no query, no clock. The answer is indicative, never an attestation: published outlines are rounded (11 m), and
some overlap. A point within 25 m of an outline, or inside two perimeters, is therefore said to be ambiguous. Whoever
knows the point less well than that gives a wider margin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray

MARGIN_METRES = 25.0
Metres = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point falls.

    `code`, `name`: the district, "" when it is in none, or when two perimeters both hold it. `candidates`: codes of all
    perimeters that hold it or pass within the margin, sorted. `ambiguous`: a person must decide. `generation`: the list
    ("2024"); `listed_on`: the day that list was loaded. `indicative` is always true.
    """

    code: str
    name: str
    candidates: tuple[str, ...]
    ambiguous: bool
    generation: str
    listed_on: date
    indicative: bool = True


class DistrictMap:
    """The perimeters of one list, ready to be asked; some 15 MB for the whole of France."""

    def __init__(
        self,
        perimeters: Iterable[tuple[str, str, bytes | memoryview]],
        *,
        generation: str,
        listed_on: date,
        partial: bool = False,
    ) -> None:
        """`perimeters`: code, name, WKB in WGS84 (longitude first); `partial`: others exist, which are not given."""
        rows = list(perimeters)
        self.generation, self.listed_on, self.partial = generation, listed_on, partial
        self.codes = [code for code, _, _ in rows]
        self.names = [name for _, name, _ in rows]
        self.shapes = shapely.from_wkb(np.array([bytes(shape) for _, _, shape in rows], dtype=object))
        self.tree = shapely.STRtree(self.shapes)
        bounds = shapely.bounds(self.shapes).reshape(-1, 4)
        self.origins = (bounds[:, :2] + bounds[:, 2:]) / 2
        self.scales = metres_per_degree(self.origins[:, 1])
        # In metres around its own middle, each outline is small enough for the plane to be true within a centimetre or so.
        self.outlines = np.array(
            [in_metres(*parts) for parts in zip(shapely.boundary(self.shapes), self.origins, self.scales, strict=True)],
            dtype=object,
        )
        shapely.prepare(self.shapes)
        shapely.prepare(self.outlines)

    def at(self, latitude: float, longitude: float, margin: float = MARGIN_METRES) -> Place:
        """Where one point falls, known within `margin` metres; ValueError with a French sentence when not on Earth."""
        return self.at_all([(latitude, longitude)], margin)[0]

    def at_all(self, points: Sequence[tuple[float, float]], margin: float = MARGIN_METRES) -> list[Place]:
        """Where each (latitude, longitude) falls, in order; ValueError when one is not on Earth."""
        where = np.array(points, dtype=np.float64).reshape(-1, 2)[:, ::-1]
        if not bool(np.all(np.isfinite(where)) and np.all(np.abs(where) <= (180.0, 90.0))):
            raise ValueError(
                "Ces coordonnées ne sont pas des degrés\u00a0: latitude de -90 à 90, longitude de -180 à 180."
            )
        reach = margin / metres_per_degree(np.minimum(np.abs(where[:, 1]), 89.0))
        near = self.tree.query(shapely.box(*(where - reach).T, *(where + reach).T))
        return self.settle(where, near[0], near[1], margin)

    def settle(
        self, where: Metres, point: NDArray[np.int64], district: NDArray[np.int64], margin: float
    ) -> list[Place]:
        """The exact tests on the pairs (point, district) that the tree could not rule out."""
        inside = shapely.covers(self.shapes[district], shapely.points(where[point]))
        local = (where[point] - self.origins[district]) * self.scales[district]
        edge = shapely.dwithin(self.outlines[district], shapely.points(local), margin)
        held: list[list[int]] = [[] for _ in where]
        touched: list[list[int]] = [[] for _ in where]
        for at, number, within, close in zip(point, district, inside, edge, strict=True):
            if within:
                held[at].append(int(number))
            if close:
                touched[at].append(int(number))
        return [self.place(*both) for both in zip(held, touched, strict=True)]

    def place(self, held: list[int], touched: list[int]) -> Place:
        only = held[0] if len(held) == 1 else None
        return Place(
            code="" if only is None else self.codes[only],
            name="" if only is None else self.names[only],
            candidates=tuple(sorted(self.codes[number] for number in {*held, *touched})),
            ambiguous=len(held) > 1 or bool(touched),
            generation=self.generation,
            listed_on=self.listed_on,
        )


def metres_per_degree(latitudes: NDArray[np.float64]) -> Metres:
    """Metres in a degree of longitude and of latitude, one row per latitude, on the WGS84 ellipsoid (within 1 m)."""
    phi = np.radians(latitudes)
    east = 111_412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    north = 111_132.92 - 559.82 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi) - 0.0023 * np.cos(6 * phi)
    return np.column_stack([east, north])


def in_metres(line: shapely.Geometry, origin: Metres, scale: Metres) -> shapely.Geometry:
    """A geometry in degrees laid flat around `origin`."""
    return shapely.transform(line, lambda degrees: (degrees - origin) * scale)
