"""One vote until everything it changes is in place: committed, tallied, pages rendered, compressed, renamed.

Warm worker and builder as `preau work` has them (the wait for company left out: that is in tap_to_page), the town's
own theme, counts visible, so that each vote rewrites its proposal's page, list pages and their compressed copies.
`hugo server` beside it renders an article and the index to the disk, and compresses nothing.
"""

from __future__ import annotations

import random
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench.budget import Figure, Size, at_most
from bench.peers.generators import hugo_server, make_hugo_site
from bench.phones import act_id
from bench.timing import in_turn, percentile
from bench.town import SLUG, SPACE, Acts, fill, register, write_town
from sync_server.keys import open_keys
from sync_server.settings import read_settings
from sync_server.storage import Ledger, open_ledger
from sync_server.worker.opening import find_affiliates, open_town
from sync_server.worker.town import Town

WARM_UP = 10
HUGO_EVERY = 10  # votes for one rebuild of Hugo's


class Warm:
    """A town built and kept warm, and the votes it gets."""

    def __init__(self, town: Town, ledger: Ledger, acts: Acts, proposals: int, site: Path) -> None:
        self.town, self.ledger, self.acts, self.proposals, self.site = town, ledger, acts, proposals, site
        self._chance = random.Random(proposals)
        self._votes: dict[int, int] = {}

    def vote(self) -> float:
        """Milliseconds from a checked vote to its pages in place."""
        target = self._chance.randint(1, self.proposals)
        self._votes[target] = self._votes.get(target, 0) + 1
        offer = self.acts.vote(target, f"voter {secrets.token_hex(4)}", "for")
        start = time.perf_counter()
        self.ledger.append(SPACE, [offer])
        if not self.town.catch_up():
            raise RuntimeError("the worker fell behind")
        return (time.perf_counter() - start) * 1e3

    def check(self) -> None:
        """The pages say what was voted."""
        target = max(self._votes)
        votes = self._votes[target]
        with self.ledger.reading() as now:
            (total,) = now.totals(SPACE, SLUG, [act_id(target)])
        page = (self.site / SLUG / str(target) / "index.html").read_text("utf-8")
        if (
            total.n != votes
            or str(votes) not in page
            or not (self.site / SLUG / str(target) / "index.html.br").is_file()
        ):
            raise RuntimeError(f"proposal {target} does not show its {votes} votes")


@contextmanager
def warm_town(var: Path, proposals: int) -> Iterator[Warm]:
    """A town with so many proposals, its site built and settled."""
    content = write_town(var / "content" / SPACE)
    settings = read_settings(var, {})
    ledger = open_ledger(settings.database)
    consultation = content.consultations[SLUG]
    register(ledger, consultation)
    acts = Acts(consultation)
    fill(ledger, (acts.proposal(number) for number in range(1, proposals + 1)))
    # As after some days of voting: the page of the most supported does not change with every vote.
    fill(ledger, (acts.vote(target, f"earlier {one}", "for") for one in range(50) for target in range(1, 41)))
    keys = open_keys(settings.keys, secrets.token_bytes)
    town = open_town(settings, keys, ledger, find_affiliates(settings), SPACE, settings.content / SPACE)
    try:
        town.rebuild()
        yield Warm(town, ledger, acts, proposals, settings.site)
    finally:
        town.builder.close()
        ledger.close()


def measure(size: Size) -> list[Figure]:
    """Large and small town in turn, Hugo's server every few votes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        many = stack.enter_context(warm_town(folder / "many", size.pages))
        few = stack.enter_context(warm_town(folder / "few", size.few_pages))
        make_hugo_site(folder / "hugo", size.pages)
        change = stack.enter_context(hugo_server(folder / "hugo"))
        in_turn(WARM_UP, many.vote, few.vote)
        change(0)
        large: list[float] = []
        small: list[float] = []
        hugo: list[float] = []
        for number in range(size.votes // HUGO_EVERY):
            ours = in_turn(HUGO_EVERY, many.vote, few.vote)
            large += ours[0]
            small += ours[1]
            hugo.append(change(number + 1) * 1e3)
        many.check()
        few.check()
    return figures(size, large, small, hugo)


def figures(size: Size, large: list[float], small: list[float], hugo: list[float]) -> list[Figure]:
    """The rows."""
    return [
        Figure(
            f"one vote, {size.pages:,} proposals",
            median(large),
            "ms",
            beside=f"p99 {percentile(large, 0.99):.1f} ms, {len(large)} votes",
            hard=at_most(10),
            goal=at_most(4),
        ),
        Figure(
            "one vote / rebuild of `hugo server` on as many pages",
            median(large) / median(hugo),
            beside=f"{median(large):.1f} ms / {median(hugo):.0f} ms",
            hard=at_most(1 / 25),
        ),
        Figure(
            f"one vote, {size.pages:,} proposals / {size.few_pages:,}",
            median(large) / median(small),
            beside=f"{median(large):.2f} ms / {median(small):.2f} ms",
            hard=at_most(1.2),
        ),
    ]
