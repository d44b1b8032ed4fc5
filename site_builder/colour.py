"""A town's one colour -> six readable ones, light and dark: WCAG contrast of 7:1 on every surface, steps in OKLCH.

The hue stays, the chroma is capped, the lightness walks until the contrast is there. It always gets there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

AAA = 7.0
WALL, PAPER = "#f6f5ee", "#ffffff"
WALL_DARK, PAPER_DARK = "#141c19", "#1c2622"


class Palette(NamedTuple):
    """What the stylesheet takes from the town: its roof, links and tints."""

    town: str  # roof, links and buttons in the light
    tint: str
    town_dark: str  # roof in the dark
    link_dark: str  # links and buttons in the dark
    tint_dark: str


class _Lch(NamedTuple):
    lightness: float
    chroma: float
    hue: float


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours such as #1c5244."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palette(colour: str) -> Palette:
    """The palette of a town whose colour is `colour` (#rrggbb)."""
    own = _to_lch(colour)
    chroma, hue = min(own.chroma, 0.15), own.hue
    tint = _to_hex(_Lch(0.93, min(chroma, 0.022), hue))
    tint_dark = _to_hex(_Lch(0.30, min(chroma, 0.035), hue))

    def stands_out(*surfaces: str) -> Callable[[str], bool]:
        return lambda candidate: all(contrast(candidate, surface) >= AAA for surface in surfaces)

    return Palette(
        town=_walk(_Lch(max(0.3, min(own.lightness, 0.45)), chroma, hue), -0.005, stands_out(PAPER, WALL, tint)),
        tint=tint,
        town_dark=_walk(_Lch(0.39, min(chroma, 0.10), hue), -0.005, stands_out("#ffffff")),
        link_dark=_walk(_Lch(0.75, min(chroma, 0.11), hue), 0.005, stands_out(WALL_DARK, PAPER_DARK, tint_dark)),
        tint_dark=tint_dark,
    )


def _walk(start: _Lch, step: float, is_right: Callable[[str], bool]) -> str:
    lightness = start.lightness
    while 0 < lightness < 1:
        candidate = _to_hex(start._replace(lightness=lightness))
        if is_right(candidate):
            return candidate
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> int:
    value = max(0.0, min(1.0, value))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_lch(colour: str) -> _Lch:
    red, green, blue = (_linear(value) for value in _channels(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return _Lch(lightness, math.hypot(a, b), math.atan2(b, a))


def _to_hex(colour: _Lch) -> str:
    # The chroma gives way, in twenty steps, until the screen can show the colour; without any, it always can.
    for part in range(20, -1, -1):
        chroma = colour.chroma * part / 20
        a, b = chroma * math.cos(colour.hue), chroma * math.sin(colour.hue)
        channels = _from_oklab(colour.lightness, a, b)
        if all(-0.001 <= value <= 1.001 for value in channels):
            break
    return "#" + "".join(f"{_gamma(value):02x}" for value in channels)


def _from_oklab(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
