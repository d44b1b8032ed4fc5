"""An installation of ours for a measurement: its folder, its town, its server and worker as real processes."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bench.programs import free_port, running, wait_for_server
from bench.town import SPACE, write_town
from civic.consultation import Consultation

PROXIED = {"PREAU_TRUSTED_PROXIES": "1"}  # addresses come from a header: one machine plays many phones
TEXT = {"Content-Type": "text/plain;charset=UTF-8"}


class House:
    """A var folder with a town in it. `environment` are settings of ours."""

    def __init__(self, var: Path, environment: Mapping[str, str] | None = None) -> None:
        self.var = var
        self.environment = os.environ | PROXIED | dict(environment or {})
        content = write_town(var / "content" / SPACE)
        self.consultation: Consultation = next(iter(content.consultations.values()))

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The address of a running sync server."""
        port = free_port()
        url, log = f"http://127.0.0.1:{port}", self.var / f"serve-{port}.log"
        with running(self.command("serve", "--port", str(port)), log, environment=self.environment) as process:
            wait_for_server(f"{url}/v1/health", process, log)
            self.server_pid = process.pid
            yield url

    @contextmanager
    def working(self) -> Iterator[None]:
        """A running worker."""
        with running(self.command("work"), self.var / "work.log", environment=self.environment) as process:
            self.worker_pid = process.pid
            yield

    def command(self, *arguments: str) -> list[str]:
        """A `preau` command on this folder."""
        return [sys.executable, "-m", "sync_server", arguments[0], "--var", str(self.var), *arguments[1:]]

    def stored(self) -> int:
        """How many records its SQLite file holds."""
        address = f"file:{self.var / 'preau.sqlite'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
            return int(database.execute("SELECT count(*) FROM records").fetchone()[0])


def sync_body(envelopes: Sequence[str]) -> str:
    """What `POST /v1/sync` takes (docs/formats.md §4)."""
    return json.dumps({"v": 1, "space": SPACE, "envelopes": envelopes}, separators=(",", ":"))


def send(url: str, envelopes: Iterable[str], size: int = 25) -> None:
    """Sends acts through the front door; each must be accepted."""
    waiting = list(envelopes)
    for start in range(0, len(waiting), size):
        body = sync_body(waiting[start : start + size]).encode()
        address = f"10.9.{start // 256 % 256}.{start % 256}"
        request = urllib.request.Request(f"{url}/v1/sync", body, TEXT | {"X-Forwarded-For": address})
        with urllib.request.urlopen(request, timeout=60) as answer:
            results = json.load(answer)["results"]
        refused = [one for one in results if one["status"] != "accepted"]
        if refused:
            raise RuntimeError(f"an act was not accepted: {refused[0]}")
