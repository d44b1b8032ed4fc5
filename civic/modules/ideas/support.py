"""The 25 proposals with most votes for, kept while votes arrive without looking at the others."""

from __future__ import annotations

from heapq import nsmallest

from civic.module import Document

SHOWN = 25
_Rank = tuple[int, int]  # (-votes for, number): smallest first


class MostSupported:
    """Exact at any moment: a rise can only enter the list, a fall inside the list makes it be drawn again."""

    def __init__(self) -> None:
        self._ranks: dict[str, _Rank] = {}
        self._documents: dict[str, Document] = {}
        self._shown: list[str] = []

    def put(self, document: Document) -> bool:
        """Takes a proposal's row; True if the list, or a row of it, is not as before."""
        identity, rank = document["id"], _rank_of(document)
        before = self._ranks.get(identity)
        self._documents[identity] = document
        if rank is None:
            self._ranks.pop(identity, None)
        else:
            self._ranks[identity] = rank
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
        """The proposals shown, most supported first; ties in order of number."""
        return [self._documents[identity] for identity in self._shown]

    def is_shown(self, identity: str) -> bool:
        """Whether a proposal is in the list."""
        return identity in self._shown

    def best(self) -> Document | None:
        """The most supported one."""
        return self._documents[self._shown[0]] if self._shown else None


def _rank_of(document: Document) -> _Rank | None:
    if document["withdrawn"] or document["votes"] is None:
        return None
    return -document["votes"]["for"], document["number"]
