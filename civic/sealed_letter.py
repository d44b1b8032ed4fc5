"""A letter that the town alone can open, and answers that one phone alone can (docs/formats.md §24).

HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. Here is what both sides must agree on
besides: who may open, where a sealed text belongs, and what is in it. The arithmetic is sync_server/hpke.py and
themes/town/static/js/hpke.mjs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from civic import signing
from civic.canonical import b64u_decode, b64u_encode, canonical_json
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
from civic.keys import jwk_text, thumbprint
from civic.refusals import Code, Refused
from civic.text import check_text

STEP, MOST_STEPS = 512, 16  # what is inside is padded, so that its length says little
POINT_BYTES = 65
SUBJECT, TEXT = (1, 120), (10, 4000)  # letters
MOST_THREADS = 100  # asked about at once
TYPE = "preau-replies+jws"
_EXTRA = POINT_BYTES + 16  # the key that HPKE encloses, and the tag
_MEMBERS = frozenset({"thread", "to", "reply", "sealed"})
_POINT = re.compile(r"[A-Za-z0-9_-]{87}")
_is_id = is_matching(JTI)


class SealedLetter(NamedTuple):
    """A letter as it travels. `thread` is the id of the first letter of the talk, "" for a first one."""

    thread: str
    to: str  # thumbprint of the town's key that opens it
    reply: str  # the phone's point, to which answers are sealed
    sealed: bytes


class Words(NamedTuple):
    """What is inside. `name` is whose answer it is; a citizen gives none."""

    subject: str
    text: str
    lang: str
    name: str = ""


class RepliesRequest(NamedTuple):
    """A phone asks what was answered to letters that its ballot key `key` has signed; the signature is checked."""

    key: PublicKey
    aud: str
    consultation: str
    nonce: str
    threads: tuple[str, ...]


def read_point(text: object) -> str:
    """Thumbprint of the P-256 point in `text` (b64u of 65 bytes, uncompressed); ValueError where it is none."""
    if type(text) is not str or not _POINT.fullmatch(text):
        raise ValueError("not a P-256 point of 65 bytes in base64url")
    data = b64u_decode(text)
    if data[0] != 4:
        raise ValueError("not an uncompressed point")
    x, y = data[1:33], data[33:]
    signing.public_key(x, y)
    return thumbprint(jwk_text(x, y))


def parse_sealed_letter(body: Mapping[str, Any], keys: Collection[str]) -> SealedLetter:
    """The letter in the body of an act; `keys` are thumbprints of the town's.

    Refused BAD_PAYLOAD, or BAD_OPTION where it is sealed to another key: nobody could ever read it.
    """
    if body.keys() != _MEMBERS:
        raise Refused(Code.BAD_PAYLOAD)
    thread, to, reply, sealed = (body[name] for name in ("thread", "to", "reply", "sealed"))
    if thread is not None and not _is_id(thread):
        raise Refused(Code.BAD_PAYLOAD, "thread")
    try:
        read_point(reply)
        data = b64u_decode(sealed if type(sealed) is str else "-")
    except ValueError as error:
        raise Refused(Code.BAD_PAYLOAD, "sealed") from error
    if not _is_padded(len(data) - _EXTRA):
        raise Refused(Code.BAD_PAYLOAD, "sealed")
    if type(to) is not str or to not in keys:
        raise Refused(Code.BAD_OPTION, "to")
    return SealedLetter(thread or "", to, reply, data)


def letter_info(space: str, consultation: str, letter: SealedLetter) -> bytes:
    """What a letter is bound to (`info` of HPKE): it opens nowhere else, and for no other phone's answers."""
    return _info("town", space, consultation, letter.thread, letter.reply)


def answer_info(space: str, consultation: str, thread: str, n: int) -> bytes:
    """The same for answer number `n` to a thread."""
    return _info("phone", space, consultation, thread, str(n))


def padded(words: Words) -> bytes:
    """The bytes to be sealed; ValueError where there are too many."""
    data = canonical_json(words._asdict())
    size = -(-len(data) // STEP) * STEP
    if not _is_padded(size):
        raise ValueError("too long")
    return data.ljust(size)


def parse_words(data: bytes) -> Words:
    """The words in what was sealed; Refused BAD_PAYLOAD where they are none: whoever seals may write anything."""
    members = parse_members(data, frozenset(Words._fields), _CHECKS) if _is_padded(len(data)) else None
    if members is None:
        raise Refused(Code.BAD_PAYLOAD)
    return Words(
        check_text(members["subject"], "subject", *SUBJECT), check_text(members["text"], "text", *TEXT, lines=True),
        members["lang"], check_text(members["name"], "name", 0, 60),
    )  # fmt: skip


def parse_replies_request(text: str) -> RepliesRequest:
    """The request in `text`, form and signature checked; Refused otherwise. Its nonce is the caller's to check."""
    parts = split_jws(text)
    key = read_jwk_header(parts.header, TYPE)
    check_signature(parts, key.x, key.y)
    names = frozenset({"v", "aud", "a", "nonce", "iat", "threads"})
    one = parse_members(parts.payload, names, _REQUEST)
    return RepliesRequest(key, one["aud"], one["a"], one["nonce"], tuple(one["threads"]))


def seal_replies_request(payload: Mapping[str, Any], x: bytes, y: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The message of `payload` under the ballot key (x, y); `sign` gives 64 bytes."""
    return seal_jws(jwk_header(TYPE, x, y), payload, sign)


def point_text(x: bytes, y: bytes) -> str:
    """The point (x, y) as `read_point` reads it."""
    return b64u_encode(b"\x04" + x + y)


def _info(way: str, *parts: str) -> bytes:
    return "|".join(("preau-letter-v1", way, *parts)).encode("ascii")


def _is_padded(size: int) -> bool:
    return 0 < size <= MOST_STEPS * STEP and size % STEP == 0


def _are_ids(value: object) -> bool:
    return type(value) is list and 0 < len(value) <= MOST_THREADS and all(_is_id(one) for one in value)


_CHECKS: tuple[Check, ...] = (("lang", is_matching(re.compile(r"[a-z]{2}"))),)
_REQUEST: tuple[Check, ...] = (
    ("v", is_within(1, 1)),
    ("aud", is_matching(SLUG)),
    ("a", is_matching(SLUG)),
    ("nonce", is_matching(JTI)),
    ("iat", is_within(0, MAX_IAT)),
    ("threads", _are_ids),
)
