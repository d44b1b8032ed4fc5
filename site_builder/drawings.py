"""The town's drawings (inline SVG) and the site's icons, made from its colour: a roof on two posts."""

from __future__ import annotations

import re
import struct
import zlib
from xml.etree import ElementTree as ET

import segno
from markupsafe import Markup

from site_builder.failure import BuildFailure

_SHAPES = frozenset({"svg", "g", "path", "circle", "ellipse", "rect", "line", "polygon", "polyline", "title"})
_ATTRIBUTES = {
    "width", "height", "viewBox", "fill", "fill-rule", "fill-opacity", "stroke", "stroke-width",
    "stroke-linecap", "stroke-linejoin", "stroke-opacity", "opacity", "transform", "preserveAspectRatio", "d",
    "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "points", "aria-hidden", "role", "class",
    "focusable",
}  # fmt: skip
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_PROLOGUE = re.compile(r"<\?xml[^>]*\?>\s*|<!--.*?-->\s*", re.DOTALL)
MOST_BYTES = 4096


def inline_svg(data: bytes, name: str) -> Markup:
    """A town's drawing for the inside of a page; BuildFailure where it holds more than shapes."""
    if len(data) > MOST_BYTES:
        raise BuildFailure(f"{name}: a drawing is at most {MOST_BYTES} bytes, this one has {len(data)}")
    text = _PROLOGUE.sub("", data.decode("utf-8")).strip()
    if "<!" in text or "&" in text:
        raise BuildFailure(f"{name}: a drawing has no entities")
    try:
        root = ET.fromstring(text)  # noqa: S314  a town's own file, without entities
    except ET.ParseError as error:
        raise BuildFailure(f"{name}: {error}") from error
    for element in root.iter():
        if element.tag.removeprefix(_NAMESPACE) not in _SHAPES:
            raise BuildFailure(f"{name}: '{element.tag}' is not a shape")
        for attribute in element.attrib:
            if attribute not in _ATTRIBUTES:
                raise BuildFailure(f"{name}: '{attribute}' may not be in a drawing")
    return Markup(text)  # noqa: S704


def code_svg(text: str) -> Markup:
    """The QR code of `text` (ISO/IEC 18004, error correction M) for the inside of a page, black on its ground."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None))  # noqa: S704


def icon_svg(colour: str) -> bytes:
    """The icon as SVG: the same shapes as `icon_png`."""
    shapes = "".join(f'<path fill="#fff" d="{path}"/>' for path in ("M16 3 30 14H2z", "M5 15h3v13H5zM24 15h3v13h-3z"))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<path fill="{colour}" d="M0 0h32v32H0z"/><g transform="translate(4.800 4.800) scale(.7)">{shapes}</g></svg>\n'
    ).encode("ascii")


def icon_png(colour: str, side: int) -> bytes:
    """The icon as PNG of `side` pixels, full-bleed: a mask of the phone may cut its corners."""
    ground = bytes(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    rows = b"".join(b"\0" + _row((y + 0.5) / side, side, ground) for y in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _row(height: float, side: int, ground: bytes) -> bytes:
    # In the SVG's units, after its transform.
    y = (height * 32 - 4.8) / 0.7
    spans: tuple[tuple[float, float], ...] = ()
    if 3 <= y < 14:
        half = 14 * (y - 3) / 11
        spans = ((16 - half, 16 + half),)
    elif 15 <= y < 28:
        spans = ((5, 8), (24, 27))
    row, drawn = b"", 0
    for start, end in spans:
        left, right = (round((at * 0.7 + 4.8) / 32 * side) for at in (start, end))
        row += ground * (left - drawn) + b"\xff\xff\xff" * (right - left)
        drawn = right
    return row + ground * (side - drawn)
