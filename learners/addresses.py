"""What is asked of a geocoder that speaks as the French national one (BAN), what it answers, and when that is precise enough.

Pure. Only an address of a street or of a house number places somebody; a locality or a commune never does.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from learners.district_map import MARGIN_METRES

LONGEST = 200  # characters of a question that such a service reads
SHORTEST = 3
ENOUGH = 0.7  # score under which the answer is often another street of the same town
# How far around the point the person may live, in metres: nearer than that to an outline, nobody can tell.
# The point of a street is one of its points, and the door may be at its end.
MARGINS = {"housenumber": MARGIN_METRES, "street": 500.0}
# The three communes whose addresses bear the code of an arrondissement.
ARRONDISSEMENTS = {"751": "75056", "132": "13055", "6938": "69123"}
Address = tuple[str, str, str]  # as in the file: address, postcode, commune


class Unreadable(ValueError):
    """The answer is not of the expected shape. Never quotes it: it repeats the address."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where the geocoder puts an address, in degrees (WGS84), how sure (0 to 1) and how precise it says it is."""

    latitude: float
    longitude: float
    score: float
    precision: str
    citycode: str
    postcode: str


def question(address: Address) -> dict[str, str] | None:
    """The parameters of the request; None when there is too little to ask: a street needs a town."""
    street, postcode, commune = (" ".join(part.split()) for part in address)
    if len(street) < SHORTEST or not (postcode or commune):
        return None
    asked = {"q": street[:LONGEST], "limit": "1", "autocomplete": "0"}
    if postcode:
        asked["postcode"] = postcode
    if commune and commune not in ARRONDISSEMENTS.values():
        asked["citycode"] = commune
    return asked


def read(body: bytes) -> Found | None:
    """The first place of an answer, None when it found none. Raises Unreadable."""
    try:
        features = json.loads(body)["features"]
        return _found(features[0]) if features else None
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        pass
    raise Unreadable


def _found(feature: Any) -> Found:
    longitude, latitude = (float(number) for number in feature["geometry"]["coordinates"][:2])
    said = feature["properties"]
    score = float(said["score"])
    if not (math.isfinite(score) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError
    words = (said["type"], said.get("citycode") or "", said.get("postcode") or "")
    if not all(isinstance(word, str) for word in words):
        raise TypeError
    return Found(latitude, longitude, score, *words)


def margin(found: Found, address: Address) -> float | None:
    """Metres around the point in which the person lives; None when the answer is too vague, or of another town."""
    _street, postcode, commune = address
    elsewhere = city_of(found.citycode) != city_of(commune) if commune else postcode not in ("", found.postcode)
    return None if elsewhere or found.score < ENOUGH else MARGINS.get(found.precision)


def city_of(code: str) -> str:
    """The commune of an arrondissement of Paris, Lyon or Marseille; any other code as it is."""
    return next((city for start, city in ARRONDISSEMENTS.items() if code.startswith(start)), code)
