"""Requests for a right to a secret vote: form, signature of the device, payload, the number to be signed."""

import random
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.canonical import b64u_encode
from civic.jws import check_signature, kid_header
from civic.keys import jwk_text, thumbprint
from civic.refusals import Code, Refused
from civic.token_request import TYPE, check_blinded, parse_token_asked, parse_token_request
from tests.civic.issuers import ISSUER
from tests.fuzz.signed import SignedMessage
from tests.fuzz.target import Target
from tests.fuzz.targets.envelope import HASH, is_matching, is_whole, written
from tests.fuzz.targets.envelope import signed as signed_by

DEVICE = ec.derive_private_key(0xDE71CE, ec.SECP256R1())
POINT = signing.coordinates(DEVICE.public_key())
KID = thumbprint(jwk_text(*POINT))
HEADER = kid_header(TYPE, KID)
N = ISSUER.key.n


def is_slug(value: Any) -> bool:
    parts = value.split("-") if isinstance(value, str) else [""]
    return all(part and part.isascii() and part.isalnum() and part == part.lower() for part in parts)


MEMBERS: dict[str, Any] = {
    "v": 1, "aud": "valbrume", "a": "maire", "q": "qui", "mh": "A" * 43, "blinded": b64u_encode(bytes(255) + b"\2"),
    "iat": 1_790_000_000,
}  # fmt: skip
VALID: dict[str, Callable[[Any], bool]] = {
    "v": lambda value: is_whole(value, 1, 1),
    "aud": is_slug,
    "a": is_slug,
    "q": is_slug,
    "mh": lambda value: is_matching(HASH, value),
    "blinded": lambda value: False,
    "iat": lambda value: is_whole(value, 0, 1 << 40),
}


def signed(header: str, payload: bytes) -> str:
    return signed_by(header, payload, DEVICE)


MESSAGE = SignedMessage(TYPE, HEADER, MEMBERS, VALID, ("jkt", "nonce", "token", "", "V"), signed)


def judge(text: str) -> None:
    request = parse_token_request(text)
    if request.kid != KID:
        raise Refused(Code.UNKNOWN_KEY)
    check_signature(request.parts, *POINT)
    check_blinded(parse_token_asked(request).blinded, ISSUER.key)


def spoilt_number(chance: random.Random) -> str:
    """A number that must not be signed: too large, too long, too short, or written otherwise."""
    size = chance.choice((0, 1, 255, 257, 512, 700))
    other = chance.choice((
        b64u_encode(chance.choice((N, N + 1, (1 << 2048) - 1)).to_bytes(256, "big")),
        b64u_encode(chance.randbytes(size)),
        MEMBERS["blinded"] + chance.choice(("=", "A", " ", "\n", "==", ".")),
    ))  # fmt: skip
    return signed(HEADER, written(MEMBERS | {"blinded": other}))


def make(chance: random.Random) -> str:
    return MESSAGE.make(chance, spoilt_number)


TARGET = Target(
    "token_request", make, judge,
    frozenset({Code.BAD_FORMAT, Code.BAD_HEADER, Code.BAD_SIGNATURE, Code.BAD_PAYLOAD, Code.BAD_BLINDED}),
)  # fmt: skip
