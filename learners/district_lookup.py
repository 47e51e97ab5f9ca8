"""Point → priority district (QPV) over the perimeters now loaded; the geometry is in `learners.district_map`."""

from __future__ import annotations

from threading import Lock
from uuid import UUID

from django.utils import timezone

from learners.district_map import MARGIN_METRES, DistrictMap, Place
from partners.models import District, Perimeter, Referential
from partners.states import ReferentialKind

_kept: dict[str, tuple[UUID, DistrictMap]] = {}
_building = Lock()


def district_at(
    latitude: float, longitude: float, generation: str = "2024", margin: float = MARGIN_METRES
) -> Place | None:
    """Where a point known within `margin` metres falls, indicatively; None when it cannot be told: unknown, not « in none ».

    It cannot without perimeters, nor outside those of an extract, for it may be in one we do not hold.
    Degrees, WGS84. ValueError with a French sentence when the point is not on Earth.
    """
    districts = district_map(generation)
    if districts is None:
        return None
    place = districts.at(latitude, longitude, margin)
    return place if place.candidates or not districts.partial else None


def has_undrawn(commune: str, generation: str = "2024") -> bool:
    """Whether the list names a district of this commune whose perimeter is not loaded: a point there may be in it."""
    drawn = Perimeter.objects.filter(generation=generation).values("code")
    missing = District.objects.filter(generation=generation).exclude(code__in=drawn)
    return any(commune in communes for communes in missing.values_list("communes", flat=True))


def has_perimeters(generation: str = "2024") -> bool:
    return Referential.objects.filter(kind=ReferentialKind.PERIMETERS, generation=generation).exists()


def district_map(generation: str = "2024") -> DistrictMap | None:
    """The map of a list, built at first use, once per loading and per process; one small query to know it is the same.
    None when no perimeter of that list is loaded.
    """
    loaded = Referential.objects.filter(kind=ReferentialKind.PERIMETERS, generation=generation).first()
    if loaded is None:
        _kept.pop(generation, None)
        return None
    with _building:
        kept = _kept.get(generation)
        if kept is None or kept[0] != loaded.load:
            kept = _kept[generation] = (loaded.load, build(loaded))
    return kept[1]


def build(loaded: Referential) -> DistrictMap:
    rows = Perimeter.objects.filter(generation=loaded.generation).values_list("code", "name", "shape")
    return DistrictMap(
        rows.iterator(),
        generation=loaded.generation,
        listed_on=timezone.localtime(loaded.loaded_at).date(),
        partial=loaded.partial,
    )
