"""The public key that checks the rights to vote of one question: RSA as JWK members (RFC 7517, RFC 7518 §6.3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from civic.canonical import b64u_decode, b64u_encode

BITS = 2048
EXPONENT = 65537
_DRAWS = 128  # each succeeds at least every other time: a source that fails this often is broken

Random = Callable[[int], bytes]


class IssuerKey(NamedTuple):
    """The modulus and the public exponent. Real keys have 2048 bits and the exponent 65537; test vectors may differ."""

    n: int
    e: int

    @property
    def size(self) -> int:
        """Bytes of the modulus, of every blinded message and of every signature."""
        return (self.n.bit_length() + 7) // 8

    def draw(self, random: Random) -> int:
        """A uniform number of 1..n-1 out of `random`; ValueError from a source that never gives one."""
        mask = (1 << self.n.bit_length()) - 1
        for _ in range(_DRAWS):
            number = int.from_bytes(random(self.size), "big") & mask
            if 0 < number < self.n:
                return number
        raise ValueError("a source of randomness that gives none")

    def write(self, number: int) -> bytes:
        """A number below n as bytes, always equally many."""
        return number.to_bytes(self.size, "big")


def issuer_jwk(key: IssuerKey) -> dict[str, str]:
    """The members of a key, in the order that RFC 7638 §3.2 hashes."""
    e = key.e.to_bytes((key.e.bit_length() + 7) // 8, "big")
    return {"e": b64u_encode(e), "kty": "RSA", "n": b64u_encode(key.write(key.n))}


def parse_issuer_jwk(members: object) -> IssuerKey:
    """The key of JWK members written exactly as `issuer_jwk` writes them; ValueError otherwise.

    One size, one exponent, no other member: a key that a town could make special for one voter has no room to be so.
    """
    if type(members) is not dict or members.keys() != {"e", "kty", "n"}:
        raise ValueError("not the members e, kty and n")
    if members["kty"] != "RSA" or members["e"] != "AQAB" or type(members["n"]) is not str:
        raise ValueError("not an RSA key of exponent 65537")
    n = int.from_bytes(data := b64u_decode(members["n"]), "big")
    if len(data) != BITS // 8 or n.bit_length() != BITS or n % 2 == 0:
        raise ValueError(f"not a modulus of {BITS} bits")
    return IssuerKey(n, EXPONENT)
