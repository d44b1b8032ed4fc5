"""A SQLite ledger of a town that voted a lot: made once in a run, shared by the rows that need it."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.phones import CHOICES
from bench.town import SLUG, Acts, fill, read_town, register, write_town
from civic.consultation import Consultation
from sync_server.storage import Ledger, Offer, open_ledger

PROPOSALS = 200


def filled_ledger(votes: int) -> tuple[Ledger, Consultation]:
    """200 proposals and `votes` votes; of a million, everybody among 5,000 has said something of every proposal."""
    folder = Path(tempfile.gettempdir()) / f"ledger-{votes}"
    database = folder / "preau.sqlite"
    made = (folder / "done").is_file()
    town = folder / "town"
    if not made:
        folder.mkdir()
        write_town(town)
    consultation = read_consultation(town)
    ledger = open_ledger(f"sqlite:///{database}")
    if not made:
        register(ledger, consultation)
        acts = Acts(consultation)
        fill(ledger, (acts.proposal(number) for number in range(1, PROPOSALS + 1)))
        fill(ledger, many_votes(acts, votes))
        os.sync()  # else the disk is still busy with this when measuring begins
        (folder / "done").touch()
    return ledger, consultation


def read_consultation(folder: Path) -> Consultation:
    """The one consultation of a measured town."""
    return read_town(folder).consultations[SLUG]


def many_votes(acts: Acts, votes: int) -> Iterator[Offer]:
    """Voters in no order, each with all their votes together, as an outbox sends them."""
    chance = random.Random(3)
    for place in range(votes):
        voter, target = divmod(place, PROPOSALS)
        yield acts.vote(target + 1, f"voter {voter}", chance.choice(CHOICES))
