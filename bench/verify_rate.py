"""The yardstick of ingest: how many ES256 signatures one core checks a second, key taken from its 65-byte point."""

from __future__ import annotations

import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MESSAGE = b"x" * 300


def verify_rate(seconds: float = 1.0) -> float:
    """Verifications a second: the key made anew from its point, the signature from its 64 bytes, as a server must."""
    algorithm, curve = ec.ECDSA(hashes.SHA256()), ec.SECP256R1()
    key = ec.generate_private_key(curve)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    r, s = decode_dss_signature(key.sign(MESSAGE, algorithm))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for _ in range(50):
            known = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
            signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            known.verify(signature, MESSAGE, algorithm)
        done += 50
    return done / (time.perf_counter() - start)
