"""pouchdb-server: a CouchDB in JavaScript over LevelDB. It neither verifies a signature nor waits for the disk."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.peers.install import package
from bench.programs import free_port, running, wait_for_server

HEADERS = {"Content-Type": "application/json"}


@contextmanager
def pouchdb(folder: Path) -> Iterator[str]:
    """The address of its empty database."""
    port, data = free_port(), folder / "pouchdb"
    data.mkdir(parents=True)
    url = f"http://127.0.0.1:{port}"
    script = package("pouchdb-server") / "bin" / "pouchdb-server"
    options = ["--port", str(port), "--host", "127.0.0.1", "--dir", str(data), "-n", "--no-stdout-logs"]
    with running(["node", str(script), *options], folder / "pouchdb.log", folder=folder) as process:
        wait_for_server(url, process, folder / "pouchdb.log")
        urllib.request.urlopen(urllib.request.Request(f"{url}/acts", method="PUT"), timeout=30).close()
        yield f"{url}/acts"


def stored(url: str) -> int:
    """How many documents it holds."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return int(json.load(answer)["doc_count"])


def body(envelopes: Sequence[tuple[str, str]]) -> str:
    """What `_bulk_docs` takes, for (id, envelope) pairs."""
    return json.dumps({"docs": [{"_id": "e" + one, "envelope": text} for one, text in envelopes]})
