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
from bench.programs import REPOSITORY, family, free_port, resident_mebibytes, running, wait_until

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
            held = {role: memory_of(role, demo.pid) for role in ("serve", "work")}
    web, worker = sum(held["serve"]), sum(held["work"])
    return [
        Figure(
            "web + worker on the demo, resident",
            web + worker,
            "MB",
            beside=f"worker and its builder {worker:.0f} ({listed(held['work'])})",
            hard=at_most(250),
        ),
        Figure("web on the demo, resident", web, "MB", beside=listed(held["serve"]), hard=at_most(100)),
    ]


def ask(url: str) -> None:
    """Some requests, so that the server has loaded what it needs."""
    for _ in range(READS):
        urllib.request.urlopen(url, timeout=10).close()
        time.sleep(random.random() / 1000)


def memory_of(role: str, pid: int) -> list[float]:
    """Resident megabytes of the processes of `preau serve` or `preau work` below the demo."""
    for one in family(pid):
        words = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
        if role.encode() in words:
            return [resident_mebibytes(each) * 1.048576 for each in family(one)]
    raise RuntimeError(f"the demo runs no `{role}`")


def listed(processes: list[float]) -> str:
    """A number for each process."""
    return " + ".join(f"{one:.0f}" for one in processes)
