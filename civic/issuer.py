"""Signing blindly (RFC 9474 §4.3): the town's half, which never learns what it signs.

What could give the key away, and what is done against it (docs/decisions/0012-blind-signatures.md):
timing          the number is multiplied by a fresh r^e first, and each exponent grows by a fresh multiple of its order;
                `power` is constant-time where gmpy2 is installed (sync_server/issuer_keys.py), Python's pow otherwise
a wrong result  one faulty half of the CRT would factor n (Boneh, DeMillo, Lipton): nothing leaves before it is checked
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from civic.issuer_key import IssuerKey, Random

# Bytes of the multiple that hides an exponent: with 64 bits, no two signatures of a key's life share one.
_MULTIPLE_BYTES = 8

Power = Callable[[int, int, int], int]


class BadBlinded(ValueError):
    """What was sent to be signed has another length, or is not below the modulus."""


class SigningFault(Exception):
    """The machine has miscalculated: nothing was signed. Never carries a number of the calculation."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The private key of one question, ready for the Chinese remainder theorem (RFC 8017 §3.2). Prints as public."""

    key: IssuerKey
    p: int = field(repr=False)
    q: int = field(repr=False)
    d_p: int = field(repr=False)  # e^-1 mod p-1
    d_q: int = field(repr=False)  # e^-1 mod q-1
    q_inverse: int = field(repr=False)  # q^-1 mod p


def issuer_of(p: int, q: int, e: int) -> Issuer:
    """The issuer whose modulus is the product of the primes p and q; ValueError if e has no inverse."""
    return Issuer(IssuerKey(p * q, e), p, q, pow(e, -1, p - 1), pow(e, -1, q - 1), pow(q, -1, p))


def blind_sign(issuer: Issuer, blinded: bytes, random: Random, power: Power = pow) -> bytes:
    """The blind signature of `blinded`: the same for the same, whatever `random` gives.

    `power(base, exponent, modulus)` does all that touches a secret exponent. Raises BadBlinded, and SigningFault where
    the result does not check under the public key.
    """
    key, number = issuer.key, int.from_bytes(blinded, "big")
    if len(blinded) != key.size or number >= key.n:
        raise BadBlinded("not a number below the modulus, in as many bytes")
    mask, unmask = _base_blinding(key, random, power)
    hidden = _private_power(issuer, number * mask % key.n, random, power)
    signature = hidden * unmask % key.n
    if pow(signature, key.e, key.n) != number:
        raise SigningFault("a blind signature does not check: look at this machine's memory")
    return key.write(signature)


def _base_blinding(key: IssuerKey, random: Random, power: Power) -> tuple[int, int]:
    """(r^e, r^-1) of a fresh r. The inverse is taken of r times another number: Euclid's time says nothing about r."""
    r, other = key.draw(random), key.draw(random)
    return power(r, key.e, key.n), pow(r * other % key.n, -1, key.n) * other % key.n


def _private_power(issuer: Issuer, number: int, random: Random, power: Power) -> int:
    """number^d mod n by halves, each exponent hidden behind a multiple of the order of its group."""
    first = power(number % issuer.p, issuer.d_p + _multiple(random) * (issuer.p - 1), issuer.p)
    second = power(number % issuer.q, issuer.d_q + _multiple(random) * (issuer.q - 1), issuer.q)
    return second + (first - second) * issuer.q_inverse % issuer.p * issuer.q


def _multiple(random: Random) -> int:
    return int.from_bytes(random(_MULTIPLE_BYTES), "big")
