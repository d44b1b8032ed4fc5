"""Where the town's answers have put each idea, and which ideas go on in another one (civic.official)."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from typing import Any, NamedTuple

from civic.module import Document, FeedEntry
from civic.official import MERGED, NO_VOTE

_Said = dict[str, Any]  # an answer as the snapshot has it


class Moved(NamedTuple):
    """What new answers change: the ideas whose rows differ, the topics of the pages besides their own."""

    ids: frozenset[str]
    topics: frozenset[str]


class Statuses:
    """The table `answers` of one consultation; answers may come before the ideas that they are about."""

    def __init__(self, statuses: Sequence[str]) -> None:
        self.numbers: dict[str, list[int]] = {status: [] for status in statuses}
        self._documents: dict[str, Document] = {}
        self._joined: dict[str, list[int]] = {}  # id -> numbers of the ideas that go on in it

    def put(self, document: Document) -> Moved:
        """Takes all answers about one idea in place of those before."""
        identity, number = document["id"], document["number"]
        before, after = self._last(identity), document["answers"][-1]
        self._documents[identity] = document
        old, new = ("" if before is None else before["status"]), after["status"]
        if old == new == MERGED and before is not None and before["into"] == after["into"]:
            return Moved(frozenset({identity}), frozenset())
        topics = {"first", "ballot"} | {f"status:{one}" for one in (old, new) if one} if old != new else set()
        if old:
            self.numbers[old].remove(number)
        insort(self.numbers.setdefault(new, []), number)
        others = {one["into"] for one in (before, after) if one is not None and one["into"]}
        if before is not None and before["into"]:
            self._joined[before["into"]].remove(number)
        if after["into"]:
            insort(self._joined.setdefault(after["into"], []), number)
        return Moved(frozenset({identity} | others), frozenset(topics))

    def dressed(self, document: Document) -> Document:
        """An idea's row with what the town said of it, and the numbers of the ideas that go on in it."""
        identity = document["id"]
        said = self._documents[identity]["answers"] if identity in self._documents else []
        return document | {"answers": said, "joined": list(self._joined.get(identity, ()))}

    def entries(self, ideas: dict[str, Document], slug: str) -> list[FeedEntry]:
        """The newest answers for the feed: the last one about each idea."""
        found = [(one["answers"][-1], ideas[one["id"]]) for one in self._documents.values()]
        found.sort(key=lambda one: (-one[0]["at"], one[1]["number"]))
        return [_entry(said, idea, slug) for said, idea in found[:20] if not idea["withdrawn"]]

    def _last(self, identity: str) -> _Said | None:
        known = self._documents.get(identity)
        return None if known is None else known["answers"][-1]


def takes_votes(document: Document, cosigners: int) -> bool:
    """Whether pages ask for a vote on an idea: not on what goes on elsewhere, was set aside, or has not its co-signers.

    `cosigners` is how many an idea must have.
    """
    if document["withdrawn"] or (document["answers"] and document["answers"][-1]["status"] in NO_VOTE):
        return False
    return int(document.get("cosigners", 0)) >= cosigners


def _entry(said: _Said, idea: Document, slug: str) -> FeedEntry:
    lang, words = min(said["words"].items(), default=(idea["lang"], ""))
    path = f"/{slug}/{idea['number']}/#answer"
    return FeedEntry(idea["id"], path, idea["title"], words, said["name"], lang, said["at"], said["at"])
