"""What the load generator posts: the same signed votes, wrapped as each store wants them."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench.house import sync_body
from bench.peers import kinto, pouchdb
from bench.phones import Ballot, Phone, ballots
from civic.consultation import Consultation

PROPOSALS = 60
SHARE = 6_000  # votes made in one go by one process: those of a hundred phones


class Bodies(NamedTuple):
    """Files of request bodies, one a line, line by line the same votes."""

    ours: Path
    pouchdb: Path
    kinto: Path
    lines: int


def sixty_proposals(consultation: Consultation) -> list[str]:
    """Envelopes of what is voted on: twelve people's five each, the most one person may make."""
    return [author_of(consultation, number).propose(number, random.Random(number)) for number in range(1, 61)]


def author_of(consultation: Consultation, number: int) -> Phone:
    """Who wrote proposal `number` of these."""
    return Phone(10_000_000 + (number - 1) // 5, consultation)


def signed_votes(consultation: Consultation, number: int, first_phone: int) -> list[Ballot]:
    """First votes of many phones, those of each phone one after the other."""
    phones_a_share = SHARE // PROPOSALS
    firsts = [first_phone + share * phones_a_share for share in range(-(-number // SHARE))]
    make = partial(_share, consultation)
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return [ballot for some in pool.map(make, firsts) for ballot in some][:number]


def _share(consultation: Consultation, first_phone: int) -> list[Ballot]:
    return list(ballots(consultation, PROPOSALS, SHARE, first_phone))


def write_bodies(folder: Path, name: str, votes: Sequence[Ballot], size: int, for_kinto: int) -> Bodies:
    """Bodies of `size` votes; Kinto, which is slow, gets only the first `for_kinto` of them."""
    ours, theirs, kintos = (folder / f"{name}-{side}.txt" for side in ("ours", "pouchdb", "kinto"))
    wraps: list[Callable[[Sequence[Ballot]], str]] = [
        lambda some: sync_body([one.text for one in some]),
        pouchdb.body,
        kinto.body,
    ]
    limits = (len(votes), len(votes), for_kinto * size)
    for path, wrap, limit in zip((ours, theirs, kintos), wraps, limits, strict=True):
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{wrap(some)}\n" for some in _batches(votes[:limit], size))
    return Bodies(ours, theirs, kintos, len(votes) // size)


def _batches(votes: Sequence[Ballot], size: int) -> Iterator[Sequence[Ballot]]:
    return (votes[start : start + size] for start in range(0, len(votes) - size + 1, size))
