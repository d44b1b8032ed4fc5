"""What the server asks of a provider over the network: few bytes, in seconds, from where it was said, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import requests

from civic.canonical import parse_json
from sync_server.identity.oidc.faults import ProviderDown, ProviderFault
from sync_server.identity.oidc.providers import is_safe_address

MOST_BYTES = 256 * 1024
SECONDS = (4.0, 10.0)  # to connect, to be answered
JSON, JWT = "application/json", "application/jwt"


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    kind: str  # media type, without parameters
    text: str

    def members(self) -> dict[str, Any]:
        """The JSON object in it; ProviderFault where there is none."""
        try:
            found = parse_json(self.text)
        except ValueError as error:
            raise ProviderFault("an answer is not JSON") from error
        if type(found) is not dict:
            raise ProviderFault("an answer is not a JSON object")
        return found


class Web:
    """Asks over HTTPS, follows no redirection and keeps no cookie: nothing is sent where it was not meant to be."""

    def get(self, address: str, bearer: str = "", accept: str = JSON, **query: str) -> Answer:
        """The answer to GET; ProviderDown where there is none."""
        headers = {"Accept": accept} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        return self._ask("GET", address, headers, params=query)

    def post(self, address: str, form: Mapping[str, str]) -> Answer:
        """The answer to a form; ProviderDown where there is none."""
        return self._ask("POST", address, {"Accept": JSON}, data=dict(form))

    def _ask(self, method: str, address: str, headers: Mapping[str, str], **sent: Any) -> Answer:
        if not is_safe_address(address):
            raise ProviderFault("a provider names an address without HTTPS")
        try:
            with requests.request(
                method, address, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True,
                auth=_as_it_is, **sent,
            ) as answer:  # fmt: skip
                body = answer.raw.read(MOST_BYTES + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise ProviderDown(f"{address}: {type(error).__name__}") from error
        if len(body) > MOST_BYTES:
            raise ProviderFault("an answer is too long")
        if answer.status_code >= 500:
            raise ProviderDown(f"{address}: {answer.status_code}")
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(answer.status_code, kind, body.decode("utf-8", "replace"))


def _as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Else a .netrc of the machine would replace our own Authorization."""
    return prepared
