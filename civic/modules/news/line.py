"""Who has a seat: those who registered first, in the order of the records that count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from civic.modules.news.articles import Event
from civic.queues import Place

IN, WAITING = "in", "waiting"
MOST_TOLD = 600  # registrations whose number a page tells; a phone further back learns that it waits


class Seating(NamedTuple):
    """How an event stands: seats asked for by those who have one, seats left, registrations that wait."""

    taken: int
    left: int
    waiting: int


def states(event: Event, asked: Iterable[int]) -> tuple[str, ...]:
    """IN or WAITING for each registration in line: nobody passes who came later, even with fewer seats."""
    return tuple(IN if total <= event.seats else WAITING for total in accumulate(asked))


def seating(event: Event, asked: Sequence[int]) -> Seating:
    """The figures of the line."""
    found = states(event, asked)
    taken = sum(seats for seats, state in zip(asked, found, strict=True) if state == IN)
    return Seating(taken, max(0, event.seats - sum(asked)), found.count(WAITING))


def asked_of(places: Iterable[Place]) -> list[int]:
    """The seats that each registration asks for."""
    return [int(one.asked) for one in places]
