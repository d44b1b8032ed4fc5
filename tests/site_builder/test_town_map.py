"""The town's own map: read strictly, drawn light, true where people stand."""

import json
import math
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.declaration import DeclarationError
from civic.town_map import parse_town_map
from site_builder.town_map import MOST_LETTERS, WIDTH, map_view, simplified

DEMO = Path(__file__).parents[2] / "content" / "demo" / "map.geojson"
SQUARE = [[0.0, 48.0], [0.03, 48.0], [0.03, 48.02], [0.0, 48.02], [0.0, 48.0]]


def geojson(*features: tuple[dict[str, Any], str, Any]) -> bytes:
    found = [
        {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
        for properties, kind, coordinates in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": found}).encode()


def test_a_kilometre_is_as_long_to_the_east_as_to_the_north() -> None:
    view = map_view(parse_town_map(geojson(({"kind": "outline"}, "Polygon", [SQUARE]))))
    side = f"{0.005 + 0.01 / math.cos(math.radians(48)):.5f}"
    here, north, east = (
        view.point(*at) for at in (("48.00500", "0.00500"), ("48.01500", "0.00500"), ("48.00500", side))
    )
    assert here is not None
    assert north is not None
    assert east is not None
    assert here[1] - north[1] == pytest.approx(east[0] - here[0], abs=0.3)
    assert view.point("48.50000", "0.00500") is None
    assert view.point("", "") is None


def test_the_demo_s_map_is_light_and_says_its_places() -> None:
    view = map_view(parse_town_map(DEMO.read_bytes()))
    assert view.width == WIDTH
    assert len(brotli.compress(view.shapes.encode())) < 2_500
    assert ">L’Orne</text>" in view.shapes


def test_a_map_of_too_many_streets_is_simplified_until_it_is_light() -> None:
    streets = [
        [[round(0.03 * math.sin(n + k / 9), 5), round(48 + 0.02 * math.cos(n * k / 50), 5)] for k in range(30)]
        for n in range(150)
    ]
    outline = ({"kind": "outline"}, "Polygon", [SQUARE])
    view = map_view(parse_town_map(geojson(outline, *(({"kind": "street"}, "LineString", one) for one in streets))))
    assert len(view.shapes) <= MOST_LETTERS


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300)), min_size=2, max_size=40), st.floats(0.1, 20))
def test_a_simplified_line_keeps_its_ends_and_leaves_only_what_is_near(
    points: list[tuple[float, float]], tolerance: float
) -> None:
    kept = simplified(points, tolerance)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert len(kept) <= len(points)
    assert set(kept) <= set(points)
    assert simplified(points, 0.0) == points or len(simplified(points, 0.0)) >= len(kept)


def test_a_name_can_never_become_markup() -> None:
    label = ({"kind": "label", "name": "<script>"}, "Point", [0.01, 48.01])
    shapes = map_view(parse_town_map(geojson(({"kind": "outline"}, "Polygon", [SQUARE]), label))).shapes
    assert "&lt;script&gt;" in shapes
    assert "<script" not in shapes


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[]", "no GeoJSON"),
        (b'{"type":"FeatureCollection","features":[]}', "nothing on it"),
        (geojson(({"kind": "volcano"}, "Polygon", [SQUARE])), "the property 'kind'"),
        (geojson(({"kind": "street"}, "Polygon", [SQUARE])), "a street is of type"),
        (geojson(({"kind": "street"}, "LineString", [[0, 48]])), "at least 2 positions"),
        (geojson(({"kind": "street"}, "LineString", [[0, 48], [181, 48]])), "no longitude"),
        (geojson(({"kind": "street"}, "LineString", [[0, 48], ["x", 48]])), "no GeoJSON"),
        (geojson(({"kind": "street"}, "LineString", [[0, 48], [1, 48]])), "no height"),
        (geojson(({"kind": "label"}, "Point", [0, 48])), "a label has a 'name'"),
    ],
)
def test_a_map_that_cannot_be_drawn_is_refused_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        parse_town_map(data)
