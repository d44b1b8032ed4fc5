"""HPKE (RFC 9180), single shot, base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.

Twin of themes/town/static/js/hpke.mjs. A sealed text is the 65 bytes of the key it encloses, then the ciphertext.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


def seal_to(point: bytes, info: bytes, plaintext: bytes) -> bytes:
    """`plaintext` for whoever has the private half of `point` (uncompressed); ValueError where that is no point."""
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return _SUITE.encrypt(plaintext, public, info)


def open_sealed(private: ec.EllipticCurvePrivateKey, info: bytes, sealed: bytes) -> bytes:
    """What was sealed to this key under the same `info`; ValueError otherwise."""
    try:
        return _SUITE.decrypt(sealed, private, info)
    except InvalidTag as error:
        raise ValueError("a sealed text does not open") from error
