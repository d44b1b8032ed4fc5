"""The one page of a petition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel


class PetitionShelf:
    """See civic.module.Shelf."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.signatures: dict[str, Document] = {}

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table == "signatures":
            self.signatures[document["id"]] = document
            return frozenset({"signatures"})
        return frozenset({"*"}) if table == "consultation" else frozenset()

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """See Shelf."""
        if topics is None or topics & {"*", "signatures"}:
            as_of = max((one["as_of"] for one in self.signatures.values()), default=0)
            yield Page(f"/{self.consultation.slug}/", "petition/page.html", {"number": self._number()}, as_of=as_of)

    def _number(self) -> int:
        return sum(1 for one in self.signatures.values() if not one["withdrawn"])

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        content = canonical_json({"signatures": self._number()})
        yield DataFile(f"/{self.consultation.slug}/donnees/signatures.json", lambda: content)

    def entries(self) -> Iterator[FeedEntry]:
        """See Shelf."""
        return iter(())

    def summary(self) -> tuple[tuple[str, int], ...]:
        """See Shelf."""
        return (("signatures", self._number()),)

    def outcome(self) -> Mapping[str, Any] | None:
        """See Shelf."""
        return None

    def panel(self, target: str) -> Panel | None:
        """See Shelf."""
        return None

    def fact(self, target: str) -> tuple[str, int] | None:
        """See Shelf."""
        return None
