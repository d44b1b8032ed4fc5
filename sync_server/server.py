"""`serve`: the web server around the application. One process answers, with one writer and a few request threads.

Also `python -m sync_server.server --var DIR [--port N]`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from sync_server.settings import Settings, read_settings

REQUEST_THREADS = 8  # group commit gathers as many single acts as there are threads; more wait for each other
WAITING_CONNECTIONS = 1024
STOP_SECONDS = 10


def serve(settings: Settings) -> None:
    """Answers until SIGTERM or SIGINT; requests under way are finished, and what they wrote is durable."""
    settings.var.mkdir(parents=True, exist_ok=True)
    server = Granian(
        "sync_server.application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=REQUEST_THREADS,
        backlog=WAITING_CONNECTIONS,
        backpressure=WAITING_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_access=False,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.serve(target_loader=partial(_load, settings, os.getpid()), wrap_loader=False)


def _load(settings: Settings, parent: int) -> Callable[..., Any]:
    """Runs in the worker process. The process that only starts and stops it never loads the application."""
    application = import_module("sync_server.application")
    return application.load_application(settings, parent)  # type: ignore[no-any-return]


def main() -> None:
    """Reads the arguments and serves."""
    parser = argparse.ArgumentParser(description=serve.__doc__)
    parser.add_argument("--var", type=Path, default=Path("var"), help="folder of ledger, keys and content")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--database")
    given = vars(parser.parse_args())
    serve(read_settings(given.pop("var"), os.environ, **given))


if __name__ == "__main__":
    main()
