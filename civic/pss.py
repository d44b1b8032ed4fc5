"""EMSA-PSS with SHA-384 (RFC 8017 §9.1.1, MGF1 of §B.2.1): the number of a message, before RSA is applied to it.

By hand, because a blind signature is made of this number and `cryptography` only signs it at once. Checking a finished
signature is left to `cryptography` (civic/signing.py).
"""

from __future__ import annotations

import hashlib

HASH_BYTES = 48


def encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """The encoded message, a number of at most `bits` bits; ValueError where they do not hold hash and salt."""
    size = (bits + 7) // 8
    padding = size - HASH_BYTES - len(salt) - 2
    if padding < 0:
        raise ValueError("a modulus too small for this hash and salt")
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(padding) + b"\x01" + salt
    masked = int.from_bytes(block, "big") ^ int.from_bytes(_mask(digest, len(block)), "big")
    masked &= (1 << (8 * len(block) - (8 * size - bits))) - 1
    return masked.to_bytes(len(block), "big") + digest + b"\xbc"


def _mask(seed: bytes, size: int) -> bytes:
    blocks = (hashlib.sha384(seed + number.to_bytes(4, "big")).digest() for number in range(-(-size // HASH_BYTES)))
    return b"".join(blocks)[:size]
