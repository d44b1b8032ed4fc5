"""Public keys as JWK members (RFC 7517) and their RFC 7638 thumbprints."""

from __future__ import annotations

import hashlib

from civic.canonical import b64u_encode


def jwk_text(x: bytes, y: bytes) -> str:
    """The members of the P-256 key (x, y) in lexicographic order: the text that RFC 7638 §3.2 hashes."""
    return f'{{"crv":"P-256","kty":"EC","x":"{b64u_encode(x)}","y":"{b64u_encode(y)}"}}'


def thumbprint(jwk: str) -> str:
    """RFC 7638 thumbprint of a JWK written as `jwk_text` writes it."""
    return b64u_encode(hashlib.sha256(jwk.encode("ascii")).digest())
