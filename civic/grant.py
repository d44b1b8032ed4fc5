"""A grant: a device key says that a ballot key acts for its person (docs/formats.md §14).

It is signed without network and travels with the first acts, so its key is known before its person is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from civic.jws import (
    HASH,
    MAX_IAT,
    SLUG,
    Check,
    Parts,
    check_signature,
    is_matching,
    is_within,
    kid_header,
    parse_members,
    read_kid_header,
    seal_jws,
    split_jws,
)
from civic.refusals import Code, Refused

TYPE = "preau-grant+jws"
_MEMBERS = frozenset({"v", "aud", "a", "jkt", "iat"})


class Grant(NamedTuple):
    """A grant as it was read; its signature waits for the device's key (`check_grant`)."""

    kid: str
    aud: str
    consultation: str
    jkt: str  # thumbprint of the ballot key
    iat: int
    parts: Parts


class Device(NamedTuple):
    """A device key of a person, as the server knows it."""

    kid: str
    pid: str
    x: bytes
    y: bytes
    ks: str
    since: int
    revoked_at: int  # 0 while it may act


def parse_grant(text: str) -> Grant:
    """The grant in `text`, its form checked; Refused otherwise."""
    parts = split_jws(text)
    kid = read_kid_header(parts.header, TYPE)
    members = parse_members(parts.payload, _MEMBERS, _CHECKS)
    return Grant(kid, members["aud"], members["a"], members["jkt"], members["iat"], parts)


def check_grant(grant: Grant, space: str, named: frozenset[str], device: Device | None) -> Device:
    """The device that grants, if it may: Refused otherwise. `named` are the consultations that take grants.

    UNKNOWN_KEY is said for now: the phone may be recognised later.
    """
    if grant.aud != space:
        raise Refused(Code.WRONG_AUDIENCE)
    if grant.consultation not in named:
        raise Refused(Code.NOT_TAKEN, "grant")
    if device is None:
        raise Refused(Code.UNKNOWN_KEY)
    check_signature(grant.parts, device.x, device.y)
    if device.revoked_at:
        raise Refused(Code.REVOKED)
    return device


def seal_grant(payload: Mapping[str, Any], kid: str, sign: Callable[[bytes], bytes]) -> str:
    """The message of `payload` under the device key of thumbprint `kid`; `sign` gives 64 bytes."""
    return seal_jws(kid_header(TYPE, kid), payload, sign)


_CHECKS: tuple[Check, ...] = (
    ("v", is_within(1, 1)),
    ("aud", is_matching(SLUG)),
    ("a", is_matching(SLUG)),
    ("jkt", is_matching(HASH)),
    ("iat", is_within(0, MAX_IAT)),
)
