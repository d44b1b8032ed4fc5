"""A token: the right to one secret vote, blind-signed by the town (docs/formats.md §3.1).

    message = 32 random bytes || "preau-token-v1|<space>|<consultation>|<question>|<thumbprint of the ballot key>"

The town signs it unseen, so it cannot refuse what it says: each question has an issuer key of its own, and whoever
counts compares the text with the envelope. A token that somebody else copies is worth nothing without the ballot key.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from civic.blind import RANDOMIZED, is_blind_signed
from civic.canonical import b64u_decode, b64u_encode
from civic.issuer_key import IssuerKey
from civic.refusals import Code, Refused

PREFIX_BYTES = RANDOMIZED.prefix_bytes
MAX_MESSAGE = PREFIX_BYTES + 256
_SLUG = r"([a-z0-9]+(?:-[a-z0-9]+)*)"
_TEXT = re.compile(rf"preau-token-v1\|{_SLUG}\|{_SLUG}\|{_SLUG}\|([A-Za-z0-9_-]{{42}}[AEIMQUYcgkosw048])")
_MAX_SLUG = 60


class TokenScope(NamedTuple):
    """What a token is for. `jkt` is the RFC 7638 thumbprint of the ballot key."""

    space: str
    consultation: str
    question: str
    jkt: str


class Token(NamedTuple):
    """The message that was signed, and its signature."""

    m: bytes
    s: bytes


def token_text(scope: TokenScope) -> bytes:
    """What a phone prepares and has signed; ValueError for a scope that could not be read again."""
    text = "|".join(("preau-token-v1", *scope))
    if _parse_text(text) != scope:
        raise ValueError("not a scope")
    return text.encode("ascii")


def token_message(scope: TokenScope, prefix: bytes) -> bytes:
    """The message of a token for `scope`; `prefix` are the 32 random bytes of RFC 9474 §4.1."""
    if len(prefix) != PREFIX_BYTES:
        raise ValueError("the prefix has 32 bytes")
    return prefix + token_text(scope)


def parse_token_message(message: bytes) -> TokenScope:
    """The scope that a message names; Refused (token_invalid) where it is not exactly one."""
    try:
        scope = _parse_text(message[PREFIX_BYTES:].decode("ascii"))
    except UnicodeDecodeError as error:
        raise Refused(Code.TOKEN_INVALID, "m") from error
    if scope is None:
        raise Refused(Code.TOKEN_INVALID, "m")
    return scope


def _parse_text(text: str) -> TokenScope | None:
    match = _TEXT.fullmatch(text)
    if match is None or any(len(slug) > _MAX_SLUG for slug in match.groups()[:3]):
        return None
    return TokenScope(*match.groups())


def token_members(token: Token) -> dict[str, str]:
    """The token as it stands in an envelope."""
    return {"m": b64u_encode(token.m), "s": b64u_encode(token.s)}


def parse_token(members: object) -> Token:
    """The token in an envelope's member; Refused (token_invalid) unless it has the form. Nothing is checked yet."""
    if type(members) is not dict or members.keys() != {"m", "s"}:
        raise Refused(Code.TOKEN_INVALID)
    return Token(_read(members, "m", MAX_MESSAGE), _read(members, "s", 512))


def _read(members: dict[str, object], name: str, size: int) -> bytes:
    value = members[name]
    if type(value) is not str or len(value) > 2 * size:
        raise Refused(Code.TOKEN_INVALID, name)
    try:
        return b64u_decode(value)
    except ValueError as error:
        raise Refused(Code.TOKEN_INVALID, name) from error


def check_token(token: Token, scope: TokenScope, key: IssuerKey) -> None:
    """Returns if `token` is the town's right to vote for exactly `scope` under the issuer key of its question.

    Refused: token_invalid for a message that is none or a signature that does not check, token_scope for another
    space, consultation, question or ballot key. The cheap check comes first.
    """
    found = parse_token_message(token.m)
    if found != scope:
        raise Refused(Code.TOKEN_SCOPE)
    if not is_blind_signed(key, token.m, token.s):
        raise Refused(Code.TOKEN_INVALID, "s")
