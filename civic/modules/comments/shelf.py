"""A consultation's comments in the builder, by what they are about."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel
from civic.tables import csv_bytes

_COLUMNS = (
    "no",
    "id",
    "target",
    "reply_to",
    "text",
    "name",
    "lang",
    "received_at",
    "revised",
    "withdrawn",
    "unsigned",
)


class CommentsShelf:
    """See civic.module.Shelf."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.comments: dict[str, Document] = {}
        self.order: dict[str, list[tuple[int, str]]] = {}  # target -> (no, id), oldest first

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf. A comment touches the pages of what it is about."""
        if table != "comments":
            return frozenset()
        before = self.comments.get(document["id"])
        self.comments[document["id"]] = document
        if before is None:
            insort(self.order.setdefault(document["target"], []), (document["no"], document["id"]))
        return frozenset({f"about:{document['target']}"})

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """Comments have no page of their own."""
        return iter(())

    def entries(self) -> Iterator[FeedEntry]:
        """Nor lines of their own in the feed."""
        return iter(())

    def summary(self) -> tuple[tuple[str, int], ...]:
        """See Shelf."""
        return (("comments", sum(1 for one in self.comments.values() if not one["withdrawn"])),)

    def outcome(self) -> Mapping[str, Any] | None:
        """Comments decide nothing."""
        return None

    def panel(self, target: str) -> Panel | None:
        """The talk about `target`: oldest first, answers one level deep under what they answer.

        A withdrawn comment keeps its place only where something answers it, one that the town hall hides always.
        """
        comments = [self.comments[identity] for _, identity in self.order.get(target, [])]
        answers: dict[str, list[Document]] = {}
        for comment in comments:
            if comment["reply_to"] is not None:
                answers.setdefault(self._root_of(comment), []).append(comment)
        threads = [
            {
                "comment": one,
                "answers": [each for each in answers.get(one["id"], []) if _has_place(each)],
            }
            for one in comments
            if one["reply_to"] is None and (one["id"] in answers or _has_place(one))
        ]
        standing = [one["text"] for one in comments if not one["withdrawn"]]
        context = {"threads": threads, "number": len(standing), "target": target}
        return Panel("comments/panel.html", context, "\n".join(standing))

    def _root_of(self, comment: Document) -> str:
        while comment["reply_to"] is not None:
            comment = self.comments[comment["reply_to"]]
        return str(comment["id"])

    def fact(self, target: str) -> tuple[str, int] | None:
        """How many comments stand."""
        standing = sum(1 for _, one in self.order.get(target, ()) if not self.comments[one]["withdrawn"])
        return ("comments", standing)

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        rows = sorted(self.comments.values(), key=lambda one: int(one["no"]))
        yield DataFile(f"/{self.consultation.slug}/donnees/comments.csv", partial(_comments_csv, rows))


def _has_place(comment: Document) -> bool:
    return not comment["withdrawn"] or "hidden" in comment


def _comments_csv(rows: Sequence[Document]) -> bytes:
    return csv_bytes(
        _COLUMNS,
        [
            [
                datetime.fromtimestamp(one[name], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                if name == "received_at"
                else one[name]
                for name in _COLUMNS
            ]
            for one in rows
        ],
    )
