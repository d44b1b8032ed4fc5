"""What is searched: the words of pages, in packs of their own for phones that do not keep the pages (formats.md §25).

A pack holds a block of fifty pages that does not move when a page changes: a change makes one pack a language new.
Phones that keep pages find the same words beside them (packs.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from civic.canonical import canonical_json
from civic.module import Page, Searched
from site_builder.context import ConsultationView, ProjectView
from site_builder.desk import Desk
from site_builder.edition import Edition
from site_builder.prose import markdown

BLOCK = 50  # pages a pack: about 10 kB in Brotli
MOST_KEPT = 6  # packs, the newest, whose words a phone keeps of a consultation: those of as many pages as it keeps
MOST_LETTERS = 8000  # of a page with all that people say about it


Doc = dict[str, object]  # of one page: its path, title, text…


class WordPack(NamedTuple):
    """One pack by the name of its file, and how many documents it holds."""

    h: str
    docs: int

    @property
    def file(self) -> str:
        """Where the site has it."""
        return f"p/{self.h}.json"


class _Block(NamedTuple):
    paths: tuple[str, ...]
    packs: dict[str, WordPack]  # by language


class WordPacks:
    """The packs of one consultation, kept so that what has not changed is neither read nor written again."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._touched: set[str] = set()

    def touch(self, pages: Iterable[Page]) -> None:
        """Takes note of pages that may say something else now."""
        self._touched.update(page.path for page in pages if page.searched is not None)

    def make(self, desk: Desk, pages: Sequence[Page], editions: Sequence[Edition]) -> Iterator[tuple[str, bytes]]:
        """The files that are new since the last time, of `pages`, all of the consultation."""
        found = [page for page in pages if page.searched is not None]
        blocks: list[_Block] = []
        for start in range(0, len(found), BLOCK):
            block = found[start : start + BLOCK]
            paths, before = tuple(page.path for page in block), self._blocks[len(blocks) : len(blocks) + 1]
            if before and before[0].paths == paths and self._touched.isdisjoint(paths):
                blocks += before
                continue
            made = {edition.language.code: word_pack(_docs(desk, block, edition)) for edition in editions}
            blocks.append(_Block(paths, {code: pack for code, (pack, _) in made.items()}))
            yield from ((pack.file, data) for pack, data in made.values())
        self._blocks, self._touched = blocks, set()

    def of(self, code: str) -> list[WordPack]:
        """The packs in one language, the newest pages first."""
        return [block.packs[code] for block in reversed(self._blocks)]

    def kept(self, code: str, read: Callable[[str], bytes]) -> dict[str, list[Doc]]:
        """By path, the documents in one language that phones keep; `read` gives the bytes of a file that is written."""
        packs = [json.loads(read(pack.file))["docs"] for pack in self.of(code)[:MOST_KEPT]]
        return {doc["path"]: [doc] for docs in packs for doc in docs}

    def files(self) -> set[str]:
        """Every file that is part of the site."""
        return {pack.file for block in self._blocks for pack in block.packs.values()}


def town_words(pages: Sequence[Page], views: Iterable[ConsultationView], edition: Edition) -> list[Doc]:
    """What the town itself wrote: its consultations and its pages."""
    code = edition.language.code
    docs = [
        _doc(edition, f"/{one.slug}/", Searched(one.title, _plain(one.summary, one.html.striptags()), code,
                                                "consultation", 0))
        for one in views
    ]  # fmt: skip
    for page in pages:
        if "name" in page.context:
            text = edition.text(page.context["name"])
            words = Searched(text.title, _plain(text.summary, text.html.striptags()), code, "page", 0)
            docs.append(_doc(edition, page.path, words))
        elif "project_slug" in page.context:
            docs.append(_doc(edition, page.path, _of_project(edition.project(page.context["project_slug"]), code)))
    return docs


def _of_project(project: ProjectView, code: str) -> Searched:
    dates = (one.label for one in project.milestones)
    text = _plain(project.summary, project.html.striptags(), *dates)
    return Searched(project.title, text, code, "project", 0)


def _docs(desk: Desk, pages: Sequence[Page], edition: Edition) -> Iterator[Doc]:
    for page in pages:
        searched = page.searched or {}
        words = searched.get(edition.language.code) or searched.get("")
        if words is not None:
            said = (panel.text for panel in desk.panels(page.target))
            text = markdown(words.text).striptags() if words.is_markdown else words.text
            yield _doc(edition, page.path, words._replace(text=_plain(text, *said)))


def _doc(edition: Edition, path: str, words: Searched) -> Doc:
    return {
        "path": edition.path_of(path), "title": words.title, "text": words.text[:MOST_LETTERS], "lang": words.lang,
        "kind": edition.words(f"found.{words.kind}"), "at": words.at,
    }  # fmt: skip


def _plain(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def word_pack(docs: Iterable[Doc]) -> tuple[WordPack, bytes]:
    """The pack of these documents, and its bytes."""
    listed = list(docs)
    data = canonical_json({"v": 1, "docs": listed})
    return WordPack(hashlib.sha256(data).hexdigest()[:16], len(listed)), data
