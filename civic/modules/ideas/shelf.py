"""A consultation's proposals in the builder: which pages show what, so that one vote touches a handful of pages."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel
from civic.modules.ideas import open_data
from civic.modules.ideas.pages import BLOCK, Pages
from civic.modules.ideas.support import MostSupported

ALL = "*"
_SHOWN = ("manifest", "phase", "since", "state", "results")


class IdeasShelf:
    """See civic.module.Shelf."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.row: Document = {}
        self.proposals: list[Document] = []  # by number - 1
        self.by_id: dict[str, Document] = {}
        self.by_category: dict[str, list[int]] = {category.id: [] for category in consultation.categories}
        self.supported = MostSupported()

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table == "consultation":
            before, self.row = self.row, document
            return frozenset({ALL}) if any(before.get(one) != document.get(one) for one in _SHOWN) else frozenset()
        if table != "proposals":
            return frozenset()
        return frozenset(self._put_proposal(document))

    def _put_proposal(self, document: Document) -> set[str]:
        number, before = document["number"], self.by_id.get(document["id"])
        topics = {f"about:{document['id']}"}
        if before is None:
            if number != len(self.proposals) + 1:
                raise ValueError(f"proposal {number} put after {len(self.proposals)}")
            self.proposals.append(document)
            topics |= {"first", "ballot"} | {f"block:{back}" for back in _blocks_moved(number)}
            if number > 1:
                topics.add(f"about:{self.proposals[number - 2]['id']}")
        else:
            self.proposals[number - 1] = document
            if any(before[one] != document[one] for one in ("title", "withdrawn", "category")):
                topics |= {"ballot", "first"}
        self.by_id[document["id"]] = document
        if self.supported.put(document):
            topics.add("top")
        return topics | self._put_category(before, document)

    def _put_category(self, before: Document | None, document: Document) -> set[str]:
        old, new = (before or {}).get("category", ""), document["category"]
        if old == new:
            return set()
        if old in self.by_category:
            self.by_category[old].remove(document["number"])
        if new in self.by_category:
            insort(self.by_category[new], document["number"])
        return {f"theme:{one}" for one in (old, new) if one}

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """See Shelf."""
        pages = Pages(self)
        if topics is None or ALL in topics:
            yield from pages.all()
            return
        blocks: set[int] = set()
        themes: dict[str, set[int] | None] = {}
        is_top = "top" in topics
        for topic in sorted(topics):
            name, _, value = topic.partition(":")
            if name == "about" and value in self.by_id:
                document = self.by_id[value]
                yield pages.proposal(document)
                blocks.add(block_of(document["number"]))
                is_top = is_top or self.supported.is_shown(value)
                self._add_theme_block(themes, document)
            elif name == "block":
                blocks.add(int(value))
            elif name == "theme":
                themes[value] = None
        yield from pages.lists(blocks, is_first="first" in topics)
        for category in sorted(themes):
            yield from pages.themes(category, themes[category])
        if is_top:
            yield from pages.supported()
        if "ballot" in topics:
            yield from pages.ballot()
        yield from pages.result()

    def _add_theme_block(self, themes: dict[str, set[int] | None], document: Document) -> None:
        numbers = self.by_category.get(document["category"])
        blocks = themes.setdefault(document["category"], set()) if numbers is not None else None
        if numbers is not None and blocks is not None:
            blocks.add(block_of(bisect_left(numbers, document["number"]) + 1))

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        return open_data.files(self.consultation, self.row, self.proposals)

    def entries(self) -> Iterator[FeedEntry]:
        """The newest proposals."""
        shown = 0
        for document in reversed(self.proposals):
            if shown == 20:
                return
            if not document["withdrawn"]:
                shown += 1
                yield FeedEntry(
                    document["id"], f"/{self.consultation.slug}/{document['number']}/", document["title"],
                    document["text"], document["name"], document["lang"], document["received_at"], document["as_of"],
                )  # fmt: skip

    def panel(self, target: str) -> Panel | None:
        """Ideas add nothing to other modules' pages."""
        return None

    def fact(self, target: str) -> tuple[str, int] | None:
        """Nor to their lists."""
        return None

    def summary(self) -> tuple[tuple[str, int], ...]:
        """How many proposals."""
        return (("proposals", len(self.proposals)),)

    def outcome(self) -> Mapping[str, Any] | None:
        """The proposal with most votes for, and the figures around it."""
        results = self.row.get("results")
        best = self.supported.best()
        if results is None or best is None:
            return None
        return {"proposal": best, "results": results, "number": len(self.proposals)}


def block_of(ordinal: int) -> int:
    """The block (from 1) of the proposal with this ordinal (from 1)."""
    return (ordinal - 1) // BLOCK + 1


def _blocks_moved(number: int) -> tuple[int, ...]:
    """Older list pages that a new proposal changes: a block leaves the first page when a new one begins."""
    block = block_of(number)
    if (number - 1) % BLOCK or block < 3:
        return ()
    return tuple(one for one in (block - 2, block - 3) if one > 0)
