"""The stylesheet: colours are tokens, sides are logical, and every text stands out in any town's colour."""

import itertools
import re

import pytest

from site_builder.colour import contrast, palette
from tests.theme.sources import styles, templates

every_part = pytest.mark.parametrize("part", styles())
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.IGNORECASE)
PHYSICAL = re.compile(
    r"(?:[;{]\s*(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|float)\b"
    r"|text-align:\s*(?:left|right))"
)
TOWNS = ("#1c5244", "#9c2f22", "#2f6fb5", "#d9912b", "#ffe600", "#000000", "#ffffff")


def tokens(scheme: str) -> dict[str, str]:
    """The colours of the core, as they are in a scheme."""
    light, dark = re.findall(r":root \{(.*?)\}", styles()["core"], re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", dark))
    return {
        name: "#" + "".join(c * 2 for c in value[1:]) if len(value) == 4 else value for name, value in found.items()
    }


@every_part
def test_colours_are_named_before_they_are_used(part: str) -> None:
    used = re.sub(r"--[\w-]+\s*:[^;}]*", "", styles()[part])
    assert not COLOUR.findall(re.sub(r"url\(#\w+\)", "", used))


@every_part
def test_sides_are_logical(part: str) -> None:
    assert not PHYSICAL.findall(styles()[part])


@every_part
def test_nothing_is_fetched(part: str) -> None:
    assert "@import" not in styles()[part]
    assert set(re.findall(r"url\(([^)]*)\)", styles()[part])) <= {"#hatch"}


def test_the_browser_s_bar_is_the_sky() -> None:
    bars = re.findall(r'name="theme-color" content="(#\w+)"', templates()["base.html"])
    assert bars == [tokens("light")["sky"], tokens("dark")["sky"]]


@pytest.mark.parametrize(("scheme", "town"), list(itertools.product(("light", "dark"), TOWNS)))
def test_texts_stand_out_on_every_surface(scheme: str, town: str) -> None:
    colour, own = tokens(scheme), palette(town)
    if scheme == "light":
        colour |= {"town": own.town, "link": own.town, "act": own.town, "tint": own.tint}
    else:
        colour |= {"town": own.town_dark, "link": own.link_dark, "act": own.link_dark, "tint": own.tint_dark}
    pairs = [(text, ground) for text in ("ink", "soft", "link") for ground in ("wall", "paper", "tint")]
    pairs += [("ink", "sky"), ("on-town", "town"), ("on-act", "act"), ("on-chalk", "chalk"), ("on-floor", "floor")]
    pairs += [("no", "paper"), ("no", "no-tint"), ("ink", "no-tint"), ("wall", "ink"), ("paper", "ink")]
    faint = {pair: contrast(colour[pair[0]], colour[pair[1]]) for pair in pairs}
    assert not {pair: value for pair, value in faint.items() if value < 7}
    assert contrast(colour["edge"], colour["wall"]) >= 3
    assert contrast(colour["edge"], colour["paper"]) >= 3
