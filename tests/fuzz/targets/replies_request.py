"""Requests for the answers to private letters: form, signature of the ballot key, payload."""

import random
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.jws import jwk_header
from civic.refusals import Code
from civic.sealed_letter import TYPE, parse_replies_request
from tests.civic.town import jti
from tests.fuzz.signed import SignedMessage
from tests.fuzz.target import Target
from tests.fuzz.targets.envelope import JTI, is_matching, is_whole
from tests.fuzz.targets.envelope import signed as signed_by
from tests.fuzz.targets.token_request import is_slug

BALLOT = ec.derive_private_key(0xBA1107, ec.SECP256R1())
HEADER = jwk_header(TYPE, *signing.coordinates(BALLOT.public_key()))
MEMBERS: dict[str, Any] = {
    "v": 1, "aud": "valbrume", "a": "ecrire", "nonce": jti(7), "iat": 1_790_000_000, "threads": [jti(1), jti(2)],
}  # fmt: skip


def are_ids(value: Any) -> bool:
    return isinstance(value, list) and 0 < len(value) <= 100 and all(is_matching(JTI, one) for one in value)


VALID: dict[str, Callable[[Any], bool]] = {
    "v": lambda value: is_whole(value, 1, 1),
    "aud": is_slug,
    "a": is_slug,
    "nonce": lambda value: is_matching(JTI, value),
    "iat": lambda value: is_whole(value, 0, 1 << 40),
    "threads": are_ids,
}
STRANGERS = ("do", "body", "", "Threads")


def signed(header: str, payload: bytes) -> str:
    return signed_by(header, payload, BALLOT)


MESSAGE = SignedMessage(TYPE, HEADER, MEMBERS, VALID, STRANGERS, signed)


def make(chance: random.Random) -> str:
    return MESSAGE.make(chance)


TARGET = Target(
    "replies_request", make, parse_replies_request,
    frozenset({Code.BAD_FORMAT, Code.BAD_HEADER, Code.BAD_SIGNATURE, Code.BAD_PAYLOAD}),
)  # fmt: skip
