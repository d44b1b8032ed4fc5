"""Blind RSA signatures (RFC 9474): what a phone does, and the check that anybody can make.

    phone    prepare(text)  → message          blind(key, message) → blinded, inverse
    town     blind_sign(issuer, blinded) → blind signature                       (civic/issuer.py)
    phone    finalize(key, message, blind signature, inverse) → signature
    anybody  is_blind_signed(key, message, signature)

The town signs a number that says nothing about the message: it cannot link the signature to the moment it was asked.
Twin: themes/town/static/js/blind.mjs. Only RANDOMIZED is used; the others are there for the vectors of the RFC.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from civic import pss, signing
from civic.issuer_key import IssuerKey, Random


class Variant(NamedTuple):
    """A named variant of RFC 9474 §5: bytes of the PSS salt, and of the random prefix of a message."""

    name: str
    salt_bytes: int
    prefix_bytes: int


RANDOMIZED = Variant("RSABSSA-SHA384-PSS-Randomized", 48, 32)
VARIANTS = (
    RANDOMIZED,
    Variant("RSABSSA-SHA384-PSSZERO-Randomized", 0, 32),
    Variant("RSABSSA-SHA384-PSS-Deterministic", 48, 0),
    Variant("RSABSSA-SHA384-PSSZERO-Deterministic", 0, 0),
)


class Blinded(NamedTuple):
    """What is sent to be signed, and what takes the blinding off again: the phone keeps that and shows it to nobody."""

    message: bytes
    inverse: bytes


def prepare(text: bytes, random: Random, variant: Variant = RANDOMIZED) -> bytes:
    """The message to be signed: `text` behind its random prefix (§4.1)."""
    return random(variant.prefix_bytes) + text


def blind(key: IssuerKey, message: bytes, random: Random, variant: Variant = RANDOMIZED) -> Blinded:
    """A prepared message, blinded (§4.2); first the salt is asked of `random`, then the blinding number.

    ValueError where the message or the number shares a factor with the modulus: whoever meets that has broken the key.
    """
    encoded = pss.encode(message, key.n.bit_length() - 1, random(variant.salt_bytes))
    number = int.from_bytes(encoded, "big")
    if math.gcd(number, key.n) != 1:
        raise ValueError("a message that shares a factor with the modulus")
    factor = key.draw(random)
    inverse = pow(factor, -1, key.n)
    return Blinded(key.write(number * pow(factor, key.e, key.n) % key.n), key.write(inverse))


def finalize(
    key: IssuerKey, message: bytes, blind_signature: bytes, inverse: bytes, variant: Variant = RANDOMIZED
) -> bytes:
    """The signature of the prepared message, checked (§4.4); ValueError if the town's answer does not give one."""
    number = int.from_bytes(blind_signature, "big")
    if len(blind_signature) != key.size or number >= key.n:
        raise ValueError("not a blind signature of this key")
    signature = key.write(number * int.from_bytes(inverse, "big") % key.n)
    if not is_blind_signed(key, message, signature, variant):
        raise ValueError("the signature does not check")
    return signature


def is_blind_signed(key: IssuerKey, message: bytes, signature: bytes, variant: Variant = RANDOMIZED) -> bool:
    """Whether `signature` is that of the prepared `message` (§4.5: RSASSA-PSS, RFC 8017 §8.1.2)."""
    if len(signature) != key.size:
        return False
    return signing.is_pss_signed(signing.rsa_public_key(key.n, key.e), signature, message, variant.salt_bytes)
