"""Posting to an address that a stranger gave us: to the public internet, and to nothing inside our own network.

The name is looked up once, and the connection goes to an address that was checked: a name that answers otherwise the
second time leads nowhere. Redirections are not followed. Whoever keeps us waiting does so for a while and not at once
again: others are to be told.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, ip_address, ip_network
from threading import Timer
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from civic.following import check_endpoint

MOST_TRIED = 4  # addresses of one name
AWAY_SECONDS = 60.0  # whoever kept us waiting for nothing is not asked meanwhile
_UNICAST, _NAT64 = ip_network("2000::/3"), ip_network("64:ff9b::/96")
Found = list[tuple[Any, ...]]  # as socket.getaddrinfo gives it


class Unreachable(Exception):
    """No answer came; the message says why, without the whole address."""


class Answer(NamedTuple):
    """What a push service answered, under the names that pywebpush reads; its text is not."""

    status_code: int
    reason: str
    text: str
    headers: Mapping[str, str]


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also when it is written inside an IPv6 one."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast
    inner = IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else found.ipv4_mapped or found.sixtofour
    return is_public(str(inner)) if inner is not None else found.is_global and found in _UNICAST


class GuardedPost:
    """`trusted` are hosts (`name` or `name:port`) that may be anywhere; `look_up` is socket.getaddrinfo.

    `monotonic` gives seconds.
    """

    def __init__(
        self,
        trusted: Collection[str],
        look_up: Callable[..., Found] = socket.getaddrinfo,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trusted, self._look_up, self._monotonic = trusted, look_up, monotonic
        self._tls = ssl.create_default_context()
        self._away: dict[str, float] = {}  # until when, by IP address

    def post(self, address: str, data: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        """The answer to `data`; Unreachable where there is none in time, or it is not for us.

        Connecting, TLS and the answer may each take `timeout`, however slowly the other side goes on.
        """
        try:
            check_endpoint(address, self._trusted)
        except ValueError as error:
            raise Unreachable("not an address of a push service") from error
        url = urlsplit(address)
        connection, asked = self._connection(url.scheme, url.netloc, timeout)
        try:
            connection.connect()
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            return _ask(connection, path, data, headers, timeout)
        except (OSError, HTTPException) as error:
            for ip, since in asked.items():
                self._note_slow(ip, since, timeout)
            raise Unreachable(f"{url.netloc}: {error!r}") from error  # quoted: it may hold what a stranger answered
        finally:
            connection.close()

    def _connection(self, scheme: str, host: str, timeout: float) -> tuple[HTTPConnection, dict[str, float]]:
        """A connection that is not open yet; and, once it is, to which IP address and since when."""
        is_trusted, asked = host in self._trusted, dict[str, float]()
        connection: HTTPConnection
        if scheme == "https":
            connection = HTTPSConnection(host, timeout=timeout, context=self._tls)
        else:
            connection = HTTPConnection(host, timeout=timeout)

        def open_socket(place: tuple[str, int], patience: float, *_: object) -> socket.socket:
            opened = self._open(place, patience, is_trusted=is_trusted)
            asked[str(opened.getpeername()[0])] = self._monotonic()
            return opened

        # The one place where http.client opens a socket; TLS, and the name it checks, stay its own.
        connection._create_connection = open_socket  # type: ignore[attr-defined]
        return connection, asked

    def _open(self, place: tuple[str, int], timeout: float, *, is_trusted: bool) -> socket.socket:
        found = self._look_up(*place, type=socket.SOCK_STREAM)
        allowed = [one for one in found if is_trusted or is_public(str(one[4][0]))][:MOST_TRIED]
        if not allowed:
            raise OSError("not on the public internet")
        failed = OSError("it kept us waiting a moment ago")
        for family, kind, protocol, _, target in allowed:
            since = self._monotonic()
            if self._away.get(target[0], since) > since:
                continue
            opened = socket.socket(family, kind, protocol)
            try:
                opened.settimeout(timeout / len(allowed))
                opened.connect(target)
                opened.settimeout(timeout)
                return opened
            except OSError as error:
                opened.close()
                self._note_slow(target[0], since, timeout)
                failed = error
        raise failed

    def _note_slow(self, ip: str, since: float, timeout: float) -> None:
        """Whoever says no at once is asked again: a name may lead to an address that is not its own."""
        now = self._monotonic()
        self._away = {one: until for one, until in self._away.items() if until > now}
        if now - since >= timeout / MOST_TRIED:
            self._away[ip] = now + AWAY_SECONDS


def _ask(connection: HTTPConnection, path: str, data: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """The answer, read as far as its headers; OSError where they have not all come in `timeout`."""
    # A time-out of a socket is for one read: who sends a byte a second would hold us for hours.
    cut = Timer(timeout, _cut, (connection.sock,))
    cut.start()
    try:
        connection.request("POST", path, data, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.reason, "", dict(answer.getheaders()))
    finally:
        cut.cancel()


def _cut(opened: socket.socket) -> None:
    with suppress(OSError):  # closed already
        socket.socket.shutdown(opened, socket.SHUT_RDWR)  # below TLS, which is in the middle of a read
