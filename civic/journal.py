"""The journal of a town's clerks: who did what, each line signed and holding the hash of the line before (formats §16).

A line that was changed, taken out or put in between is found by anybody who has the lines. Lines taken off the end
are found by who has noted a later one. What whoever holds all the keys writes anew from the beginning is found by the
same note only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from civic.canonical import b64u_encode
from civic.jws import (
    HASH,
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
from civic.refusals import Refused

TYP = "preau-office+jws"
OPERATOR = ""  # whoever runs the server, who signs with its own key
JOIN = "join"  # the server says whose key a clerk's is
_MEMBERS = frozenset({"v", "aud", "n", "prev", "by", "do", "about", "iat"})
_is_hash, _is_clerk = is_matching(HASH), is_matching(JTI)


class Said(NamedTuple):
    """What a line says: who (`OPERATOR` or a clerk's id) did what, about what, when."""

    by: str
    do: str
    about: Mapping[str, str]
    at: int


class Line(NamedTuple):
    """A line whose signature holds under the key that it brings; whose key that is, only the lines before say."""

    space: str
    n: int
    prev: str  # hash of the line before, "" of the first
    said: Said
    key: PublicKey


class Fault(NamedTuple):
    """What is wrong with the journal at line `n`."""

    n: int
    why: str  # unreadable | number | chain | key | other | cut


def line_hash(text: str) -> str:
    """The hash by which the next line, or a note on paper, holds this one."""
    return b64u_encode(hashlib.sha256(text.encode("utf-8")).digest())


def seal_line(
    space: str, n: int, prev: str, said: Said, point: tuple[bytes, bytes], sign: Callable[[bytes], bytes]
) -> str:
    """Line number `n` after a line of hash `prev`, signed by the key with this public point."""
    payload = {
        "v": 1, "aud": space, "n": n, "prev": prev, "by": said.by, "do": said.do, "about": dict(said.about),
        "iat": said.at,
    }  # fmt: skip
    return seal_jws(jwk_header(TYP, *point), payload, sign)


def parse_journal_line(text: str) -> Line:
    """The line in `text`; Refused where it is none, or its signature does not hold."""
    parts = split_jws(text)
    key = read_jwk_header(parts.header, TYP)
    check_signature(parts, key.x, key.y)
    one = parse_members(parts.payload, _MEMBERS, _CHECKS)
    return Line(one["aud"], one["n"], one["prev"], Said(one["by"], one["do"], one["about"], one["iat"]), key)


def check_journal(
    space: str, texts: Sequence[str], office_kid: str, noted: tuple[int, str] | None = None
) -> list[Fault]:
    """Every fault of the journal of `space`, oldest first; none where it is whole.

    `office_kid` is the thumbprint of the server's office key, which alone says whose a clerk's key is. `noted` is a
    number and the hash of its line, as somebody wrote them down earlier.
    """
    faults = list(_faults(space, texts, office_kid))
    if noted is not None:
        n, known = noted
        if n > len(texts):
            faults.append(Fault(n, "cut"))
        elif n >= 1 and line_hash(texts[n - 1]) != known:
            faults.append(Fault(n, "other"))
    return faults


def _faults(space: str, texts: Sequence[str], office_kid: str) -> Iterator[Fault]:
    keys: dict[str, str] = {}  # clerk -> thumbprint
    prev = ""
    for n, text in enumerate(texts, 1):
        before, prev = prev, line_hash(text)
        try:
            line = parse_journal_line(text)
        except Refused:
            yield Fault(n, "unreadable")
            continue
        if line.n != n or line.space != space:
            yield Fault(n, "number")
        elif line.prev != before:
            yield Fault(n, "chain")
        elif line.key.kid != (office_kid if line.said.by == OPERATOR else keys.get(line.said.by)):
            yield Fault(n, "key")
        elif line.said.do == JOIN and line.said.by == OPERATOR:
            keys[line.said.about.get("clerk", "")] = line.said.about.get("kid", "")


def _is_about(value: Any) -> bool:
    return type(value) is dict and all(type(one) is str for one in value.values())


_CHECKS: tuple[Check, ...] = (
    ("v", is_within(1, 1)),
    ("aud", is_matching(SLUG)),
    ("n", is_within(1, 2**53 - 1)),
    ("prev", lambda value: value == "" or _is_hash(value)),
    ("by", lambda value: value == OPERATOR or _is_clerk(value)),
    ("do", is_matching(SLUG)),
    ("about", _is_about),
    ("iat", is_within(0, MAX_IAT)),
)
