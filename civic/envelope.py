"""The signed act: JWS compact, ES256, exactly as docs/formats.md §3 (JWS: RFC 7515)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from civic import signing
from civic.canonical import b64u_decode, b64u_encode, canonical_json, parse_json
from civic.keys import jwk_text, thumbprint
from civic.refusals import Code, Refused

MAX_BYTES = 16 * 1024
MAX_REV = 1_000_000
MAX_IAT = 1 << 40
_HEADER = re.compile(
    rb'\{"alg":"ES256","typ":"preau-env\+jws","jwk":'
    rb'(\{"crv":"P-256","kty":"EC","x":"([A-Za-z0-9_-]{43})","y":"([A-Za-z0-9_-]{43})"\})\}'
)
_HASH = re.compile(r"[A-Za-z0-9_-]{43}")
_JTI = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_KIND = re.compile(r"[a-z]{1,20}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MEMBERS = frozenset({"v", "aud", "a", "mh", "kind", "slot", "jti", "rev", "prev", "iat", "body"})


class Envelope(NamedTuple):
    """An envelope whose form and signature have been checked; nothing has been said yet about whether it counts."""

    id: str  # b64u SHA-256 of the signing input
    voter: str  # thumbprint of the ballot key
    text: str  # the JWS as it travelled
    aud: str
    consultation: str
    mh: str
    kind: str
    slot: str
    jti: str
    rev: int
    prev: str | None
    iat: int
    body: dict[str, Any]

    @property
    def slot_kind(self) -> str:
        """The kind of act the slot holds: for a withdrawal, the kind withdrawn."""
        return self.slot.partition(":")[0]

    @property
    def slot_id(self) -> str:
        """The 22 characters after the colon: the act's own id, or that of what it is about."""
        return self.slot.partition(":")[2]


@lru_cache(maxsize=2048)
def _parse_header(part: str) -> tuple[bytes, bytes, str]:
    try:
        header = b64u_decode(part)
    except ValueError as error:
        raise Refused(Code.BAD_FORMAT) from error
    match = _HEADER.fullmatch(header)
    if match is None:
        raise Refused(Code.BAD_HEADER)
    try:
        x, y = b64u_decode(match[2].decode()), b64u_decode(match[3].decode())
        signing.public_key(x, y)
    except ValueError as error:
        raise Refused(Code.BAD_HEADER) from error
    return x, y, thumbprint(match[1].decode())


def parse_envelope(text: str) -> Envelope:
    """The envelope in `text`, form and signature checked, cheap checks first; Refused otherwise."""
    if len(text) > MAX_BYTES:
        raise Refused(Code.TOO_LARGE)
    parts = text.split(".")
    if len(parts) != 3:
        raise Refused(Code.BAD_FORMAT)
    try:
        payload, signature = b64u_decode(parts[1]), b64u_decode(parts[2])
    except ValueError as error:
        raise Refused(Code.BAD_FORMAT) from error
    x, y, voter = _parse_header(parts[0])
    if len(signature) != signing.SIGNATURE_BYTES:
        raise Refused(Code.BAD_SIGNATURE)
    signed = text[: text.rindex(".")].encode("ascii")
    if not signing.is_signed(signing.public_key(x, y), signature, signed):
        raise Refused(Code.BAD_SIGNATURE)
    return _parse_payload(payload, b64u_encode(hashlib.sha256(signed).digest()), voter, text)


def _parse_payload(payload: bytes, envelope_id: str, voter: str, text: str) -> Envelope:
    try:
        members = parse_json(payload)
    except ValueError as error:
        raise Refused(Code.BAD_PAYLOAD) from error
    if type(members) is not dict or members.keys() != _MEMBERS:
        raise Refused(Code.BAD_PAYLOAD)
    for name, is_valid in _CHECKS:
        if not is_valid(members[name]):
            raise Refused(Code.BAD_PAYLOAD, name)
    kind, slot = members["kind"], members["slot"]
    slot_kind, colon, slot_id = slot.partition(":")
    if not colon or not _JTI.fullmatch(slot_id) or kind not in ("withdraw", slot_kind):
        raise Refused(Code.BAD_PAYLOAD, "slot")
    return Envelope(
        envelope_id, voter, text, members["aud"], members["a"], members["mh"], kind, slot, members["jti"],
        members["rev"], members["prev"], members["iat"], members["body"],
    )  # fmt: skip


def _is_matching(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: type(value) is str and len(value) <= 64 and pattern.fullmatch(value) is not None


def _is_within(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and low <= value <= high


_is_hash = _is_matching(_HASH)
_CHECKS: tuple[tuple[str, Callable[[object], bool]], ...] = (
    ("v", _is_within(1, 1)),
    ("aud", _is_matching(_SLUG)),
    ("a", _is_matching(_SLUG)),
    ("mh", _is_hash),
    ("kind", _is_matching(_KIND)),
    ("slot", lambda value: type(value) is str and len(value) <= 64),
    ("jti", _is_matching(_JTI)),
    ("rev", _is_within(1, MAX_REV)),
    ("prev", lambda value: value is None or _is_hash(value)),
    ("iat", _is_within(0, MAX_IAT)),
    ("body", lambda value: type(value) is dict),
)


def header_text(x: bytes, y: bytes) -> str:
    """The one header an envelope of the ballot key (x, y) may have."""
    return f'{{"alg":"ES256","typ":"preau-env+jws","jwk":{jwk_text(x, y)}}}'


def seal(payload: Mapping[str, Any], x: bytes, y: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The envelope of `payload` (all members of §3) under the ballot key (x, y); `sign` gives 64 bytes."""
    header = b64u_encode(header_text(x, y).encode("ascii"))
    signed = f"{header}.{b64u_encode(canonical_json(dict(payload)))}"
    return f"{signed}.{b64u_encode(sign(signed.encode('ascii')))}"
