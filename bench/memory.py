"""Memory of the demo: every process of server and worker, after its first build, votes and a settled site."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.budget import Figure, Size, at_most
from bench.programs import REPOSITORY, Held, family, free_port, memory_of, running, wait_until

READS = 200


def measure(size: Size) -> list[Figure]:
    """`preau demo`, read and left alone for a while."""
    with tempfile.TemporaryDirectory() as name:
        var, ports = Path(name) / "var", (free_port(), free_port())
        command = [sys.executable, "-m", "sync_server", "demo", "--var", str(var)]
        command += ["--port", str(ports[0]), "--site-port", str(ports[1])]
        log = Path(name) / "demo.log"
        with running(command, log, folder=REPOSITORY, environment=os.environ | {"COLUMNS": "200"}) as demo:
            wait_until(lambda: "Ctrl-C" in log.read_text("utf-8", "replace"), 300, "the demo")
            ask(f"http://127.0.0.1:{ports[0]}/v1/health")
            time.sleep(5 if size.is_quick else 40)  # copies are made smaller while nobody does anything
            web, worker = (held_by(role, demo.pid) for role in ("serve", "work"))
    return [
        Figure(
            "web + worker on the demo", in_all([*web, *worker]), "MB", beside=listed(web, worker), hard=at_most(250)
        ),
        Figure("web on the demo", in_all(web), "MB", beside=listed(web), hard=at_most(100)),
    ]


def ask(url: str) -> None:
    """Some requests, so that the server has loaded what it needs."""
    for _ in range(READS):
        urllib.request.urlopen(url, timeout=10).close()
        time.sleep(random.random() / 1000)


def held_by(role: str, pid: int) -> list[Held]:
    """What the processes of `preau serve` or `preau work` below the demo hold."""
    for one in family(pid):
        words = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
        if role.encode() in words:
            return [memory_of(each) for each in family(one)]
    raise RuntimeError(f"the demo runs no `{role}`")


def in_all(processes: list[Held]) -> float:
    """What the machine needs for them: what they share is there once."""
    return sum(one.share for one in processes)


def listed(*groups: list[Held]) -> str:
    """A number for each process, and what is resident in each, all of what it shares included."""
    shares = " + ".join(f"{one.share:.0f}" for group in groups for one in group)
    return f"{shares}; resident {sum(one.resident for group in groups for one in group):.0f} if shared is counted twice"
