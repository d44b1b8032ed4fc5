"""The door of the office: what is behind it is loaded when somebody first comes, and its heavy parts when used.

Most requests are citizens'; a town whose clerks are asleep pays nothing for them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sync_server.services import Services

if TYPE_CHECKING:
    from sync_server.office.passkeys import Ceremonies

PATH = "/office"


class OfficeDoor:
    """A WSGI application before `application`, which answers whatever is not the office's."""

    def __init__(self, application: WSGIApplication, service: Services) -> None:
        self._application, self._service = application, service
        self._office: WSGIApplication | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """The answer to one request (PEP 3333)."""
        path = environ["PATH_INFO"]
        if path != PATH and not path.startswith(f"{PATH}/"):
            return self._application(environ, start)
        with self._lock:
            if self._office is None:
                self._office = import_module("sync_server.office.app").create_office(self._service)
            office = self._office
        return office(environ, start)


def open_strength() -> Callable[..., dict[str, Any]]:
    """What tells how soon a password would be guessed (zxcvbn): its word lists are read where one is chosen."""
    found: Callable[..., dict[str, Any]] = import_module("zxcvbn").zxcvbn
    return found


def open_ceremonies(url: str, name: str) -> Ceremonies:
    """The ceremonies of passkeys, for the office at `url`."""
    found: Ceremonies = import_module("sync_server.office.passkeys").Ceremonies(url, name)
    return found
