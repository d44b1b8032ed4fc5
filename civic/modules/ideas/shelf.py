"""A consultation's proposals in the builder: which pages show what, so that one vote touches a handful of pages."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel
from civic.modules.ideas import open_data
from civic.modules.ideas.orders import Order, Talk, by_lot, by_support, standing
from civic.modules.ideas.pages import BLOCK, Pages
from civic.modules.ideas.settings import settings_of
from civic.modules.ideas.statuses import Statuses, takes_votes
from civic.ranking import Standing, place_of

ALL, MAP = "*", "map"
_DAY = 86_400
_SHOWN = ("manifest", "phase", "since", "state", "results")


class _Wanted(NamedTuple):
    """What topics ask for: ideas, and blocks of lists; None for all of a list."""

    ids: list[str]
    blocks: set[int]
    themes: dict[str, set[int] | None]
    trees: dict[str, set[int] | None]
    statuses: dict[str, set[int] | None]


class IdeasShelf:
    """See civic.module.Shelf."""

    def __init__(self, consultation: Consultation, statuses: Sequence[str]) -> None:
        self.consultation, self.settings = consultation, settings_of(consultation)
        self.row: Document = {}
        self.proposals: list[Document] = []  # by number - 1
        self.by_id: dict[str, Document] = {}
        self.by_category: dict[str, list[int]] = {category.id: [] for category in consultation.categories}
        # By "<tree>/<category of the first level>".
        self.by_tree: dict[str, list[int]] = {
            f"{tree.id}/{one.id}": [] for tree in self.settings.trees.values() for one in tree.tops()
        }
        self.placed: list[int] = []  # numbers of those that can be drawn on a map
        self.statuses = Statuses(statuses)
        self.talk = Talk()
        self.day = 0  # of the newest act that shows: proposals are drawn by lot once a day
        self._is_lot_due = False  # a day has begun, and nobody has asked yet for its draw
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
        if table == "answers":
            return self._put_answers(document)
        if table != "proposals":
            return frozenset(self._put_talk(document))
        return frozenset(self._put_proposal(document))

    def _put_answers(self, document: Document) -> frozenset[str]:
        moved = self.statuses.put(document)
        for one in sorted(moved.ids & self.by_id.keys()):
            self._put_proposal(self.by_id[one])
        return moved.topics | {f"about:{one}" for one in moved.ids}

    def _relevance(self, document: Document) -> tuple[int, int] | None:
        return None if document["withdrawn"] else place_of(self.standing(document), self.consultation.ranking)

    def _lot(self, document: Document) -> tuple[int, int] | None:
        return by_lot(document, self.consultation.slug, self.day)

    def standing(self, document: Document) -> Standing:
        """What the place of a proposal in the order of relevance depends on."""
        return standing(document, self.talk)

    def _put_talk(self, document: Document) -> set[str]:
        """Of what others say only how much matters, and only to the order of relevance."""
        about = self.by_id.get(self.talk.put(document))
        return {"order:relevance"} if about is not None and self.orders["relevance"].put(about) else set()

    def _put_in_orders(self, document: Document) -> set[str]:
        if document["as_of"] // _DAY > self.day:
            self.day, self._is_lot_due = document["as_of"] // _DAY, True
        kept = [name for name in self.orders if name != "lot" or not self._is_lot_due]
        moved = {f"order:{name}" for name in kept if self.orders[name].put(document)}
        return moved | ({"order:lot"} if self._is_lot_due else set())

    def _draw(self) -> None:
        """Draws by lot for the day, once: a past that is read again has many days, of which only the last shows."""
        if self._is_lot_due:
            lot = self.orders["lot"] = Order(self._lot)
            for one in self.proposals:
                lot.put(one)
            self._is_lot_due = False

    def _put_proposal(self, document: Document) -> set[str]:
        number, before = document["number"], self.by_id.get(document["id"])
        document = self.statuses.dressed(document)
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
            if self.takes_votes(before) != self.takes_votes(document):
                topics.add("ballot")
        self.by_id[document["id"]] = document
        topics |= self._put_in_orders(document)
        return topics | self._put_category(before, document) | self._put_lists(before, document)

    def _put_category(self, before: Document | None, document: Document) -> set[str]:
        old, new = (before or {}).get("category", ""), document["category"]
        if old == new:
            return set()
        if old in self.by_category:
            self.by_category[old].remove(document["number"])
        if new in self.by_category:
            insort(self.by_category[new], document["number"])
        return {f"theme:{one}" for one in (old, new) if one}

    def _put_lists(self, before: Document | None, document: Document) -> set[str]:
        was_placed, is_placed = before is not None and _is_placed(before), _is_placed(document)
        if is_placed and not was_placed:
            insort(self.placed, document["number"])
        elif was_placed and not is_placed:
            self.placed.remove(document["number"])
        return self._put_trees(before, document) | ({MAP} if was_placed or is_placed else set())

    def _put_trees(self, before: Document | None, document: Document) -> set[str]:
        old, new = set[str]() if before is None else self.filed(before), self.filed(document)
        for key in old - new:
            self.by_tree[key].remove(document["number"])
        for key in new - old:
            insort(self.by_tree[key], document["number"])
        return {f"tree:{key}" for key in old ^ new} | ({"first"} if old != new else set())

    def filed(self, document: Document) -> set[str]:
        """The lists of trees that an idea is in."""
        own = ((tree, one) for tree, one in document.get("trees", {}).items() if tree in self.settings.trees)
        return {f"{tree}/{top}" for tree, one in own if (top := self.settings.trees[tree].top_of(one))}

    def takes_votes(self, document: Document) -> bool:
        """Whether pages ask for votes on it."""
        return takes_votes(document, self.settings.cosigners)

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """See Shelf."""
        self._draw()
        pages = Pages(self)
        if topics is None or ALL in topics:
            yield from pages.all()
            return
        wanted = self._wanted(topics)
        for identity in wanted.ids:
            yield pages.proposal(self.by_id[identity])
        yield from pages.lists(wanted.blocks, is_first="first" in topics)
        for category in sorted(wanted.themes):
            yield from pages.themes(category, wanted.themes[category])
        for key in sorted(wanted.trees):
            yield from pages.filed(key, wanted.trees[key])
        for status in sorted(wanted.statuses):
            yield from pages.with_status(status, wanted.statuses[status])
        for name, order in self.orders.items():
            if f"order:{name}" in topics or any(order.is_shown(one) for one in wanted.ids):
                yield from pages.ordered(name)
        if MAP in topics:
            yield from pages.map()
        if "ballot" in topics:
            yield from pages.ballot()
        yield from pages.result()

    def _wanted(self, topics: frozenset[str]) -> _Wanted:
        wanted = _Wanted([], set(), {}, {}, {})
        for topic in sorted(topics):
            name, _, value = topic.partition(":")
            if name == "about" and value in self.by_id:
                document = self.by_id[value]
                number = document["number"]
                wanted.ids.append(value)
                wanted.blocks.add(block_of(number))
                _add_block(wanted.themes, document["category"], self.by_category, number)
                for key in self.filed(document):
                    _add_block(wanted.trees, key, self.by_tree, number)
                if document["answers"]:
                    _add_block(wanted.statuses, document["answers"][-1]["status"], self.statuses.numbers, number)
            elif name == "block":
                wanted.blocks.add(int(value))
            elif name in ("theme", "status", "tree"):
                {"theme": wanted.themes, "status": wanted.statuses, "tree": wanted.trees}[name][value] = None
        return wanted

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        self._draw()
        yield from open_data.files(self.consultation, self.row, self.proposals)
        standing = [self.standing(one) for one in self.orders["relevance"].ranked()]
        yield from open_data.ranking_files(self.consultation, standing)
        lot = [one["number"] for one in self.orders["lot"].ranked()]
        yield open_data.orders_file(self.consultation, standing, lot, self.day)

    def entries(self) -> Iterator[FeedEntry]:
        """The newest proposals and the town's newest answers."""
        yield from self.statuses.entries(self.by_id, self.consultation.slug)
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


def _add_block(found: dict[str, set[int] | None], name: str, lists: Mapping[str, list[int]], number: int) -> None:
    """Adds the block of the list `name` that holds `number`, unless all of it is found already."""
    blocks = found.setdefault(name, set()) if name in lists else None
    if blocks is not None:
        blocks.add(block_of(bisect_left(lists[name], number) + 1))


def _is_placed(document: Document) -> bool:
    return bool(not document["withdrawn"] and document.get("place", {}).get("lat"))


def block_of(ordinal: int) -> int:
    """The block (from 1) of the proposal with this ordinal (from 1)."""
    return (ordinal - 1) // BLOCK + 1


def _blocks_moved(number: int) -> tuple[int, ...]:
    """Older list pages that a new proposal changes: a block leaves the first page when a new one begins."""
    block = block_of(number)
    if (number - 1) % BLOCK or block < 3:
        return ()
    return tuple(one for one in (block - 2, block - 3) if one > 0)
