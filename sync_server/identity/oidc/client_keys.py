"""The keys of ours that a provider knows: one signs who we are, one opens what is sealed for us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from joserfc import jwt
from joserfc.jwk import RSAKey

from civic.canonical import b64u_encode
from sync_server.keys import open_rsa

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60


class ClientKeys(NamedTuple):
    """Two keys, for RFC 7517 asks that one does not do both."""

    signing: RSAKey
    opening: RSAKey

    def public(self) -> dict[str, list[dict[str, Any]]]:
        """The document that the provider reads them from."""
        return {
            "keys": [
                {**self.signing.as_dict(private=False), "use": "sig", "alg": "RS256"},
                {**self.opening.as_dict(private=False), "use": "enc", "alg": "RSA-OAEP-256"},
            ]
        }

    def assertion(self, client_id: str, audience: str, now: int, random: Callable[[int], bytes]) -> Mapping[str, str]:
        """What says who we are in a request to `audience`, once, within a minute (RFC 7523 §2.2)."""
        claims = {
            "iss": client_id, "sub": client_id, "aud": audience, "jti": b64u_encode(random(16)),
            "iat": now, "exp": now + ASSERTION_SECONDS,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": self.signing.kid}, claims, self.signing, ["RS256"])
        return {"client_assertion_type": ASSERTION, "client_assertion": signed}


def open_client_keys(folder: Path, name: str) -> ClientKeys:
    """The keys for a provider in `folder`, made first where they are missing."""
    return ClientKeys(*(_key(folder / f"{name}-{use}.pem") for use in ("signing", "opening")))


def _key(path: Path) -> RSAKey:
    key = RSAKey.import_key(open_rsa(path))
    key.ensure_kid()
    return key
