"""JWS compact (RFC 7515 §3.1) as every message of ours is: three canonical parts, one pinned header, ES256."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from civic import signing
from civic.canonical import b64u_decode, b64u_encode, canonical_json, parse_json
from civic.keys import jwk_text, thumbprint
from civic.refusals import Code, Refused

MAX_BYTES = 16 * 1024
MAX_IAT = 1 << 40
HASH = re.compile(r"[A-Za-z0-9_-]{43}")
JTI = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_JWK = re.compile(r'\{"crv":"P-256","kty":"EC","x":"([A-Za-z0-9_-]{43})","y":"([A-Za-z0-9_-]{43})"\}')
Check = tuple[str, Callable[[object], bool]]  # a member's name, and whether its value is taken


class Parts(NamedTuple):
    """A message taken apart; nothing has been said yet of its header, key or signature."""

    header: str  # as it travelled
    payload: bytes
    signature: bytes
    signed: bytes  # the signing input: header "." payload


class PublicKey(NamedTuple):
    """A P-256 point with its RFC 7638 thumbprint."""

    x: bytes
    y: bytes
    kid: str


def split_jws(text: str) -> Parts:
    """The three parts of `text`; Refused TOO_LARGE or BAD_FORMAT."""
    if len(text) > MAX_BYTES:
        raise Refused(Code.TOO_LARGE)
    parts = text.split(".")
    if len(parts) != 3:
        raise Refused(Code.BAD_FORMAT)
    try:
        payload, signature = b64u_decode(parts[1]), b64u_decode(parts[2])
        signed = text[: text.rindex(".")].encode("ascii")
    except ValueError as error:
        raise Refused(Code.BAD_FORMAT) from error
    return Parts(parts[0], payload, signature, signed)


@lru_cache(maxsize=2048)
def read_jwk_header(part: str, typ: str) -> PublicKey:
    """The key in a header that is exactly `jwk_header` of it; Refused BAD_FORMAT or BAD_HEADER."""
    start, end = f'{{"alg":"ES256","typ":"{typ}","jwk":', "}"
    header = _decoded(part)
    if not header.startswith(start) or not header.endswith(end):
        raise Refused(Code.BAD_HEADER)
    match = _JWK.fullmatch(header[len(start) : -len(end)])
    if match is None:
        raise Refused(Code.BAD_HEADER)
    try:
        x, y = b64u_decode(match[1]), b64u_decode(match[2])
        signing.public_key(x, y)
    except ValueError as error:
        raise Refused(Code.BAD_HEADER) from error
    return PublicKey(x, y, thumbprint(match[0]))


def read_kid_header(part: str, typ: str) -> str:
    """The thumbprint in a header that is exactly `kid_header` of it; Refused BAD_FORMAT or BAD_HEADER."""
    start, end = f'{{"alg":"ES256","typ":"{typ}","kid":"', '"}'
    header = _decoded(part)
    kid = header[len(start) : -len(end)]
    if header != f"{start}{kid}{end}" or not HASH.fullmatch(kid):
        raise Refused(Code.BAD_HEADER)
    return kid


def check_signature(parts: Parts, x: bytes, y: bytes) -> None:
    """Refused BAD_SIGNATURE unless the key (x, y) has signed these parts."""
    if len(parts.signature) != signing.SIGNATURE_BYTES:
        raise Refused(Code.BAD_SIGNATURE)
    if not signing.is_signed(signing.public_key(x, y), parts.signature, parts.signed):
        raise Refused(Code.BAD_SIGNATURE)


def parse_members(
    payload: bytes, names: frozenset[str], checks: tuple[Check, ...], optional: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The JSON object in `payload` with the members `names`, each as `checks` ask; Refused BAD_PAYLOAD.

    Members in `optional` may be there or not, and are not looked at; any other is refused.
    """
    try:
        members = parse_json(payload)
    except ValueError as error:
        raise Refused(Code.BAD_PAYLOAD) from error
    if type(members) is not dict or not names <= members.keys() <= names | optional:
        raise Refused(Code.BAD_PAYLOAD)
    for name, is_valid in checks:
        if not is_valid(members[name]):
            raise Refused(Code.BAD_PAYLOAD, name)
    return members


def is_matching(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    """A check for texts of at most 64 characters that match `pattern` whole."""
    return lambda value: type(value) is str and len(value) <= 64 and pattern.fullmatch(value) is not None


def is_within(low: int, high: int) -> Callable[[object], bool]:
    """A check for whole numbers from `low` to `high`."""
    return lambda value: type(value) is int and low <= value <= high


def jwk_header(typ: str, x: bytes, y: bytes) -> str:
    """The one header a message of type `typ` that brings the key (x, y) may have."""
    return f'{{"alg":"ES256","typ":"{typ}","jwk":{jwk_text(x, y)}}}'


def kid_header(typ: str, kid: str) -> str:
    """The one header a message of type `typ` under a known key may have."""
    return f'{{"alg":"ES256","typ":"{typ}","kid":"{kid}"}}'


def seal_jws(header: str, payload: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """The message of `payload` in canonical JSON under `header`; `sign` gives 64 bytes."""
    signed = f"{b64u_encode(header.encode('ascii'))}.{b64u_encode(canonical_json(dict(payload)))}"
    return f"{signed}.{b64u_encode(sign(signed.encode('ascii')))}"


def _decoded(part: str) -> str:
    try:
        header = b64u_decode(part)
    except ValueError as error:
        raise Refused(Code.BAD_FORMAT) from error
    try:
        return header.decode("ascii")
    except UnicodeDecodeError as error:
        raise Refused(Code.BAD_HEADER) from error
