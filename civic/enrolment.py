"""What a phone signs to be recognised: proof that it holds its device key (docs/formats.md §14)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from civic.assurance import METHOD
from civic.jws import (
    JTI,
    MAX_IAT,
    SLUG,
    Check,
    PublicKey,
    check_signature,
    is_matching,
    is_within,
    jwk_header,
    parse_members,
    read_jwk_header,
    seal_jws,
    split_jws,
)

TYPE = "preau-enrol+jws"
_STORE = re.compile(r"hard|soft")
_MEMBERS = frozenset({"v", "aud", "method", "ks", "nonce", "iat"})


class EnrolRequest(NamedTuple):
    """A device's wish to be recognised, its signature checked."""

    key: PublicKey
    aud: str
    method: str  # email | census | oidc:<provider>
    ks: str  # "hard": the phone cannot give the key away; "soft": it can
    nonce: str
    iat: int


def parse_enrol(text: str) -> EnrolRequest:
    """The request in `text`, form and signature checked, cheap checks first; Refused otherwise."""
    parts = split_jws(text)
    key = read_jwk_header(parts.header, TYPE)
    check_signature(parts, key.x, key.y)
    members = parse_members(parts.payload, _MEMBERS, _CHECKS)
    return EnrolRequest(
        key, members["aud"], members["method"], members["ks"], members["nonce"], members["iat"]
    )  # fmt: skip


def seal_enrol(payload: Mapping[str, Any], x: bytes, y: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The message of `payload` under the device key (x, y); `sign` gives 64 bytes."""
    return seal_jws(jwk_header(TYPE, x, y), payload, sign)


_CHECKS: tuple[Check, ...] = (
    ("v", is_within(1, 1)),
    ("aud", is_matching(SLUG)),
    ("method", is_matching(METHOD)),
    ("ks", is_matching(_STORE)),
    ("nonce", is_matching(JTI)),
    ("iat", is_within(0, MAX_IAT)),
)
