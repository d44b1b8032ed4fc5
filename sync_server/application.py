"""The application as a web server's worker process loads it."""

from __future__ import annotations

import logging
import os
import threading
import time
from multiprocessing.util import Finalize

from flask import Flask

from sync_server.app import create_app
from sync_server.services import open_services
from sync_server.settings import Settings

log = logging.getLogger(__name__)
LAST_ANSWERS_SECONDS = 1.0
LOOK_SECONDS = 1.0
UNKNOWN_STATE = 70  # exit status: a supervisor starts the server again, which reads what is true


def load_application(settings: Settings, parent: int) -> Flask:
    """Opens everything for this process, which ends by itself when `parent` has or when the ledger is unknown."""
    # First, and told who it is: a parent that ended while this process started would be missed for ever.
    threading.Thread(target=_follow, args=(parent,), name="parent", daemon=True).start()
    services = open_services(settings, on_fatal=lambda _: threading.Timer(LAST_ANSWERS_SECONDS, _end).start())
    app = create_app(services)
    Finalize(None, services.close, exitpriority=10)  # a forked process runs no atexit functions
    return app


def _end() -> None:
    log.critical("the server ends, to be started again")
    os._exit(UNKNOWN_STATE)


def _follow(parent: int) -> None:
    """Ends this process once its parent is gone: nobody would stop it, and it would keep the port."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(0)
