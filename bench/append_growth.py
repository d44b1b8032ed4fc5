"""Appending one vote to a ledger of 1,000,000 records and to one of 1,000, in turn; stock TinyDB beside it."""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from tinydb import TinyDB

from bench.budget import Figure, Size, at_most
from bench.filled_ledger import PROPOSALS, filled_ledger
from bench.timing import in_turn, paired_ratio, seconds_of
from bench.town import SPACE, Acts
from sync_server.storage import Ledger, Offer

FEW = 1_000
WARM_UP = 20
TINY_FEW, TINY_MANY = 1_000, 50_000


def measure(size: Size) -> list[Figure]:
    """Single votes and outboxes of 25, from voters the ledger has never seen."""
    (many, consultation), (few, _) = filled_ledger(size.records), filled_ledger(FEW)
    figures = []
    for batch, what in ((1, "one vote"), (25, "25 votes")):
        acts = Acts(consultation)
        times = [0]

        def append(ledger: Ledger, batch: int = batch, acts: Acts = acts, times: list[int] = times) -> float:
            times[0] += 1
            offers = new_voter(acts, f"newcomer {batch} {times[0]}", batch)
            return seconds_of(lambda: ledger.append(SPACE, offers))

        in_turn(WARM_UP, lambda: append(many), lambda: append(few))
        grown, young = in_turn(size.votes * 2, lambda: append(many), lambda: append(few))
        figures.append(
            Figure(
                f"append {what}: {size.records:,} records / {FEW:,} records",
                median(grown) / median(young),
                beside=f"{median(grown) * 1e3:.2f} ms / {median(young) * 1e3:.2f} ms, "
                f"median of pairs {paired_ratio(grown, young):.2f}",
                hard=at_most(1.5),
                goal=at_most(1.0),
            )
        )
    many.close()
    few.close()
    return [*figures, tinydb_growth()]


def new_voter(acts: Acts, voter: str, votes: int) -> list[Offer]:
    """The first votes of somebody."""
    return [acts.vote(target % PROPOSALS + 1, voter, "for") for target in range(votes)]


def tinydb_growth() -> Figure:
    """The same question to TinyDB's own storage, which writes the whole file at every insert."""
    with tempfile.TemporaryDirectory() as folder:
        inserts = [_tinydb_insert(Path(folder) / f"{number}.json", number) for number in (TINY_MANY, TINY_FEW)]
    return Figure(
        f"stock TinyDB, one insert: {TINY_MANY:,} documents / {TINY_FEW:,}",
        inserts[0] / inserts[1],
        beside=f"{inserts[0] * 1e3:.0f} ms / {inserts[1] * 1e3:.1f} ms",
    )


def _tinydb_insert(path: Path, documents: int) -> float:
    rows = {str(number): _document(number) for number in range(1, documents + 1)}
    path.write_text(json.dumps({"_default": rows}), "utf-8")
    with TinyDB(path) as database:
        more = [_document(documents + number) for number in range(1, 6)]
        return median(seconds_of(partial(database.insert, one)) for one in more)


def _document(number: int) -> dict[str, str | int]:
    return {"id": f"{number:032x}", "kind": "vote", "choice": "for", "t": number, "k": "A" * 87, "s": "B" * 86}
