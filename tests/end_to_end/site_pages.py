"""The pages of a published folder: all of them, and one of each make."""

import re
from collections import Counter
from functools import cache, cached_property
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from tests.end_to_end.page_checks import compressed

_REFERENCE = re.compile(r'<(?:script|img|link rel="(?:icon|manifest|stylesheet|preload)")[^>]*? (?:src|href)="([^"]+)"')
_SCRIPT = re.compile(r'<script[^>]* src="([^"]+)"')
_ASKED, _RUN = re.compile(r' data-ask="([^"]+)"'), re.compile(r' data-run="([^"]+)"')


_EMPTY = {"meta", "link", "br", "img", "input", "hr"}  # elements that nothing ends
_SHAPING = ("class", "role", "type", "hidden")
_HEADING = re.compile("h[1-6]")
_LANDMARKS = {"header", "nav", "main", "aside", "section", "form", "footer"}


class _Shape(HTMLParser):
    """What accessibility rules look at, whatever the words are.

    Which elements stand in which, which heading comes after which, and how many landmarks of a kind the page has.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._open: list[str] = []
        self._heading = "none"
        self._landmarks: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = f"{tag} {[pair for pair in attrs if pair[0] in _SHAPING]}"
        self.found.add(" > ".join([*self._open[-1:], one]))
        if _HEADING.fullmatch(tag):
            self.found.add(f"{self._heading}, then {tag}")
            self._heading = tag
        if tag in _LANDMARKS:
            self._landmarks[tag] += 1
            self.found.add(f"{self._landmarks[tag]} {tag}")
        if tag not in _EMPTY:
            self._open.append(one)

    def handle_endtag(self, tag: str) -> None:
        while self._open and not self._open.pop().startswith(f"{tag} "):
            pass


def _shape_of(html: str) -> frozenset[str]:
    shape = _Shape()
    shape.feed(html)
    return frozenset(shape.found)


class Weight(NamedTuple):
    """Bytes of a page, brotli 11: with its inline style, with its scripts and the worker, with all it asks for."""

    html: int
    scripts: int
    first_view: int


class SitePages:
    """`paths` are the addresses of all pages, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._asset = cache(self._weigh_asset)

    @cached_property
    def paths(self) -> list[str]:
        found = ["/" + file.parent.relative_to(self.folder).as_posix() for file in self.folder.rglob("index.html")]
        return [*sorted(path.rstrip(".").rstrip("/") + "/" for path in found), "/404.html"]

    @cached_property
    def stays(self) -> list[str]:
        """Those at which a browser stays: a short address goes on to another page."""
        return [path for path in self.paths if b'http-equiv="refresh"' not in self.file(path).read_bytes()]

    @cached_property
    def one_of_each(self) -> list[str]:
        """One address for each kind of page of each consultation, numbers being all alike.

        In the town's first language, and in one of its others by turns.
        """
        first: dict[str, str] = {}
        for path in self.stays:
            first.setdefault(re.sub(r"/\d+(?=/)", "/1", path), path)
        kinds = [kind for kind in first if self.language(kind) == ""]
        turns = zip(kinds, cycle(self.languages), strict=False) if self.languages else ()
        asked = [*kinds, *(f"/{language}{kind}" for kind, language in turns)]
        return [first[kind] for kind in asked if kind in first]

    @cached_property
    def languages(self) -> list[str]:
        """The languages that have a folder of their own: all but the town's first one."""
        return sorted(file.parent.name for file in self.folder.glob("??/index.html"))

    def language(self, path: str) -> str:
        """The language whose folder a page is in, "" for the town's first one."""
        top = path.split("/")[1]
        return top if top in self.languages else ""

    @cached_property
    def all_shapes(self) -> list[str]:
        """Addresses that have together all that any page has of what rules look at."""
        shapes = {path: _shape_of(self.file(path).read_text("utf-8")) for path in self.stays}
        left = set[str]().union(*shapes.values())
        chosen: list[str] = []
        while left:
            chosen.append(max(shapes, key=lambda path: len(shapes[path] & left)))
            left -= shapes[chosen[-1]]
        return chosen

    def file(self, path: str) -> Path:
        return self.folder / (path.lstrip("/") + "index.html" if path.endswith("/") else path.lstrip("/"))

    @cached_property
    def private(self) -> list[str]:
        """The shells of private pages: one address for each kind."""
        return [path for path in self.one_of_each if b"data-sealed" in self.file(path).read_bytes()]

    def weigh(self, path: str) -> Weight:
        """What comes without a gesture: of a private page what opens and runs it, or what asks for its key.

        Both come once, where a phone gets the key.
        """
        html = self.file(path).read_bytes()
        text = html.decode("utf-8")
        named = self.scripts(path)
        worker = self._asset("sw.js")
        scripts = worker + sum(map(self._asset, named))
        asked = named | set(_REFERENCE.findall(text))
        whole = compressed(html) + worker + sum(map(self._asset, asked))
        return Weight(compressed(html), scripts, whole)

    def scripts(self, path: str) -> set[str]:
        """The addresses of the scripts of a page that come without a gesture."""
        text = self.file(path).read_text("utf-8")
        opened = [url for urls in _RUN.findall(text) for url in urls.split()]
        heavier = max(opened, _ASKED.findall(text), key=lambda some: sum(map(self._asset, some)))
        return {*_SCRIPT.findall(text), *heavier}

    def _weigh_asset(self, name: str) -> int:
        return 0 if name.startswith("data:") else compressed((self.folder / name.lstrip("/")).read_bytes())
