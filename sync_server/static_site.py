"""A published site served from its folder, as a free static host would: for the demo, for tests, never for a town.

`_headers` is the file that the builder writes for such hosts: a path, then its headers, two spaces in.

    /*
      X-Content-Type-Options: nosniff
    /a/*
      Cache-Control: public, max-age=31536000, immutable

`_redirects` is another: an address, where it leads, a status.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from wsgiref.headers import Headers

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from whitenoise import WhiteNoise  # type: ignore[import-untyped]

StartResponse = Callable[..., Any]


class Rule(NamedTuple):
    """Headers for the addresses that a pattern matches."""

    pattern: re.Pattern[str]
    headers: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...] = ()  # of those that earlier rules set


class HeaderRules:
    """The rules of `_headers`, read again when the builder writes them again."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "_headers"
        self._time: int | None = None
        self._rules: tuple[Rule, ...] = ()

    def add(self, headers: Headers, _path: str, url: str) -> None:
        """Sets on `headers` what the rules say about `url`; of two rules the later one wins, "!" takes away."""
        for rule in self._current():
            if rule.pattern.fullmatch(url):
                for name in rule.dropped:
                    del headers[name]
                for name, value in rule.headers:
                    headers[name] = value

    def _current(self) -> tuple[Rule, ...]:
        time = self._file.stat().st_mtime_ns if self._file.is_file() else None
        if time != self._time:
            self._time = time
            self._rules = () if time is None else tuple(parse_rules(self._file.read_text("utf-8")))
        return self._rules


def parse_rules(text: str) -> Iterator[Rule]:
    """The rules in the text of a `_headers` file; ValueError where a line is neither a path nor a header."""
    pattern: re.Pattern[str] | None = None
    headers: list[tuple[str, str]] = []
    dropped: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            if pattern is not None:
                yield Rule(pattern, tuple(headers), tuple(dropped))
            pattern, headers, dropped = re.compile(".*".join(map(re.escape, line.strip().split("*")))), [], []
            continue
        name, colon, value = line.strip().partition(":")
        if pattern is not None and name.startswith("! ") and not colon:
            dropped.append(name[2:].strip())
            continue
        if pattern is None or not colon:
            raise ValueError(f"_headers: {line!r} is not a header under a path")
        headers.append((name.strip(), value.strip()))
    if pattern is not None:
        yield Rule(pattern, tuple(headers), tuple(dropped))


def parse_redirects(text: str) -> dict[str, tuple[str, str]]:
    """Where each address leads and with which status; of two lines the first with a status that is a number counts."""
    found: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        address, place, status = line.split()
        if status.isdecimal():
            found.setdefault(address, (place, status))
    return found


class Redirects:
    """What leads the addresses in `_redirects` on, and asks the site behind it for all others."""

    def __init__(self, folder: Path, site: WhiteNoise) -> None:
        self._file, self._site = folder / "_redirects", site

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        path = environ.get("PATH_INFO", "")
        if "/q/" in path and self._file.is_file():
            place, status = parse_redirects(self._file.read_text("utf-8")).get(path, ("", ""))
            if place:
                start_response(
                    f"{status} {HTTPStatus(int(status)).phrase}", [("Location", place), ("Content-Length", "0")]
                )
                return []
        answer: Iterable[bytes] = self._site(environ, start_response)
        return answer


class NotFound:
    """What answers where there is no file: the site's own page for that."""

    def __init__(self, folder: Path, rules: HeaderRules) -> None:
        self._page, self._rules = folder / "404.html", rules

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        body = self._page.read_bytes() if self._page.is_file() else b"<!doctype html><title>404</title>"
        headers = Headers([("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
        self._rules.add(headers, "", environ.get("PATH_INFO", ""))
        start_response("404 Not Found", headers.items())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def create_site(folder: Path) -> Redirects:
    """The WSGI application that serves `folder`; what the builder replaces is served at the next request."""
    rules = HeaderRules(folder)
    site = WhiteNoise(
        NotFound(folder, rules),
        root=folder,
        autorefresh=True,
        index_file=True,
        max_age=0,
        allow_all_origins=False,
        mimetypes={".webmanifest": "application/manifest+json", ".mjs": "text/javascript"},
        add_headers_function=rules.add,
    )
    return Redirects(folder, site)


def serve_site(folder: Path, port: int) -> None:
    """Serves `folder` on 127.0.0.1:`port` until the process is told to end."""
    server = Server(
        "site", address="127.0.0.1", port=port, interface=Interfaces.WSGI, blocking_threads=4, websockets=False,
        log_level=LogLevels.warning,
    )  # fmt: skip
    server.serve(target_loader=partial(_load, folder), wrap_loader=False)


def _load(folder: Path, *_: Any) -> Redirects:
    return create_site(folder)
