"""A token is worth one vote in one question under one ballot key, and nothing else is one."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.blind import blind, finalize
from civic.canonical import b64u_encode
from civic.issuer import blind_sign
from civic.refusals import Code, Refused
from civic.token import (
    Token,
    TokenScope,
    check_token,
    parse_token,
    parse_token_message,
    token_members,
    token_message,
    token_text,
)
from tests.civic.issuers import ISSUER, OTHER_ISSUER, SCOPE, TOKENS, chance, new_token, pieces

TOKEN = new_token()
slugs = st.lists(st.text("abz09", min_size=1, max_size=19), min_size=1, max_size=3).map("-".join)
thumbprints = st.binary(min_size=32, max_size=32).map(b64u_encode)
scopes = st.builds(TokenScope, slugs, slugs, slugs, thumbprints)


def code_of(token: Token, scope: TokenScope = SCOPE) -> Code:
    with pytest.raises(Refused) as refused:
        check_token(token, scope, ISSUER.key)
    assert not refused.value.code.is_temporary
    return refused.value.code


def test_a_token_of_its_scope_is_taken() -> None:
    check_token(TOKEN, SCOPE, ISSUER.key)
    check_token(parse_token(token_members(TOKEN)), SCOPE, ISSUER.key)


def test_the_token_of_the_vectors_is_made_as_a_phone_makes_it() -> None:
    one = TOKENS["token"]
    key = ISSUER.key
    assert token_text(SCOPE).decode() == one["text"]
    message = token_message(SCOPE, bytes.fromhex(one["prefix"]))
    blinded = blind(key, message, pieces(bytes.fromhex(one["salt"]), bytes.fromhex(one["factor"])))
    assert blinded == (bytes.fromhex(one["blinded"]), bytes.fromhex(one["inverse"]))
    answer = blind_sign(ISSUER, blinded.message, chance(1))
    assert answer.hex() == one["blind_signature"]
    assert token_members(Token(message, finalize(key, message, answer, blinded.inverse))) == one["members"]


@pytest.mark.parametrize("member", ["space", "consultation", "question", "jkt"])
def test_a_token_for_something_else_is_refused_by_name(member: str) -> None:
    other = b64u_encode(bytes(32)) if member == "jkt" else "autre"
    scope = SCOPE._replace(**{member: other})
    assert code_of(TOKEN, scope) is Code.TOKEN_SCOPE
    assert code_of(new_token(scope)) is Code.TOKEN_SCOPE


def test_a_token_of_another_questions_key_is_refused() -> None:
    assert code_of(new_token(issuer=OTHER_ISSUER)) is Code.TOKEN_INVALID


def test_a_signature_of_another_message_is_refused() -> None:
    assert code_of(Token(TOKEN.m, new_token(seed=1).s)) is Code.TOKEN_INVALID


@given(scope=scopes, prefix=st.binary(min_size=32, max_size=32))
def test_a_message_says_its_scope_and_no_other(scope: TokenScope, prefix: bytes) -> None:
    message = token_message(scope, prefix)
    assert message[:32] == prefix
    assert parse_token_message(message) == scope
    assert message[32:] == token_text(scope)


@given(first=scopes, second=scopes)
def test_two_scopes_never_have_one_text(first: TokenScope, second: TokenScope) -> None:
    assert (token_text(first) == token_text(second)) is (first == second)


@pytest.mark.parametrize("bad", ["", "a|b", "Majuscule", "é", "a b", "-a", "a-", "a--b", "a\n", "a" * 61])
def test_a_scope_that_could_be_read_two_ways_cannot_be_written(bad: str) -> None:
    for member in ("space", "consultation", "question", "jkt"):
        with pytest.raises(ValueError, match="not a scope"):
            token_text(SCOPE._replace(**{member: bad}))
    with pytest.raises(ValueError, match="32 bytes"):
        token_message(SCOPE, bytes(31))


@given(bit=st.integers(0, 1_000_000), member=st.sampled_from(["m", "s"]))
@settings(max_examples=150)
def test_a_flipped_bit_anywhere_is_refused(bit: int, member: str) -> None:
    data = getattr(TOKEN, member)
    altered = (int.from_bytes(data, "big") ^ 1 << bit % (8 * len(data))).to_bytes(len(data), "big")
    assert code_of(TOKEN._replace(**{member: altered})) in (Code.TOKEN_INVALID, Code.TOKEN_SCOPE)


TEXT = token_text(SCOPE)
MESSAGES = {
    "nothing": b"",
    "the prefix alone": bytes(32),
    "no prefix": TEXT,
    "a short prefix": bytes(31) + TEXT,
    "a long prefix": bytes(33) + TEXT,
    "another version": bytes(32) + TEXT.replace(b"v1", b"v2"),
    "a line end after": bytes(32) + TEXT + b"\n",
    "a member more": bytes(32) + TEXT + b"|x",
    "a member less": bytes(32) + TEXT.rpartition(b"|")[0],
    "trailing bits in the thumbprint": bytes(32) + TEXT[:-1] + b"V",
    "letters that are not ASCII": bytes(32) + TEXT.replace(b"q1", "q١".encode()),
    "very long": bytes(32) + TEXT.replace(b"q1", b"q" * 70_000),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_that_is_none_is_refused(name: str) -> None:
    assert code_of(Token(MESSAGES[name], TOKEN.s)) is Code.TOKEN_INVALID


GOOD: dict[str, Any] = token_members(TOKEN)
MEMBERS: dict[str, Any] = {
    "nothing": None,
    "a list": [GOOD["m"], GOOD["s"]],
    "a text": GOOD["m"],
    "a member less": {"m": GOOD["m"]},
    "a member more": GOOD | {"v": 1},
    "a number": GOOD | {"s": 7},
    "null": GOOD | {"m": None},
    "padding": GOOD | {"m": GOOD["m"] + "="},
    "junk": GOOD | {"s": GOOD["s"][:-1] + "!"},
    "letters that are not ASCII": GOOD | {"s": "é" * 342},
    "very long": GOOD | {"m": "A" * 1_000_000},
}


@pytest.mark.parametrize("name", MEMBERS)
def test_a_token_of_another_form_is_refused_before_any_arithmetic(name: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_token(MEMBERS[name])
    assert refused.value.code is Code.TOKEN_INVALID


@pytest.mark.parametrize("size", [0, 1, 255, 257, 384, 512])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    assert code_of(Token(TOKEN.m, bytes(size))) is Code.TOKEN_INVALID
