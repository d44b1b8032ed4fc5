"""How a site speaks: words, plurals, dates in the town's time, texts made safe, colours that can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from site_builder.colour import AAA, PAPER, PAPER_DARK, WALL, WALL_DARK, contrast, palette
from site_builder.drawings import icon_png, icon_svg, inline_svg
from site_builder.failure import BuildFailure
from site_builder.language import Language
from site_builder.prose import markdown, paragraphs
from site_builder.words import Words, read_words

CLOSES = 1_781_805_600  # 2026-06-18T18:00:00Z, a Thursday
DECEMBER = 1_797_552_000  # 2026-12-18
FRENCH = Language("fr", "Europe/Paris", is_default=True)
ENGLISH = Language("en", "Europe/Paris", is_default=False)
DUTCH = Language("nl", "Europe/Brussels", is_default=False)
GERMAN = Language("de", "Europe/Zurich", is_default=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FRENCH.weekday_date(CLOSES), "jeudi 18 juin à 20 h"),
        (FRENCH.datetime(CLOSES - 12 * 3600 - 1200), "18 juin 2026 à 7 h 40"),
        (FRENCH.date(CLOSES - 17 * 86_400), "1er juin 2026"),
        (FRENCH.day(CLOSES), "18 juin"),
        (FRENCH.month(CLOSES), "juin"),
        (FRENCH.short_day(DECEMBER), "18 déc."),
        (ENGLISH.short_day(DECEMBER), "18 Dec"),
        (FRENCH.short_month(DECEMBER), "déc."),
        (ENGLISH.weekday_date(CLOSES), "Thursday 18 June, 8 pm"),
        (ENGLISH.time(CLOSES + 120), "8:02 pm"),
        (ENGLISH.time(CLOSES - 8 * 3600), "12 noon"),
        (ENGLISH.time(CLOSES + 4 * 3600), "12 midnight"),
        (DUTCH.weekday_date(CLOSES), "donderdag 18 juni om 20 uur"),
        (DUTCH.datetime(CLOSES - 12 * 3600 - 1200), "18 juni 2026 om 7.40 uur"),
        (DUTCH.number(4127), "4.127"),
        (GERMAN.weekday_date(CLOSES), "Donnerstag, 18. Juni um 20 Uhr"),
        (GERMAN.datetime(CLOSES - 12 * 3600 - 1200), "18. Juni 2026 um 7:40 Uhr"),
        (Language("es", "Europe/Madrid", is_default=False).day(CLOSES), "18 de junio"),
        (FRENCH.number(4127), "4 127"),
        (ENGLISH.number(4127), "4,127"),
        (FRENCH.percent(633, 1000), "63,3 %"),
        (ENGLISH.percent(1, 2), "50%"),
        (ENGLISH.percent(0, 0), "0%"),
    ],
)
def test_dates_and_numbers_are_written_as_people_do(text: str, expected: str) -> None:
    assert text.replace("\u00a0", " ").replace("\u202f", " ") == expected


def test_nothing_breaks_between_a_number_and_what_it_counts() -> None:
    assert " " not in FRENCH.time(CLOSES + 60)
    assert " " not in FRENCH.day(CLOSES)
    assert " " not in ENGLISH.time(CLOSES)
    assert " " not in DUTCH.time(CLOSES)


def test_the_hour_is_the_one_on_the_clock_of_the_town() -> None:
    winter, summer = 1_797_616_800, CLOSES
    assert [Language("fr", "Europe/Paris", is_default=True).time(one)[:2] for one in (winter, summer)] == ["19", "20"]
    assert Language("fr", "Pacific/Noumea", is_default=True).day(CLOSES) == "19\u00a0juin"


WORDS = {"a": "Bonjour {name}", "n.one": "{n} voix", "n.other": "{n} voix, au pluriel", "only": "{n} fois", "b": "<b>"}


def test_words_take_their_values_and_their_plural() -> None:
    t = Words(WORDS, FRENCH)
    assert t("a", name="Ana") == "Bonjour Ana"
    assert t("n", n=1) == "1 voix"
    assert t("n", n=0) == "0 voix"
    assert t("n", n=1200) == "1\u202f200 voix, au pluriel"
    assert t("only", n=3) == "3 fois"


def test_a_value_that_is_markup_stays_so_and_no_other() -> None:
    t = Words(WORDS, FRENCH)
    assert t("a", name=Markup("<i>x</i>")) == Markup("Bonjour <i>x</i>")
    assert not isinstance(t("a", name="<i>"), Markup)
    assert not isinstance(t("b"), Markup)


@pytest.mark.parametrize(
    "ask", [lambda t: t("zzz"), lambda t: t("a"), lambda t: t("a", nom="x"), lambda t: t("z", n=1)]
)
def test_what_is_not_said_is_fatal(ask: object) -> None:
    assert callable(ask)
    t = Words(WORDS, FRENCH)
    if ask(Words({"a": "x", "zzz": "y", "z": "z"}, FRENCH)) == "x":
        return  # without values the sentence stands as it is
    with pytest.raises(BuildFailure):
        ask(t)


def test_a_word_said_twice_is_fatal(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "fr.json").write_text(json.dumps({"vote": name}), "utf-8")
    with pytest.raises(BuildFailure, match="'vote'"):
        read_words([tmp_path / "one", tmp_path / "two"], "fr")


def test_a_towns_text_can_not_carry_html() -> None:
    text = (
        "# T\n\n<script>alert(1)</script> <b onclick=x>b</b> [a](javascript:x) `a<b` ![p](x.png)\n\n| a |\n|-|\n| b |"
    )
    html = markdown(text)
    assert "<h2>T</h2>" in html
    assert "&lt;script&gt;" in html
    assert "<code>a&lt;b</code>" in html
    assert "<table>" in html
    for bad in ("<script", "<b ", "javascript", "<img", "<h1"):
        assert bad not in html


@given(st.text())
def test_no_text_of_anybody_opens_an_element(text: str) -> None:
    html = paragraphs(text)
    stripped = html.replace("<p>", "").replace("</p>", "").replace("<br>", "")
    assert "<" not in stripped
    assert "<script" not in markdown(text).lower()


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_of_a_town_can_be_read_everywhere(value: int) -> None:
    own = palette(f"#{value:06x}")
    pairs = [(own.town, surface) for surface in (PAPER, WALL, own.tint, "#ffffff")]
    pairs += [(own.town_dark, "#ffffff")]
    pairs += [(own.link_dark, surface) for surface in (WALL_DARK, PAPER_DARK, own.tint_dark)]
    assert min(contrast(one, other) for one, other in pairs) >= AAA


def test_the_colours_are_those_of_the_mock_ups() -> None:
    assert palette("#9c2f22").town == "#8f2216"
    assert palette("#2f6fb5").town == "#004b8e"
    assert palette("#ffe600").town == "#554d08"


def test_icons_are_pictures() -> None:
    png = icon_png("#1c5244", 180)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(png) < 2000
    assert icon_svg("#1c5244").startswith(b"<svg ")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x</script>",
        '<path onload="x"/>',
        '<a href="x"/>',
        "&x;",
        '<path style="fill:red"/>',
        "<path",
        "<!-- -->" * 600,
    ],
)
def test_a_drawing_holds_shapes_only(inside: str) -> None:
    with pytest.raises(BuildFailure):
        inline_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode(), "arms.svg")
