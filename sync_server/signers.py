"""Ballot keys of people who are not there: of an import's voters, of the demo's inhabitants.

All are drawn from one secret, so that a second run makes the same acts again and doubles none. Never for a real
citizen: their key is made on their phone and stays there.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.canonical import b64u_encode
from civic.envelope import seal

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-4)


class Sealed(NamedTuple):
    """An envelope ready to be sent, with its id."""

    id: str
    text: str


class Signers:
    """The people of one consultation, by any name; `mh` is the hash of the rules they act under."""

    def __init__(self, secret: bytes, space: str, slug: str, mh: str) -> None:
        self.secret, self.space, self.slug, self.mh = secret, space, slug, mh
        self._key = cache(self._derive)

    def draw(self, *names: str) -> str:
        """22 characters fit for a `jti`: the same for the same names."""
        return b64u_encode(self._digest(*names)[:16])

    def chance(self, *names: str) -> float:
        """A number from 0 (included) to 1 (not included): the same for the same names."""
        return int.from_bytes(self._digest("chance", *names)[:6], "big") / 2**48

    def seal(self, person: str, kind: str, slot: str, body: Mapping[str, Any], **rest: Any) -> Sealed:
        """The envelope of an act of `person`; `rest` are `jti`, `rev`, `prev`, `iat` (docs/formats.md §3)."""
        key, x, y = self._key(person)
        return self.seal_with(key, x, y, kind, slot, body, **rest)

    def seal_with(
        self, key: ec.EllipticCurvePrivateKey, x: bytes, y: bytes, kind: str, slot: str, body: Mapping[str, Any],
        **rest: Any,
    ) -> Sealed:  # fmt: skip
        """The same under a key of the caller's, whose point is (x, y)."""
        payload = {
            "v": 1, "aud": self.space, "a": self.slug, "mh": self.mh, "kind": kind, "slot": slot, "body": dict(body),
            **rest,
        }  # fmt: skip
        text = seal(payload, x, y, lambda message: signing.sign(key, message))
        signed = text[: text.rindex(".")].encode("ascii")
        return Sealed(b64u_encode(hashlib.sha256(signed).digest()), text)

    def _derive(self, person: str) -> tuple[ec.EllipticCurvePrivateKey, bytes, bytes]:
        number = int.from_bytes(self._digest("key", person), "big")
        key = ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())
        return key, *signing.coordinates(key.public_key())

    def _digest(self, *names: str) -> bytes:
        text = "|".join(f"{len(name)}:{name}" for name in (self.space, self.slug, *names))
        return hmac.digest(self.secret, text.encode("utf-8"), hashlib.sha512)
