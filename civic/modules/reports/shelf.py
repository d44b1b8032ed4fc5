"""A consultation's reports in the builder: which pages show what, so that a change touches a handful of pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel
from civic.modules.reports import open_data
from civic.modules.reports.listing import Listing
from civic.modules.reports.pages import Pages
from civic.modules.reports.rules import read_rules, title_of
from civic.modules.reports.standing import MERGED, OPEN, STANDINGS, standing_of, witnesses
from civic.order_files import Source, order_files
from civic.orders import Orders

ALL, FIRST, MAP = "*", "first", "map"
EVERY = ""  # the list of all
MAPPED = 25  # the newest ones with a position
OPEN_SHOWN = 200
_SHOWN = ("manifest", "phase", "since", "state")
_FEED = 20


class ReportsShelf:
    """See civic.module.Shelf. A document is a row of the snapshot with `standing`, `answers` and `into` added."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation, self.rules = consultation, read_rules(consultation)
        self.row: Document = {}
        self.reports: list[Document] = []  # by number - 1
        self.by_id: dict[str, Document] = {}
        tops = [one.id for one in self.rules.categories.values() if not one.group]
        named = [f"category:{one}" for one in tops] + [f"standing:{one}" for one in STANDINGS]
        self.lists: dict[str, Listing] = {name: Listing() for name in (EVERY, *named)}
        self.mapped = Listing()
        self._answers: dict[str, list[Mapping[str, Any]]] = {}
        self.orders = Orders(consultation.slug, consultation.ranking, witnesses)

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table == "consultation":
            before, self.row = self.row, document
            return frozenset({ALL}) if any(before.get(one) != document.get(one) for one in _SHOWN) else frozenset()
        if table == "answers":
            self._answers[document["id"]] = document["answers"]
            known = self.by_id.get(document["id"])
            return frozenset() if known is None else frozenset(self._put_report(known))
        return frozenset(self._put_report(document) if table == "reports" else self.orders.put_talk(document))

    def _put_report(self, document: Document) -> set[str]:
        number, before = document["number"], self.by_id.get(document["id"])
        answers = self._answers.get(document["id"], [])
        document = document | {"answers": answers, "standing": standing_of(document, answers)}
        topics = {f"about:{document['id']}"}
        if before is None:
            if number != len(self.reports) + 1:
                raise ValueError(f"report {number} put after {len(self.reports)}")
            self.reports.append(document)
            topics |= self._list(EVERY, number, is_in=True) | {FIRST}
            if number > 1:
                topics.add(f"about:{self.reports[number - 2]['id']}")
        else:
            self.reports[number - 1] = document
        self.by_id[document["id"]] = document
        return topics | self._file(before, document) | self.orders.put(document)

    def _file(self, before: Document | None, document: Document) -> set[str]:
        """Moves the report between the lists that it belongs in."""
        number, topics = document["number"], set[str]()
        old, new = (set() if before is None else self._lists_of(before)), self._lists_of(document)
        for name in old ^ new:
            topics |= self._list(name, number, is_in=name in new) | {FIRST}
        was_mapped, is_mapped = before is not None and has_position(before), has_position(document)
        if was_mapped != is_mapped:
            (self.mapped.add if is_mapped else self.mapped.remove)(number)
        if was_mapped or is_mapped:
            topics.add(MAP)
        return topics

    def _list(self, name: str, number: int, *, is_in: bool) -> set[str]:
        listing = self.lists[name]
        return {f"block:{block}:{name}" for block in (listing.add if is_in else listing.remove)(number)}

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """See Shelf."""
        pages = Pages(self)
        if topics is None or ALL in topics:
            yield from pages.all()
            return
        blocks: dict[str, set[int]] = {EVERY: {self.lists[EVERY].last + 1}} if FIRST in topics else {}
        for topic in sorted(topics):
            kind, _, value = topic.partition(":")
            if kind == "block":
                block, _, name = value.partition(":")
                blocks.setdefault(name, set()).add(int(block))
            elif kind == "about" and value in self.by_id:
                document = self.by_id[value]
                yield pages.report(document)
                for name in {EVERY} | self._lists_of(document):
                    blocks.setdefault(name, set()).add(self.lists[name].block_of(document["number"]))
        for name in sorted(blocks):
            yield from pages.listing(name, blocks[name])
        for name in self.orders.touched(topics, (one.removeprefix("about:") for one in topics)):
            yield pages.ordered(name)
        if MAP in topics or any(one.startswith("about:") for one in topics):
            yield pages.map()

    def newest_mapped(self) -> list[Document]:
        """The newest reports with a position, newest first."""
        return [self.reports[number - 1] for number in reversed(self.mapped.numbers[-MAPPED:])]

    def newest_open(self) -> list[Document]:
        """The newest reports that are still to be seen to, newest first."""
        numbers = sorted(number for one in OPEN for number in self._standing(one)[-OPEN_SHOWN:])
        return [self.reports[number - 1] for number in reversed(numbers[-OPEN_SHOWN:])]

    def _standing(self, standing: str) -> list[int]:
        return self.lists[f"standing:{standing}"].numbers

    def _lists_of(self, document: Document) -> set[str]:
        """The lists that hold the report besides that of all: of its first-level category, of where it stands."""
        if document["withdrawn"]:
            return set()
        category = self.rules.categories[document["category"]]
        return {f"category:{category.group or category.id}", f"standing:{document['standing']}"}

    def into(self, document: Document) -> Document | None:
        """The report that this one is merged into."""
        said = document["answers"][-1] if document["answers"] else {}
        return self.by_id.get(said.get("into", "")) if document["standing"] == MERGED else None

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        yield from open_data.files(self)
        yield from order_files(self.orders, Source("reports.json", "seen_too"))

    def entries(self) -> Iterator[FeedEntry]:
        """The newest reports, and what the town hall last said of those it said most recently."""
        newest = [one for one in self.reports[-_FEED:] if not one["withdrawn"]]
        yield from (_entry(self, one) for one in reversed(newest))
        said = sorted((some[-1]["at"], identity) for identity, some in self._answers.items() if some)
        for _, identity in reversed(said[-_FEED:]):
            document = self.by_id.get(identity)
            if document is not None and not document["withdrawn"]:
                yield _answer_entry(self, document)

    def panel(self, target: str) -> Panel | None:
        """Reports add nothing to other modules' pages."""
        return None

    def fact(self, target: str) -> tuple[str, int] | None:
        """Nor to their lists."""
        return None

    def summary(self) -> tuple[tuple[str, int], ...]:
        """How many reports, and how many are fixed."""
        return (("reports", len(self.reports)), ("reports_fixed", len(self._standing("fixed"))))

    def outcome(self) -> Mapping[str, Any] | None:
        """Nothing is decided here."""
        return None


def has_position(document: Document) -> bool:
    """Whether it can be drawn on a map."""
    return bool(document["place"]["lat"])


def _entry(shelf: ReportsShelf, document: Document) -> FeedEntry:
    title = title_of(shelf.rules, document, document["lang"])
    return FeedEntry(
        document["id"], f"/{shelf.consultation.slug}/{document['number']}/", title, document["text"], document["name"],
        document["lang"], document["received_at"], document["as_of"],
    )  # fmt: skip


def _answer_entry(shelf: ReportsShelf, document: Document) -> FeedEntry:
    said = document["answers"][-1]
    lang, words = next(iter(said["words"].items()), (document["lang"], ""))
    path = f"/{shelf.consultation.slug}/{document['number']}/#answer"
    return FeedEntry(
        document["id"], path, title_of(shelf.rules, document, lang), words, said["name"], lang, said["at"], said["at"]
    )
