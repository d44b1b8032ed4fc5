"""Lighthouse on the demo's consultation page: slow 3G for the first time, and again with every server dead.

First visits come from a folder server that sends the builder's Brotli copies; the second visit finds no server at
all, so that what is seen comes from the service worker.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.budget import Figure, Size, at_most
from bench.peers.audit import UNTHROTTLED, Seen, audit, browser
from bench.programs import REPOSITORY, answers, free_port, running, wait_until

PAGE = "/filature/"
KEEP_SECONDS = 8  # the service worker fetches what it keeps after the page has loaded


def measure(size: Size) -> list[Figure]:
    """Medians of three audits each."""
    rounds = 1 if size.is_quick else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        url = f"http://127.0.0.1:{port}{PAGE}"
        make_site(folder, port)
        with serving(folder, port):
            first = [audit(url, folder / f"first-{one}.json") for one in range(rounds)]
        with browser(folder) as debugging:
            with serving(folder, port):
                for one in range(2):  # the second visit finds the service worker in charge
                    audit(url, folder / f"warm-{one}.json", UNTHROTTLED, debugging)
                    time.sleep(KEEP_SECONDS)
            if answers(url):
                raise RuntimeError("the site's server is still alive")
            again = [audit(url, folder / f"again-{one}.json", port=debugging) for one in range(rounds)]
    return [
        figure("slow 3G, first visit: LCP", first, 3.5, 2.5),
        figure("slow 3G, again with the servers dead: LCP", again, 1.0, 0.6),
    ]


def figure(what: str, seen: list[Seen], hard: float, goal: float) -> Figure:
    """A row."""
    paints, first, ready, score = (
        [one.largest_paint for one in seen],
        median(one.first_paint for one in seen),
        median(one.interactive for one in seen),
        median(one.score for one in seen),
    )
    blocking = median(one.blocking_ms for one in seen)
    beside = f"FCP {first:.2f} s, TTI {ready:.2f} s, TBT {blocking:.0f} ms, score {score:.2f}; "
    beside += "LCP " + ", ".join(f"{one:.2f}" for one in paints)
    return Figure(what, median(paints), "s", beside=beside, hard=at_most(hard), goal=at_most(goal))


def make_site(folder: Path, port: int) -> None:
    """The demo's site, built and settled, and told where it is."""
    sync = free_port()
    command = [sys.executable, "-m", "sync_server", "demo", "--var", str(folder / "var")]
    log = folder / "demo.log"
    with running([*command, "--port", str(sync), "--site-port", str(port)], log, folder=REPOSITORY):
        wait_until(lambda: "Ctrl-C" in log.read_text("utf-8", "replace"), 300, "the demo")
        site = folder / "var" / "site"
        wait_until(lambda: is_small(site / PAGE.strip("/") / "index.html.br"), 120, "the smaller copies")
        time.sleep(2)


def is_small(copy: Path) -> bool:
    """Whether a Brotli copy is the one made when there was time for it: its window is 2^22 bytes."""
    return copy.is_file() and copy.read_bytes()[0] & 0x0F == 0x0B


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    """The folder server of the demo, alone."""
    command = [sys.executable, "-m", "sync_server", "serve-site", str(folder / "var" / "site"), "--port", str(port)]
    with running(command, folder / "site.log", folder=REPOSITORY):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), 30, "the site")
        yield
