"""Posting to an address that a stranger gave us: to the public internet, and to nothing inside our own network.

The name is looked up once, and the connection goes to an address that was checked: a name that answers otherwise the
second time leads nowhere. Redirections are not followed.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from civic.following import check_endpoint

MOST_READ = 1024  # bytes of an answer: only its status matters
Found = list[tuple[Any, ...]]  # as socket.getaddrinfo gives it


class Unreachable(Exception):
    """No answer came; the message says why, without the whole address."""


class Answer(NamedTuple):
    """What a push service answered, under the names that pywebpush reads."""

    status_code: int
    reason: str
    text: str
    headers: Mapping[str, str]


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also when it is written inside an IPv6 one."""
    found = ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


class GuardedPost:
    """`trusted` are hosts (`name` or `name:port`) that may be anywhere; `look_up` is socket.getaddrinfo."""

    def __init__(self, trusted: Collection[str], look_up: Callable[..., Found] = socket.getaddrinfo) -> None:
        self._trusted, self._look_up = trusted, look_up
        self._tls = ssl.create_default_context()

    def post(self, address: str, data: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        """The answer to `data`, its text cut short; Unreachable where there is none in time, or it is not for us."""
        try:
            check_endpoint(address, self._trusted)
        except ValueError as error:
            raise Unreachable("not an address of a push service") from error
        url = urlsplit(address)
        connection = self._connection(url.scheme, url.netloc, timeout)
        try:
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request("POST", path, data, dict(headers))
            answer = connection.getresponse()
            text = answer.read(MOST_READ).decode("utf-8", "replace")
            return Answer(answer.status, answer.reason, text, dict(answer.getheaders()))
        except (OSError, HTTPException) as error:
            raise Unreachable(f"{url.netloc}: {error}") from error
        finally:
            connection.close()

    def _connection(self, scheme: str, host: str, timeout: float) -> HTTPConnection:
        is_trusted = host in self._trusted
        connection: HTTPConnection
        if scheme == "https":
            connection = HTTPSConnection(host, timeout=timeout, context=self._tls)
        else:
            connection = HTTPConnection(host, timeout=timeout)
        # The one place where http.client opens a socket; TLS, and the name it checks, stay its own.
        connection._create_connection = lambda place, patience, *_: self._open(  # type: ignore[attr-defined]
            place, patience, is_trusted=is_trusted
        )
        return connection

    def _open(self, place: tuple[str, int], timeout: float, *, is_trusted: bool) -> socket.socket:
        found = self._look_up(*place, type=socket.SOCK_STREAM)
        allowed = [one for one in found if is_trusted or is_public(str(one[4][0]))]
        if not allowed:
            raise OSError("not on the public internet")
        failed: OSError | None = None
        for family, kind, protocol, _, target in allowed[:4]:
            opened = socket.socket(family, kind, protocol)
            try:
                opened.settimeout(timeout)
                opened.connect(target)
                return opened
            except OSError as error:
                opened.close()
                failed = error
        raise failed or OSError("no address")
