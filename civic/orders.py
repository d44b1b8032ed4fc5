"""The first 25 contributions in some order, kept while acts arrive without looking at the others (formats.md §25)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from heapq import nsmallest

from civic.module import Document
from civic.ranking import Standing, Weights, drawn, place_of

SHOWN = 25
_DAY = 86_400
Rank = tuple[int, int]  # smallest first; the second is the number


class Order:
    """Exact at any moment: a rise can only enter the list, a fall inside the list makes it be drawn again."""

    def __init__(self, rank: Callable[[Document], Rank | None]) -> None:
        self._rank = rank
        self._ranks: dict[str, Rank] = {}
        self._documents: dict[str, Document] = {}
        self._shown: list[str] = []

    def put(self, document: Document) -> bool:
        """Takes a row; True if the list, or a row of it, is not as before."""
        identity, rank = document["id"], self._rank(document)
        before, had_more = self._ranks.get(identity), self.has_more
        self._documents[identity] = document
        if rank is None:
            self._ranks.pop(identity, None)
        else:
            self._ranks[identity] = rank
        return self._show(identity, before) or self.has_more != had_more

    def _show(self, identity: str, before: Rank | None) -> bool:
        """Puts it where it belongs in the list, whose rank was `before`; True if the list is not as before."""
        rank = self._ranks.get(identity)
        if identity in self._shown:
            candidates = self._shown if rank is not None and before is not None and rank <= before else self._ranks
            self._shown = nsmallest(
                SHOWN, (one for one in candidates if one in self._ranks), key=self._ranks.__getitem__
            )
            return True
        if rank is None or (len(self._shown) == SHOWN and rank > self._ranks[self._shown[-1]]):
            return False
        self._shown = nsmallest(SHOWN, [*self._shown, identity], key=self._ranks.__getitem__)
        return True

    def rows(self) -> list[Document]:
        """Those shown, in order."""
        return [self._documents[identity] for identity in self._shown]

    def ranked(self) -> list[Document]:
        """All that stand, in order."""
        return [self._documents[identity] for identity in sorted(self._ranks, key=self._ranks.__getitem__)]

    @property
    def has_more(self) -> bool:
        """Whether any stands below those shown."""
        return len(self._ranks) > len(self._shown)

    def is_shown(self, identity: str) -> bool:
        """Whether it is in the list."""
        return identity in self._shown

    def best(self) -> Document | None:
        """The first one."""
        return self._documents[self._shown[0]] if self._shown else None


class Talk:
    """How much is said of each contribution: the standing documents of any other module that are about it."""

    def __init__(self) -> None:
        self._about: dict[str, set[str]] = {}

    def put(self, document: Document) -> str:
        """Takes a document of another module; the id of what is talked about more, or less, than before, else ""."""
        target = document.get("target")
        if not isinstance(target, str):
            return ""
        said = self._about.setdefault(target, set())
        is_new = document["id"] not in said
        if is_new == bool(document.get("withdrawn")):
            return ""
        (said.add if is_new else said.discard)(document["id"])
        return target

    def number(self, identity: str) -> int:
        """How many stand."""
        return len(self._about.get(identity, ()))


class Orders:
    """What citizens contributed to one consultation, by relevance, by lot and by support.

    `support` is the module's word for how many stand behind a row, None where that is not public. A row has id, number,
    received_at, as_of, withdrawn.
    """

    def __init__(self, slug: str, weights: Weights, support: Callable[[Document], int | None]) -> None:
        self.slug, self.weights, self._support = slug, weights, support
        self.day = 0  # of the newest act that shows: lots are drawn once a day
        self._is_lot_due = False  # a day has begun, and nobody has asked yet for its draw
        self._rows: dict[str, Document] = {}
        self._talk = Talk()
        self._orders = {
            "support": Order(self._by_support),
            "relevance": Order(self._by_relevance),
            "lot": Order(self._by_lot),
        }

    def put(self, row: Document) -> set[str]:
        """Takes a contribution's row; the topics `order:<name>` of the orders that are not as before."""
        self._rows[row["id"]] = row
        if row["as_of"] // _DAY > self.day:
            self.day, self._is_lot_due = row["as_of"] // _DAY, True
        kept = [name for name in self._orders if name != "lot" or not self._is_lot_due]
        moved = {f"order:{name}" for name in kept if self._orders[name].put(row)}
        return moved | ({"order:lot"} if self._is_lot_due else set())

    @property
    def by_name(self) -> Mapping[str, Order]:
        """Each order as it stands now. A past that is read again has many days, of which only the last is drawn."""
        if self._is_lot_due:
            lot = self._orders["lot"] = Order(self._by_lot)
            for one in self._rows.values():
                lot.put(one)
            self._is_lot_due = False
        return self._orders

    def put_talk(self, document: Document) -> set[str]:
        """Takes another module's document: of what others say only how much matters, and only to relevance."""
        about = self._rows.get(self._talk.put(document))
        return {"order:relevance"} if about is not None and self._orders["relevance"].put(about) else set()

    def touched(self, topics: frozenset[str], ids: Iterable[str]) -> list[str]:
        """The names of the orders whose first rows are others, or show one of `ids`."""
        wanted = list(ids)
        return [
            name
            for name, order in self.by_name.items()
            if f"order:{name}" in topics or any(order.is_shown(one) for one in wanted)
        ]

    def standing(self, row: Document) -> Standing:
        """What its place in the order of relevance depends on."""
        return Standing(
            row["id"], row["number"], row["received_at"], self._support(row), self._talk.number(row["id"])
        )  # fmt: skip

    def _by_support(self, row: Document) -> Rank | None:
        support = None if row["withdrawn"] else self._support(row)
        return None if support is None else (-support, row["number"])

    def _by_relevance(self, row: Document) -> Rank | None:
        return None if row["withdrawn"] else place_of(self.standing(row), self.weights)

    def _by_lot(self, row: Document) -> Rank | None:
        return None if row["withdrawn"] else (drawn(self.slug, self.day, row["id"]), row["number"])
