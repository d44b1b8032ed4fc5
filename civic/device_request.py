"""What a recognised phone asks about its own person: read, revoke, erase, consent (docs/formats.md §14)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from civic.jws import (
    HASH,
    JTI,
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
from civic.profile import FIRST_YEAR, GENDERS, LAST_YEAR
from civic.refusals import Code, Refused

TYPE = "preau-device+jws"
PURPOSES = ("contact", "profile")  # what a person may allow or forbid, besides taking part
GUARDIAN = re.compile(r"guardian:[A-Za-z0-9_-]{22}")  # that a minor of the household takes part (§14.2)
_WISH = re.compile(r"me|revoke|erase|consent|grants|profile|read")
_MEMBERS = frozenset({"v", "aud", "do", "nonce", "iat", "body"})
_is_kid = is_matching(HASH)
_is_guardian = is_matching(GUARDIAN)
_is_year, _is_slug = is_within(FIRST_YEAR, LAST_YEAR), is_matching(SLUG)
_BODIES: Mapping[str, Mapping[str, Callable[[object], bool]]] = {
    "me": {},
    "grants": {},
    "erase": {},
    "revoke": {"kid": _is_kid},
    "read": {"consultation": _is_slug},
    "profile": {  # what is not said is 0 or ""
        "born": lambda value: (value == 0 and type(value) is int) or _is_year(value),
        "gender": lambda value: value in ("", *GENDERS),
        "neighbourhood": lambda value: value == "" or _is_slug(value),
    },
    "consent": {
        "purpose": lambda value: value in PURPOSES or _is_guardian(value),
        "on": lambda value: type(value) is bool,
    },
}


class DeviceRequest(NamedTuple):
    """A request as it was read; its signature waits for the device's key."""

    kid: str
    aud: str
    do: str
    nonce: str
    iat: int
    body: Mapping[str, Any]
    parts: Parts


def parse_device_request(text: str) -> DeviceRequest:
    """The request in `text`, its form checked; Refused otherwise. Its signature and nonce are the caller's to check."""
    parts = split_jws(text)
    kid = read_kid_header(parts.header, TYPE)
    members = parse_members(parts.payload, _MEMBERS, _CHECKS)
    do, body = members["do"], members["body"]
    asked = _BODIES[do]
    if body.keys() != asked.keys() or not all(is_valid(body[name]) for name, is_valid in asked.items()):
        raise Refused(Code.BAD_PAYLOAD, "body")
    return DeviceRequest(kid, members["aud"], do, members["nonce"], members["iat"], body, parts)


def seal_device_request(payload: Mapping[str, Any], kid: str, sign: Callable[[bytes], bytes]) -> str:
    """The message of `payload` under the device key of thumbprint `kid`; `sign` gives 64 bytes."""
    return seal_jws(kid_header(TYPE, kid), payload, sign)


_CHECKS: tuple[Check, ...] = (
    ("v", is_within(1, 1)),
    ("aud", is_matching(SLUG)),
    ("do", is_matching(_WISH)),
    ("nonce", is_matching(JTI)),
    ("iat", is_within(0, MAX_IAT)),
    ("body", lambda value: type(value) is dict),
)
