"""What a fold holds and gives: totals by item, texts as they stand, lines of the file of lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from civic.listing import Listed
from civic.moderation import Hidden
from civic.module import Declared, Document, Module
from civic.official import Answer
from civic.queues import Place
from civic.slots import Head
from sync_server.storage.reading import Total

Tables = dict[str, list[Document]]  # table -> documents put
LINES, HIDDEN, ANSWERS = "rows", "hidden", "answers"


class Tally(NamedTuple):
    """The kept totals of one item: how many stand at each choice, and when the newest of them was received."""

    votes: Mapping[str, int]
    as_of: int


class Mark(NamedTuple):
    """The newest record whose effect may be seen: its number and receive time, zeros for none."""

    seq: int
    as_of: int


NOTHING = Tally({}, 0)
NO_MARK = Mark(0, 0)
NO_QUEUES: Mapping[str, tuple[Place, ...]] = {}


class Decided(NamedTuple):
    """What the town hall made of words: hidden, by slot; answered, by item; listed, by what it declared, then about."""

    hidden: Mapping[str, Hidden]
    answers: Mapping[str, Sequence[Answer]]
    listed: Mapping[str, Mapping[str, Listed]]


NOTHING_DECIDED = Decided({}, {}, {})


class Arrival(NamedTuple):
    """A text as it came first: the number of its record, the one that pages show it under."""

    module: Module
    kind: str
    id: str
    no: int
    number: int
    received_at: int
    payload: Any
    subject: str  # id of what it is about, its own where it is about itself


class Kept(NamedTuple):
    """A text that pages show, as it stands."""

    kind: str
    head: Head
    rx: int
    payload: Any
    number: int
    photos: tuple[str, ...]  # that it brings, arrived or not


class Put(NamedTuple):
    """What the town declared, with the number that pages show it under."""

    declared: Declared
    number: int
    module: Module


def line_of(no: int, kind: str, number: int, choice: str) -> Document:
    """A row of the file of lines (docs/formats.md §6)."""
    return {"id": str(no), "no": no, "kind": kind, "number": number, "choice": choice}


def erased(no: int) -> Document:
    """Takes back the line of a record that counts no more."""
    return line_of(no, "", 0, "")


def tallies_of(totals: Iterable[Total]) -> dict[str, Tally]:
    """The kept counters by item."""
    tallies: dict[str, Tally] = {}
    for one in totals:
        before = tallies.get(one.item, NOTHING)
        tallies[one.item] = Tally({**before.votes, one.choice: one.n}, max(before.as_of, one.as_of))
    return tallies
