"""Words that a town may publish once somebody there has read them: what is told of those about one thing.

A verdict is about the words, whoever wrote them: what two people wrote alike is read once, and what somebody writes
anew has none. Words are told without a name, a number or an hour, in an order that follows from nothing else about
them (docs/formats.md §35).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from civic.groups import LEAST
from civic.moderation import REASONS
from civic.refusals import Code, Refused

LISTED = "listed"
UNREAD = ""


class Listed(NamedTuple):
    """What pages tell: words with how many people wrote them; of the others how many people, by reason, or unread."""

    words: tuple[tuple[str, int], ...]
    left: Mapping[str, int]
    unread: int


def check_verdict(verdict: str) -> str:
    """`LISTED`, or the reason of the charter why words are left out; Refused BAD_PAYLOAD for anything else."""
    if verdict != LISTED and verdict not in REASONS:
        raise Refused(Code.BAD_PAYLOAD, "verdict")
    return verdict


def told_of(written: Iterable[str], verdict_of: Callable[[str], str]) -> Listed | None:
    """What is told of `written`, the words of one person each; None where fewer than LEAST wrote.

    `verdict_of` gives the verdict on words, `UNREAD` where there is none.
    """
    people = Counter(written)
    if people.total() < LEAST:
        return None
    verdicts = {words: verdict_of(words) for words in people}
    listed = sorted((words for words in people if verdicts[words] == LISTED), key=_place)
    left = {
        reason: sum(n for words, n in people.items() if verdicts[words] == reason)
        for reason in REASONS
        if reason in verdicts.values()
    }
    unread = sum(n for words, n in people.items() if verdicts[words] == UNREAD)
    return Listed(tuple((words, people[words]) for words in listed), left, unread)


def listed_document(told: Listed) -> dict[str, Any]:
    """The member of a snapshot's row that says it."""
    words = [{"words": words, "people": people} for words, people in told.words]
    return {"words": words, "left": dict(told.left), "unread": told.unread}


def _place(words: str) -> bytes:
    """Nobody comes first because of when they wrote, nor with an A."""
    return hashlib.sha256(words.encode("utf-8")).digest()
