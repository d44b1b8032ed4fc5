"""A consultation's proposals in the builder: which pages show what, so that one vote touches a handful of pages."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel
from civic.modules.ideas import open_data
from civic.modules.ideas.orders import Order, Talk, by_lot, by_support, standing
from civic.modules.ideas.pages import BLOCK, Pages
from civic.ranking import Standing, place_of

ALL = "*"
_DAY = 86_400
_SHOWN = ("manifest", "phase", "since", "state", "results")


class IdeasShelf:
    """See civic.module.Shelf."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.row: Document = {}
        self.proposals: list[Document] = []  # by number - 1
        self.by_id: dict[str, Document] = {}
        self.by_category: dict[str, list[int]] = {category.id: [] for category in consultation.categories}
        self.talk = Talk()
        self.day = 0  # of the newest act that shows: proposals are drawn by lot once a day
        self.orders = {
            "support": Order(by_support),
            "relevance": Order(self._relevance),
            "lot": Order(self._lot),
        }

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table == "consultation":
            before, self.row = self.row, document
            return frozenset({ALL}) if any(before.get(one) != document.get(one) for one in _SHOWN) else frozenset()
        if table != "proposals":
            return frozenset(self._put_talk(document))
        return frozenset(self._put_proposal(document))

    def _relevance(self, document: Document) -> tuple[int, int] | None:
        return None if document["withdrawn"] else place_of(self.standing(document), self.consultation.ranking)

    def _lot(self, document: Document) -> tuple[int, int] | None:
        return by_lot(document, f"{self.consultation.slug}|{self.day}")

    def standing(self, document: Document) -> Standing:
        """What the place of a proposal in the order of relevance depends on."""
        return standing(document, self.talk)

    def _put_talk(self, document: Document) -> set[str]:
        """Of what others say only how much matters, and only to the order of relevance."""
        about = self.by_id.get(self.talk.put(document))
        return {"order:relevance"} if about is not None and self.orders["relevance"].put(about) else set()

    def _put_in_orders(self, document: Document) -> set[str]:
        if document["as_of"] // _DAY > self.day:
            self.day = document["as_of"] // _DAY
            lot = self.orders["lot"] = Order(self._lot)
            for one in self.proposals:
                lot.put(one)
        return {f"order:{name}" for name, order in self.orders.items() if order.put(document)}

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
        topics |= self._put_in_orders(document)
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
        orders = {name for name in self.orders if f"order:{name}" in topics}
        for topic in sorted(topics):
            name, _, value = topic.partition(":")
            if name == "about" and value in self.by_id:
                document = self.by_id[value]
                yield pages.proposal(document)
                blocks.add(block_of(document["number"]))
                orders |= {name for name, order in self.orders.items() if order.is_shown(value)}
                self._add_theme_block(themes, document)
            elif name == "block":
                blocks.add(int(value))
            elif name == "theme":
                themes[value] = None
        yield from pages.lists(blocks, is_first="first" in topics)
        for category in sorted(themes):
            yield from pages.themes(category, themes[category])
        for name in sorted(orders):
            yield from pages.ordered(name)
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
        yield from open_data.files(self.consultation, self.row, self.proposals)
        standing = [self.standing(one) for one in self.proposals if not one["withdrawn"]]
        yield from open_data.ranking_files(self.consultation, standing)

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
        best = self.orders["support"].best()
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
