"""The town's own key, kept off every server, and the text that it signs under the rules (docs/formats.md §12).

No signature is checked here (town_signature.py does): who only publishes need not carry the means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from civic.canonical import b64u_decode, b64u_encode
from civic.keys import jwk_text, thumbprint

_JWK = re.compile(r'\{"crv":"P-256","kty":"EC","x":"([A-Za-z0-9_-]{43})","y":"([A-Za-z0-9_-]{43})"\}\n?')


class TownKey(NamedTuple):
    """A P-256 public key of a town; `kid` is its RFC 7638 thumbprint."""

    x: bytes
    y: bytes
    kid: str

    @property
    def jwk(self) -> bytes:
        """The bytes of `town.jwk`."""
        return f"{jwk_text(self.x, self.y)}\n".encode("ascii")


def town_key(x: bytes, y: bytes) -> TownKey:
    """The key whose point is (x, y)."""
    return TownKey(x, y, thumbprint(jwk_text(x, y)))


def parse_town_key(data: bytes) -> TownKey:
    """The key in the bytes of a `town.jwk`; ValueError unless they are exactly what `TownKey.jwk` writes."""
    match = _JWK.fullmatch(data.decode("ascii"))
    if match is None:
        raise ValueError("not a P-256 key with exactly the members crv, kty, x and y, in this order")
    return town_key(b64u_decode(match[1]), b64u_decode(match[2]))


def sign_manifest(manifest: bytes, kid: str, sign: Callable[[bytes], bytes]) -> str:
    """JWS compact (RFC 7515) whose payload is exactly the manifest's bytes; `sign` gives 64 bytes under key `kid`."""
    signed = signed_text(manifest, kid)
    return f"{signed}.{b64u_encode(sign(signed.encode('ascii')))}"


def signed_text(manifest: bytes, kid: str) -> str:
    """What the key `kid` signs under these rules: the JWS without its third part."""
    header = f'{{"alg":"ES256","typ":"preau-manifest+jws","kid":"{kid}"}}'
    return f"{b64u_encode(header.encode('ascii'))}.{b64u_encode(manifest)}"


def on_paper(kid: str) -> str:
    """A thumbprint in groups of four, as it is read out and compared with the paper at the town hall."""
    return " ".join(kid[start : start + 4] for start in range(0, len(kid), 4))
