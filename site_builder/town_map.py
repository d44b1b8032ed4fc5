"""The town's map as light shapes (SVG) for the inside of a page, drawn in the theme's colours by class.

Projection: equirectangular about the middle of the town, true in both directions there; a town is too small for it to
show. Lines are simplified (Douglas & Peucker 1973) as much as it takes for the drawing to be light.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, radians
from typing import NamedTuple

from markupsafe import Markup

from civic.town_map import KINDS, Drawn, Position, TownMap

WIDTH = 328.0  # units across
MARGIN = 8.0
MOST_LETTERS = 12_000  # of shapes: about 4 kB in Brotli, on pages that may have 14
_CLOSED = frozenset({"outline", "green", "lake", "block"})
_FIRST_TOLERANCE, _STEP = 0.3, 1.5

Point = tuple[float, float]


class MapView(NamedTuple):
    """What templates draw: `shapes` are the children of an <svg> whose viewBox is "0 0 width height"."""

    width: float
    height: float
    shapes: Markup
    west: float  # degrees at the edges of the drawing
    south: float
    east: float
    north: float

    def point(self, lat: str, lon: str) -> Point | None:
        """Where a position is on the drawing; None outside of it, or where there is none."""
        if not lat:
            return None
        x = (float(lon) - self.west) / (self.east - self.west) * self.width
        y = (self.north - float(lat)) / (self.north - self.south) * self.height
        return (round(x, 1), round(y, 1)) if 0 <= x <= self.width and 0 <= y <= self.height else None


def map_view(town: TownMap) -> MapView:
    """The drawing of `town`, as exact as its weight allows."""
    across = cos(radians((town.south + town.north) / 2)) * (town.east - town.west)
    scale = (WIDTH - 2 * MARGIN) / across  # units a degree of latitude
    height = round((town.north - town.south) * scale + 2 * MARGIN, 1)
    lon_margin, lat_margin = MARGIN / (WIDTH - 2 * MARGIN) * (town.east - town.west), MARGIN / scale
    frame = MapView(
        WIDTH, height, Markup(""), town.west - lon_margin, town.south - lat_margin, town.east + lon_margin,
        town.north + lat_margin,
    )  # fmt: skip
    lines = [(one.kind, [_project(point, frame) for point in line]) for one in town.drawn for line in one.lines]
    labels = Markup("").join(_label(one, frame) for one in town.drawn if one.kind == "label")
    tolerance, shapes = _FIRST_TOLERANCE, Markup("")
    while True:
        lines = [(kind, simplified(line, tolerance)) for kind, line in lines if _size(line) >= 2 * tolerance]
        shapes = _shapes(lines) + labels
        if len(shapes) <= MOST_LETTERS or not lines:
            return frame._replace(shapes=shapes)
        tolerance *= _STEP


def _size(line: Sequence[Point]) -> float:
    xs, ys = [x for x, _ in line], [y for _, y in line]
    return max(max(xs) - min(xs), max(ys) - min(ys))


def _shapes(lines: Sequence[tuple[str, list[Point]]]) -> Markup:
    """One path a kind, the lowest first."""
    paths = ((kind, "".join(_path(line, kind) for of, line in lines if of == kind)) for kind in KINDS)
    return Markup("").join(Markup('<path class="{}" d="{}"/>').format(kind, path) for kind, path in paths if path)


def _label(one: Drawn, frame: MapView) -> Markup:
    x, y = _project(one.lines[0][0], frame)
    return Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(x, y, one.name)


def _project(position: Position, frame: MapView) -> Point:
    lon, lat = position
    return (
        (lon - frame.west) / (frame.east - frame.west) * frame.width,
        (frame.north - lat) / (frame.north - frame.south) * frame.height,
    )


def _path(line: Sequence[Point], kind: str) -> str:
    """Path data, one decimal; "" for what is too small to be seen."""
    steps = [(round(x * 10), round(y * 10)) for x, y in line]
    if kind in _CLOSED:
        steps.pop()
    moves = [(x - a, y - b) for (a, b), (x, y) in pairwise(steps) if (x, y) != (a, b)]
    if not moves:
        return ""
    drawn = " ".join(f"{_tenths(x)} {_tenths(y)}" for x, y in moves).replace(" -", "-")
    return f"M{_tenths(steps[0][0])} {_tenths(steps[0][1])}l{drawn}{'z' if kind in _CLOSED else ''}"


def _tenths(value: int) -> str:
    sign, whole, tenth = "-" if value < 0 else "", *divmod(abs(value), 10)
    return f"{sign}{whole or ''}.{tenth}" if tenth else f"{sign}{whole}"


def simplified(points: list[Point], tolerance: float) -> list[Point]:
    """`points` without those nearer than `tolerance` to the line that is drawn instead; both ends stay."""
    kept = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        inner = range(first + 1, last)
        far, place = max(((_distance(points[at], points[first], points[last]), at) for at in inner), default=(0.0, 0))
        if far > tolerance:
            kept.add(place)
            waiting += [(first, place), (place, last)]
    return [points[at] for at in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """From the segment: a ring begins and ends at one point."""
    (x, y), (a, b), (c, d) = point, start, end
    length = hypot(c - a, d - b)
    if length == 0:
        return hypot(x - a, y - b)
    share = min(1.0, max(0.0, ((x - a) * (c - a) + (y - b) * (d - b)) / length**2))
    return hypot(x - a - share * (c - a), y - b - share * (d - b))
