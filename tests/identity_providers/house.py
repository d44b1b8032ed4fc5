"""Providers of identity on loopback, and people who answer them as with a browser.

FranceConnect, itsme and Google are played by a certified provider (providers.mjs); Facebook, which is not OpenID
Connect, by a small server of its own (graph.py).
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from tests.end_to_end.processes import free_port

SCRIPT = Path(__file__).with_name("providers.mjs")
NAMES = ("franceconnect", "itsme", "google")


@dataclass
class Providers:
    """`issuers` by name."""

    issuers: dict[str, str]

    def know(self, **people: dict[str, Any]) -> None:
        """Makes people known to all of them, by login; as they are from now on where they were known."""
        requests.post(f"{next(iter(self.issuers.values()))}/people", json=people, timeout=5).raise_for_status()


@contextmanager
def running(clients: dict[str, dict[str, Any]], ports: dict[str, int]) -> Iterator[Providers]:
    """The providers that `ports` names, each with one client."""
    given = json.dumps({"clients": clients, "ports": ports})
    command = ["node", str(SCRIPT), given]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as node:
        assert node.stdout is not None
        try:
            said = node.stdout.readline()
            while said and not said.startswith("{"):
                said = node.stdout.readline()
            assert said, "the providers have not started: run node tests/identity_providers/providers.mjs"
            yield Providers(json.loads(said))
        finally:
            node.terminate()


def free_ports() -> dict[str, int]:
    return {name: free_port() for name in NAMES}


class Browser:
    """Follows a provider's pages until it is sent back to where only we answer: that address. `asked` counts pages."""

    def __init__(self, ours: str) -> None:
        self._ours, self._session, self.asked = ours, requests.Session(), 0

    def go(self, address: str, login: str, do: str = "yes") -> str:
        answer = self._session.get(address, allow_redirects=False, timeout=5)
        for _ in range(12):
            if answer.is_redirect:
                address = urljoin(answer.url, answer.headers["Location"])
                if address.startswith(self._ours):
                    return address
                answer = self._session.get(address, allow_redirects=False, timeout=5)
                continue
            assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {answer.text[:500]}"
            form = Form.of(answer.text)
            self.asked += 1
            fields = form.fields | {"login": login, "do": do, "logout": "yes"}
            where = urljoin(answer.url, form.action or answer.url)
            answer = self._session.post(where, data=fields, allow_redirects=False, timeout=5)
        raise AssertionError(f"not sent back: {answer.url}")


class Form(HTMLParser):
    """The first form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.action, self.fields = "", dict[str, str]()

    @classmethod
    def of(cls, page: str) -> "Form":
        form = cls()
        form.feed(page)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = known.get("action", "")
        if tag == "input" and known.get("name"):
            self.fields[known["name"]] = known.get("value", "")


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
