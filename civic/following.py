"""Who wants to be told of what: the signed wish of a phone to follow something, or to stop (docs/formats.md §31).

A phone follows by push for itself, known to the town or not; a person follows by e-mail. Purposes are chosen one by
one, and none of them is the end of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from civic.canonical import b64u_decode
from civic.happenings import ANSWER, CLOSING, NEWS, PHASE, RESULT
from civic.jws import (
    JTI,
    MAX_IAT,
    SLUG,
    Check,
    PublicKey,
    check_signature,
    is_matching,
    is_within,
    parse_members,
    read_jwk_header,
    split_jws,
)
from civic.refusals import Code, Refused
from civic.signing import public_key

TYPE = "preau-follow+jws"
PURPOSES = (PHASE, CLOSING, ANSWER, RESULT, NEWS)
PUSH, MAIL, DIGEST = "push", "mail", "digest"
CHANNELS = (PUSH, MAIL, DIGEST)
MOST_ADDRESS = 1024  # signs of an endpoint
_AUTH_BYTES = 16
_ENDPOINT = re.compile(r'(?P<scheme>https?)://(?P<host>[a-z0-9.:-]+)(?:/[!"$-~]*)?')
_ITEM = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LANG = re.compile(r"[a-z]{2}")
_WISH = re.compile(r"follow|followed")
_MEMBERS = frozenset({"v", "aud", "do", "nonce", "iat", "body"})
_BODY = frozenset({"about", "purposes", "channel", "lang"})
_SUBSCRIPTION = frozenset({"endpoint", "p256dh", "auth"})
_is_slug, _is_item, _is_lang = is_matching(SLUG), is_matching(_ITEM), is_matching(_LANG)


class Follow(NamedTuple):
    """`follower` is told of `about` in `lang`; of which purposes, and by which channel.

    `follower` is a person's id for e-mail, the thumbprint of a device key for push. `about` is a consultation's slug,
    or `<slug>/<id of the item>`.
    """

    space: str
    follower: str
    about: str
    purposes: tuple[str, ...]  # in the order of PURPOSES, none twice
    channel: str
    created: int
    lang: str = "fr"


class Subscription(NamedTuple):
    """Where a browser takes pushed messages, and what they are encrypted for (RFC 8291)."""

    endpoint: str
    p256dh: str
    auth: str


class Wish(NamedTuple):
    """What is to be followed from now on: no purpose is an end to it. `subscription` for push alone."""

    about: str
    purposes: tuple[str, ...]
    channel: str
    lang: str
    subscription: Subscription | None

    @property
    def consultation(self) -> str:
        """The slug in `about`."""
        return self.about.partition("/")[0]


class FollowRequest(NamedTuple):
    """A phone's request, its signature checked; `wish` is None where it asks what is followed."""

    key: PublicKey
    aud: str
    nonce: str
    wish: Wish | None


def parse_follow_request(text: str, trusted: Collection[str] = ()) -> FollowRequest:
    """The request in `text`, signed by the device key that it carries; Refused otherwise. Its nonce is the caller's.

    `trusted` as in check_endpoint.
    """
    parts = split_jws(text)
    key = read_jwk_header(parts.header, TYPE)
    members = parse_members(parts.payload, _MEMBERS, _CHECKS)
    if members["do"] == "followed" and members["body"]:
        raise Refused(Code.BAD_PAYLOAD, "body")
    wish = parse_wish(members["body"], trusted) if members["do"] == "follow" else None
    check_signature(parts, key.x, key.y)
    return FollowRequest(key, members["aud"], members["nonce"], wish)


def parse_wish(body: Mapping[str, Any], trusted: Collection[str] = ()) -> Wish:
    """The wish in the body of a request; Refused BAD_PAYLOAD with the member at fault.

    A subscription is there for push with a purpose, and nowhere else.
    """
    if not _BODY <= body.keys() <= _BODY | {"subscription"}:
        raise Refused(Code.BAD_PAYLOAD, "body")
    about, purposes, channel, lang = (body[name] for name in ("about", "purposes", "channel", "lang"))
    if not is_about(about):
        raise Refused(Code.BAD_PAYLOAD, "about")
    if type(purposes) is not list or purposes != [one for one in PURPOSES if one in purposes]:
        raise Refused(Code.BAD_PAYLOAD, "purposes")
    if channel not in CHANNELS:
        raise Refused(Code.BAD_PAYLOAD, "channel")
    if not _is_lang(lang):
        raise Refused(Code.BAD_PAYLOAD, "lang")
    if ("subscription" in body) != (channel == PUSH and bool(purposes)):
        raise Refused(Code.BAD_PAYLOAD, "subscription")
    subscription = parse_subscription(body["subscription"], trusted) if "subscription" in body else None
    return Wish(about, tuple(purposes), channel, lang, subscription)


def is_about(value: object) -> bool:
    """Whether `value` is a slug, or `<slug>/<id of an item>`."""
    slug, slash, item = value.partition("/") if type(value) is str else ("", "", "")
    return _is_slug(slug) and (not slash or _is_item(item))


def parse_subscription(value: object, trusted: Collection[str] = ()) -> Subscription:
    """The subscription in `value`; Refused BAD_PAYLOAD. Its key is a point of P-256, its secret 16 bytes."""
    if type(value) is not dict or value.keys() != _SUBSCRIPTION or any(type(one) is not str for one in value.values()):
        raise Refused(Code.BAD_PAYLOAD, "subscription")
    try:
        point, secret = b64u_decode(value["p256dh"]), b64u_decode(value["auth"])
        if len(point) != 65 or point[0] != 4 or len(secret) != _AUTH_BYTES:
            raise ValueError("not an uncompressed point and 16 bytes")
        public_key(point[1:33], point[33:])
        check_endpoint(value["endpoint"], trusted)
    except ValueError as error:
        raise Refused(Code.BAD_PAYLOAD, "subscription") from error
    return Subscription(**value)


def check_endpoint(text: str, trusted: Collection[str] = ()) -> None:
    """ValueError unless `text` may be an address of a push service: https, a public name, no port, no user.

    Those whose `host` or `host:port` is `trusted` may be anywhere, and without TLS.
    """
    found = _ENDPOINT.fullmatch(text) if len(text) <= MOST_ADDRESS else None
    if found is None:
        raise ValueError("not an address")
    if found["host"] not in trusted and (found["scheme"] != "https" or not _is_name(found["host"])):
        raise ValueError("not https on a named host")


def _is_name(host: str) -> bool:
    """A name of the public DNS: its last part is no figure (as in an IP address) and not one of private networks."""
    parts = host.split(".")
    is_written = all(_LABEL.fullmatch(part) for part in parts)
    is_public = parts[-1] not in ("local", "localhost", "internal", "lan", "home", "test", "invalid", "onion")
    return is_written and len(parts) > 1 and len(host) <= 253 and is_public and parts[-1][0].isalpha()


_CHECKS: tuple[Check, ...] = (
    ("v", is_within(1, 1)),
    ("aud", is_matching(SLUG)),
    ("do", is_matching(_WISH)),
    ("nonce", is_matching(JTI)),
    ("iat", is_within(0, MAX_IAT)),
    ("body", lambda value: type(value) is dict),
)
