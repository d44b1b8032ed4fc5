"""From the tap to the published page: real server and worker processes, a signed vote posted, the page's file watched.

Signing, posting, the commit, the worker's look at the ledger and its wait for company are all in it.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.budget import Figure, Size, at_most
from bench.house import House, send
from bench.ingest_bodies import PROPOSALS, sixty_proposals
from bench.phones import Phone
from bench.programs import wait_until
from bench.town import SLUG

LOOK_SECONDS = 0.002
PATIENCE_SECONDS = 20
FIRST_PHONE = 5_000


def measure(size: Size) -> list[Figure]:
    """Votes at odd moments: while the worker idles, and while it writes what may wait."""
    chance = random.Random(1)
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        house = House(Path(name) / "var")
        with house.serving() as url:
            send(url, sixty_proposals(house.consultation))
            with house.working():
                pages = house.var / "site" / SLUG
                wait_until((pages / str(PROPOSALS) / "index.html").is_file, 120, "the first build")
                time.sleep(4)
                for number in range(4 if size.is_quick else 20):
                    phone, target = Phone(FIRST_PHONE + number, house.consultation), chance.randint(1, PROPOSALS)
                    waits.append(tap(url, phone, target, pages / str(target) / "index.html"))
                    time.sleep(chance.uniform(0.2, 3.5))
    return [
        Figure(
            "tap → new count on the published page, slowest",
            max(waits),
            "s",
            beside=f"median {median(waits):.2f} s of {len(waits)}",
            hard=at_most(2.0),
            goal=at_most(1.0),
        )
    ]


def tap(url: str, phone: Phone, target: int, page: Path) -> float:
    """Seconds from the tap until the page says something else."""
    before = page.read_bytes()
    start = time.perf_counter()
    send(url, [phone.vote(target, "for")])
    wait_until(lambda: page.read_bytes() != before, PATIENCE_SECONDS, f"the page of proposal {target}", LOOK_SECONDS)
    return time.perf_counter() - start
