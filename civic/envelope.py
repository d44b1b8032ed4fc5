"""The signed act: JWS compact, ES256, exactly as docs/formats.md §3 (JWS: RFC 7515)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from civic.canonical import b64u_encode
from civic.jws import (
    HASH,
    JTI,
    MAX_IAT,
    SLUG,
    Check,
    check_signature,
    is_matching,
    is_within,
    jwk_header,
    parse_members,
    read_jwk_header,
    seal_jws,
    split_jws,
)
from civic.refusals import Code, Refused
from civic.token import Token, parse_token

TYPE = "preau-env+jws"
MAX_REV = 1_000_000
_KIND = re.compile(r"[a-z]{1,20}")
_MEMBERS = frozenset({"v", "aud", "a", "mh", "kind", "slot", "jti", "rev", "prev", "iat", "body"})
_OPTIONAL = frozenset({"token"})


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
    token: Token | None = None  # its form is checked, not yet whether it is the right one (civic.token.check_token)

    @property
    def slot_kind(self) -> str:
        """The kind of act the slot holds: for a withdrawal, the kind withdrawn."""
        return self.slot.partition(":")[0]

    @property
    def slot_id(self) -> str:
        """The 22 characters after the colon: the act's own id, or that of what it is about."""
        return self.slot.partition(":")[2]


def parse_envelope(text: str) -> Envelope:
    """The envelope in `text`, form and signature checked, cheap checks first; Refused otherwise."""
    parts = split_jws(text)
    key = read_jwk_header(parts.header, TYPE)
    check_signature(parts, key.x, key.y)
    return _parse_payload(parts.payload, b64u_encode(hashlib.sha256(parts.signed).digest()), key.kid, text)


def _parse_payload(payload: bytes, envelope_id: str, voter: str, text: str) -> Envelope:
    members = parse_members(payload, _MEMBERS, _CHECKS, _OPTIONAL)
    kind, slot = members["kind"], members["slot"]
    slot_kind, colon, slot_id = slot.partition(":")
    if not colon or not JTI.fullmatch(slot_id) or kind not in ("withdraw", slot_kind):
        raise Refused(Code.BAD_PAYLOAD, "slot")
    token = parse_token(members["token"]) if "token" in members else None
    if token is not None and members["iat"] != 0:
        raise Refused(Code.BAD_PAYLOAD, "iat")  # the moment would tell who it was
    return Envelope(
        envelope_id, voter, text, members["aud"], members["a"], members["mh"], kind, slot, members["jti"],
        members["rev"], members["prev"], members["iat"], members["body"], token,
    )  # fmt: skip


_is_hash = is_matching(HASH)
_CHECKS: tuple[Check, ...] = (
    ("v", is_within(1, 1)),
    ("aud", is_matching(SLUG)),
    ("a", is_matching(SLUG)),
    ("mh", _is_hash),
    ("kind", is_matching(_KIND)),
    ("slot", lambda value: type(value) is str and len(value) <= 64),
    ("jti", is_matching(JTI)),
    ("rev", is_within(1, MAX_REV)),
    ("prev", lambda value: value is None or _is_hash(value)),
    ("iat", is_within(0, MAX_IAT)),
    ("body", lambda value: type(value) is dict),
)


def header_text(x: bytes, y: bytes) -> str:
    """The one header an envelope of the ballot key (x, y) may have."""
    return jwk_header(TYPE, x, y)


def seal(payload: Mapping[str, Any], x: bytes, y: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The envelope of `payload` (all members of §3) under the ballot key (x, y); `sign` gives 64 bytes."""
    return seal_jws(header_text(x, y), payload, sign)
