"""Templates show: no sentence, no style, no script, no rule of their own."""

import re

import pytest

from site_builder.posters import SIZES
from tests.theme.sources import styles, templates, without_jinja

every_template = pytest.mark.parametrize("name", templates())
# Formats have no translation.
UNTRANSLATED = {"CSV", "JSON", "GeoJSON", "manifest", "json", "flux", "xml", "donnees", "lignes"}
SPOKEN = re.compile(r"""\b(aria-label|title|alt|placeholder)="([^"]*)\"""")


@every_template
def test_it_begins_with_the_context_it_needs(name: str) -> None:
    assert templates()[name].startswith(("{#- context: ", "{#- context, every page "))


@every_template
def test_it_holds_no_style_and_no_script_of_its_own(name: str) -> None:
    text = without_jinja(templates()[name])
    assert not re.search(
        r"""\sstyle=|\son\w+=|javascript:|<style(?!>·</style>)|<script(?! src="·" defer></script>)""", text
    )


@every_template
def test_it_says_nothing_that_is_not_in_the_catalogue(name: str) -> None:
    text = without_jinja(templates()[name])
    shown = re.sub(r"<[^>]*>|&\w+;", " ", text)
    assert not set(re.findall(r"[^\W\d_]{2,}", shown)) - UNTRANSLATED
    assert not [spoken for _, spoken in SPOKEN.findall(text) if re.search(r"[^\W\d_]", spoken)]


@every_template
def test_every_citizen_s_word_is_escaped(name: str) -> None:
    assert "|safe" not in templates()[name]
    assert "autoescape false" not in templates()[name]


@every_template
def test_it_is_short(name: str) -> None:
    assert len(templates()[name].splitlines()) < 300


def test_every_part_of_the_stylesheet_is_used_and_exists() -> None:
    named = {
        part
        for text in templates().values()
        for line in re.findall(r"\{% set parts = (.*?) %\}", text)
        for part in re.findall(r'"(\w+)"', re.sub(r'"<\w+"', "", line))
    }
    assert named | {"core", *SIZES} == styles().keys()  # poster.html takes those of its size


@every_template
def test_every_form_of_an_act_tells_the_script_what_it_needs(name: str) -> None:
    needed = {"act", "consultation", "mh", "target", "title", "body", "opens", "closes", "until", "results"}
    for form in re.findall(r"<form[^>]*\sdata-act=[^>]*>", without_jinja(templates()[name])):
        told = set(re.findall(r"data-([a-z]+)=", form))
        assert needed <= told <= needed | {"slot", "page", "max", "mode", "assurance", "question"}


@every_template
def test_a_form_without_act_never_leaves_without_its_script(name: str) -> None:
    for form in re.findall(r"<form[^>]*>", without_jinja(templates()[name])):
        assert ("action=" in form) is ("data-act=" in form)
