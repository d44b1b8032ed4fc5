"""The page on which one writes to the town hall. It depends on the rules alone: letters change no page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel

ALL = "*"


class MessagesShelf:
    """See civic.module.Shelf. `key` is the thumbprint of the town's key, `points` the keys by theirs."""

    def __init__(self, consultation: Consultation, key: str, points: Mapping[str, str]) -> None:
        self.slug, self.key, self.point = consultation.slug, key, points[key]
        self._state = ""

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table != "consultation" or document["state"] == self._state:
            return frozenset()
        self._state = document["state"]
        return frozenset({ALL})

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """The one page."""
        if topics is None or ALL in topics:
            yield Page(f"/{self.slug}/", "messages/page.html", {"key": self.key, "point": self.point}, pack="list")

    def files(self) -> Iterator[DataFile]:
        """No open data: letters are nobody else's."""
        return iter(())

    def entries(self) -> Iterator[FeedEntry]:
        """Nor a feed."""
        return iter(())

    def summary(self) -> tuple[tuple[str, int], ...]:
        """Nothing is counted."""
        return ()

    def outcome(self) -> Mapping[str, Any] | None:
        """Nothing is decided."""
        return None

    def panel(self, target: str) -> Panel | None:
        """Letters add nothing to other modules' pages."""
        return None

    def fact(self, target: str) -> tuple[str, int] | None:
        """Nor to their lists."""
        return None
