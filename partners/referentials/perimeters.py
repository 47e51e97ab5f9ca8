"""The perimeters of the priority districts, in GeoJSON (WGS84, longitude first), as the ANCT publishes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shapely import GEOSException, MultiPolygon, Polygon, is_valid, make_valid, to_wkb
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from partners.codes import district_generation
from partners.models import Perimeter
from partners.referentials.listings import Collected, Listing, settled
from partners.referentials.tables import RELOAD, BadCell, Broken, Fault, Layout, decoded, plain
from partners.states import ReferentialKind

LAYOUTS = (
    Layout(
        publisher="ANCT, périmètres des quartiers prioritaires 2024 (qpv2024_perimetres.geojson, QP2024_…_WGS84.geojson)",
        names=("qpv2024*.geojson", "qp2024*.geojson"),
        columns={"code": "code_qp", "name": "lib_qp"},
    ),
    Layout(
        publisher="ANCT, périmètres des quartiers prioritaires 2015 (QP_METROPOLEOUTREMER_WGS84_EPSG4326.geojson)",
        names=("qp_metropole*.geojson", "qpv2015*.geojson", "qp2015*.geojson"),
        columns={"code": "code_qp", "name": "nom_qp"},
    ),
)
WGS84 = ("CRS84", "4326")
EXAMPLE = "QN00101M (périmètres de 2024) ou QP059001 (périmètres de 2015)"


def collect(listing: Listing, path: Path, raw: bytes, layout: Layout, after: Collected | None) -> Collected:
    """Every perimeter of a file. An invalid outline is mended, its polygons kept; nothing left is a fault."""
    collected = Collected(listing.key, complement_of=after)
    for number, feature in enumerate(features(path, raw), start=1):
        try:
            collected.add(read(feature, layout, number), number)
        except BadCell as bad:
            collected.faults.append(bad.fault)
    return settled(listing, path, collected)


def features(path: Path, raw: bytes) -> list[Any]:
    """The features of a file in WGS84; Broken when it is no such thing."""
    try:
        content = json.loads(decoded(path, raw))
    except json.JSONDecodeError as error:
        raise Broken(path.name, Fault(f"le fichier est mal formé ({error.msg}).", RELOAD, error.lineno)) from error
    found = content.get("features") if isinstance(content, dict) else None
    if not isinstance(found, list):
        raise Broken(path.name, Fault("ce n’est pas une collection d’objets GeoJSON («\u00a0features\u00a0»).", RELOAD))
    system = str(content.get("crs") or "CRS84")
    if not any(name in system for name in WGS84):
        raise Broken(path.name, Fault("les coordonnées ne sont pas en WGS84.", TAKE_WGS84))
    return found


TAKE_WGS84 = "Prenez la version WGS84 (EPSG:4326) du fichier, en degrés."


def read(feature: Any, layout: Layout, number: int) -> Perimeter:
    """One perimeter, from a feature that may be anything."""
    inside = feature.get("properties") if isinstance(feature, dict) else None
    properties = {plain(name): value for name, value in (inside or {}).items()} if isinstance(inside, dict) else {}
    code = str(properties.get(layout.columns["code"]) or "").strip().upper()
    name = " ".join(str(properties.get(layout.columns["name"]) or "").split())
    generation = district_generation(code)
    if generation is None:
        what = f"«\u00a0{code or '(vide)'}\u00a0» n’est pas un code attendu ici."
        raise BadCell(Fault(what, f"Écrivez-le comme {EXAMPLE}.", number, layout.columns["code"], UNIT))
    if not name or len(name) > 255:
        raise BadCell(
            Fault("le nom manque ou dépasse 255 caractères.", "Corrigez-le.", number, layout.columns["name"], UNIT)
        )
    return Perimeter(
        code=code, generation=generation, name=name, shape=to_wkb(outline(feature.get("geometry"), number))
    )


UNIT = "élément"


def outline(geometry: Any, number: int) -> MultiPolygon:
    """The polygons of a geometry, in degrees; BadCell when there is none or when they are elsewhere than on Earth."""
    try:
        drawn = shape(geometry)
    except (AttributeError, GEOSException, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadCell(Fault("le périmètre est illisible.", RELOAD, number, "geometry", UNIT)) from error
    polygons = polygons_of(drawn if is_valid(drawn) else make_valid(drawn))
    if not polygons:
        raise BadCell(Fault("le périmètre est vide.", RELOAD, number, "geometry", UNIT))
    whole = MultiPolygon(polygons)
    west, south, east, north = whole.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadCell(Fault("les coordonnées ne sont pas des degrés.", TAKE_WGS84, number, "geometry", UNIT))
    return whole


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons of a geometry, whatever lines and points mending left beside them."""
    if isinstance(geometry, Polygon):
        return [] if geometry.is_empty else [geometry]
    return [polygon for part in getattr(geometry, "geoms", ()) for polygon in polygons_of(part)]


LISTING = Listing(
    kind=ReferentialKind.PERIMETERS,
    model=Perimeter,
    layouts=LAYOUTS,
    key=("code",),
    collect=collect,
    generation="generation",
)
