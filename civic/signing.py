"""ES256 (RFC 7518 §3.4), Ed25519 (RFC 8032) for public logs, the check of RSASSA-PSS with SHA-384 (RFC 8017 §8.1.2).

The only file of the rules that touches `cryptography`.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

_ALGORITHM = ECDSA(SHA256())
_CURVE = SECP256R1()
SIGNATURE_BYTES = 64


@lru_cache(maxsize=2048)
def public_key(x: bytes, y: bytes) -> EllipticCurvePublicKey:
    """The P-256 point (x, y), 32 bytes each; ValueError if it is not on the curve."""
    return EllipticCurvePublicKey.from_encoded_point(_CURVE, b"\x04" + x + y)


def is_signed(key: EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `signature` (r || s, 64 bytes) over `message` checks under `key`."""
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), message, _ALGORITHM)
    except InvalidSignature:
        return False
    return True


def sign(key: EllipticCurvePrivateKey, message: bytes) -> bytes:
    """The 64-byte r || s signature of `message`."""
    r, s = decode_dss_signature(key.sign(message, _ALGORITHM))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def coordinates(key: EllipticCurvePublicKey) -> tuple[bytes, bytes]:
    """The point of a public key as (x, y), 32 bytes each."""
    numbers = key.public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")


def is_signed_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` over `message` checks under the Ed25519 key `public`; ValueError unless that has 32 bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def sign_ed25519(key: Ed25519PrivateKey, message: bytes) -> bytes:
    """The 64-byte signature of `message`."""
    return key.sign(message)


def public_ed25519(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of the public key."""
    return key.public_key().public_bytes_raw()


@lru_cache(maxsize=256)
def rsa_public_key(n: int, e: int) -> RSAPublicKey:
    """The RSA key of modulus n and exponent e; ValueError if there is none such."""
    return RSAPublicNumbers(e, n).public_key()


def is_pss_signed(key: RSAPublicKey, signature: bytes, message: bytes, salt_bytes: int) -> bool:
    """Whether `signature` over `message` checks: RSASSA-PSS, SHA-384, MGF1 of the same, a salt of exactly this size."""
    try:
        key.verify(signature, message, PSS(MGF1(SHA384()), salt_bytes), SHA384())
    except InvalidSignature:
        return False
    return True
