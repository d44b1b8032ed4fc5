"""What an import asks for: proposals and votes, or a budget and its baskets, in the order they were cast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from civic.text import normalise

TITLE_CHARACTERS = 120
TITLE_LEAST = 3
TEXT_LEAST = 10
TEXT_MOST = 4000


class ImportRefused(ValueError):
    """What cannot be imported; the message is for the person who typed the command and says where."""


class Item(NamedTuple):
    """A proposal to make. `source` is its id in the imported file, `author` the voter who wrote it ("": unknown)."""

    source: str
    author: str
    title: str
    text: str
    category: str  # slug, "" where the file has none
    at: int  # epoch seconds the file gives, 0 where it gives none


class Cast(NamedTuple):
    """One vote: revision `rev` of what `voter` chose for the proposal `source`."""

    voter: str
    source: str
    choice: str
    rev: int
    at: int


class Basket(NamedTuple):
    """What `voter` chose in a budget, written as its ballots are."""

    voter: str
    choice: tuple[str, ...]


class Plan(NamedTuple):
    """Everything to replay. `categories` are (slug, label); `casts` are in the order they must be sent.

    `budget` is the town's declaration of one, its words in the language of the file; `baskets` are cast for it.
    """

    title: str
    summary: str
    text: str  # Markdown
    language: str
    categories: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    casts: tuple[Cast, ...]
    budget: Mapping[str, Any] | None = None
    baskets: tuple[Basket, ...] = ()

    @property
    def ballots(self) -> int:
        """How many count once all have been replayed."""
        return len(standing(self.casts)) + len(self.baskets)


def item_of(source: str, words: str, details: str, *, author: str = "", category: str = "", at: int = 0) -> Item:
    """A proposal made of what the file says of it, within the rules for texts (docs/formats.md §3).

    The title is the first 120 characters of `words`, cut at a word; the text is `details`, or all of `words`. Words
    too short to be a proposal by themselves are quoted with their number in the file, never padded: « 12: “?” ».
    """
    line = normalise(words)
    if len(line) < TITLE_LEAST:
        line = f"{source}: “{line}”"
    text = normalise(details, lines=True) or normalise(words, lines=True)
    if len(text) < TEXT_LEAST:
        text = f"Statement {source}: “{text}”"
    if len(text) > TEXT_MOST:
        raise ImportRefused(f"{source}: its text has {len(text)} characters, {TEXT_MOST} at most are taken")
    return Item(source, author, shorten(line), text, category, at)


def shorten(line: str) -> str:
    """At most 120 characters of `line`, cut after a whole word and marked with an ellipsis."""
    if len(line) <= TITLE_CHARACTERS:
        return line
    cut = line[:TITLE_CHARACTERS]  # the ellipsis takes the place of at least one character
    head = cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]
    return head.rstrip(" ,;:.") + "…"


def number_revisions(casts: Iterable[tuple[int, str, str, str]]) -> tuple[Cast, ...]:
    """Casts from (time, voter, source, choice) in the order given: a repeated vote is the next revision."""
    last: dict[tuple[str, str], int] = {}
    numbered: list[Cast] = []
    for at, voter, source, choice in casts:
        rev = last[(voter, source)] = last.get((voter, source), 0) + 1
        numbered.append(Cast(voter, source, choice, rev, at))
    return tuple(numbered)


def standing(casts: Sequence[Cast]) -> dict[tuple[str, str], Cast]:
    """The vote that counts per (voter, proposal): its last revision."""
    return {(cast.voter, cast.source): cast for cast in sorted(casts, key=lambda cast: cast.rev)}
