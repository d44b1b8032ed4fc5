"""A little town in every language of the theme: each page speaks its own, and leads to the same page in the others."""

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from site_builder.settings import build_site
from site_builder.site import Folders, Site
from tests.theme.little_town import write_town
from tests.theme.question_town import PROFILE, build_asking
from tests.theme.sources import LANGUAGES, THEME, words

# French first, as the little town is: what is left of it on another page is a fault of that page.
ALL = ("fr", *(one for one in LANGUAGES if one != "fr"))
FRENCH = re.compile(r"\b(?:le|la|les|une|est|vous|votre|vos|pour|avec|dans|et|qui|aux|mairie(?!@)|cette)\b", re.I)
LOCALES = {"en": "en-GB"}
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
ATTRIBUTES = ("aria-label", "title", "alt", "placeholder")


class Spoken(HTMLParser):
    """What a page says in its own language: its texts and its labels, without what says it is in another."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        lang = given.get("lang") or (self.open[-1][1] if self.open else "")
        if not self.open or lang == self.open[0][1]:
            self.said += [given[name] or "" for name in ATTRIBUTES if name in given]
        if tag not in EMPTY:
            self.open.append((tag, lang))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A shape of a drawing: it says nothing."""

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self.open}
        if self.open and self.open[-1][1] == self.open[0][1] and not tags & {"script", "style", "title", "code"}:
            self.said.append(data)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Ideas while they are taken and once they are counted; questions in secret, and by group of people."""
    found = []
    for state in ("collect", "results"):
        folder = tmp_path_factory.mktemp(state)
        town, snapshots = write_town(folder, state, ideas=3, languages=ALL)
        site = Site(Folders(town, snapshots, THEME, folder / "site"))
        build_site(site)
        while site.output.waiting:
            site.output.shrink()
        found.append(folder / "site")
    found.append(build_asking(tmp_path_factory.mktemp("secret"), THEME, "vote", "secret", languages=ALL))
    groups = tmp_path_factory.mktemp("groups")
    found.append(build_asking(groups, THEME, "results", "hidden", profile=PROFILE, languages=ALL))
    return found


def pages(sites: list[Path]) -> Iterator[tuple[Path, str, str, str]]:
    """Every page: its site, its language by its address, its path there, its text."""
    for site in sites:
        for file in sorted(site.rglob("*.html")):
            first, *rest = file.relative_to(site).parts
            lang = first if first in ALL else "fr"
            yield site, lang, "/".join(rest if first in ALL else (first, *rest)), file.read_text("utf-8")


def test_no_page_shows_a_key_or_the_words_of_another_language(sites: list[Path]) -> None:
    # Some keys are the names of files too, which the page of data shows.
    keys = {key for key in words("fr") if "." in key and not key.endswith((".csv", ".json"))}
    seen = dict.fromkeys(ALL, 0)
    astray = set[tuple[str, str]]()
    for site, lang, path, text in pages(sites):
        said = Spoken(text).said
        seen[lang] += 1
        assert not keys & {word.strip(".,;:()") for one in said for word in one.split()}, (site.parent.name, path)
        astray |= {(lang, one) for one in said if lang != "fr" and FRENCH.search(one) and not of_the_town(one)}
        assert words(lang)["skip"] in said, (lang, path)
    assert not astray
    assert min(seen.values()) == max(seen.values()) > 50


def test_every_page_says_its_language_and_leads_to_the_same_page_in_the_others(sites: list[Path]) -> None:
    for site, lang, path, text in pages(sites):
        assert re.findall(r"<html lang=\"?([\w-]+)", text) == [lang], path
        links = re.findall(r'<a href="?([^" >]+)"? hreflang="?(\w+)', text)
        assert [code for _, code in links] == list(ALL), path
        for address, code in links:
            assert address.startswith(f"/{code}/") is (code != "fr"), path
            file = site / html.unescape(address).lstrip("/")
            assert (file / "index.html" if address.endswith("/") else file).is_file(), (path, address)
        alternates = dict(re.findall(r'<link rel="?alternate"? hreflang="?(\w+)"? href="?([^" >]+)', text))
        assert list(alternates) == list(ALL), path
        assert len(set(alternates.values())) == len(ALL), path


def test_the_script_of_every_page_speaks_its_language(sites: list[Path]) -> None:
    for site, lang, path, text in pages(sites):
        script = re.findall(r'<script src="?/([^" >]+)', text)[0]
        assert f'locale:"{LOCALES.get(lang, lang)}"' in (site / script).read_text("utf-8"), path


def of_the_town(text: str) -> bool:
    """Whether this came to the site as it is: the town's address, and a comment whose author took another language."""
    return "place du Marché" in text or text == "D’accord, si la place reste libre."
