"""What a provider says of itself (OpenID Connect Discovery 1.0) and the keys it signs with, asked for when needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from sync_server.identity.oidc.faults import ProviderDown, ProviderFault
from sync_server.identity.oidc.providers import Provider, is_safe_address
from sync_server.identity.oidc.web import Answer, Web

FRESH_SECONDS = 3_600.0
LEAST_SECONDS = 30.0  # between two looks for a key we do not know: nobody makes us ask more often
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL = ("userinfo_endpoint", "end_session_endpoint")


class Metadata(NamedTuple):
    """The addresses of a provider."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    says_issuer: bool  # names itself in its answers (RFC 9207)


class Directory:
    """Remembers for an hour what a provider has said. `monotonic` gives seconds."""

    def __init__(self, provider: Provider, web: Web, monotonic: Callable[[], float]) -> None:
        self._provider, self._web, self._monotonic = provider, web, monotonic
        self._lock = threading.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def metadata(self) -> Metadata:
        """Its addresses; ProviderDown, or ProviderFault where it is not who it should be."""
        with self._lock:
            if self._metadata is None or self._monotonic() - self._metadata[0] > FRESH_SECONDS:
                self._metadata = (self._monotonic(), self._discover())
            return self._metadata[1]

    def keys(self, kid: str | None) -> KeySet:
        """Its public keys; asked for again where none has the name `kid`, for providers change their keys unasked."""
        address = self.metadata().keys
        with self._lock:
            age = FRESH_SECONDS if self._keys is None else self._monotonic() - self._keys[0]
            is_unknown = self._keys is not None and kid is not None and kid not in {one.kid for one in self._keys[1]}
            if self._keys is None or age > FRESH_SECONDS or (is_unknown and age > LEAST_SECONDS):
                self._keys = (self._monotonic(), _read_keys(_right(self._web.get(address))))
            return self._keys[1]

    def _discover(self) -> Metadata:
        issuer = self._provider.issuer
        said = _right(self._web.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")).members()
        if said.get("issuer") != issuer:
            raise ProviderFault("the discovery document is another issuer's")
        wrong = [name for name in _ENDPOINTS if not is_safe_address(said.get(name))]
        wrong += [name for name in _OPTIONAL if name in said and not is_safe_address(said[name])]
        if wrong:
            raise ProviderFault(f"the discovery document has no usable {wrong[0]}")
        return Metadata(
            str(said["authorization_endpoint"]), str(said["token_endpoint"]), str(said["jwks_uri"]),
            str(said.get("userinfo_endpoint", "")), str(said.get("end_session_endpoint", "")),
            said.get("authorization_response_iss_parameter_supported") is True,
        )  # fmt: skip


def _right(answer: Answer) -> Answer:
    if answer.status != 200:
        raise ProviderDown(f"a provider's document is answered with {answer.status}")
    return answer


def _read_keys(answer: Answer) -> KeySet:
    """The keys for signatures that can be read; a kind of key unknown to us is somebody else's."""
    listed: Any = answer.members().get("keys")
    found = []
    for one in listed if type(listed) is list else ():
        if type(one) is not dict or one.get("use", "sig") != "sig" or one.get("kty") not in ("EC", "RSA"):
            continue
        try:
            found.append(JWKRegistry.import_key(one))
        except (JoseError, ValueError):
            continue
    if not found:
        raise ProviderFault("a provider has no key")
    return KeySet(found)
