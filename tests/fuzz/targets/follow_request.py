"""Wishes to follow something: form, signature of the device key, payload, the address of a push service."""

import random
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.canonical import b64u_encode
from civic.following import TYPE, parse_follow_request
from civic.jws import jwk_header
from civic.refusals import Code
from tests.civic.town import jti
from tests.fuzz.signed import SignedMessage
from tests.fuzz.target import Target
from tests.fuzz.targets.envelope import JTI, is_matching, is_whole
from tests.fuzz.targets.envelope import signed as signed_by
from tests.fuzz.targets.token_request import is_slug

DEVICE = ec.derive_private_key(0xF0110, ec.SECP256R1())
POINT = signing.coordinates(DEVICE.public_key())
HEADER = jwk_header(TYPE, *POINT)
SUBSCRIPTION = {
    "endpoint": "https://push.example/one", "p256dh": b64u_encode(b"\4" + POINT[0] + POINT[1]), "auth": "A" * 22,
}  # fmt: skip
BODY: dict[str, Any] = {
    "about": "halle/a1", "purposes": ["phase", "answer"], "channel": "push", "lang": "fr", "subscription": SUBSCRIPTION,
}  # fmt: skip
MEMBERS: dict[str, Any] = {
    "v": 1, "aud": "valbrume", "do": "follow", "nonce": jti(7), "iat": 1_790_000_000, "body": BODY,
}  # fmt: skip
VALID: dict[str, Callable[[Any], bool]] = {
    "v": lambda value: is_whole(value, 1, 1),
    "aud": is_slug,
    "do": lambda value: value == "follow",
    "nonce": lambda value: is_matching(JTI, value),
    "iat": lambda value: is_whole(value, 0, 1 << 40),
    "body": lambda value: value == BODY,
}
STRANGERS = ("subscription", "channel", "", "Body")


def signed(header: str, payload: bytes) -> str:
    return signed_by(header, payload, DEVICE)


MESSAGE = SignedMessage(TYPE, HEADER, MEMBERS, VALID, STRANGERS, signed)


def make(chance: random.Random) -> str:
    return MESSAGE.make(chance)


TARGET = Target(
    "follow_request", make, parse_follow_request,
    frozenset({Code.BAD_FORMAT, Code.BAD_HEADER, Code.BAD_SIGNATURE, Code.BAD_PAYLOAD}),
)  # fmt: skip
