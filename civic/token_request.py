"""What a recognised phone sends to get the right to a secret vote: a number that tells nothing (docs/formats.md §15).

The device signs it, so that nobody else can use up its person's one right. No nonce: the same question always gets the
same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from civic.canonical import b64u_decode
from civic.issuer_key import IssuerKey
from civic.jws import (
    HASH,
    MAX_IAT,
    SLUG,
    Check,
    Parts,
    is_matching,
    is_within,
    kid_header,
    parse_members,
    read_kid_header,
    seal_jws,
    split_jws,
)
from civic.refusals import Code, Refused

TYPE = "preau-token+jws"
_MEMBERS = frozenset({"v", "aud", "a", "q", "mh", "blinded", "iat"})
_MOST = 1024  # characters of a blinded message that are looked at: a real one has 342


class TokenRequest(NamedTuple):
    """A request as it was read: nothing has been said yet of its signature and its payload."""

    kid: str
    parts: Parts


class TokenAsked(NamedTuple):
    """What a request asks for."""

    aud: str
    consultation: str
    question: str
    mh: str
    blinded: bytes
    iat: int


def parse_token_request(text: str) -> TokenRequest:
    """The request in `text`, its form checked; Refused otherwise. The caller checks its signature, then its payload."""
    parts = split_jws(text)
    return TokenRequest(read_kid_header(parts.header, TYPE), parts)


def parse_token_asked(request: TokenRequest) -> TokenAsked:
    """The payload of a request; Refused BAD_PAYLOAD, or BAD_BLINDED where the blinded message can't be read."""
    members = parse_members(request.parts.payload, _MEMBERS, _CHECKS)
    try:
        blinded = b64u_decode(members["blinded"])
    except ValueError as error:
        raise Refused(Code.BAD_BLINDED) from error
    return TokenAsked(members["aud"], members["a"], members["q"], members["mh"], blinded, members["iat"])


def check_blinded(blinded: bytes, key: IssuerKey) -> None:
    """Refused BAD_BLINDED unless it can be signed under `key`: below the modulus, in as many bytes."""
    if len(blinded) != key.size or int.from_bytes(blinded, "big") >= key.n:
        raise Refused(Code.BAD_BLINDED)


def seal_token_request(payload: Mapping[str, Any], kid: str, sign: Callable[[bytes], bytes]) -> str:
    """The message of `payload` under the device key of thumbprint `kid`; `sign` gives 64 bytes."""
    return seal_jws(kid_header(TYPE, kid), payload, sign)


_CHECKS: tuple[Check, ...] = (
    ("v", is_within(1, 1)),
    ("aud", is_matching(SLUG)),
    ("a", is_matching(SLUG)),
    ("q", is_matching(SLUG)),
    ("mh", is_matching(HASH)),
    ("blinded", lambda value: type(value) is str and len(value) <= _MOST),
    ("iat", is_within(0, MAX_IAT)),
)
