"""A phone's wish to be recognised: form, key in the header, its signature, payload."""

import random
from collections.abc import Callable
from typing import Any

from civic.assurance import METHOD
from civic.enrolment import TYPE, parse_enrol
from civic.jws import JTI, jwk_header
from civic.refusals import Code
from tests.fuzz.signed import SignedMessage
from tests.fuzz.target import Target
from tests.fuzz.targets.envelope import is_matching, is_whole, written
from tests.fuzz.targets.token_request import POINT, is_slug, signed

HEADER = jwk_header(TYPE, *POINT)
MEMBERS: dict[str, Any] = {
    "v": 1, "aud": "valbrume", "method": "email", "ks": "hard", "nonce": "A" * 22, "iat": 1_790_000_000,
}  # fmt: skip
VALID: dict[str, Callable[[Any], bool]] = {
    "v": lambda value: is_whole(value, 1, 1),
    "aud": is_slug,
    "method": lambda value: is_matching(METHOD, value),
    "ks": lambda value: value in ("hard", "soft"),
    "nonce": lambda value: is_matching(JTI, value),
    "iat": lambda value: is_whole(value, 0, 1 << 40),
}
MESSAGE = SignedMessage(TYPE, HEADER, MEMBERS, VALID, ("jkt", "level", "pid", "", "V"), signed)


def judge(text: str) -> None:
    parse_enrol(text)


def another_key(_: random.Random) -> str:
    """The header names another point than that of the key that signs."""
    return signed(jwk_header(TYPE, POINT[1], POINT[0]), written(MEMBERS))


def make(chance: random.Random) -> str:
    return MESSAGE.make(chance, another_key)


TARGET = Target(
    "enrolment", make, judge,
    frozenset({Code.BAD_FORMAT, Code.BAD_HEADER, Code.BAD_SIGNATURE, Code.BAD_PAYLOAD}),
)  # fmt: skip
