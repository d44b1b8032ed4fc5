"""A phone's wish to be recognised: form, key in the header, its signature, payload."""

import random
from collections.abc import Callable
from typing import Any

from civic.assurance import METHOD
from civic.canonical import b64u_decode, b64u_encode
from civic.enrolment import TYPE, parse_enrol
from civic.jws import JTI, jwk_header
from civic.refusals import Code
from tests.fuzz.mutation import junk, junk_but, spoil_bytes, spoil_json, spoil_text
from tests.fuzz.target import Target
from tests.fuzz.targets.envelope import is_matching, is_whole, unlike, written
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
GOOD = signed(HEADER, written(MEMBERS))


def judge(text: str) -> None:
    parse_enrol(text)


def spoilt_letters(chance: random.Random) -> str:
    return spoil_text(chance, GOOD)


def spoilt_part(chance: random.Random) -> str:
    parts = GOOD.split(".")
    place = chance.randrange(3)
    parts[place] = b64u_encode(spoil_bytes(chance, b64u_decode(parts[place])))
    return ".".join(parts)


def spoilt_header(chance: random.Random) -> str:
    """Another key than the one that signs, another algorithm, another kind of message."""
    other = chance.choice((
        lambda: unlike(HEADER, lambda: spoil_text(chance, HEADER)),
        lambda: HEADER.replace("ES256", chance.choice(("none", "HS256", "RS256", ""))),
        lambda: HEADER.replace(TYPE, chance.choice(("preau-env+jws", "preau-device+jws", "preau-grant+jws", "JWT"))),
        lambda: jwk_header(TYPE, POINT[1], POINT[0]),
    ))()  # fmt: skip
    return signed(other, written(MEMBERS))


def spoilt_member(chance: random.Random) -> str:
    members = dict(MEMBERS)
    way = chance.randrange(4)
    if way == 0:
        members.pop(chance.choice(list(members)))
    elif way == 1:
        members[chance.choice(("jkt", "level", "pid", "", "V"))] = junk(chance)
    else:
        name = chance.choice(list(VALID))
        members[name] = junk_but(chance, VALID[name])
    return signed(HEADER, written(members))


def spoilt_payload(chance: random.Random) -> str:
    return signed(HEADER, spoil_json(chance, written(MEMBERS)))


WAYS: tuple[Callable[[random.Random], str], ...] = (
    spoilt_letters, spoilt_part, spoilt_header, spoilt_member, spoilt_member, spoilt_payload,
)  # fmt: skip


def make(chance: random.Random) -> str:
    while (text := chance.choice(WAYS)(chance)) == GOOD:
        pass
    return text


TARGET = Target(
    "enrolment", make, judge,
    frozenset({Code.BAD_FORMAT, Code.BAD_HEADER, Code.BAD_SIGNATURE, Code.BAD_PAYLOAD}),
)  # fmt: skip
