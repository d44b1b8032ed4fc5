"""The town's own map, `map.geojson` beside space.toml (docs/formats.md §1): GeoJSON, RFC 7946, read strictly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from civic.declaration import DeclarationError

WHERE = "map.geojson"
MOST_BYTES, MOST_LABELS = 2_000_000, 30
# What may be drawn, lowest first, and the geometry that it has.
KINDS: Mapping[str, tuple[str, ...]] = {
    "outline": ("Polygon", "MultiPolygon"),
    "green": ("Polygon", "MultiPolygon"),
    "lake": ("Polygon", "MultiPolygon"),
    "block": ("Polygon", "MultiPolygon"),
    "river": ("LineString", "MultiLineString"),
    "street": ("LineString", "MultiLineString"),
    "label": ("Point",),
}
Position = tuple[float, float]  # longitude, latitude, as GeoJSON has them


class Drawn(NamedTuple):
    """Something of the map: closed rings, lines, or one point; `name` is written for labels only."""

    kind: str
    name: str
    lines: tuple[tuple[Position, ...], ...]


class TownMap(NamedTuple):
    """What the map shows, in the order of KINDS, and its bounds in degrees."""

    drawn: tuple[Drawn, ...]
    west: float
    south: float
    east: float
    north: float


def parse_town_map(data: bytes) -> TownMap:
    """The map in `data`; DeclarationError says what to mend. Its bounds are those of the outline, else of all."""
    if len(data) > MOST_BYTES:
        raise DeclarationError(f"{WHERE}: at most {MOST_BYTES} bytes")
    try:
        found = json.loads(data.decode("utf-8"))
        features = found["features"] if found["type"] == "FeatureCollection" else None
        drawn = [_parse_feature(one) for one in features or ()]
    except DeclarationError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DeclarationError(f"{WHERE}: it is no GeoJSON FeatureCollection ({error!r})") from error
    if sum(one.kind == "label" for one in drawn) > MOST_LABELS:
        raise DeclarationError(f"{WHERE}: at most {MOST_LABELS} labels can be read on it")
    ordered = tuple(one for kind in KINDS for one in drawn if one.kind == kind)
    framed = [one for one in ordered if one.kind == "outline"] or ordered
    points = [point for one in framed for line in one.lines for point in line]
    if not points:
        raise DeclarationError(f"{WHERE}: there is nothing on it")
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    if min(lons) == max(lons) or min(lats) == max(lats):
        raise DeclarationError(f"{WHERE}: it has no width or no height")
    return TownMap(ordered, min(lons), min(lats), max(lons), max(lats))


def _parse_feature(feature: Mapping[str, Any]) -> Drawn:
    properties, geometry = feature.get("properties") or {}, feature["geometry"]
    kind, name = properties.get("kind"), properties.get("name", "")
    if type(kind) is not str or kind not in KINDS:
        raise DeclarationError(f"{WHERE}: the property 'kind' is one of {', '.join(KINDS)}, not {kind!r}")
    if geometry["type"] not in KINDS[kind] or type(name) is not str:
        raise DeclarationError(f"{WHERE}: a {kind} is of type {' or '.join(KINDS[kind])}, not {geometry['type']}")
    if kind == "label" and not name.strip():
        raise DeclarationError(f"{WHERE}: a label has a 'name'")
    lines = tuple(_lines_of(geometry["type"], geometry["coordinates"]))
    least = {"label": 1, "river": 2, "street": 2}.get(kind, 4)
    if any(len(line) < least for line in lines):
        raise DeclarationError(f"{WHERE}: a line of a {kind} has at least {least} positions")
    return Drawn(kind, name.strip(), lines)


def _lines_of(kind: str, coordinates: Any) -> Iterator[tuple[Position, ...]]:
    if kind == "Point":
        yield (_position(coordinates),)
    elif kind == "LineString":
        yield tuple(_position(one) for one in coordinates)
    elif kind in ("Polygon", "MultiLineString"):
        for line in coordinates:
            yield tuple(_position(one) for one in line)
    else:
        for polygon in coordinates:
            yield from _lines_of("Polygon", polygon)


def _position(value: Any) -> Position:
    lon, lat = float(value[0]), float(value[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # NaN too is outside
        raise DeclarationError(f"{WHERE}: {value!r} is no longitude and latitude in degrees")
    return lon, lat
