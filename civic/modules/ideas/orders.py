"""The first 25 proposals in some order, kept while acts arrive without looking at the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import nsmallest

from civic.module import Document
from civic.ranking import Standing, drawn

SHOWN = 25
Rank = tuple[int, int]  # smallest first; the second is the number


class Order:
    """Exact at any moment: a rise can only enter the list, a fall inside the list makes it be drawn again."""

    def __init__(self, rank: Callable[[Document], Rank | None]) -> None:
        self._rank = rank
        self._ranks: dict[str, Rank] = {}
        self._documents: dict[str, Document] = {}
        self._shown: list[str] = []

    def put(self, document: Document) -> bool:
        """Takes a proposal's row; True if the list, or a row of it, is not as before."""
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
        """The proposals shown, in order."""
        return [self._documents[identity] for identity in self._shown]

    def ranked(self) -> list[Document]:
        """All that stand, in order."""
        return [self._documents[identity] for identity in sorted(self._ranks, key=self._ranks.__getitem__)]

    @property
    def has_more(self) -> bool:
        """Whether any stands below those shown."""
        return len(self._ranks) > len(self._shown)

    def is_shown(self, identity: str) -> bool:
        """Whether a proposal is in the list."""
        return identity in self._shown

    def best(self) -> Document | None:
        """The first one."""
        return self._documents[self._shown[0]] if self._shown else None


class Talk:
    """How much is said of each proposal: the standing documents of any other module that are about it."""

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


def by_support(document: Document) -> Rank | None:
    """Most votes for first; nothing without public votes."""
    if document["withdrawn"] or document["votes"] is None:
        return None
    return -document["votes"]["for"], document["number"]


def by_lot(document: Document, consultation: str, day: int) -> Rank | None:
    """Drawn by lot (civic.ranking)."""
    return None if document["withdrawn"] else (drawn(consultation, day, document["id"]), document["number"])


def standing(document: Document, talk: Talk) -> Standing:
    """What the order of relevance looks at."""
    votes: Mapping[str, int] | None = document["votes"]
    support = None if votes is None else votes["for"]
    return Standing(document["id"], document["number"], document["received_at"], support, talk.number(document["id"]))
